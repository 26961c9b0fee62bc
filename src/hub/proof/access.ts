// Who has what in which app, and through which rule: now, or at a moment in the past.

import { bindFilter, isObject, parseFilter, type ResourceType } from '../../protocol/index.ts'
import type { Item, Store, Work } from '../../store/index.ts'
import { type AccessPage, type AccessSubject, type AdapterKind, type Link, QUEUES } from '../contract/index.ts'
import { type RuledRow, rowsOf } from './access-rows.ts'
import { type AccessApp, readAppsThen } from './apps-then.ts'
import type { Histories } from './histories.ts'
import { type History, readHistory } from './history.ts'
import { createMoment, type Moment, type Seen } from './moment.ts'
import { createPersonAccess, type PersonAccess } from './person-access.ts'

/** What answers are made from. */
export interface AccessDeps {
  readonly store: Pick<Store & Work, 'get' | 'find' | 'names' | 'changes' | 'tenant' | 'records' | 'items'>
  readonly tenant: string
  readonly types: readonly ResourceType[]
  readonly kinds: readonly AdapterKind[]
  /** Where histories that were read a moment ago are found again. */
  readonly histories?: Histories
}

/** Answers about access. */
export interface Access {
  /** A page of rows, of at most `limit` people (of a person: all). */
  readonly page: (
    subject: AccessSubject,
    request: { readonly after?: string; readonly limit: number },
  ) => Promise<AccessPage>
  /** The same, each row with the groups that its rules name. */
  readonly ruled: (
    subject: AccessSubject,
    request: { readonly after?: string; readonly limit: number },
  ) => Promise<Omit<AccessPage, 'rows'> & { readonly rows: readonly RuledRow[] }>
  /** What one person has, and would have without some groups; undefined where there is nobody of this id. */
  readonly person: (user: string) => Promise<PersonAccess | undefined>
}

/** Most groups that a query names. */
const MOST_GROUPS = 200

/** Most people in a page. */
export const ACCESS_PAGE = 200

/**
 * Creates answers about access: from settings, directory and links; with `at` (milliseconds since 1970) from what the log says of then.
 * `subject` given beforehand keeps what is read of the log to what concerns it. Throws HistoryRefusal where the log does not reach back
 * so far.
 */
export async function createAccess(deps: AccessDeps, at?: number, subject?: AccessSubject): Promise<Access> {
  const { store, tenant, types, kinds } = deps
  const only = subject !== undefined && 'user' in subject ? subject.user : undefined
  const read = deps.histories?.read ?? readHistory.bind(undefined, store)
  const history = at === undefined ? undefined : await read(tenant, at, only)
  const moment = createMoment(store, tenant, types, history)
  const { apps, doubts } = await readAppsThen(store, tenant, types, kinds, history)
  const answer = { ...deps, moment, history, apps }
  const ruled: Access['ruled'] = async (asked, { after, limit }) => {
    const most = Math.min(Math.max(1, limit), ACCESS_PAGE)
    const { ids, next } = await candidates(answer, asked, after, most)
    const chosen = 'app' in asked ? apps.filter(({ settings }) => settings.id === asked.app) : apps
    const rows = await rowsOfPeople(answer, chosen, ids)
    return {
      rows: 'group' in asked ? rows.filter(({ groups }) => groups.includes(asked.group)) : rows,
      ...(next === undefined ? {} : { next }),
      doubts: [...doubts, ...moment.doubts()],
    }
  }
  return {
    ruled,
    async page(asked, request) {
      const { rows, ...page } = await ruled(asked, request)
      return { rows: rows.map(({ groups: _, ...row }) => row), ...page }
    },
    async person(user) {
      const seen = (await moment.user(user)) ?? (await goneButLinked(answer, apps, user))
      if (seen === undefined) return undefined
      const groups = await groupsOf(answer, seen)
      const killed = (await store.items(tenant, QUEUES.kills, { keys: [user] })).length > 0
      const known = apps.map(async (app) => {
        const [item] = await store.items(tenant, QUEUES.links(app.settings.id), { keys: [user] })
        const link = linkOf(item)
        const confirmedIn = await confirmedGroups(answer, app, user, groups)
        return { app, known: { killed, ...(link && { link }), confirmedIn } }
      })
      return createPersonAccess(moment, seen, await Promise.all(known))
    },
  }
}

/** The groups that somebody is in. */
async function groupsOf({ moment }: Answer, { groups }: Seen): Promise<readonly Seen[]> {
  return (await Promise.all([...groups.keys()].map(moment.group))).filter((group) => group !== undefined)
}

interface Answer extends AccessDeps {
  readonly moment: Moment
  readonly history: History | undefined
  readonly apps: readonly AccessApp[]
}

interface Candidates {
  readonly ids: readonly string[]
  readonly next?: string
}

/** The people who may have what is asked for, in the order of their ids. */
async function candidates(
  answer: Answer,
  asked: AccessSubject,
  after: string | undefined,
  limit: number,
): Promise<Candidates> {
  if ('user' in asked) return { ids: [asked.user] }
  if ('group' in asked) return membersOf(answer, asked.group, after, limit)
  const { history } = answer
  if (history !== undefined) return everybody(answer, history, undefined, after, limit)
  return 'app' in asked ? linkedTo(answer, asked.app, after, limit) : people(answer, undefined, after, limit)
}

