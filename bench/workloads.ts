// The workloads by name: how to make the next request and how to check a response.

// Each kind is checked before it is timed, since a wrong response can be very fast.

import { ENTERPRISE, groupText, personAt, random, userText } from './users.ts'

/** A server as the generator knows it. */
export interface Site {
  readonly name: string
  readonly port: number
  readonly pid: number
  /** Process of the database server, if there is one. */
  readonly database?: number | undefined
  readonly token: string
  /** Path of the SCIM base URL. */
  readonly root: string
  /** Users 0 … size-1 are members of groups; SPARE more follow. */
  readonly size: number
  readonly idAt: (n: number) => string
  /** The writes so far: who was deactivated, which user number is free. */
  readonly state: { nextUser: number; patched: number; groups: number; added: number[]; spare: number }
}

/** Users beyond `size` that are in no group, to be added to groups and removed again. */
export const SPARE = 1000

/** The hot set of GET by id. */
export const HOT = 10_000

/** One kind of request. */
export interface Workload {
  readonly statuses: readonly number[]
  readonly next: () => string
  /** One request whose response is known; `check` returns what is wrong with it, or undefined. */
  readonly probe: () => { readonly request: string; readonly check: (body: string) => string | undefined }
}

/** The request line, headers and body as sent. */
export function requestText(site: Site, method: string, path: string, body?: string): string {
  const head = `${method} ${site.root}${path} HTTP/1.1\r\nHost: 127.0.0.1:${site.port}\r\nAuthorization: Bearer ${site.token}\r\nAccept: application/scim+json\r\n`
  if (body === undefined) return `${head}\r\n`
  return `${head}Content-Type: application/scim+json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
}

/** Filters by name: text, the users it finds (undefined: only the first is checked), for user n. */
const FILTERS: {
  readonly [kind: string]: (n: number) => { readonly filter: string; readonly finds: readonly number[] }
} = {
  eq: (n) => ({ filter: `userName eq "${personAt(n).userName}"`, finds: [n] }),
  case: (n) => ({ filter: `userName eq "${personAt(n).userName.toUpperCase()}"`, finds: [n] }),
  external: (n) => ({ filter: `externalId eq "${personAt(n).externalId}"`, finds: [n] }),
  miss: (n) => ({ filter: `userName eq "nobody.${n}@bench.example"`, finds: [] }),
  email: (n) => ({ filter: `emails[type eq "work"].value eq "${personAt(n).email}"`, finds: [n] }),
  emailAnd: (n) => ({ filter: `emails[type eq "work" and value eq "${personAt(n).email}"]`, finds: [n] }),
  and: (n) => ({ filter: `userName eq "${personAt(n).userName}" and active eq true`, finds: [n] }),
  orAnd: (n) => ({
    filter: `(userName eq "${personAt(n).userName}" or externalId eq "${personAt(n + 1).externalId}") and active eq true`,
    finds: [n, n + 1],
  }),
  sw: (n) => ({ filter: `userName sw "${personAt(n).prefix}"`, finds: decade(n) }),
  userNameCo: (n) => ({ filter: `userName co "${personAt(n).piece}"`, finds: decade(n) }),
  displayNameCo: (n) => ({ filter: `displayName co "${personAt(n).piece}"`, finds: decade(n) }),
  extension: (n) => {
    const found = n - (n % 10)
    return { filter: `${ENTERPRISE}:costCenter eq "${personAt(found).costCenter}"`, finds: [found] }
  },
}

function decade(n: number): number[] {
  const first = n - (n % 10)
  return Array.from({ length: 10 }, (_, index) => first + index)
}

/** All filter kinds. */
export const FILTER_KINDS: readonly string[] = Object.keys(FILTERS)

/** A workload by its name and arguments: `get hot`, `filter eq`, `path /Users?count=100 100`, `patch entra`. */
export function workloadOf(site: Site, text: string): Workload {
  const [kind = '', argument = '', more = ''] = text.split(' ')
  switch (kind) {
    case 'get':
      return gets(site, argument === 'hot' ? Math.min(HOT, site.size) : site.size)
    case 'touch':
      return touches(site)
    case 'filter':
      return filters(site, argument)
    case 'path':
      return path(site, argument, Number(more))
    case 'create':
      return creates(site)
    case 'patch':
      return patches(site, argument === 'entra')
    case 'bulk':
      return bulks(site, Number(argument))
    case 'member':
      return members(site, argument === 'add', more)
    case 'group':
      return groups(site, Number(argument))
    default:
      throw new Error(`no workload is called ${text}`)
  }
}

function gets(site: Site, among: number): Workload {
  const pick = random(site.size + among)
  const request = (n: number) => requestText(site, 'GET', `/Users/${site.idAt(n)}`)
  return {
    statuses: [200],
    next: () => request(pick(among)),
    probe: () => {
      const n = pick(among)
      return { request: request(n), check: (body) => wrongUser(JSON.parse(body), site, n) }
    },
  }
}

/** The hot set, one after the other: fills caches before the hot set is measured. */
function touches(site: Site): Workload {
  let turn = 0
  const among = Math.min(HOT, site.size)
  const request = () => requestText(site, 'GET', `/Users/${site.idAt(turn++ % among)}`)
  return { statuses: [200], next: request, probe: () => ({ request: request(), check: () => undefined }) }
}

function wrongUser(found: unknown, site: Site, n: number): string | undefined {
  const user = found as {
    id?: string
    userName?: string
    emails?: { value: string }[]
    meta?: { resourceType?: string }
  }
  const person = personAt(n)
  if (user.id !== site.idAt(n)) return `id is ${user.id}`
  if (user.userName !== person.userName) return `userName is ${user.userName}`
  if (user.emails?.[0]?.value !== person.email) return `e-mail is ${user.emails?.[0]?.value}`
  if (user.meta?.resourceType !== 'User') return 'no meta'
  return undefined
}

function filters(site: Site, kind: string): Workload {
  const make = FILTERS[kind]
  if (make === undefined) throw new Error(`no filter is called ${kind}`)
  const pick = random(site.size + kind.length)
  // Never the last user, because "orAnd" also searches for a neighbour.
  const request = (filter: string) => requestText(site, 'GET', `/Users?filter=${encodeURIComponent(filter)}`)
  return {
    statuses: [200],
    next: () => request(make(pick(site.size - 1)).filter),
    probe: () => {
      const { filter, finds } = make(pick(site.size - 1))
      return {
        request: request(filter),
        check: (body) => {
          const list = JSON.parse(body) as { totalResults: number; Resources?: { id: string }[] }
          const found = (list.Resources ?? []).map((user) => user.id).sort()
          const right = finds.map(site.idAt).sort()
          if (list.totalResults !== right.length) return `totalResults is ${list.totalResults}, not ${right.length}`
          return found.join() === right.join() ? undefined : `found ${found.join()}, not ${right.join()}`
        },
      }
    },
  }
}

function path(site: Site, asked: string, count: number): Workload {
  const request = requestText(site, 'GET', asked)
  return {
    statuses: [200],
    next: () => request,
    probe: () => ({
      request,
      check: (body) => {
        const list = JSON.parse(body) as { Resources?: unknown[]; members?: unknown[] }
        const found = (list.Resources ?? list.members ?? []).length
        return found === count ? undefined : `${found} in the answer, not ${count}`
      },
    }),
  }
}

function creates(site: Site): Workload {
  const next = () => requestText(site, 'POST', '/Users', userText(site.state.nextUser++))
  return {
    statuses: [201],
    next,
    probe: () => {
      const { userName } = personAt(site.state.nextUser)
      return {
        request: next(),
        check: (body) => {
          const user = JSON.parse(body) as { id?: string; userName?: string }
          return user.userName === userName && user.id !== undefined ? undefined : `userName is ${user.userName}`
        },
      }
    },
  }
}

/** The body that activates or deactivates a user, as in the RFC or as Entra ID sends it. */
export function activeText(active: boolean, entra: boolean): string {
  const operation = entra
    ? `{"op":"Replace","path":"active","value":"${active ? 'True' : 'False'}"}`
    : `{"op":"replace","path":"active","value":${active}}`
  return `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[${operation}]}`
}

function patches(site: Site, entra: boolean): Workload {
  // All users in turn, off in one round and on in the next, so that each PATCH changes something.
  const step = () => {
    const turn = site.state.patched++
    const active = Math.floor(turn / site.size) % 2 === 1
    const n = (turn * 7919) % site.size
    return { active, request: requestText(site, 'PATCH', `/Users/${site.idAt(n)}`, activeText(active, entra)) }
  }
  return {
    statuses: [200, 204],
    next: () => step().request,
    probe: () => {
      const { active, request } = step()
      return {
        request,
        check: (body) => {
          const found = body === '' ? active : (JSON.parse(body) as { active?: unknown }).active
          return found === active ? undefined : `active is ${JSON.stringify(found)}, not ${active}`
        },
      }
    },
  }
}

/** The text of a Bulk request that creates users from number `first` on. */
export function bulkText(first: number, count: number): string {
  return bulkOf(
    '/Users',
    first,
    Array.from({ length: count }, (_, at) => userText(first + at)),
  )
}

/** The text of a Bulk request that creates resources from their texts; `first` numbers them. RFC 7644 §3.7. */
export function bulkOf(path: string, first: number, texts: readonly string[]): string {
  const operations = texts.map(
    (text, at) => `{"method":"POST","path":"${path}","bulkId":"b${first + at}","data":${text}}`,
  )
  return `{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[${operations.join(',')}]}`
}

/** The ids of the users that a Bulk response says were created, or what is wrong with it. */
export function readBulkIds(body: string, count: number): string[] | string {
  const { Operations: operations = [] } = JSON.parse(body) as { Operations?: { status: unknown; location?: string }[] }
  if (operations.length !== count) return `${operations.length} operations answered, not ${count}`
  const failed = operations.find((operation) => String(operation.status) !== '201')
  if (failed !== undefined) return `an operation failed: ${JSON.stringify(failed).slice(0, 300)}`
  return operations.map((operation) => String(operation.location).split('/').at(-1) as string)
}

function bulks(site: Site, count: number): Workload {
  const next = () => {
    const first = site.state.nextUser
    site.state.nextUser += count
    return requestText(site, 'POST', '/Bulk', bulkText(first, count))
  }
  return {
    statuses: [200],
    next,
    probe: () => ({
      request: next(),
      check: (body) => {
        const ids = readBulkIds(body, count)
        return typeof ids === 'string' ? ids : undefined
      },
    }),
  }
}

function members(site: Site, add: boolean, group: string): Workload {
  const schemas = '"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"]'
  const next = () => {
    const { state } = site
    let n: number
    if (add) {
      n = site.size + (state.spare++ % SPARE)
      state.added.push(n)
    } else n = state.added.shift() ?? site.size
    const id = site.idAt(n)
    const operation = add
      ? `{"op":"Add","path":"members","value":[{"value":"${id}"}]}`
      : `{"op":"Remove","path":"members[value eq \\"${id}\\"]"}`
    return requestText(site, 'PATCH', `/Groups/${group}`, `{${schemas},"Operations":[${operation}]}`)
  }
  return { statuses: [200, 204], next, probe: () => ({ request: next(), check: () => undefined }) }
}

function groups(site: Site, size: number): Workload {
  const next = () => {
    const ids = Array.from({ length: size }, (_, n) => site.idAt(n))
    return requestText(site, 'POST', '/Groups', groupText(`made-${size}-${site.state.groups++}`, ids))
  }
  return {
    statuses: [201],
    next,
    probe: () => ({
      request: next(),
      check: (body) => (JSON.parse(body).id === undefined ? 'no id in the answer' : undefined),
    }),
  }
}
