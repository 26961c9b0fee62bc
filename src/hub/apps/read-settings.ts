// Reads the settings of an app from JSON, and says of each field that is wrong what would be right.

import {
  ConfigError,
  type Json,
  type JsonObject,
  parseFilter,
  type ResourceType,
  ScimError,
} from '../../protocol/index.ts'
import {
  type AdapterKind,
  APP_DEFAULTS,
  type AppGrant,
  type AppGuard,
  type AppPolicy,
  type AppScope,
  type AppSettings,
  type AppSweeps,
  type ScopeRule,
} from '../contract/index.ts'
import { lintApp } from '../map/lint-map.ts'
import { compileScope } from '../scope/compile-scope.ts'
import { SCOPE_LIMITS } from '../scope/scope-limits.ts'
import { APP_LIMITS } from './app-limits.ts'
import type { AppFault } from './app-refusal.ts'
import { readCredentials } from './credentials.ts'
import { at, type FieldReader, readFields } from './field-reader.ts'

/** What an administrator sets of an app. Its mode changes by verbs of its own: switch on, pause, resume. */
export const APP_FIELDS = [
  'label',
  'adapter',
  'options',
  'credentials',
  'map',
  'scope',
  'grants',
  'policy',
  'guard',
  'sweeps',
] as const
/** One of {@link APP_FIELDS}. */
export type AppField = (typeof APP_FIELDS)[number]

/** Settings without id and mode. */
export type SetFields = Pick<AppSettings, AppField>

/** Settings that were read, and what is wrong with them. */
export interface CheckedFields {
  readonly fields: SetFields | undefined
  readonly faults: readonly AppFault[]
}

/** Reads settings. `faults` is empty when they make sense; `fields` is undefined when they can't be read at all. */
export function readSetFields(
  json: JsonObject,
  { kinds, types }: { readonly kinds: readonly AdapterKind[]; readonly types: readonly ResourceType[] },
): CheckedFields {
  const reader = readFields()
  reader.object('', json, APP_FIELDS)
  const label = reader.text('label', json.label, APP_LIMITS.LABEL)
  const adapter = reader.oneOf(
    'adapter',
    json.adapter,
    kinds.map(({ kind }) => kind),
  )
  const options = reader.open('options', json.options ?? {}, APP_LIMITS.OPTIONS)
  const credentials = json.credentials === undefined ? undefined : readCredentials(json.credentials, reader)
  const map = json.map === undefined ? undefined : readMap(json.map, reader)
  const scope = readScope(json.scope ?? { users: {} }, reader)
  const grants = readGrants(json.grants ?? [], reader)
  const policy = readPolicy(json.policy ?? {}, reader)
  const guard = readGuard(json.guard ?? {}, reader)
  const sweeps = readSweeps(json.sweeps ?? {}, reader)
  if (label === undefined || adapter === undefined || options === undefined || scope === undefined)
    return { fields: undefined, faults: reader.faults }
  const fields = {
    label,
    adapter,
    options,
    ...(credentials === undefined ? {} : { credentials }),
    ...(map === undefined ? {} : { map }),
    scope,
    grants,
    policy,
    guard,
    sweeps,
  }
  if (reader.faults.length === 0) {
    const kind = kinds.find((one) => one.kind === fields.adapter)
    noteRefusal(reader, 'options', () => kind?.check(fields))
    noteRefusal(reader, 'scope', () => compileScope(scope, grants, types))
    if (kind !== undefined && reader.faults.length === 0)
      for (const { level, option, text } of lintApp(fields, kind, types))
        if (level === 'error') reader.fault(option.replaceAll(/\[(\d+)\]/g, '.$1'), text)
  }
  return { fields, faults: reader.faults }
}

/** Notes what is refused, at the field that it names, or else below one. */
function noteRefusal(reader: FieldReader, below: string, check: () => unknown): void {
  try {
    check()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const field = error.option.replaceAll(/\[(\d+)\]/g, '.$1')
    const known = /^(?:options|credentials|scope|grants|map)\b/.test(field)
    reader.fault(known ? field : at(below, field), error.message.slice(error.option.length + 2))
  }
}

function readMap(json: Json, reader: FieldReader): AppSettings['map'] {
  const given = reader.object('map', json, ['User', 'Group'])
  const map: { User?: JsonObject; Group?: JsonObject } = {}
  for (const type of ['User', 'Group'] as const) {
    const one = given?.[type]
    const read = one === undefined ? undefined : reader.open(at('map', type), one, APP_LIMITS.MAP)
    if (read !== undefined) map[type] = read
  }
  return map
}

function readScope(json: Json, reader: FieldReader): AppScope | undefined {
  const given = reader.object('scope', json, ['users', 'groups'])
  if (given === undefined) return undefined
  const users = readRule('scope.users', given.users ?? {}, reader)
  const groups = given.groups === undefined ? undefined : readRule('scope.groups', given.groups, reader)
  if (users === undefined) return undefined
  return { users, ...(groups === undefined ? {} : { groups }) }
}

