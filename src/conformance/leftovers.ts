// Finds, and on request removes, what checks have left on a server, by the names they give.

import { isObject, type JsonObject } from '../protocol/index.ts'
import type { Declared, DeclaredType } from './declared.ts'
import { type Exchange, NoAnswer } from './exchange.ts'
import { NotOffered } from './fault.ts'
import { member, objects, pathOf, valueAt } from './json-access.ts'
import { namingPath } from './naming-path.ts'
import { PREFIX, type Session, send } from './probe.ts'

/** Names that a check gives, cases add to some; nothing else is taken for a leftover. */
const isOurs = (name: string) =>
  name.toLowerCase().startsWith(PREFIX) && /^[a-z0-9]{6}-\d+[@-]/i.test(name.slice(PREFIX.length))
/** Most leftovers of one type that are looked for. */
const MOST = 2000

/** What was found by the names that a check gives. */
export interface Leftovers {
  /** URLs of what is still there. */
  readonly left: readonly string[]
  /** Endpoints whose list could not be read whole, so that there may be more. */
  readonly unread: readonly string[]
}

/** Finds what earlier runs left behind, and removes it when asked to. */
export function findLeftovers(session: Session, declared: Declared, clean: boolean): Promise<Leftovers> {
  return find(session, declared, PREFIX, isOurs, clean)
}

/** Finds what this run has left behind, by its own prefix, which nobody else has, and removes it. */
export function findOwn(session: Session, declared: Declared): Promise<Leftovers> {
  return find(session, declared, session.prefix, (name) => name.toLowerCase().startsWith(session.prefix), true)
}

async function find(
  session: Session,
  declared: Declared,
  prefix: string,
  isMeant: (name: string) => boolean,
  removes: boolean,
): Promise<Leftovers> {
  const left: string[] = []
  const unread: string[] = []
  for (const type of declared.types) {
    const { paths, isWhole } = await search(session, type, prefix, isMeant)
    if (!isWhole) unread.push(type.endpoint)
    for (const path of paths) {
      const gone = removes && (await isRemoved(session, path))
      if (!gone) left.push(session.base + path)
    }
  }
  return { left, unread }
}

/** Deletes a resource; true when it is gone, which is for the server to show and not only to say. */
async function isRemoved(session: Session, path: string): Promise<boolean> {
  if (!isGone(await answered(send(session, 'start', 'DELETE', path)))) return false
  const shown = await answered(send(session, 'start', 'GET', path))
  return shown === undefined || shown.status !== 200
}

/** Deleted now, whatever 2xx says so, or already. */
function isGone(exchange: Exchange | undefined): boolean {
  const status = exchange?.status ?? 0
  return (status >= 200 && status <= 299) || status === 404 || status === 410
}

/** Undefined where no answer comes: that is for the cases to tell, and no reason to end before them. */
async function answered(sending: Promise<Exchange>): Promise<Exchange | undefined> {
  try {
    return await sending
  } catch (error) {
    if (error instanceof NoAnswer) return undefined
    throw error
  }
}

async function search(
  session: Session,
  type: DeclaredType,
  prefix: string,
  isMeant: (name: string) => boolean,
): Promise<{ readonly paths: readonly string[]; readonly isWhole: boolean }> {
  let named: ReturnType<typeof namingPath>
  try {
    named = namingPath(type)
  } catch (error) {
    if (error instanceof NotOffered) return { paths: [], isWhole: true }
    throw error
  }
  const found = new Set<string>()
  const seen = new Set<string>()
  let filter: { readonly filter?: string } = { filter: `${pathOf(named)} sw "${prefix}"` }
  for (let startIndex = 1; startIndex <= MOST; ) {
    const query = new URLSearchParams({ ...filter, startIndex: String(startIndex), count: '100' })
    const page = await answered(send(session, 'start', 'GET', `${type.endpoint}?${query}`))
    if (page?.status !== 200 && filter.filter !== undefined) {
      // Many servers know no "sw": they are read through.
      filter = {}
      continue
    }
    if (page?.status !== 200) return { paths: [...found], isWhole: false }
    const resources: readonly JsonObject[] = isObject(page.body) ? objects(member(page.body, 'Resources')) : []
    for (const one of resources) {
      const id = member(one, 'id')
      if ((typeof id !== 'string' && typeof id !== 'number') || id === '') continue
      seen.add(String(id))
      // A server that ignores the filter shows everybody: the name decides.
      if (isMeant(String(valueAt(one, named)))) found.add(`${type.endpoint}/${encodeURIComponent(id)}`)
    }
    const total = Number(member(page.body, 'totalResults'))
    startIndex += resources.length
    // Fewer different ones than there are said to be: pages stop, or come again.
    if (resources.length === 0 || !(startIndex <= total)) {
      return { paths: [...found], isWhole: Number.isNaN(total) ? resources.length < 100 : seen.size >= total }
    }
  }
  return { paths: [...found], isWhole: false }
}
