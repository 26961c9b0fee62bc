// Watches what arrives at tenants that have an open setup link, and keeps a short note of it.

import { hashToken, readAuthorization, tenantOfToken, tokenId } from '../../access/index.ts'
import type { Answer, Call } from '../../call.ts'
import type { Environment } from '../../environment.ts'
import { isObject, type Json } from '../../protocol/index.ts'
import { allRecords, Conflict, numberOf, type Store } from '../../store/index.ts'
import { isOpen, SETUP_LINK, type SetupLink, toLink } from '../link/link.ts'
import { KEPT_MS } from '../link/progress.ts'
import { type Arrival, foundIn, isAlike, kindOfAgent, refusalIn, toArrival, wordOf } from './arrival.ts'
import { tokenFault } from './token-fault.ts'
import { urlFault } from './url-fault.ts'

/** The queue of the notes, tagged with the id of their link. */
const ARRIVALS = 'setup-arrivals'
/** Most arrivals that one process keeps of one link; the oldest go first. */
const KEPT = 60
/** Most tenants that are remembered. */
const TENANTS = 10_000
/** How soon a note is written, and how often at most. */
const WRITE_MS = 300

/** A request to an address that leads nowhere. */
export interface LostRequest {
  /** The whole path, percent-encoded, without the query. */
  readonly path: string
  header(name: string): string | undefined
}

/** What was seen of a link: the last arrivals, and when it was first and last let in by which token. */
export interface Seen {
  /** Newest last. */
  readonly arrivals: readonly Arrival[]
  /** When each token first let somebody in, and when last. */
  readonly letIn: { readonly [token: string]: { readonly first: number; readonly last: number } }
}

/** Watches. */
export interface SetupWatch {
  /** Notes an answered request to a tenant's SCIM endpoints. Returns at once, and never throws. */
  readonly seen: (call: Pick<Call, 'method' | 'path' | 'search' | 'tenant' | 'header'>, answer: Answer) => void
  /** Notes a request that leads nowhere, if its token or its path names a watched tenant. */
  readonly lost: (request: LostRequest) => void
  /** What was seen of a link, by all processes. */
  readonly of: (tenant: string, link: string) => Promise<Seen>
  /** Calls back when something was seen of a tenant here. Returns how to stop. */
  readonly listen: (call: (tenant: string) => void) => () => void
  /** Writes what is not written yet, and stops. */
  readonly close: () => Promise<void>
}

/** What watching works with. */
export interface WatchDeps {
  readonly store: Store
  readonly environment: Environment
  /** The path of a tenant's base URL: `/tenants/acme/scim/v2`. */
  readonly basePath: (tenant: string) => string
  /** The tenant that a path names, even one that leads nowhere. */
  readonly tenantIn: (path: string) => string | undefined
  /** Receives what prevents a note from being kept: never in the way of an answer. */
  readonly report: (error: unknown) => void
}

/** What this process has seen of one link. */
interface Notes {
  readonly link: SetupLink
  arrivals: Arrival[]
  letIn: { [token: string]: { first: number; last: number } }
  dirty: boolean
}

/** The open links of a tenant, or what reads them. */
type Watched = readonly SetupLink[] | Promise<readonly SetupLink[]>

/** What the functions here share. */
interface State extends WatchDeps {
  readonly process: string
  readonly tenants: Map<string, Watched>
  readonly notes: Map<string, Notes>
  readonly listeners: Set<(tenant: string) => void>
  cancel: (() => void) | undefined
  writing: Promise<void>
}

const NONE: readonly SetupLink[] = []

