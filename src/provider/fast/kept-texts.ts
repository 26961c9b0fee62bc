// Short cut: keeps the JSON texts of hot resources, bounded in size and never stale.

import type { Affected } from '../../directory/index.ts'
import type { ResourceType } from '../../protocol/index.ts'

/** The text of a resource as GET shows it by default. */
export interface Finished {
  readonly id: string
  /** The store's number of the resource, where it has one. */
  readonly number: number | undefined
  readonly tenant: string
  readonly base: string
  readonly endpoint: string
  /** Name of its resource type. */
  readonly type: string
  readonly version: number
  readonly text: string
}

/** Texts of hot resources, bounded by size. Never stale, as long as `forget` is called with what was affected before a text is read. */
export interface KeptTexts {
  /** By the URL of the request: the id is the last part of the path. */
  get(id: string, base: string, path: string): Finished | undefined
  /** By the number that the store knows it by. */
  numbered(number: number, tenant: string, base: string, type: ResourceType): Finished | undefined
  /** Whether a text is worth keeping: there is room, or it was requested before. */
  wants(id: string): boolean
  put(finished: Finished): void
  /** Rises with each invalidation: a text made before one must not be put after it. */
  revision(): number
  forget(affected: readonly Affected[]): void
}

/** What an entry costs besides its bytes. */
const OVERHEAD = 400
/**
 * Slots for recently requested ids whose texts are not kept. With more, every id would count as recent where all are requested
 * alike, and each text would evict another for nothing. A power of two.
 */
const SLOTS = 1 << 14

/** Creates a cache of at most `limit` bytes. */
export function createKeptTexts(limit: number): KeptTexts {
  const entries = new Map<string, Kept>()
  const byNumber = new Map<number, Kept>()
  /** Entries older than the last change of their whole tenant count as gone, and are dropped when they are requested. */
  const since = new Map<string, number>()
  let sinceAll = 0
  /** Recently requested ids, hashed. A one-off scan of all resources must not evict hot entries. */
  const asked = new Uint32Array(limit === 0 ? 0 : SLOTS)
  let size = 0
  let revision = 0
  const drop = (id: string) => {
    const entry = entries.get(id)
    if (entry === undefined) return
    entries.delete(id)
    // The number may belong to another resource by now.
    if (entry.number !== undefined && byNumber.get(entry.number) === entry) byNumber.delete(entry.number)
    size -= costOf(entry)
  }
  // Clock eviction: an entry that was used since the hand last passed gets another round. The hand keeps its position: a Map has
  // holes where entries were deleted, and starting over would pass all of them.
  let hand = entries.values()
  const makeRoom = () => {
    while (size > limit) {
      const { value: entry } = hand.next()
      if (entry === undefined) hand = entries.values()
      else if (entry.used) entry.used = false
      else drop(entry.id)
    }
  }
  /** An entry that is still good. */
  const fresh = (entry: Kept): Finished | undefined => {
    if (entry.put < sinceAll || (since.size > 0 && entry.put < (since.get(entry.tenant) ?? 0))) {
      drop(entry.id)
      return undefined
    }
    entry.used = true
    return entry
  }
  return {
    get(id, base, path) {
      const entry = entries.get(id)
      if (entry === undefined || entry.base !== base) return undefined
      const { endpoint } = entry
      const isPath = path.length === endpoint.length + 1 + id.length && path.startsWith(endpoint)
      return isPath ? fresh(entry) : undefined
    },
    numbered(number, tenant, base, { name }) {
      const entry = byNumber.get(number)
      if (entry === undefined || entry.tenant !== tenant || entry.base !== base || entry.type !== name) return undefined
      return fresh(entry)
    },
    wants(id) {
      if (size * 2 < limit) return true
      if (limit === 0) return false
      const hash = hashOf(id)
      const slot = hash & (SLOTS - 1)
      if (asked[slot] === hash) return true
      asked[slot] = hash
      return false
    },
    put({ id, number, tenant, base, endpoint, type, version, text }) {
      const entry: Kept = {
        id,
        number,
        tenant,
        base,
        endpoint,
        type,
        version,
        text,
        put: revision,
        used: false,
      }
      if (costOf(entry) > limit / 100) return
      drop(id)
      entries.set(id, entry)
      if (number !== undefined) byNumber.set(number, entry)
      size += costOf(entry)
      makeRoom()
    },
    revision: () => revision,
    forget(affected) {
      revision++
      for (const one of affected) {
        if ('id' in one) drop(one.id)
        else if ('everything' in one || one.tenant === '') sinceAll = revision
        else since.set(one.tenant, revision)
      }
    },
  }
}

/** FNV-1a over the UTF-16 units. */
function hashOf(id: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193)
  return hash >>> 0
}

function costOf({ text }: Kept): number {
  return OVERHEAD + text.length
}

interface Kept extends Finished {
  /** The revision it was put in. */
  readonly put: number
  /** Looked up since it was last considered for eviction. */
  used: boolean
}
