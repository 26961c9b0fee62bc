// The limits of work, and the check that every store makes of what it is given.

import { ConfigError, fitsInBytes } from '../../protocol/index.ts'
import { type ItemKey, LANES, type LeaseKey, NEVER, type WorkWrite } from './work.ts'

/** Limits of work. Past one of them: `ConfigError`. Lengths of text are in UTF-16 code units unless the name says bytes. */
export const WORK_LIMITS = {
  /** Longest queue, reader, lease name and lease owner. */
  NAME_LENGTH: 200,
  /** Longest key of an item. */
  KEY_LENGTH: 400,
  /** Longest tag of an item. */
  TAG_LENGTH: 200,
  /** Longest state of an item. */
  STATE_LENGTH: 40,
  /** Largest mark that is given: from there on, marks can be raised by one for good. */
  MARK: 2 ** 52,
  /** Largest value of an item, as JSON in UTF-8. */
  VALUE_BYTES: 262_144,
  /** Most keys in one read, and largest page. */
  ITEM_KEYS: 1_000,
  /** Most writes of items in one commit. */
  ITEMS_PER_COMMIT: 2_000,
  /** Most lines that one `trim` cuts. */
  TRIM_LINES: 10_000,
  /** Longest lease, in milliseconds. */
  LEASE_MS: 3_600_000,
} as const

// What a key is made of comes from outside at times; PostgreSQL has no NUL, and no half of a surrogate pair.
const FIT = /^[ -\uffff]+$/

/** Throws ConfigError for writes of work past a limit or with values that make no sense. */
export function checkWork(writes: readonly { readonly write: string }[]): void {
  let items = 0
  for (const write of writes as readonly WorkWrite[]) {
    if (write.write === 'item' || write.write === 'mark') {
      items++
      checkItem(write)
    } else if (write.write === 'cursor') {
      checkName('cursor.reader', write.reader, WORK_LIMITS.NAME_LENGTH)
      if (write.place !== undefined) checkNumber('cursor.place', write.place)
    } else if (write.write === 'fence') {
      checkLease(write.lease)
    } else if (write.write === 'trim') {
      checkNumber('trim.upTo', write.upTo)
    }
  }
  if (items > WORK_LIMITS.ITEMS_PER_COMMIT) {
    throw new ConfigError('commit', `must hold at most ${WORK_LIMITS.ITEMS_PER_COMMIT} writes of items, not ${items}`)
  }
}

/** Throws ConfigError for a lease that can't be. */
export function checkLease({ name }: LeaseKey, owner = 'me', ms = 0): void {
  checkName('lease.name', name, WORK_LIMITS.NAME_LENGTH)
  checkName('lease.owner', owner, WORK_LIMITS.NAME_LENGTH)
  if (!(Number.isSafeInteger(ms) && ms >= 0 && ms <= WORK_LIMITS.LEASE_MS)) {
    throw new ConfigError('lease.ms', `must be a whole number from 0 to ${WORK_LIMITS.LEASE_MS}, not ${ms}`)
  }
}

/** Throws ConfigError for a page that is too large. */
export function checkPage(limit: number, keys: readonly string[] = []): void {
  if (!Number.isSafeInteger(limit) || limit < 0 || limit > WORK_LIMITS.ITEM_KEYS) {
    throw new ConfigError('limit', `must be a whole number from 0 to ${WORK_LIMITS.ITEM_KEYS}, not ${limit}`)
  }
  if (keys.length > WORK_LIMITS.ITEM_KEYS) {
    throw new ConfigError('keys', `must be at most ${WORK_LIMITS.ITEM_KEYS}, not ${keys.length}`)
  }
}

/** Throws ConfigError for a cut of too many lines at once. */
export function checkTrim(lines: number): void {
  if (lines > WORK_LIMITS.TRIM_LINES) {
    throw new ConfigError('trim.upTo', `must be at most ${WORK_LIMITS.TRIM_LINES} lines further on, not ${lines}`)
  }
}

function checkItem(write: Extract<WorkWrite, { write: 'item' | 'mark' }>): void {
  checkKey(write.item)
  const set = write.write === 'item' ? (write.set ?? {}) : write
  if (set.tag !== undefined && set.tag !== '') checkName('item.tag', set.tag, WORK_LIMITS.TAG_LENGTH)
  if (set.state !== undefined && set.state !== '') checkName('item.state', set.state, WORK_LIMITS.STATE_LENGTH)
  if (set.lane !== undefined && !(Number.isInteger(set.lane) && set.lane >= 0 && set.lane < LANES)) {
    throw new ConfigError('item.lane', `must be a whole number from 0 to ${LANES - 1}, not ${set.lane}`)
  }
  for (const name of ['due', 'place'] as const) checkNumber(`item.${name}`, set[name] ?? 0)
  checkNumber('item.mark', set.mark ?? 0, WORK_LIMITS.MARK)
  if (write.write === 'item') {
    checkNumber('item.settles', write.settles ?? 0)
    for (const name of ['done', 'expires'] as const) checkNumber(`item.${name}`, write.set?.[name] ?? 0)
  } else if (write.due >= NEVER || write.state === '') {
    throw new ConfigError('mark', 'must give a state and a time at which the item is due')
  }
  const { value } = set
  if (value !== undefined && !fitsInBytes(value, WORK_LIMITS.VALUE_BYTES)) {
    throw new ConfigError('item.value', `must be at most ${WORK_LIMITS.VALUE_BYTES} bytes of JSON`)
  }
}

function checkKey({ queue, key }: ItemKey): void {
  checkName('item.queue', queue, WORK_LIMITS.NAME_LENGTH)
  checkName('item.key', key, WORK_LIMITS.KEY_LENGTH)
}

function checkName(what: string, name: string, length: number): void {
  if (name.length <= length && FIT.test(name) && name.isWellFormed()) return
  throw new ConfigError(what, `must be 1 to ${length} characters long, none of them a control character`)
}

function checkNumber(what: string, number: number, most: number = NEVER): void {
  if (Number.isSafeInteger(number) && number >= 0 && number <= most) return
  throw new ConfigError(what, `must be a whole number from 0 to ${most}, not ${number}`)
}