/** Starts to watch. */
export function createSetupWatch(deps: WatchDeps): SetupWatch {
  const process = [...deps.environment.random(new Uint8Array(5))].map((byte) => byte.toString(36)).join('')
  const state: State = {
    ...deps,
    process,
    tenants: new Map(),
    notes: new Map(),
    listeners: new Set(),
    cancel: undefined,
    writing: Promise.resolve(),
  }
  const unwatch = deps.store.watch((affected) => {
    for (const one of affected) {
      if ('everything' in one) state.tenants.clear()
      else if ('records' in one) state.tenants.delete(one.tenant)
    }
  })
  return {
    seen(call, answer) {
      const tenant = call.tenant ?? tenantOf(call.header('authorization'))
      const watched = state.tenants.get(tenant)
      // By far the most tenants have no open link.
      if (watched === NONE) return
      whenKnown(state, tenant, watched, (links) => noteSeen(state, links, call, answer))
    },
    lost(request) {
      const tenant = state.tenantIn(request.path) ?? tenantOf(request.header('authorization'))
      const watched = state.tenants.get(tenant)
      if (tenant === '' || watched === NONE) return
      whenKnown(state, tenant, watched, (links) => noteLost(state, links, request))
    },
    of: (tenant, link) => readSeen(state, tenant, link),
    listen: (call) => {
      state.listeners.add(call)
      return () => void state.listeners.delete(call)
    },
    async close() {
      unwatch()
      state.cancel?.()
      await write(state)
    },
  }
}

/** The tenant that the token itself names. */
function tenantOf(header: string | undefined): string {
  const text = header?.slice(0, 500) ?? ''
  const sent = readAuthorization(text)
  const named = sent === undefined ? undefined : tenantOfToken(sent.token)
  // A token that was cut or changed still begins with the name of its tenant, which has no underscore on a server.
  return named ?? /lk_([a-z0-9-]{1,63})_/.exec(text)?.[1] ?? ''
}

function whenKnown(
  state: State,
  tenant: string,
  watched: Watched | undefined,
  note: (links: readonly SetupLink[]) => void,
): void {
  const known = watched ?? startReading(state, tenant)
  if (known instanceof Promise) known.then(note).catch(state.report)
  else note(known)
}

function startReading(state: State, tenant: string): Promise<readonly SetupLink[]> {
  const { tenants } = state
  if (tenants.size >= TENANTS) tenants.clear()
  const reading = readOpenLinks(state, tenant)
  tenants.set(tenant, reading)
  // A change in the meantime has taken it out again: then the next request reads anew.
  const settle = (found: readonly SetupLink[] | undefined) => {
    if (tenants.get(tenant) !== reading) return
    if (found === undefined) tenants.delete(tenant)
    else tenants.set(tenant, found)
  }
  reading.then(settle, () => settle(undefined))
  return reading
}

async function readOpenLinks({ store, environment }: State, tenant: string): Promise<readonly SetupLink[]> {
  const links = (await allRecords(store, tenant, SETUP_LINK))
    .map((record) => toLink(record).link)
    // Before the first token is made there is nothing to compare with.
    .filter((link) => isOpen(link, environment.now()) && link.tokens.length > 0)
  return links.length === 0 ? NONE : links
}

function noteSeen(
  state: State,
  links: readonly SetupLink[],
  call: Pick<Call, 'method' | 'path' | 'search' | 'header'>,
  answer: Answer,
): void {
  const header = call.header('authorization')
  const looksLike = kindOfAgent(call.header('user-agent'))
  const asked = wordOf(call)
  const sent = readAuthorization(header)
  const id = sent === undefined ? undefined : tokenId(hashToken(sent.token))
  for (const link of links) {
    const isOwn = link.tokens.some((token) => token.id === id)
    // Tokens of other connections are none of this link's business, until they are refused.
    if (answer.status !== 401 && !isOwn) continue
    const base = state.basePath(link.tenant)
    const wrongUrl = asked === 'other' && answer.status === 404 ? urlFault(base, base + call.path) : undefined
    const wrong = answer.status === 401 ? (tokenFault(header, link) ?? { fault: 'ended' as const }) : wrongUrl
    const found = foundIn(answer)
    const refusal = refusalIn(asked, answer)
    add(state, link, {
      ...stamp(state),
      ...(wrong === undefined ? { asked, ...(id === undefined ? {} : { token: id }) } : { wrong }),
      ...(wrong === undefined && found !== undefined ? { found } : {}),
      ...(wrong === undefined && refusal !== undefined ? { refusal } : {}),
      ...(looksLike === undefined ? {} : { looksLike }),
    })
  }
}

