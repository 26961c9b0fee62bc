// Finds by a few letters what the caller may see: tenants, people, groups, connections, apps, changes by place.

import { hasCapability, reaches } from '../access/index.ts'
import { fold, type JsonObject, typeByName } from '../protocol/index.ts'
import { isoTime } from '../tenancy/index.ts'
import { findResources } from './find.ts'
import { documentFrom } from './history/document.ts'
import { departedOf, linesAt } from './history/timeline.ts'
import type { Call, RouteDeps } from './route.ts'

/** One thing that was found. */
export interface Hit {
  /** `gone`: a person who was deleted. */
  readonly kind: 'tenant' | 'person' | 'gone' | 'group' | 'connection' | 'app' | 'change' | 'address'
  readonly tenant: string
  readonly id: string
  readonly label: string
  /** One more fact: the userName, the kind, what a change did, when somebody was deleted. */
  readonly detail: string
}

/** How many of each kind. */
const EACH = 5
/** A shorter text is within too many names to mean one; and so many pages are read for it. */
const WITHIN_LENGTH = 3
const PAGES = 2
/** A shorter text would begin the names of too many who are gone. */
const GONE_LENGTH = 2
/** Tenants whose people and groups are looked through, where none is named. */
const TENANTS = 3

/**
 * Finds what begins with a text. In `tenant`, if one is named, else in the first few that the caller reaches. `acme#4812` is a line of
 * the log. Whoever may not see values finds no people: a full address is answered with *here* alone.
 */
export async function searchAll(
  text: string,
  tenant: string | undefined,
  call: Pick<Call, 'administrator'>,
  deps: RouteDeps,
): Promise<readonly Hit[]> {
  const { administrator } = call
  const place = /^([a-z0-9-]{1,63})#(\d{1,15})$/.exec(text)
  if (place !== null)
    return reaches(administrator, place[1] ?? '') ? changeAt(place[1] ?? '', Number(place[2]), deps) : []
  const page = await deps.tenancy.tenants.page({ search: text, limit: EACH }, administrator.tenants)
  const tenants = page.items.map(
    ({ name }): Hit => ({ kind: 'tenant', tenant: name, id: name, label: name, detail: '' }),
  )
  const own = await tenantsToSearch(tenant, call, deps)
  const found = await Promise.all(own.map((name) => inTenant(text, name, call, deps, own.length === 1)))
  return [...tenants, ...found.flat()]
}

async function tenantsToSearch(
  tenant: string | undefined,
  { administrator }: Pick<Call, 'administrator'>,
  { tenancy }: RouteDeps,
): Promise<readonly string[]> {
  if (tenant !== undefined)
    return reaches(administrator, tenant) && (await tenancy.tenants.isImported(tenant)) ? [tenant] : []
  const { items } = await tenancy.tenants.page({ limit: TENANTS }, administrator.tenants)
  return items.map(({ name }) => name)
}

async function inTenant(
  text: string,
  tenant: string,
  { administrator }: Pick<Call, 'administrator'>,
  deps: RouteDeps,
  isAlone: boolean,
): Promise<readonly Hit[]> {
  const { tenancy, hub } = deps
  const request = { search: text, limit: EACH }
  const [connections, apps, people] = await Promise.all([
    tenancy.connections.page(tenant, request),
    hub.apps.list(tenant, request),
    hasCapability(administrator, 'values') ? resourcesIn(text, tenant, deps, isAlone) : addressIn(text, tenant, deps),
  ])
  return [
    ...people,
    ...connections.items.map(({ id, label, kind }): Hit => ({ kind: 'connection', tenant, id, label, detail: kind })),
    ...apps.items.map(({ id, label }): Hit => ({ kind: 'app', tenant, id, label, detail: '' })),
  ]
}

async function resourcesIn(text: string, tenant: string, deps: RouteDeps, isAlone: boolean): Promise<readonly Hit[]> {
  const { tenancy, directory, scim } = deps
  await tenancy.ready(tenant)
  const find = async (name: 'User' | 'Group', kind: Hit['kind']) => {
    const type = typeByName(tenancy.catalog(tenant), name)
    if (type === undefined) return []
    const wanted = { text, limit: EACH, attributes: ['id'] }
    let { items, next } = await findResources({ directory, ask: scim }, tenant, type, wanted)
    // What begins with it is found at once. A surname, or any other word within a name, is looked for where nothing does, in one tenant alone.
    for (let pages = 0; isAlone && text.length >= WITHIN_LENGTH && items.length === 0 && next && pages < PAGES; pages++)
      ({ items, next } = await findResources({ directory, ask: scim }, tenant, type, { ...wanted, after: next }))
    return items.map(({ resource }): Hit => ({ kind, tenant, id: String(resource.id), ...namesOf(resource) }))
  }
  return (await Promise.all([find('User', 'person'), goneIn(text, tenant, deps), find('Group', 'group')])).flat()
}

/** People who were deleted, the last first: whether somebody is out is asked of them most. */
async function goneIn(text: string, tenant: string, { tenancy, store, history }: RouteDeps): Promise<readonly Hit[]> {
  if (text.length < GONE_LENGTH) return []
  const type = typeByName(tenancy.catalog(tenant), 'User')
  const { items } = await departedOf(store, history, tenant, { text: fold(text), type: 'User', limit: EACH })
  return items.map(({ departed: { id }, line }): Hit => {
    const names = namesOf({ ...(type === undefined ? {} : documentFrom(line.paths, 'old', type)), id })
    return { kind: 'gone', tenant, id, label: names.label, detail: isoTime(line.at) ?? '' }
  })
}

function namesOf(resource: JsonObject): Pick<Hit, 'label' | 'detail'> {
  const userName = typeof resource.userName === 'string' ? resource.userName : ''
  const display = typeof resource.displayName === 'string' ? resource.displayName : ''
  return { label: display || userName || String(resource.id), detail: display === '' ? '' : userName }
}

/** Whether a whole address, userName or externalId is somebody's here; not whose. */
async function addressIn(text: string, tenant: string, { tenancy, scim }: RouteDeps): Promise<readonly Hit[]> {
  if (text.length < 4) return []
  await tenancy.ready(tenant)
  const literal = JSON.stringify(text)
  const filter = ['userName', 'emails.value', 'externalId'].map((path) => `${path} eq ${literal}`).join(' or ')
  const type = typeByName(tenancy.catalog(tenant), 'User')
  if (type === undefined) return []
  const body = {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
    filter,
    count: 1,
    attributes: ['id'],
  }
  const { totalResults } = await scim(tenant, { method: 'POST', path: `${type.endpoint}/.search`, body })
  if (typeof totalResults !== 'number' || totalResults === 0) return []
  return [{ kind: 'address', tenant, id: '', label: text, detail: 'here' }]
}

async function changeAt(tenant: string, place: number, { store }: RouteDeps): Promise<readonly Hit[]> {
  const line = (await linesAt(store, tenant, [place])).get(place)
  if (line === undefined) return []
  return [{ kind: 'change', tenant, id: String(place), label: `${tenant}#${place}`, detail: `${line.op} ${line.type}` }]
}