function readRule(field: string, json: Json, reader: FieldReader): ScopeRule | undefined {
  const given = reader.object(field, json, ['filter', 'exclude', 'memberOf', 'notMemberOf'])
  if (given === undefined) return undefined
  const rule: { [name: string]: Json } = {}
  for (const name of ['filter', 'exclude']) {
    const text = given[name]
    if (text !== undefined) rule[name] = readFilter(at(field, name), text, reader) ?? ''
  }
  for (const name of ['memberOf', 'notMemberOf']) {
    const ids = given[name]
    if (ids !== undefined) rule[name] = [...readIds(at(field, name), ids, reader)]
  }
  return rule
}

function readFilter(field: string, json: Json, reader: FieldReader): string | undefined {
  const text = reader.text(field, json, SCOPE_LIMITS.FILTER_LENGTH)
  if (text === undefined) return undefined
  try {
    parseFilter(text)
    return text
  } catch (error) {
    if (!(error instanceof ScimError)) throw error
    return reader.fault(field, error.detail)
  }
}

function readIds(field: string, json: Json, reader: FieldReader): readonly string[] {
  const list = reader.list(field, json, SCOPE_LIMITS.GROUPS) ?? []
  // An empty list would say "members of none", which an absent one doesn't.
  if (Array.isArray(json) && json.length === 0) reader.fault(field, 'This must name a group; leave it out for everyone')
  return list.flatMap((one, index) => reader.text(at(field, index), one) ?? [])
}

function readGrants(json: Json, reader: FieldReader): readonly AppGrant[] {
  const list = reader.list('grants', json, SCOPE_LIMITS.GRANTS) ?? []
  return list.flatMap((one, index) => {
    const field = at('grants', index)
    const given = reader.object(field, one, ['group', 'attribute', 'value', 'display'])
    if (given === undefined) return []
    const group = reader.text(at(field, 'group'), given.group)
    const attribute = reader.text(at(field, 'attribute'), given.attribute)
    const value = reader.text(at(field, 'value'), given.value)
    const display = given.display === undefined ? undefined : reader.text(at(field, 'display'), given.display)
    if (group === undefined || attribute === undefined || value === undefined) return []
    return [{ group, attribute, value, ...(display === undefined ? {} : { display }) }]
  })
}

function readPolicy(json: Json, reader: FieldReader): AppPolicy {
  const defaults = APP_DEFAULTS.policy
  const given = reader.object('policy', json, ['onLeave', 'deleteAfterDays', 'tombstoneDays', 'adopt']) ?? {}
  const { onLeave = defaults.onLeave, deleteAfterDays, tombstoneDays = defaults.tombstoneDays } = given
  const days =
    deleteAfterDays === undefined
      ? undefined
      : reader.whole('policy.deleteAfterDays', deleteAfterDays, 1, APP_LIMITS.DAYS)
  const leaves = ['disable', 'delete', 'unlink', 'ignore'] as const
  return {
    onLeave: reader.oneOf('policy.onLeave', onLeave, leaves) ?? defaults.onLeave,
    ...(days === undefined ? {} : { deleteAfterDays: days }),
    tombstoneDays: reader.whole('policy.tombstoneDays', tombstoneDays, 0, APP_LIMITS.DAYS) ?? defaults.tombstoneDays,
    adopt: reader.oneOf('policy.adopt', given.adopt ?? defaults.adopt, ['one', 'never', 'ask']) ?? defaults.adopt,
  }
}

function readGuard(json: Json, reader: FieldReader): AppGuard {
  const defaults: AppGuard = APP_DEFAULTS.guard
  const names = ['floor', 'percent', 'membersFloor', 'membersPercent'] as const
  const given = reader.object('guard', json, names) ?? {}
  const read = (name: (typeof names)[number], most: number) =>
    reader.whole(at('guard', name), given[name] ?? defaults[name], 0, most) ?? defaults[name]
  return {
    floor: read('floor', 1_000_000),
    percent: read('percent', 100),
    membersFloor: read('membersFloor', 1_000_000),
    membersPercent: read('membersPercent', 100),
  }
}

function readSweeps(json: Json, reader: FieldReader): AppSweeps {
  const defaults: AppSweeps = APP_DEFAULTS.sweeps
  const given = reader.object('sweeps', json, ['fullHours', 'policies']) ?? {}
  const kinds = ['drifted', 'missing', 'zombie', 'stranger'] as const
  const policies = reader.object('sweeps.policies', given.policies ?? {}, kinds) ?? {}
  const read = (kind: (typeof kinds)[number]) =>
    reader.oneOf(at('sweeps.policies', kind), policies[kind] ?? defaults.policies[kind], ['report', 'fix', 'ask']) ??
    defaults.policies[kind]
  return {
    fullHours: reader.whole('sweeps.fullHours', given.fullHours ?? defaults.fullHours, 0, 8_760) ?? defaults.fullHours,
    policies: {
      drifted: read('drifted'),
      missing: read('missing'),
      zombie: read('zombie'),
      stranger: read('stranger'),
    },
  }
}