async function linkedTo(
  { store, tenant }: Answer,
  app: string,
  after: string | undefined,
  limit: number,
): Promise<Candidates> {
  const items = await store.items(tenant, QUEUES.links(app), { limit, ...(after === undefined ? {} : { after }) })
  const last = items.at(-1)
  const ids = items.filter(({ value }) => isObject(value) && value.type === 'User').map(({ key }) => key)
  return { ids, ...(items.length < limit || last === undefined ? {} : { next: last.key }) }
}

async function membersOf(answer: Answer, group: string, after: string | undefined, limit: number): Promise<Candidates> {
  const { history } = answer
  if (history === undefined) return people(answer, [group], after, limit)
  // Those who are in it now, or in a group that was in one since; and all who have moved or gone. Who of them was in it shows when they
  // are looked at.
  const groups = new Set([group])
  const extras = new Set<string>()
  const forward = history.blind.size === 0 ? [] : [...(await history.forward()).values()]
  const movers = new Set([
    ...history.movers(),
    ...history.gone.keys(),
    ...forward.flatMap((members) => [...(members ?? [])]),
  ])
  for (const one of movers) {
    if ((await answer.moment.group(one)) === undefined) extras.add(one)
    else groups.add(one)
  }
  return everybody(answer, history, { groups: [...groups], extras }, after, limit)
}

/** Everybody who is or was there then, or those of some groups, with those who left since. */
async function everybody(
  answer: Answer,
  history: History,
  within: { readonly groups: readonly string[]; readonly extras: ReadonlySet<string> } | undefined,
  after: string | undefined,
  limit: number,
): Promise<Candidates> {
  const page = await people(answer, within?.groups, after, limit)
  const gone = within?.extras ?? [...history.gone].filter(([, type]) => type === 'User').map(([id]) => id)
  const more = [...gone].filter(
    (id) => (after === undefined || id > after) && (page.next === undefined || id <= page.next),
  )
  return { ...page, ids: [...new Set([...page.ids, ...more])].sort() }
}

/** People who are there, in the order of their ids; of some groups, or all. */
async function people(
  { store, tenant, types }: Answer,
  groups: readonly string[] | undefined,
  after: string | undefined,
  limit: number,
): Promise<Candidates> {
  const type = types.find(({ name }) => name === 'User')
  if (type === undefined) return { ids: [] }
  // Of very many groups, everybody is looked at.
  const few = groups === undefined || groups.length > MOST_GROUPS ? undefined : groups
  const text = few?.map((id) => `groups.value eq ${JSON.stringify(id)}`).join(' or ')
  const { resources, next } = await store.find({
    tenant,
    types: [{ type: type.name, ...(text === undefined ? {} : { filter: bindFilter(parseFilter(text), type) }) }],
    base: '',
    endpoints: { [type.name]: type.endpoint },
    page: { after: after === undefined ? undefined : { id: after }, limit },
    total: false,
    groups: false,
  })
  return { ids: resources.map(({ id }) => id), ...(next === undefined ? {} : { next: next.id }) }
}

async function rowsOfPeople(
  answer: Answer,
  apps: readonly AccessApp[],
  ids: readonly string[],
): Promise<readonly RuledRow[]> {
  const { store, tenant, moment, history } = answer
  const isPast = history !== undefined
  const seen = new Map<string, Seen>()
  for (const id of ids) {
    const person = (await moment.user(id)) ?? (isPast ? undefined : await goneButLinked(answer, apps, id))
    if (person !== undefined) seen.set(id, person)
  }
  const kills = isPast || ids.length === 0 ? [] : await store.items(tenant, QUEUES.kills, { keys: ids })
  const killed = new Set(kills.map(({ key }) => key))
  const perPerson = new Map<string, RuledRow[]>(ids.map((id) => [id, []]))
  for (const app of apps) {
    const links = new Map(
      (await store.items(tenant, QUEUES.links(app.settings.id), { keys: ids })).map((item) => [item.key, item]),
    )
    for (const person of seen.values()) {
      const groups = await groupsOf(answer, person)
      const link = linkOf(links.get(person.id))
      const confirmedIn = isPast ? undefined : await confirmedGroups(answer, app, person.id, groups)
      const known = {
        person,
        groups,
        killed: killed.has(person.id),
        ...(link && { link }),
        ...(confirmedIn && { confirmedIn }),
      }
      perPerson.get(person.id)?.push(...rowsOf(app, known))
    }
  }
  return [...perPerson.values()].flat()
}

/** Somebody who is gone here, and may still have an account. */
async function goneButLinked(
  { store, tenant }: Answer,
  apps: readonly AccessApp[],
  id: string,
): Promise<Seen | undefined> {
  for (const { settings } of apps) {
    const [item] = await store.items(tenant, QUEUES.links(settings.id), { keys: [id] })
    const link = linkOf(item)
    if (link?.account !== undefined)
      return { id, document: { id, userName: link.name, active: false }, groups: new Map() }
  }
  return undefined
}

/** The groups in which the app has confirmed a person. */
async function confirmedGroups(
  { store, tenant }: Answer,
  { settings, groups: map }: AccessApp,
  person: string,
  groups: readonly Seen[],
): Promise<ReadonlySet<string>> {
  if (map === undefined) return new Set()
  const found = await Promise.all(
    groups.map(async ({ id }) => {
      const [item] = await store.items(tenant, QUEUES.members(settings.id, id), { keys: [person] })
      return item !== undefined && isObject(item.value) && item.value.tentative !== true ? [id] : []
    }),
  )
  return new Set(found.flat())
}

function linkOf(item: Item | undefined): Link | undefined {
  return item !== undefined && isObject(item.value) && item.value.type === 'User'
    ? (item.value as unknown as Link)
    : undefined
}
