// A filter of a scope: compiled by the server's own engine, and taken apart into the comparisons that decide.

import {
  type BoundFilter,
  bindFilter,
  ConfigError,
  type Document,
  type Filter,
  formatFilter,
  isReference,
  type Json,
  matches,
  parseFilter,
  type ResourceType,
  ScimError,
  STRICT,
  type Target,
  targetsIn,
  valuesOf,
} from '../../protocol/index.ts'
import type { ScopeClause } from '../contract/index.ts'

/** A filter that resources can be tested by. */
export interface ScopeFilter {
  readonly matches: (document: Document) => boolean
  /** The filter as a whole, and then, where it has several, each of its comparisons, as they come out for a resource. */
  readonly clauses: (document: Document) => readonly ScopeClause[]
}

/** Attributes of extensions may go by their bare names, as far as those are unambiguous. */
const ALLOW = { ...STRICT, bareExtensionNames: true }

/** Longest value that a clause shows. */
const SHOWN = 200

/** Compiles a filter; ConfigError for what can't be read, and for attributes that resources don't hold themselves. RFC 7644 §3.4.2.2. */
export function compileFilter(
  text: string,
  type: ResourceType,
  clause: 'filter' | 'exclude',
  option: string,
): ScopeFilter {
  const { filter, bound } = bindText(text, type, option)
  for (const target of targetsIn(bound)) refuseDerived(target, option)
  const whole: Part = { clause, text: formatFilter(filter), bound }
  let parts: readonly Part[] | undefined
  return {
    matches: (document) => matches(document, bound),
    clauses: (document) => {
      parts ??= [whole, ...partsOf(filter, type, `${clause}.part`)]
      return parts.map((part) => clauseOf(part, document))
    },
  }
}

interface Part {
  readonly clause: string
  readonly text: string
  readonly bound: BoundFilter
}

function bindText(text: string, type: ResourceType, option: string) {
  try {
    const filter = parseFilter(text)
    return { filter, bound: bindFilter(filter, type, ALLOW) }
  } catch (error) {
    if (!(error instanceof ScimError)) throw error
    throw new ConfigError(option, error.detail, { cause: error })
  }
}

/** What is shown with a resource but belongs to others, or to the store, changes without it: nobody would look at it again. */
function refuseDerived({ attribute, sub, extension, path }: Target, option: string): void {
  if (extension === undefined) {
    if (attribute.name === 'groups' || attribute.name === 'members')
      throw new ConfigError(option, `${path} can't decide; use memberOf or notMemberOf with the ids of groups`)
    if (attribute.name === 'meta') throw new ConfigError(option, `${path} can't decide: it is no part of the resource`)
  }
  if (isReference(attribute) && sub !== undefined && (sub.name === '$ref' || sub.mutability === 'readOnly'))
    throw new ConfigError(option, `${path} can't decide: it belongs to the other resource; compare its id, as value`)
}

/** The comparisons of a filter with several; none where the filter is only one. */
function partsOf(filter: Filter, type: ResourceType, clause: string): readonly Part[] {
  if (filter.op !== 'and' && filter.op !== 'or') return []
  return filter.all.flatMap((part) => {
    const inner = partsOf(part, type, clause)
    return inner.length > 0 ? inner : [{ clause, text: formatFilter(part), bound: bindFilter(part, type, ALLOW) }]
  })
}

function clauseOf({ clause, text, bound }: Part, document: Document): ScopeClause {
  const target = onlyTarget(bound)
  const value = target === undefined ? undefined : shown(valuesOf(document, target))
  return { clause, text, holds: matches(document, bound), ...(value === undefined ? {} : { value }) }
}

function onlyTarget(filter: BoundFilter): Target | undefined {
  if (filter.op === 'has') return filter.target
  const [first, ...more] = targetsIn(filter)
  return more.every(({ path }) => path === first?.path) ? first : undefined
}

function shown(values: readonly Json[]): string | undefined {
  if (values.length === 0) return undefined
  const text = JSON.stringify(values.length === 1 ? values[0] : values)
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text
}
