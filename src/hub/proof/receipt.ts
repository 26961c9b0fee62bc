// A leaver receipt: which apps confirmed that somebody is out, when, and what was read back afterwards.

import { createHash } from 'node:crypto'
import type { Change } from '../../store/index.ts'
import type { LinkReason, ReadBack, Told } from '../contract/index.ts'

/** The claims of a receipt. Times are ISO 8601 in UTC, except `iat`. */
export interface Receipt {
  /** Form of these claims. */
  readonly v: 1
  /** Where it was made: the address of the installation. RFC 7519 §4.1.1. */
  readonly iss: string
  /** When it was made, in seconds since 1970. RFC 7519 §4.1.6. */
  readonly iat: number
  /** The person's id here. RFC 7519 §4.1.2. */
  readonly sub: string
  readonly tenant: string
  /** Names of the person, as far as they were known when it was made. */
  readonly person: { readonly userName?: string; readonly externalId?: string }
  /** Absent: the person has not left. */
  readonly left?: { readonly how: 'deleted' | 'deactivated' | 'killed'; readonly at: string; readonly place: number }
  /** The lines of the log about the person, from the leaving on: their places, and a hash over them ({@link hashOfLines}). */
  readonly log: ReceiptLog
  readonly apps: readonly ReceiptApp[]
  /** The person has left, and every app in which there was an account has confirmed it. */
  readonly complete: boolean
}

/** What a receipt says of the log. */
export interface ReceiptLog {
  readonly from: number
  readonly to: number
  readonly lines: readonly number[]
  /** SHA-256, in base64url. */
  readonly sha256: string
}

/** One app of a receipt. */
export interface ReceiptApp {
  readonly app: string
  readonly label: string
  /** The app's id of the account. */
  readonly account?: string
  /**
   * `confirmed`: the app answered that it did what it was asked; `verified`: a read afterwards showed it; `open`: it has not, for the
   * reason given; `none`: the hub knows of no account there.
   */
  readonly state: 'confirmed' | 'verified' | 'open' | 'none'
  /** What the app was asked for: an account that is active, switched off, or gone. */
  readonly asked?: Told['wanted']
  readonly confirmedAt?: string
  /** The place in the log that the confirmation reflects. */
  readonly place?: number
  readonly readBack?: { readonly found: ReadBack['found']; readonly at: string }
  readonly reason?: { readonly code: LinkReason['code']; readonly message: string; readonly since: string }
  readonly nextAt?: string
}

/** What a receipt is made of. */
export interface ReceiptSources {
  readonly iss: string
  readonly now: number
  readonly tenant: string
  readonly user: string
  readonly person: Receipt['person']
  readonly left?: { readonly how: 'deleted' | 'deactivated' | 'killed'; readonly at: number; readonly place: number }
  readonly log: ReceiptLog
  readonly told: readonly Told[]
  /** The receipt before this one, of the same leaving: what it says stays true when links have expired and apps are removed. */
  readonly before?: Receipt
}

/** Makes the claims of a receipt. Pure. */
export function receiptOf({ iss, now, tenant, user, person, left, log, told, before }: ReceiptSources): Receipt {
  const earlier = new Map((before?.apps ?? []).map((one) => [one.app, one]))
  const apps = told.map((row) => {
    const now = appOf(row, left !== undefined)
    const then = earlier.get(row.app)
    earlier.delete(row.app)
    return now.state === 'none' && then !== undefined ? then : now
  })
  const all = [...apps, ...earlier.values()]
  return {
    v: 1,
    iss,
    iat: Math.floor(now / 1000),
    sub: user,
    tenant,
    person: { ...before?.person, ...person },
    ...(left === undefined ? {} : { left: { ...left, at: isoOf(left.at) } }),
    log,
    apps: all,
    complete: left !== undefined && all.every(({ state }) => state !== 'open'),
  }
}

/** The SHA-256 of log lines, in base64url: of their JSON, members in this order, each line ended by a line feed. */
export function hashOfLines(lines: readonly Change[]): string {
  const hash = createHash('sha256')
  for (const { place, at, op, type, id, actor, txn, version, paths, members } of lines)
    hash.update(`${JSON.stringify({ place, at, op, type, id, actor, txn, version, paths, members })}\n`)
  return hash.digest('base64url')
}

function appOf(row: Told, hasLeft: boolean): ReceiptApp {
  const { app, label, account, wanted, place, readBack, reason } = row
  const known = { app, label, ...(account === undefined ? {} : { account }) }
  if (row.state === 'none') return { ...known, state: 'none' }
  const done = row.state === 'confirmed' || row.state === 'verified'
  const confirmed = {
    ...(row.confirmedAt === undefined ? {} : { confirmedAt: isoOf(row.confirmedAt) }),
    ...(place === undefined ? {} : { place }),
    ...(readBack === undefined ? {} : { readBack: { found: readBack.found, at: isoOf(readBack.at) } }),
  }
  // Somebody who left and is active there is not out, whatever the settings of the app say.
  if (done && hasLeft && wanted === 'active') {
    const message = 'The settings of this app leave the accounts of people who left as they are'
    return {
      ...known,
      state: 'open',
      asked: wanted,
      reason: { code: 'app', message, since: isoOf(row.confirmedAt ?? 0) },
    }
  }
  if (done) return { ...known, state: row.state === 'verified' ? 'verified' : 'confirmed', asked: wanted, ...confirmed }
  return {
    ...known,
    state: 'open',
    asked: wanted,
    ...confirmed,
    ...(reason === undefined
      ? {}
      : { reason: { code: reason.code, message: reason.message, since: isoOf(reason.since) } }),
    ...(row.nextAt === undefined ? {} : { nextAt: isoOf(row.nextAt) }),
  }
}

function isoOf(at: number): string {
  return new Date(at).toISOString()
}
