// Keeps track of what a check has created on the server, so that all of it can be removed.

import { BULK_RESPONSE } from '../../protocol/index.ts'
import { parseUrl } from '../../url.ts'
import { dig, member, objects, texts } from '../json-access.ts'
import type { Exchange } from './exchange.ts'

/** What a check has created on a server and not yet removed. */
export interface Register {
  /** Reads an answer: what was created is added, what was deleted is struck off. */
  readonly note: (exchange: Exchange, owner: string) => void
  /** Paths below the base URL of what one case, or all, have created and not removed; the last one first. */
  readonly of: (owner?: string) => readonly string[]
  /** Ids of all that a case has created, removed or not. */
  readonly ids: (owner: string) => ReadonlySet<string>
}

/** Makes the register of a run. Only the answers to its own POSTs add to it, so nothing else is ever removed. */
export function createRegister(base: string): Register {
  const made = new Map<string, string>()
  const ids = new Map<string, Set<string>>()
  const add = (path: string, owner: string) => {
    made.set(path, owner)
    const own = ids.get(owner) ?? new Set()
    ids.set(owner, own.add(decodeURIComponent(path.slice(path.lastIndexOf('/') + 1))))
  }
  const note: Register['note'] = (exchange, owner) => {
    const { method, status, body } = exchange
    const path = exchange.url.slice(base.length).split('?', 1)[0]?.replace(/\/$/, '') ?? ''
    // A resource that is gone needs no removal: a bulk request may have deleted it without reporting it.
    const done = status >= 200 && status <= 299
    if (method === 'DELETE' && (done || status === 404 || status === 410)) made.delete(path)
    if (!done) return
    if (method !== 'POST' || path.endsWith('/.search')) return
    if (path === '/Bulk' || texts(member(body, 'schemas')).includes(BULK_RESPONSE)) {
      for (const operation of objects(member(body, 'Operations'))) {
        const place = belowBase(member(operation, 'location'), base)
        if (place === undefined) continue
        const verb = String(member(operation, 'method')).toUpperCase()
        const code = member(operation, 'status')
        const worked = /^2/.test(String(typeof code === 'object' ? member(code, 'code') : code))
        if (verb === 'POST' && worked) add(place, owner)
        if (verb === 'DELETE' && worked) made.delete(place)
      }
      return
    }
    // At the location in the answer; otherwise below the endpoint, whatever lower path the request went to.
    const place = belowBase(exchange.header('location'), base) ?? belowBase(dig(body, 'meta', 'location'), base)
    if (place !== undefined) add(place, owner)
    const id = member(body, 'id')
    const named = typeof id === 'number' || (typeof id === 'string' && id !== '') ? encodeURIComponent(id) : undefined
    if (named === undefined || place?.endsWith(`/${named}`) === true) return
    const endpoint = place === undefined ? /^\/[^/]+/.exec(path)?.[0] : place.slice(0, place.lastIndexOf('/'))
    if (endpoint !== undefined) add(`${endpoint}/${named}`, owner)
  }
  return {
    note,
    of: (owner) =>
      [...made]
        .filter(([, one]) => owner === undefined || one === owner)
        .map(([path]) => path)
        .reverse(),
    ids: (owner) => ids.get(owner) ?? new Set(),
  }
}

/** The path of a resource's URI below the base URL, also from a relative one; undefined when it has none there. RFC 7643 §2.3.7. */
export function belowBase(location: unknown, base: string): string | undefined {
  if (typeof location !== 'string' || location === '') return undefined
  const url = parseUrl(location, `${base}/`)
  if (url === null) return undefined
  const root = new URL(base).pathname.replace(/\/$/, '')
  const isRelative = !URL.canParse(location) && !location.startsWith('//')
  const rest = url.pathname.startsWith(`${root}/`) ? url.pathname.slice(root.length) : isRelative ? url.pathname : ''
  return /^\/[^/]+\/[^/]+$/.test(rest) ? rest : undefined
}
