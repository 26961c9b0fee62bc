import { isObject, type JsonObject } from '../protocol/index.ts'
import { type Exchange, NoAnswer } from './exchange.ts'
import { NotOffered } from './fault.ts'
import { member, objects, pathOf, valueAt } from './look.ts'
import type { Offer, TypeOffer } from './offer.ts'
import { PREFIX, type Session, send } from './probe.ts'
import { namingPlace } from './subject.ts'

/** Names that a check gives, cases add to some; nothing else is taken for a leftover. */
const isOurs = (name: string) =>
  name.toLowerCase().startsWith(PREFIX) && /^[a-z0-9]{6}-\d+[@-]/i.test(name.slice(PREFIX.length))
/** Most leftovers of one type that are looked for. */
const MOST = 2000

/** Finds what earlier runs left behind, and removes it when asked to; gives the URLs of what is still there. */
export async function findLeftovers(session: Session, offer: Offer, clean: boolean): Promise<readonly string[]> {
  const left: string[] = []
  for (const type of offer.types) {
    for (const path of await search(session, type)) {
      const gone = clean && isGone(await answered(send(session, 'start', 'DELETE', path)))
      if (!gone) left.push(session.base + path)
    }
  }
  return left
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

async function search(session: Session, type: TypeOffer): Promise<readonly string[]> {
  let named: ReturnType<typeof namingPlace>
  try {
    named = namingPlace(type)
  } catch (error) {
    if (error instanceof NotOffered) return []
    throw error
  }
  const found = new Set<string>()
  let filter: { readonly filter?: string } = { filter: `${pathOf(named)} sw "${PREFIX}"` }
  for (let startIndex = 1; startIndex <= MOST; ) {
    const query = new URLSearchParams({ ...filter, startIndex: String(startIndex), count: '100' })
    const page = await answered(send(session, 'start', 'GET', `${type.endpoint}?${query}`))
    if (page?.status !== 200 && filter.filter !== undefined) {
      // Many servers know no "sw": they are read through.
      filter = {}
      continue
    }
    if (page === undefined) break
    const resources: readonly JsonObject[] = isObject(page.body) ? objects(member(page.body, 'Resources')) : []
    for (const one of resources) {
      const id = member(one, 'id')
      // A server that ignores the filter shows everybody: the name decides.
      if (typeof id === 'string' && isOurs(String(valueAt(one, named))))
        found.add(`${type.endpoint}/${encodeURIComponent(id)}`)
    }
    const total = Number(member(page.body, 'totalResults'))
    startIndex += resources.length
    if (page.status !== 200 || resources.length === 0 || !(startIndex <= total)) break
  }
  return [...found]
}
