// The settings of a tenant: their defaults, how they are checked, changed and compared.

import type { FeatureSwitches } from '../access/index.ts'
import { isObject, type Json, type JsonObject } from '../protocol/index.ts'
import type { NoteFacts } from '../store/index.ts'
import { invalid } from './errors.ts'

/** The settings of one tenant. */
export interface TenantSettings {
  /** No two groups have the same displayName, without regard to case. */
  readonly uniqueGroupNames: boolean
  /** No two users have the same e-mail value, without regard to case. */
  readonly uniqueEmails: boolean
  /** Attributes that a GET may not filter by: 403 `sensitive`. RFC 7644 §7.5.2 (P-147). */
  readonly sensitiveFilters: readonly string[]
  /** Attributes that people may change on /Me in addition to those that everyone may change (P-452). RFC 7644 §3.11. */
  readonly selfService: readonly string[]
  /** How many days the change log is kept; 0: for good. */
  readonly logDays: number
  /** Errors end their detail with the id of the request, where requests are recorded: `… [r_01k7m2p9x3ab4]`. */
  readonly requestIds: boolean
  readonly features: FeatureSwitches
}

/** The settings of a tenant that has changed none. */
export const DEFAULT_SETTINGS: TenantSettings = {
  uniqueGroupNames: false,
  uniqueEmails: false,
  sensitiveFilters: [],
  selfService: [],
  logDays: 0,
  requestIds: true,
  features: { patch: true, bulk: true, me: true, sort: true, filter: true },
}

/** Shortest and longest time that a log is kept by itself, in days. */
const LEAST_DAYS = 30
const MOST_DAYS = 36_500
/** Most attributes in one list of a tenant's settings. */
const LISTED_ATTRIBUTES = 100
const PATH = /^[A-Za-z][A-Za-z0-9$_:.-]{0,255}$/

/** Settings with some of them changed. Refuses unknown names and wrong values. */
export function changeSettings(current: TenantSettings, change: JsonObject): TenantSettings {
  for (const name of Object.keys(change)) mustBeOneOf(name, Object.keys(DEFAULT_SETTINGS), 'setting')
  const { sensitiveFilters, selfService, logDays, features = {} } = change
  if (!isObject(features))
    throw invalid(`features must be an object like {"bulk":false}, not ${JSON.stringify(features)}`, 'features')
  for (const name of Object.keys(features)) mustBeOneOf(name, Object.keys(DEFAULT_SETTINGS.features), 'feature')
  const feature = (name: keyof FeatureSwitches) => readFlag(`features.${name}`, features[name], current.features[name])
  return {
    uniqueGroupNames: readFlag('uniqueGroupNames', change.uniqueGroupNames, current.uniqueGroupNames),
    uniqueEmails: readFlag('uniqueEmails', change.uniqueEmails, current.uniqueEmails),
    sensitiveFilters:
      sensitiveFilters === undefined ? current.sensitiveFilters : readPaths('sensitiveFilters', sensitiveFilters),
    selfService: selfService === undefined ? current.selfService : readPaths('selfService', selfService),
    logDays: logDays === undefined ? current.logDays : readDays('logDays', logDays),
    requestIds: readFlag('requestIds', change.requestIds, current.requestIds),
    features: {
      patch: feature('patch'),
      bulk: feature('bulk'),
      me: feature('me'),
      sort: feature('sort'),
      filter: feature('filter'),
    },
  }
}

/** Settings as they are stored. */
export function settingsJson(settings: TenantSettings): JsonObject & { readonly features: JsonObject } {
  return { ...settings, features: { ...settings.features } }
}

/** The differences between two states of the settings, features with their path. */
export function changesOf(before: TenantSettings, after: TenantSettings): NoteFacts {
  const flat = ({ features, ...rest }: TenantSettings): [string, Json][] => [
    ...Object.entries(rest),
    ...Object.entries(features).map(([name, on]): [string, Json] => [`features.${name}`, on]),
  ]
  const now = new Map(flat(after))
  const changed = flat(before).filter(([path, was]) => JSON.stringify(was) !== JSON.stringify(now.get(path)))
  return Object.fromEntries(changed.map(([path, was]) => [path, { was, is: now.get(path) ?? null }]))
}

/** Takes back a change from `before` to `after`, except what others have changed since. */
export function takeBack(now: TenantSettings, before: TenantSettings, after: TenantSettings): TenantSettings {
  const { features: _features, ...plain } = unchanged(settingsJson(now), settingsJson(before), settingsJson(after))
  return changeSettings(now, {
    ...plain,
    features: unchanged({ ...now.features }, { ...before.features }, { ...after.features }),
  })
}

/** The members that still have the value that a change has given them, with their value before it. */
function unchanged(now: JsonObject, before: JsonObject, after: JsonObject): { [name: string]: Json } {
  const same = (name: string) => JSON.stringify(now[name]) === JSON.stringify(after[name])
  return Object.fromEntries(Object.entries(before).filter(([name]) => same(name)))
}

function mustBeOneOf(name: string, known: readonly string[], what: string) {
  if (!known.includes(name)) throw invalid(`There is no ${what} "${name}"; there are ${known.join(', ')}`, name)
}

function readFlag(name: string, value: Json | undefined, current: boolean): boolean {
  if (value === undefined) return current
  if (typeof value !== 'boolean') throw invalid(`${name} must be true or false, not ${JSON.stringify(value)}`, name)
  return value
}

function readDays(name: string, value: Json): number {
  if (value === 0) return 0
  if (typeof value === 'number' && Number.isInteger(value) && value >= LEAST_DAYS && value <= MOST_DAYS) return value
  const expected = `must be 0, for good, or a whole number of days from ${LEAST_DAYS} to ${MOST_DAYS}`
  throw invalid(`${name} ${expected}, not ${JSON.stringify(value)}`, name)
}

function readPaths(name: string, value: Json): readonly string[] {
  const paths: string[] = []
  if (!Array.isArray(value)) throw invalid(`${name} must be a list of attributes like ["emails"]`, name)
  if (value.length > LISTED_ATTRIBUTES) throw invalid(`${name} holds at most ${LISTED_ATTRIBUTES} attributes`, name)
  for (const path of value) {
    if (typeof path !== 'string' || !PATH.test(path)) {
      throw invalid(`${name} holds attributes like "emails", not ${JSON.stringify(path)}`, name)
    }
    paths.push(path)
  }
  return [...new Set(paths)]
}
