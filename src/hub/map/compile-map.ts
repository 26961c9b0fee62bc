// Compiles the map of an app for one type: from a resource here to an account there.

import { type Document, isObject, type Json, type JsonObject } from '../../protocol/index.ts'
import { type CompiledMap, MapFault, type Mapped } from '../contract/index.ts'
import { evaluate } from './evaluate.ts'
import { grant } from './granted.ts'
import { MAP_LIMITS } from './map-limits.ts'
import { type Draft, readPlace, topOf, write } from './place.ts'
import { type MapOptions, readMap } from './read-map.ts'
import { throwFirst } from './read-rule.ts'
import type { Rule } from './rule.ts'
import { readSource } from './source-path.ts'

/**
 * The map of a type as a function, grants included. A map of people that says nothing about `active` passes it on. Pure. ConfigError with
 * the option's path (`map.User.title.from`) for what can't be carried out; `lintMap` lists everything that is wrong.
 */
export function compileMap(source: JsonObject, options: MapOptions): CompiledMap {
  const { rules: given, granted, members, findings } = readMap(source, options)
  throwFirst(findings)
  const rules = withActive(given, options)
  const tops = [...new Set([...rules.map(({ place }) => topOf(place)), ...granted.map(({ place }) => topOf(place))])]
  const always = new Set([
    ...rules.filter(({ onCreate }) => !onCreate).map(({ place }) => topOf(place)),
    ...granted.map(({ place }) => topOf(place)),
  ])
  const refers = rules.flatMap((rule) => (rule.source.kind === 'ref' ? [rule.source.path.path] : []))
  const { type } = options
  return {
    managed: tops,
    onCreateOnly: tops.filter((top) => !always.has(top)),
    refers: [...new Set(refers)],
    ...(members === undefined ? {} : { members }),
    map(document, surroundings, purpose): Mapped {
      const draft = startOf(surroundings.account, tops)
      for (const { place } of granted) write(draft, place, undefined)
      const waitsFor = new Set<string>()
      for (const rule of rules) {
        if (rule.onCreate && purpose === 'update') continue
        const verdict = evaluate(rule, type, document, surroundings, waitsFor)
        if (verdict === 'keep') continue
        write(draft, rule.place, verdict === 'clear' ? undefined : verdict.set)
      }
      for (const list of granted) grant(draft, list, surroundings.memberOf)
      return { document: bounded(draft), waitsFor: [...waitsFor] }
    },
  }
}

/** People who are switched off here are switched off there, unless the map itself says who is. */
function withActive(rules: readonly Rule[], { type, sourceType, accountType }: MapOptions): readonly Rule[] {
  if (type !== 'User' || rules.some(({ place }) => place.path === 'active')) return rules
  const place = readPlace('active', accountType)
  const path = readSource('active', sourceType)
  if (typeof place === 'string' || typeof path === 'string') return rules
  const rule: Rule = {
    place,
    source: { kind: 'from', path },
    transforms: [],
    fallback: true,
    whenMissing: 'omit',
    onCreate: false,
  }
  return [...rules, rule]
}

/** What is known of the account, as far as the map has a hand in it. */
function startOf(account: Document | undefined, tops: readonly string[]): Draft {
  const draft: Draft = {}
  if (account === undefined) return draft
  for (const top of tops) {
    const value = Object.hasOwn(account, top) ? account[top] : undefined
    if (value !== undefined) draft[top] = value
  }
  return draft
}

/** Refuses an account that is larger than any app takes. */
function bounded(draft: Draft): Document {
  let left: number = MAP_LIMITS.RESULT_SIZE
  const count = (value: Json, name: string): void => {
    left -= name.length + 1 + (typeof value === 'string' ? value.length : 0)
    if (left < 0) throw new MapFault(name, 'the account', `is larger than ${MAP_LIMITS.RESULT_SIZE} characters`)
    if (Array.isArray(value)) for (const one of value) count(one, '')
    else if (isObject(value)) for (const key in value) count(value[key] ?? null, key)
  }
  for (const name in draft) count(draft[name] ?? null, name)
  return draft
}