function noteLost(state: State, links: readonly SetupLink[], { path, header }: LostRequest): void {
  const looksLike = kindOfAgent(header('user-agent'))
  for (const link of links) {
    const wrong = urlFault(state.basePath(link.tenant), path)
    if (wrong !== undefined)
      add(state, link, { ...stamp(state), wrong, ...(looksLike === undefined ? {} : { looksLike }) })
  }
}

function stamp({ environment }: State): Pick<Arrival, 'first' | 'last' | 'count'> {
  const now = environment.now()
  return { first: now, last: now, count: 1 }
}

function add(state: State, link: SetupLink, arrival: Arrival): void {
  if (!isOpen(link, arrival.first)) return
  const notes = state.notes.get(link.id) ?? { link, arrivals: [], letIn: {}, dirty: false }
  state.notes.set(link.id, notes)
  const before = notes.arrivals.at(-1)
  if (before !== undefined && isAlike(before, arrival)) {
    notes.arrivals[notes.arrivals.length - 1] = { ...arrival, first: before.first, count: before.count + 1 }
  } else {
    notes.arrivals.push(arrival)
    if (notes.arrivals.length > KEPT) notes.arrivals.shift()
  }
  if (arrival.token !== undefined && arrival.wrong === undefined && !isFailure(arrival)) {
    const { first } = notes.letIn[arrival.token] ?? { first: arrival.first }
    notes.letIn[arrival.token] = { first, last: arrival.last }
  }
  notes.dirty = true
  for (const listener of state.listeners) listener(link.tenant)
  state.cancel ??= state.environment.setTimer(WRITE_MS, () => void write(state), { background: true })
}

/** Whether an arrival was answered with an error of ours, which says nothing of what the customer has pasted. */
function isFailure({ refusal }: Arrival): boolean {
  return refusal !== undefined && (refusal.status >= 500 || refusal.status === 429)
}

/** Writes the notes that have changed: one item for each link and process. */
function write(state: State): Promise<void> {
  state.cancel?.()
  state.cancel = undefined
  state.writing = state.writing.then(async () => {
    for (const notes of state.notes.values()) {
      if (!isOpen(notes.link, state.environment.now()) && !notes.dirty) state.notes.delete(notes.link.id)
      if (!notes.dirty) continue
      notes.dirty = false
      const { link, arrivals, letIn } = notes
      const value = { arrivals, letIn } as unknown as Json
      const item = { tenant: link.tenant, queue: ARRIVALS, key: `${link.id}/${state.process}` }
      const set = { tag: link.id, value, expires: link.expires + KEPT_MS }
      try {
        await state.store.commit([{ write: 'item', item, set }])
      } catch (error) {
        // The tenant may be gone, the disk full: what is lost is a note.
        if (error instanceof Conflict) state.notes.delete(link.id)
        else state.report(error)
      }
    }
  })
  return state.writing
}

/** Notes of processes that are read: a link lives for weeks at most, and each start of a process leaves one. */
const PROCESSES = 200

async function readSeen(state: State, tenant: string, link: string): Promise<Seen> {
  const items = await state.store.items(tenant, ARRIVALS, { tag: link, limit: PROCESSES })
  const own = state.notes.get(link)
  const others = items.filter((item) => own === undefined || item.key !== `${link}/${state.process}`)
  const arrivals = [...(own?.arrivals ?? [])]
  const letIn: { [token: string]: { first: number; last: number } } = { ...own?.letIn }
  for (const { value } of others) {
    if (!isObject(value)) continue
    for (const one of Array.isArray(value.arrivals) ? value.arrivals : []) {
      const arrival = toArrival(one)
      if (arrival !== undefined) arrivals.push(arrival)
    }
    for (const [token, times] of Object.entries(isObject(value.letIn) ? value.letIn : {})) {
      if (!isObject(times)) continue
      const first = numberOf(times.first) ?? 0
      const last = numberOf(times.last) ?? 0
      const known = letIn[token]
      letIn[token] = { first: Math.min(first, known?.first ?? first), last: Math.max(last, known?.last ?? last) }
    }
  }
  return { arrivals: arrivals.sort((a, b) => a.last - b.last).slice(-KEPT), letIn }
}
