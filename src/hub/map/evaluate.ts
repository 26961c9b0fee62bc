// Carries out one rule of a map on one resource.

import { type Document, EnterpriseUser, isObject, isPresent, type Json } from '../../protocol/index.ts'
import { type AccountType, MapFault, type Surroundings } from '../contract/index.ts'
import { fittedTo, kindOfValue } from './fitting.ts'
import { MAP_LIMITS } from './map-limits.ts'
import { partOf, type Rule } from './rule.ts'
import type { Transform } from './transforms.ts'

/** What a rule says about its attribute: a value, that there is none, or nothing. */
export type Verdict = { readonly set: Json } | 'clear' | 'keep'

/** What a rule says for a resource. Throws {@link MapFault}, and nothing else. Ids that have no account yet are added to `waitsFor`. */
export function evaluate(
  rule: Rule,
  type: AccountType,
  document: Document,
  surroundings: Surroundings,
  waitsFor: Set<string>,
): Verdict {
  const { place, whenMissing, fallback } = rule
  const values = valuesOf(rule, type, document, surroundings, waitsFor)
  // Most rules of most people find nothing: that costs nothing.
  if (values !== undefined) {
    const value = guarded(rule, values, shaped, values)
    if (value !== undefined) return { set: value }
  }
  // A reference that has to wait is not missing: it would be wrong to leave the old one.
  if (rule.source.kind === 'ref') return values === undefined && whenMissing === 'omit' ? 'keep' : 'clear'
  if (fallback !== undefined && isPresent(fallback)) return { set: fallback }
  if (whenMissing === 'fail') throw new MapFault(place.path, partOf(rule), 'has no value')
  return whenMissing === 'clear' ? 'clear' : 'keep'
}

/** The values that go into the attribute, transformed; undefined when there is none here. */
function valuesOf(
  rule: Rule,
  type: AccountType,
  document: Document,
  surroundings: Surroundings,
  waitsFor: Set<string>,
): readonly Json[] | undefined {
  const { source } = rule
  switch (source.kind) {
    case 'from': {
      const { path } = source
      const list = rule.shape === undefined && (rule.place.leaf?.multiValued ?? path.many)
      return transformed(rule, list ? path.all(document) : path.primaryFirst(document))
    }
    case 'const':
      return transformed(rule, listed(source.value))
    case 'cel': {
      const known = variables(type, document)
      return transformed(rule, listed(guarded(rule, () => inputs(rule, known), computed, known)))
    }
    default: {
      const ids = source.path.all(document).filter((id) => typeof id === 'string')
      if (ids.length === 0) return undefined
      return (rule.place.leaf?.multiValued ? ids : ids.slice(0, 1)).flatMap((id) => {
        const account = surroundings.accountOf(id)
        if (account === undefined) waitsFor.add(id)
        return account ?? []
      })
    }
  }
}

function variables(type: AccountType, document: Document): Variables {
  return type === 'User' ? { user: document, enterprise: document[EnterpriseUser.id] ?? {} } : { group: document }
}

type Variables = { readonly [name: string]: Json }

function computed({ source }: Rule, known: Variables): Json {
  return source.kind === 'cel' ? source.expression.evaluate(known) : null
}

/** What an expression looked at, for its fault. */
function inputs({ source }: Rule, known: Variables): Json {
  if (source.kind !== 'cel') return {}
  const found = source.expression.reads.flatMap((path) => {
    const [name = '', ...fields] = path.split('.')
    let value: Json | undefined = Object.hasOwn(known, name) ? known[name] : undefined
    for (const field of fields) value = isObject(value) && Object.hasOwn(value, field) ? value[field] : undefined
    return value === undefined || typeof value === 'object' ? [] : [[path, value] as const]
  })
  return Object.fromEntries(found.slice(0, 5))
}

function transformed(rule: Rule, values: readonly Json[]): readonly Json[] | undefined {
  const { transforms } = rule
  if (values.length === 0) return undefined
  if (values.length > MAP_LIMITS.VALUES)
    throw new MapFault(rule.place.path, partOf(rule), `gives more than ${MAP_LIMITS.VALUES} values`)
  const all = transforms.length === 0 ? values : values.flatMap((value) => throughAll(rule, transforms, value) ?? [])
  const present = all.every(isPresent) ? all : all.filter(isPresent)
  return present.length === 0 ? undefined : present
}

function throughAll(rule: Rule, transforms: readonly Transform[], given: Json): Json | undefined {
  let value: Json | undefined = isObject(given) && given.value !== undefined ? given.value : given
  for (const { text, takes, apply } of transforms) {
    if (value === undefined || value === null) return undefined
    const now: Json = value
    if (
      typeof now === 'object' ||
      (takes === 'text' && typeof now !== 'string') ||
      (takes === 'boolean' && typeof now !== 'boolean')
    )
      throw new MapFault(
        rule.place.path,
        text,
        `takes ${takes ?? 'a simple value'}, and gets ${kindOfValue(now)} ${shown(now)}`,
      )
    if (typeof now === 'string' && now.length > MAP_LIMITS.EXPRESSION_TEXT)
      throw new MapFault(rule.place.path, text, `gets a text of more than ${MAP_LIMITS.EXPRESSION_TEXT} characters`)
    value = guarded(rule, now, (_rule, given) => apply(given as string | number | boolean), now, text)
  }
  return value
}

/** The values as the attribute has them. */
function shaped({ shape, place, source }: Rule, values: readonly Json[]): Json | undefined {
  const [first] = values
  if (first === undefined) return undefined
  if (source.kind === 'ref') {
    const entry = (value: Json): Json =>
      place.leaf?.type === 'complex' || place.leaf === undefined ? { value } : value
    return fittedTo(place.leaf?.multiValued ? values.map(entry) : entry(first), place.leaf)
  }
  if (shape !== undefined) return fittedTo(shape(values), place.leaf)
  const many =
    place.leaf?.multiValued ??
    ((source.kind === 'from' && source.path.many) ||
      (source.kind === 'const' && Array.isArray(source.value)) ||
      values.length > 1)
  return fittedTo(many ? values : first, place.leaf)
}

/** Turns what goes wrong into a fault that names the part and the value; `value` may be made only for that. */
function guarded<Given, Result>(
  rule: Rule,
  value: Json | readonly Json[] | (() => Json),
  run: (rule: Rule, given: Given) => Result,
  given: Given,
  part?: string,
): Result {
  try {
    return run(rule, given)
  } catch (error) {
    if (error instanceof MapFault) throw error
    const why = error instanceof Error ? error.message : String(error)
    const looked = typeof value === 'function' ? value() : value
    throw new MapFault(rule.place.path, part ?? partOf(rule), `${why} (${shown(looked)})`)
  }
}

function shown(value: Json | readonly Json[]): string {
  const one = Array.isArray(value) && value.length === 1 ? value[0] : value
  const text = JSON.stringify(one) ?? ''
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}

function listed(value: Json): readonly Json[] {
  return value === null ? [] : Array.isArray(value) ? value : [value]
}
