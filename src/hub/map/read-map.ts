// Reads the map of a type as it is configured, and finds everything that is wrong with it.

import { isObject, type Json, type JsonObject, type ResourceType } from '../../protocol/index.ts'
import type { AccountType, AppGrant, MapFinding } from '../contract/index.ts'
import { type GrantedList, readGranted } from './granted.ts'
import { MAP_LIMITS } from './map-limits.ts'
import { topOf } from './place.ts'
import { readRule } from './read-rule.ts'
import type { Members, Rule } from './rule.ts'

/** What a map is read against. */
export interface MapOptions {
  readonly type: AccountType
  /** The tenant's resource type of that name. */
  readonly sourceType: ResourceType
  /** What accounts can hold; anything when undefined. */
  readonly accountType: ResourceType | undefined
  /** Grants add to what the map gives people. */
  readonly grants: readonly AppGrant[]
}

/** A map, read. */
export interface ReadMap {
  /** Those that can be carried out; rules of whole attributes before rules of their parts. */
  readonly rules: readonly Rule[]
  readonly granted: readonly GrantedList[]
  readonly members?: Members
  readonly findings: readonly MapFinding[]
}

/** Reads a map. Never throws: what is wrong is among the findings, each with its path below `map.User` or `map.Group`. */
export function readMap(source: JsonObject, options: MapOptions): ReadMap {
  const { type, sourceType, accountType } = options
  const option = `map.${type}`
  const findings: MapFinding[] = []
  const error = (at: string, text: string) => void findings.push({ level: 'error', option: at, text })
  const granted = type === 'User' ? readGranted(options.grants, accountType, findings) : []
  if (!isObject(source)) {
    error(option, 'must be an object of rules, by the attributes that they write')
    return { rules: [], granted, findings }
  }
  const names = Object.keys(source)
  if (names.length > MAP_LIMITS.ATTRIBUTES) {
    error(option, `has more than ${MAP_LIMITS.ATTRIBUTES} attributes`)
    return { rules: [], granted, findings }
  }
  const rules: Rule[] = []
  const taken = new Map<string, string>()
  let members: Members | undefined
  for (const name of names) {
    const given = source[name] ?? null
    const at = `${option}.${name.slice(0, 200)}`
    if (type === 'Group' && name.toLowerCase() === 'members') {
      members = readMembers(given, at, error)
      continue
    }
    const rule = readRule(name, given, at, { type, sourceType, accountType, findings })
    if (rule === undefined) continue
    const other = taken.get(rule.place.path.toLowerCase())
    if (other !== undefined) error(at, `writes the same attribute as ${other}`)
    taken.set(rule.place.path.toLowerCase(), name)
    rules.push(rule)
  }
  checkGranted(rules, granted, option, error)
  checkRequired(rules, accountType, option, error)
  const parts = (rule: Rule) => Number(rule.place.sub !== undefined || rule.place.element !== undefined)
  return {
    rules: rules.toSorted((a, b) => parts(a) - parts(b)),
    granted,
    ...(members === undefined ? {} : { members }),
    findings,
  }
}

function readMembers(given: Json, option: string, error: (at: string, text: string) => void): Members | undefined {
  if (!isObject(given) || given.refs !== 'members') {
    error(option, 'must be { "refs": "members" }, perhaps with nested')
    return undefined
  }
  const { refs: _, nested = 'flatten', ...more } = given
  const [unknown] = Object.keys(more)
  if (unknown !== undefined)
    error(`${option}.${unknown.slice(0, 100)}`, 'is no setting of members; refs and nested are')
  if (nested === 'flatten' || nested === 'keep') return { nested }
  error(`${option}.nested`, 'must be flatten or keep')
  return undefined
}

/** What is written once can't be told from what was granted and is to be taken away. */
function checkGranted(
  rules: readonly Rule[],
  granted: readonly GrantedList[],
  option: string,
  error: (at: string, text: string) => void,
): void {
  for (const { place } of granted) {
    for (const rule of rules) {
      if (topOf(rule.place) !== topOf(place) || rule.place.name !== place.name) continue
      if (rule.onCreate) error(`${option}.${place.path}.on`, `${place.path} is granted by groups too; leave "on" out`)
      if (rule.place.element !== undefined)
        error(`${option}.${rule.place.path}`, `${place.path} is granted by groups too; write it whole`)
    }
  }
}

function checkRequired(
  rules: readonly Rule[],
  accountType: ResourceType | undefined,
  option: string,
  error: (at: string, text: string) => void,
): void {
  if (accountType === undefined) return
  const written = new Set(rules.map(({ place }) => `${place.extension ?? ''}:${place.name}`))
  const schemas = [
    { schema: accountType.schema, extension: '' },
    ...accountType.extensions
      .filter(({ required }) => required)
      .map(({ schema }) => ({ schema, extension: schema.id })),
  ]
  for (const { schema, extension } of schemas) {
    for (const { name, required, mutability } of schema.attributes) {
      if (!required || mutability === 'readOnly' || written.has(`${extension}:${name}`)) continue
      if (name === 'password' || name === 'members') continue
      const path = extension === '' ? name : `${extension}:${name}`
      error(option, `has no rule for ${path}, which the app requires`)
    }
  }
}
