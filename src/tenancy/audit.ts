// The audit: what people, tokens and commands did here, in lines of which each holds the hash of the one before.

import { hashToken } from '../access/index.ts'
import type { Environment } from '../environment.ts'
import { isObject, type Json, type JsonObject } from '../protocol/index.ts'
import { Conflict, type Noted, type Store, type StoredRecord, type Write } from '../store/index.ts'

const AUDIT = 'audit'
/** Keys count down, so that the newest line comes first. */
const PLACES = 9_999_999_999
const DAY_MS = 86_400_000
/** How long lines are kept. */
const KEPT_MS = 400 * DAY_MS
/** Lines of one commit, and of one removal. */
const BATCH = 200
/** Lines that one look reads at most. */
const SCANNED = 20_000
const CHUNK = 500
const TRIES = 20
/** Longest text of a line that somebody else chose, and most changes of one. */
const TEXT_LENGTH = 500
const CHANGES = 20
/** What the first line holds in place of a hash. */
const NOTHING = ''

/** What is written down. */
export interface AuditDraft {
  /** The name in the change log; empty: nobody signed in. */
  readonly actor: string
  /** The name for people. */
  readonly name?: string
  readonly how: 'token' | 'link' | 'oidc' | 'person' | 'command' | 'none'
  readonly session?: string
  readonly address?: string
  /** What was asked for: the id of a route, or a command. */
  readonly action: string
  readonly tenant?: string
  /** What it was about. */
  readonly object?: string
  readonly outcome: 'done' | 'refused' | 'failed'
  readonly reason?: string
  /** The id of the request. */
  readonly request?: string
  /** What changed, before and after; of secrets only that they did. */
  readonly changes?: readonly Noted[]
}

/** A line. */
export interface AuditLine extends AuditDraft {
  /** 1, 2, 3 … without gaps. */
  readonly place: number
  readonly at: number
  /** The SHA-256 of the line before. */
  readonly previous: string
  /** Its own, as the next line holds it. */
  readonly hash: string
}

/** Which lines are wanted. */
export interface AuditQuery {
  readonly limit: number
  /** Lines before this place. */
  readonly before?: number | undefined
  readonly tenants?: readonly string[] | undefined
  readonly actor?: string | undefined
  readonly action?: string | undefined
  readonly outcome?: string | undefined
  readonly since?: number | undefined
  readonly until?: number | undefined
}

/** What a walk along the chain has found. */
export interface AuditVerdict {
  readonly lines: number
  /** The newest line: noted down elsewhere, it proves later that none was cut off. */
  readonly head?: { readonly place: number; readonly hash: string }
  /** The oldest line that is kept. */
  readonly from?: { readonly place: number; readonly at: number }
  /** Where the chain does not hold: the line at this place was changed, or one beside it was taken out. */
  readonly broken?: { readonly place: number; readonly why: string }
  /** Whether the head that was noted down is among the lines; absent without one. */
  readonly holdsHead?: boolean
}

/** The audit. */
export interface Audit {
  /** Resolves when the line is kept for good. */
  readonly append: (draft: AuditDraft) => Promise<void>
  /** Newest first; `next` where there may be more. */
  readonly page: (query: AuditQuery) => Promise<{ readonly lines: readonly AuditLine[]; readonly next?: number }>
  readonly verify: (head?: string) => Promise<AuditVerdict>
}

interface Waiting {
  readonly draft: AuditDraft
  readonly at: number
  readonly done: () => void
  readonly failed: (error: unknown) => void
}

/** Creates the audit of a database. Lines of all processes are one chain: each is put only if no other has taken its place. */
export function createAudit(store: Store, environment: Environment): Audit {
  let waiting: Waiting[] = []
  let writing = false
  let pruned = Number.NEGATIVE_INFINITY
  const write = async () => {
    writing = true
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH)
      waiting = waiting.slice(BATCH)
      try {
        await appendAll(store, batch)
        for (const { done } of batch) done()
      } catch (error) {
        for (const { failed } of batch) failed(error)
      }
    }
    writing = false
    const now = environment.now()
    if (now - pruned < DAY_MS) return
    pruned = now
    // If it fails, the next day tries again.
    await prune(store, now - KEPT_MS).catch(() => undefined)
  }
  return {
    append: (draft) =>
      new Promise((done, failed) => {
        waiting.push({ draft, at: environment.now(), done, failed })
        if (!writing) void write()
      }),
    page: (query) => pageOf(store, query),
    verify: (head) => verify(store, head),
  }
}

async function appendAll(store: Store, batch: readonly Waiting[]): Promise<void> {
  for (let tries = 1; ; tries++) {
    const [newest] = await store.records('', AUDIT, { limit: 1 })
    let previous = newest === undefined ? NOTHING : hashToken(textOf(newest))
    let place = newest === undefined ? 0 : placeOf(newest)
    const writes = batch.map(({ draft, at }): Write => {
      const text = JSON.stringify({ place: ++place, at, ...bounded(draft), previous })
      previous = hashToken(text)
      return { write: 'record', record: { tenant: '', kind: AUDIT, key: keyOf(place) }, value: text, ifAbsent: true }
    })
    try {
      await store.commit(writes)
      return
    } catch (error) {
      // Another process was quicker.
      if (!(error instanceof Conflict && error.reason === 'exists') || tries >= TRIES) throw error
    }
  }
}

