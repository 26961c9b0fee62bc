import { BULK_RESPONSE } from '../protocol/index.ts'
import type { Exchange } from './exchange.ts'
import { member, objects, texts } from './look.ts'

/** What a check has made on a server and not yet removed. */
export interface Register {
  /** Reads an answer: what was made is noted, what was deleted is struck off. */
  readonly note: (exchange: Exchange, owner: string) => void
  /** Paths below the base URL that one case, or all, made and that still stand; the last one first. */
  readonly of: (owner?: string) => readonly string[]
  /** Ids that a case made, whether they still stand or not. */
  readonly ids: (owner: string) => ReadonlySet<string>
}

/** Makes the register of a run. Only what a POST of this run was answered with gets in, so nothing else is ever removed. */
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
    // What is not there any more needs no removal: a bulk request may have done it without saying so.
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
    const id = member(body, 'id')
    if (typeof id === 'string' && id !== '') add(`${path}/${encodeURIComponent(id)}`, owner)
    else if (typeof id === 'number') add(`${path}/${id}`, owner)
    else {
      const place = belowBase(exchange.header('location'), base)
      if (place !== undefined) add(place, owner)
    }
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

/** The path of a resource's URI below the base URL; undefined when it has none there. */
export function belowBase(location: unknown, base: string): string | undefined {
  if (typeof location !== 'string') return undefined
  let path: string
  try {
    path = new URL(location, `${base}/`).pathname
  } catch {
    return undefined
  }
  const root = new URL(base).pathname.replace(/\/$/, '')
  const rest = path.startsWith(`${root}/`) ? path.slice(root.length) : undefined
  return rest !== undefined && /^\/[^/]+\/[^/]+$/.test(rest) ? rest : undefined
}
