// Finds, and on request removes, what checks have left on a server, by the names they give.

import { isObject, type JsonObject } from '../protocol/index.ts'
import { NotOffered } from './fault.ts'
import { member, objects, pathOf, valueAt } from './json-access.ts'
import { PREFIX, type Session, send } from './session.ts'
import type { Declared, DeclaredType } from './subject/declared.ts'
import { namingPath } from './subject/naming-path.ts'
import { type Exchange, NoAnswer } from './wire/exchange.ts'

/** Whether a check has given this name; cases add to some. Nothing else counts as a leftover. */
const isOurs = (name: string) =>
  name.toLowerCase().startsWith(PREFIX) && /^[a-z0-9]{6}-\d+[@-]/i.test(name.slice(PREFIX.length))
/** How many resources of one type are searched for leftovers. */
const MOST = 2000

/** What was found by the names that checks give. */
export interface Leftovers {
  /** URLs of what is still there. */
  readonly left: readonly string[]
  /** Endpoints whose list could not be read to its end, so that there may be more. */
  readonly unread: readonly string[]
}

/** Finds what earlier runs left behind, and removes it when `clean` is set. */
export function findLeftovers(session: Session, declared: Declared, clean: boolean): Promise<Leftovers> {
  return find(session, declared, PREFIX, isOurs, clean)
}

/** Finds what this run has left behind, by its own unique prefix, and removes it. */
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

/** Deletes a resource; true when a GET shows that it is gone, and not only the answer to the DELETE says so. */
async function isRemoved(session: Session, path: string): Promise<boolean> {
  if (!isGone(await answered(send(session, 'start', 'DELETE', path)))) return false
  const shown = await answered(send(session, 'start', 'GET', path))
  return shown === undefined || shown.status !== 200
}

/** Whether a DELETE was answered as done, by any 2xx, or as done before. */
function isGone(exchange: Exchange | undefined): boolean {
  const status = exchange?.status ?? 0
  return (status >= 200 && status <= 299) || status === 404 || status === 410
}

/** Undefined where no answer comes: the cases report that, so it is no reason to stop before them. */
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
      // Many servers lack sw: their whole list is read.
      filter = {}
      continue
    }
    if (page?.status !== 200) return { paths: [...found], isWhole: false }
    const resources: readonly JsonObject[] = isObject(page.body) ? objects(member(page.body, 'Resources')) : []
    for (const one of resources) {
      const id = member(one, 'id')
      if ((typeof id !== 'string' && typeof id !== 'number') || id === '') continue
      seen.add(String(id))
      // A server that ignores the filter lists every resource: the name decides.
      if (isMeant(String(valueAt(one, named)))) found.add(`${type.endpoint}/${encodeURIComponent(id)}`)
    }
    const total = Number(member(page.body, 'totalResults'))
    startIndex += resources.length
    // The list is whole when as many different resources came as totalResults says: pages may end early or repeat.
    if (resources.length === 0 || !(startIndex <= total)) {
      return { paths: [...found], isWhole: Number.isNaN(total) ? resources.length < 100 : seen.size >= total }
    }
  }
  return { paths: [...found], isWhole: false }
}
