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
}

/** Creates the register of a run. Only the answers to its own POSTs add to it, so nothing else is ever removed. */
export function createRegister(base: string): Register {
  const made = new Map<string, string>()
  return {
    note(exchange, owner) {
      const { created, deleted } = changesIn(exchange, base)
      for (const path of created) made.set(path, owner)
      for (const path of deleted) made.delete(path)
    },
    of: (owner) =>
      [...made]
        .filter(([, one]) => owner === undefined || one === owner)
        .map(([path]) => path)
        .reverse(),
  }
}

/** Paths of what an exchange has created and deleted. */
interface Changes {
  readonly created: readonly string[]
  readonly deleted: readonly string[]
}

function changesIn(exchange: Exchange, base: string): Changes {
  const { method, status, body } = exchange
  const path = exchange.url.slice(base.length).split('?', 1)[0]?.replace(/\/$/, '') ?? ''
  const isDone = status >= 200 && status <= 299
  // A resource that is gone needs no removal: a bulk request may have deleted it without reporting it.
  if (method === 'DELETE' && (isDone || status === 404 || status === 410)) return { created: [], deleted: [path] }
  if (!isDone || method !== 'POST' || path.endsWith('/.search')) return { created: [], deleted: [] }
  const isBulk = path === '/Bulk' || texts(member(body, 'schemas')).includes(BULK_RESPONSE)
  return isBulk ? changesInBulk(body, base) : { created: createdBy(exchange, path, base), deleted: [] }
}

function changesInBulk(body: unknown, base: string): Changes {
  const done = objects(member(body, 'Operations')).flatMap((operation) => {
    const location = belowBase(member(operation, 'location'), base)
    const status = member(operation, 'status')
    const isDone = /^2/.test(String(typeof status === 'object' ? member(status, 'code') : status))
    return location !== undefined && isDone
      ? [{ location, verb: String(member(operation, 'method')).toUpperCase() }]
      : []
  })
  const of = (verb: string) => done.filter((one) => one.verb === verb).map(({ location }) => location)
  return { created: of('POST'), deleted: of('DELETE') }
}

/** Where a created resource may be: at the location in the answer; by its id also below the endpoint, whatever lower path was sent. */
function createdBy(exchange: Exchange, path: string, base: string): readonly string[] {
  const { body } = exchange
  const location = belowBase(exchange.header('location'), base) ?? belowBase(dig(body, 'meta', 'location'), base)
  const located = location === undefined ? [] : [location]
  const id = member(body, 'id')
  const name = typeof id === 'number' || (typeof id === 'string' && id !== '') ? encodeURIComponent(id) : undefined
  if (name === undefined || location?.endsWith(`/${name}`) === true) return located
  const endpoint = location === undefined ? /^\/[^/]+/.exec(path)?.[0] : location.slice(0, location.lastIndexOf('/'))
  return endpoint === undefined ? located : [...located, `${endpoint}/${name}`]
}

/** The path of a resource's URI below the base URL, also from a relative one; undefined when it has none there. RFC 7643 §2.3.7. */
function belowBase(location: unknown, base: string): string | undefined {
  if (typeof location !== 'string' || location === '') return undefined
  const url = parseUrl(location, `${base}/`)
  if (url === null) return undefined
  const root = new URL(base).pathname.replace(/\/$/, '')
  const isRelative = !URL.canParse(location) && !location.startsWith('//')
  const rest = url.pathname.startsWith(`${root}/`) ? url.pathname.slice(root.length) : isRelative ? url.pathname : ''
  return /^\/[^/]+\/[^/]+$/.test(rest) ? rest : undefined
}
