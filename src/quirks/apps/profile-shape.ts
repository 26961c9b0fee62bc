// What a profile of an app may say, setting by setting.

import { ConfigError, didYouMean, isObject, type Json } from '../../protocol/index.ts'

/** Reads one setting; throws ConfigError, with the path of the setting, for a value that makes no sense. */
export type Read = (value: Json, at: string) => unknown

/** The settings of an object: each has its own, and there are no others. */
export interface Shape {
  readonly [name: string]: Read | Shape
}

/** Longest text in a profile. */
const TEXT = 500
/** Most entries of a list or a table in a profile. */
const ENTRIES = 200
/** What a number that has no limit of its own may be. */
const MOST = 1e9

const flag: Read = (value, at) => {
  if (typeof value !== 'boolean') throw new ConfigError(at, 'must be true or false')
  return value
}

const text: Read = (value, at) => {
  if (typeof value === 'string' && value.length > 0 && value.length <= TEXT) return value
  throw new ConfigError(at, `must be a text of 1 to ${TEXT} characters`)
}

/** A path below the base URL. */
const path: Read = (value, at) => {
  if (typeof value === 'string' && /^\/[\w./~-]{1,200}$/.test(value)) return value
  throw new ConfigError(at, 'must be a path that begins with a slash, like /Users')
}

const headerValue: Read = (value, at) => {
  if (typeof value === 'string' && value.length <= TEXT && /^[\t\x20-\x7e]*$/.test(value)) return value
  throw new ConfigError(at, 'must be text without line breaks and control characters')
}

const oneOf =
  (...words: readonly string[]): Read =>
  (value, at) => {
    if (typeof value === 'string' && words.includes(value)) return value
    throw new ConfigError(at, `must be ${wordsOf(words)}`)
  }

const listOf =
  (read: Read): Read =>
  (value, at) => {
    if (!Array.isArray(value) || value.length > ENTRIES)
      throw new ConfigError(at, `must be a list of at most ${ENTRIES}`)
    return value.map((each: Json, index) => read(each, `${at}[${index}]`))
  }

const tableOf =
  (read: Read | Shape): Read =>
  (value, at) => {
    if (!isObject(value)) throw new ConfigError(at, 'must be an object')
    const entries = Object.entries(value)
    if (entries.length > ENTRIES) throw new ConfigError(at, `must have at most ${ENTRIES} entries`)
    return Object.fromEntries(entries.map(([name, own]) => [name, readShape(read, own, `${at}.${name}`)]))
  }

const number =
  (least: number, most = MOST, whole = true): Read =>
  (value, at) => {
    if (typeof value === 'number' && value >= least && value <= most && (!whole || Number.isInteger(value)))
      return value
    throw new ConfigError(at, `must be a ${whole ? 'whole ' : ''}number from ${least} to ${most}`)
  }

/** A number that null says there is none of: no limit. */
const limit: Read = (value, at) => (value === null ? Number.POSITIVE_INFINITY : number(1)(value, at))

const orNull =
  (read: Read): Read =>
  (value, at) =>
    value === null ? null : read(value, at)

const standIn: Read = (value, at) => {
  if (isObject(value) && Object.keys(value).length === 1) {
    if (value.value !== undefined && value.value !== null) return value
    if (typeof value.from === 'string') return value
  }
  throw new ConfigError(at, 'must be {"value": …}, or {"from": "…"} with the path of another attribute')
}

const UPDATES: Shape = {
  patch: flag,
  form: oneOf('operations', 'partial'),
  put: oneOf('whole', 'partial', 'none'),
  patchOnly: listOf(text),
  fixed: listOf(text),
  ops: listOf(oneOf('add', 'replace', 'remove')),
  opCase: oneOf('lower', 'title'),
  paths: flag,
  valuePaths: flag,
  unset: oneOf('remove', 'null', 'none'),
  wholeLists: flag,
  booleans: oneOf('json', 'text'),
  perRequest: limit,
  bytes: limit,
  members: {
    add: flag,
    remove: oneOf('value-path', 'value-list', 'none'),
    replace: flag,
    clear: oneOf('remove', 'replace-empty', 'one-by-one'),
    perOperation: limit,
    perRequest: limit,
    wrap: oneOf('none', 'object'),
    type: flag,
  },
}

const ACCOUNTS: Shape = {
  create: flag,
  remove: flag,
  idFrom: orNull(text),
  match: listOf(text),
  unique: listOf(text),
  required: listOf(text),
  defaults: tableOf(standIn),
  drop: listOf(text),
  singleValued: listOf(text),
  maxLength: tableOf(number(1)),
  forbid: tableOf(text),
  unfit: oneOf('mend', 'skip', 'fail'),
  normalise: tableOf(oneOf('lower', 'trim', 'slug')),
}

/** The settings of a profile. `base` and `sources` aside, all are optional: what is not said is as in the profile it is based on. */
export const PROFILE_SHAPE: Shape = {
  name: text,
  about: text,
  checked: text,
  sources: listOf(text),
  protocol: oneOf('2.0', '1.1'),
  paths: { users: path, groups: path, serviceProviderConfig: path },
  http: {
    contentType: headerValue,
    accept: headerValue,
    headers: tableOf(headerValue),
    timeoutMs: number(1, 600_000),
  },
  auth: listOf(oneOf('bearer', 'basic', 'oauth2-client', 'header')),
  types: tableOf(UPDATES),
  user: ACCOUNTS,
  group: {
    ...ACCOUNTS,
    offered: flag,
    members: {
      read: oneOf('resource', 'filter', 'none'),
      filterBy: text,
      readMax: limit,
      onCreate: number(0),
      nested: flag,
    },
  },
  filter: { names: tableOf(text) },
  paging: { style: oneOf('index', 'cursor', 'link'), count: number(1, 10_000), totals: flag },
  off: {
    disable: oneOf('active', 'delete'),
    disableMeans: oneOf('kept', 'removed', 'deleted'),
    disabledReads: flag,
    reenable: oneOf('active', 'create'),
    removeMeans: oneOf('deactivates', 'removed', 'irreversible'),
  },
  conflict: { status: listOf(number(400, 599)), words: listOf(text) },
  rate: {
    buckets: listOf((value, at) =>
      readShape(
        {
          steps: listOf(oneOf('create', 'update', 'disable', 'remove', 'members', 'read')),
          type: oneOf('User', 'Group'),
          perMinute: number(0.01, MOST, false),
          burst: number(1),
        },
        value,
        at,
      ),
    ),
    leaverShare: number(0, 1, false),
    concurrency: number(1, 1_000),
    readLagMs: number(0, 86_400_000),
  },
}

/** Reads a value by its shape. Throws ConfigError for a setting that there is not, and for a value that makes no sense. */
export function readShape(shape: Read | Shape, value: Json, at: string): unknown {
  if (typeof shape === 'function') return shape(value, at)
  if (!isObject(value)) throw new ConfigError(at, 'must be an object')
  return Object.fromEntries(
    Object.entries(value).map(([name, own]) => {
      const inner = Object.hasOwn(shape, name) ? shape[name] : undefined
      if (inner === undefined) {
        throw new ConfigError(`${at}.${name.slice(0, 50)}`, `is no setting${didYouMean(name, Object.keys(shape))}`)
      }
      return [name, readShape(inner, own, `${at}.${name}`)]
    }),
  )
}

function wordsOf(words: readonly string[]): string {
  const quoted = words.map((word) => `"${word}"`)
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`
}
