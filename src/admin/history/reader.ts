// Reads the logs of tenants as they are asked about: where each resource is named, and who is gone.

import type { Change } from '../../directory/index.ts'
import type { Environment } from '../../environment.ts'
import { fold } from '../../protocol/index.ts'
import { LogCut, type Store } from '../../store/index.ts'
import { type Chains, createChains } from './chains.ts'

/** Somebody, or something, that was deleted. */
export interface Departed {
  readonly id: string
  readonly type: string
  /** Place of the line that deleted it. */
  readonly place: number
  /** What it is found by: userName, displayName and the like, folded. */
  readonly names: readonly string[]
}

/** What is known of one tenant's log. */
export interface TenantHistory {
  readonly chains: Chains
  /** By type and id, in the order in which they left. */
  readonly departed: ReadonlyMap<string, Departed>
  /** The place up to which the log has been read. */
  readonly builtTo: number
}

/** Reads logs. */
export interface HistoryReader {
  /** What is known of a tenant's log, read up to its end if that takes no longer than a moment; the rest follows by itself. */
  readonly of: (tenant: string) => Promise<TenantHistory>
  readonly forget: (tenant: string) => void
}

interface Kept {
  readonly chains: Chains
  readonly departed: Map<string, Departed>
  builtTo: number
  reading: Promise<void> | undefined
}

const CHUNK = 1_000
/** Chunks that a request waits for. */
const AWAITED = 30
/** Entries of all tenants together: beyond, tenants that were not asked about for longest are forgotten. */
const MOST = 8_000_000
/** Names that are kept of who is gone, by tenant; beyond, the earliest are forgotten. */
const MOST_DEPARTED = 200_000
const TENANTS = 1_000

/** The key of a resource in chains. */
export function keyOf(type: string, id: string): string {
  return `${type}/${id}`
}
/** The key of a member in chains: groups name members by id alone. */
export function memberKey(id: string): string {
  return `@${id}`
}

/** Creates the reader. Nothing is kept but in memory: it is built from the log when it is first asked for (decision 59). */
export function createHistoryReader(
  store: Pick<Store, 'changes' | 'tenant'>,
  environment: Pick<Environment, 'afterTurn'>,
  most = MOST,
): HistoryReader {
  const kept = new Map<string, Kept>()
  const nextTurn = () => new Promise<void>((resolve) => environment.afterTurn(resolve))
  const total = () => [...kept.values()].reduce((sum, { chains }) => sum + chains.size(), 0)
  const makeRoom = (present: string) => {
    for (const tenant of kept.keys()) {
      if (kept.size <= TENANTS && total() <= most) return
      if (tenant !== present) kept.delete(tenant)
    }
    const own = kept.get(present)
    if (own !== undefined && own.chains.size() > most) own.chains.halve()
  }
  return {
    forget: (tenant) => void kept.delete(tenant),
    async of(tenant) {
      const { begins, created } = (await store.tenant(tenant)) ?? { begins: 1, created: 0 }
      // A later tenant of the same name has a log of its own.
      const name = `${created} ${tenant}`
      const own = kept.get(name) ?? {
        chains: createChains(begins),
        departed: new Map(),
        builtTo: begins - 1,
        reading: undefined,
      }
      kept.delete(name)
      kept.set(name, own)
      if (own.reading === undefined) {
        own.reading = readOn({ store, nextTurn, makeRoom: () => makeRoom(name) }, tenant, own).finally(() => {
          own.reading = undefined
        })
        // Whoever asks next sees the error; this is only so that nobody has to.
        own.reading.catch(() => undefined)
      }
      const started = own.builtTo
      while (own.reading !== undefined && own.builtTo - started < AWAITED * CHUNK)
        await Promise.race([own.reading, nextTurn()])
      return own
    },
  }
}

interface ReadDeps {
  readonly store: Pick<Store, 'changes'>
  readonly nextTurn: () => Promise<void>
  readonly makeRoom: () => void
}

async function readOn({ store, nextTurn, makeRoom }: ReadDeps, tenant: string, own: Kept): Promise<void> {
  for (;;) {
    let lines: readonly Change[]
    try {
      lines = await store.changes(tenant, own.builtTo, CHUNK)
    } catch (error) {
      if (!(error instanceof LogCut)) throw error
      own.builtTo = error.begins - 1
      continue
    }
    for (const line of lines) take(own, line)
    makeRoom()
    if (lines.length < CHUNK) return
    await nextTurn()
  }
}

function take(own: Kept, line: Change): void {
  own.builtTo = line.place
  const { type, id, op, members } = line
  own.chains.add(keyOf(type, id), line.place)
  for (const member of members?.ids?.added ?? []) own.chains.add(memberKey(member), line.place)
  for (const member of members?.ids?.removed ?? []) own.chains.add(memberKey(member), line.place)
  const key = keyOf(type, id)
  if (op === 'create') own.departed.delete(key)
  if (op === 'note') {
    if (line.paths.some(({ path, new: verb }) => path === 'verb' && verb === 'erased')) own.departed.delete(key)
    return
  }
  if (op !== 'delete') return
  own.departed.delete(key)
  own.departed.set(key, { id, type, place: line.place, names: namesIn(line) })
  if (own.departed.size <= MOST_DEPARTED) return
  const [oldest] = own.departed.keys()
  if (oldest !== undefined) own.departed.delete(oldest)
}

const NAMES: ReadonlySet<string> = new Set([
  'userName',
  'displayName',
  'externalId',
  'name.familyName',
  'name.formatted',
])

/** The names that a line of a deletion gives, folded. */
function namesIn({ paths }: Change): readonly string[] {
  const names: string[] = []
  for (const { path, old } of paths) {
    if (NAMES.has(path) && typeof old === 'string') names.push(fold(old))
    if (path !== 'emails' || !Array.isArray(old)) continue
    for (const one of old as readonly unknown[]) {
      if (typeof one === 'object' && one !== null && 'value' in one && typeof one.value === 'string')
        names.push(fold(one.value))
    }
  }
  return names
}