async function pageOf(store: Store, query: AuditQuery) {
  const { limit, before, since } = query
  const lines: AuditLine[] = []
  let after = before === undefined ? undefined : keyOf(before)
  for (let scanned = 0; scanned < SCANNED; scanned += CHUNK) {
    const page = await store.records('', AUDIT, { limit: CHUNK, ...(after === undefined ? {} : { after }) })
    for (const record of page) {
      const line = lineOf(record)
      if (since !== undefined && line !== undefined && line.at < since) return { lines }
      if (line !== undefined && fits(line, query)) lines.push(line)
      if (lines.length === limit) return { lines, next: placeOf(record) }
      after = record.key
    }
    if (page.length < CHUNK) return { lines }
  }
  return { lines, ...(after === undefined ? {} : { next: PLACES - Number(after) }) }
}

function fits(line: AuditLine, { tenants, actor, action, outcome, until }: AuditQuery): boolean {
  return (
    (tenants === undefined || (line.tenant !== undefined && tenants.includes(line.tenant))) &&
    (actor === undefined || line.actor === actor || line.name === actor) &&
    (action === undefined || line.action === action) &&
    (outcome === undefined || line.outcome === outcome) &&
    (until === undefined || line.at < until)
  )
}

/** Walks from the newest line to the oldest: each must hold the hash of the next one, and places have no gaps. */
async function verify(store: Store, head: string | undefined): Promise<AuditVerdict> {
  let [lines, holdsHead] = [0, false]
  let newest: { place: number; hash: string } | undefined
  let later: AuditLine | undefined
  for (let after: string | undefined; ; ) {
    const page = await store.records('', AUDIT, { limit: CHUNK, ...(after === undefined ? {} : { after }) })
    for (const record of page) {
      const line = lineOf(record)
      const place = placeOf(record)
      const why = line === undefined || line.place !== place ? 'it can not be read' : whyBroken(line, later)
      const verdict = { lines, ...(newest === undefined ? {} : { head: newest }) }
      if (why !== undefined || line === undefined) return { ...verdict, broken: { place, why: why ?? '' } }
      newest ??= { place, hash: line.hash }
      if (line.hash === head) holdsHead = true
      later = line
      lines++
      after = record.key
    }
    if (page.length < CHUNK) break
  }
  return {
    lines,
    ...(newest === undefined ? {} : { head: newest }),
    ...(later === undefined ? {} : { from: { place: later.place, at: later.at } }),
    ...(head === undefined ? {} : { holdsHead }),
  }
}

function whyBroken(line: AuditLine, later: AuditLine | undefined): string | undefined {
  if (later === undefined) return undefined
  if (later.place !== line.place + 1) return `lines ${line.place + 1} to ${later.place - 1} are gone`
  return later.previous === line.hash ? undefined : `it is not what line ${later.place} was written after`
}

/** Removes lines that are older than they have to be kept, from the oldest. Their places are found by halving: places have no gaps. */
async function prune(store: Store, until: number): Promise<void> {
  const [newest] = await store.records('', AUDIT, { limit: 1 })
  if (newest === undefined) return
  let [old, young] = [0, placeOf(newest)]
  // The last place whose line is gone or too old.
  while (young - old > 1) {
    const middle = Math.floor((old + young) / 2)
    const [record] = await store.records('', AUDIT, { key: keyOf(middle), limit: 1 })
    const line = record === undefined ? undefined : lineOf(record)
    if (record === undefined || (line !== undefined && line.at < until)) old = middle
    else young = middle
  }
  for (let after = keyOf(old + 1); ; ) {
    const page = await store.records('', AUDIT, { limit: BATCH, after })
    if (page.length === 0) return
    await store.commit(
      page.map(({ key }): Write => ({ write: 'record', record: { tenant: '', kind: AUDIT, key }, value: undefined })),
    )
    after = page.at(-1)?.key ?? after
  }
}

function keyOf(place: number): string {
  return String(PLACES - place).padStart(10, '0')
}

function placeOf({ key }: StoredRecord): number {
  return PLACES - Number(key)
}

function textOf({ value }: StoredRecord): string {
  return typeof value === 'string' ? value : ''
}

function lineOf(record: StoredRecord): AuditLine | undefined {
  const text = textOf(record)
  try {
    const json: Json = JSON.parse(text)
    return isObject(json) ? { ...(json as unknown as Omit<AuditLine, 'hash'>), hash: hashToken(text) } : undefined
  } catch {
    return undefined
  }
}

/** A draft within bounds: addresses, objects and reasons may be what strangers sent. */
function bounded(draft: AuditDraft): JsonObject {
  const cut = Object.entries(draft).flatMap(([name, value]) => {
    if (value === undefined) return []
    return [[name, typeof value === 'string' ? value.slice(0, TEXT_LENGTH) : value]]
  })
  const { changes } = draft
  return JSON.parse(
    JSON.stringify({
      ...Object.fromEntries(cut),
      ...(changes === undefined ? {} : { changes: changes.slice(0, CHANGES) }),
    }),
  )
}
