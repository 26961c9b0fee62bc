// Requests within the limits that cost as much as they can, for the rows B.dear.

import { LIMITS } from '../src/protocol/limits.ts'
import { personAt } from './users.ts'

/** One request for a filled tenant. */
export interface DearRequest {
  readonly name: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD'
  readonly path: string
  readonly headers?: { readonly [name: string]: string }
  readonly body?: string
}

/** The resources of such a tenant. */
export interface DearTenant {
  /** Ids of ordinary people. */
  readonly people: readonly string[]
  /** A user with very many e-mail addresses: `e0@dear.example` and so on. */
  readonly rich: string
  readonly addresses: number
  /** Another one, which a request empties. */
  readonly spare: string
  /** The manager of everyone. */
  readonly head: string
  /** A group of everyone. */
  readonly group: string
}

/** The number of e-mail addresses of the users with very many. */
export const ADDRESSES = 10_000

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group'
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const SEARCH = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest'
const BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest'

const times = <T>(count: number, make: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at))
const text = JSON.stringify

/** A user with that many e-mail addresses, at `domain`. */
export function richUser(userName: string, addresses: number, domain: string): unknown {
  const emails = times(addresses, (at) => ({ value: `e${at}@${domain}`, type: at % 2 === 0 ? 'work' : 'home' }))
  return { schemas: [USER], userName, emails }
}

let runs = 0

/** All of them. Each call returns different ones, so that a server cannot profit from a cache. */
export function dearRequests(tenant: DearTenant): readonly DearRequest[] {
  runs++
  return [
    ...patches(tenant),
    ...puts(tenant),
    ...searches(tenant),
    ...names(tenant),
    ...bodies(tenant),
    ...bulks(tenant),
  ]
}

function patch(name: string, path: string, Operations: readonly unknown[]): DearRequest {
  return { name, method: 'PATCH', path, body: text({ schemas: [PATCH], Operations }) }
}

function patches({ people, rich, spare, addresses, group }: DearTenant): readonly DearRequest[] {
  const [first = ''] = people
  const ops = LIMITS.PATCH_OPERATIONS
  const many = Math.min(ops, people.length)
  return [
    patch(
      'PATCH: one value in, one at a time',
      `/Users/${first}`,
      times(ops, (at) => ({ op: 'add', path: 'ims', value: { value: `im${runs}-${at}` } })),
    ),
    patch('PATCH: 9,999 values in at once', `/Users/${first}`, [
      { op: 'add', path: 'ims', value: times(9_000, (at) => ({ value: `im${runs}-${at}` })) },
    ]),
    patch('PATCH: values out by a list', `/Users/${first}`, [
      { op: 'remove', path: 'ims', value: times(4_000, (at) => ({ value: `im${runs}-${at}` })) },
    ]),
    patch('PATCH: all values out', `/Users/${first}`, [{ op: 'remove', path: 'ims' }]),
    patch(
      'PATCH: 100 values of many, each by a filter',
      `/Users/${rich}`,
      times(100, (at) => ({
        op: 'replace',
        path: `emails[value eq "e${at * 7}@dear.example"].display`,
        value: `d${runs}`,
      })),
    ),
    patch(
      'PATCH: values of many, each by a filter',
      `/Users/${rich}`,
      times(ops, (at) => ({
        op: 'replace',
        path: `emails[value eq "e${(at * 7) % addresses}@dear.example"].display`,
        value: `d${runs}`,
      })),
    ),
    patch(
      'PATCH: values of many by filters that fit half of them',
      `/Users/${rich}`,
      times(50, (at) => ({
        op: 'replace',
        path: `emails[type eq "work" and value co "${at}"].display`,
        value: `d${runs}${at}`,
      })),
    ),
    patch('PATCH: one small change of somebody large', `/Users/${rich}`, [
      { op: 'replace', path: 'title', value: `t${runs}` },
    ]),
    patch('PATCH: 10,000 addresses out', `/Users/${spare}`, [{ op: 'remove', path: 'emails' }]),
    patch(
      'PATCH: the type of many members, each by a filter',
      `/Groups/${group}`,
      times(many, (at) => ({ op: 'replace', path: `members[value eq "${people[at]}"].type`, value: 'User' })),
    ),
    patch(
      'PATCH: many members out, each by a filter',
      `/Groups/${group}`,
      times(many, (at) => ({ op: 'remove', path: `members[value eq "${people[at]}"]` })),
    ),
    patch(
      'PATCH: many members in, one at a time',
      `/Groups/${group}`,
      times(many, (at) => ({ op: 'add', path: 'members', value: [{ value: people[at] }] })),
    ),
    patch(
      'PATCH: members out by what they are called',
      `/Groups/${group}`,
      times(200, (at) => ({ op: 'remove', path: `members[display eq "nobody ${at}"]` })),
    ),
    patch('PATCH: members replaced by the same ones', `/Groups/${group}`, [
      { op: 'replace', path: 'members', value: people.map((value) => ({ value })) },
    ]),
    patch(
      'PATCH: attributes that no schema knows',
      `/Users/${first}`,
      times(ops, (at) => ({ op: 'add', path: `unknown${at}`, value: 'x' })),
    ),
    patch(
      'PATCH: one attribute again and again',
      `/Users/${first}`,
      times(ops, (at) => ({ op: 'replace', path: 'DISPLAYNAME', value: `n${runs}-${at}` })),
    ),
    patch(
      'PATCH: paths with 400 terms',
      `/Users/${rich}`,
      times(10, (n) => ({
        op: 'replace',
        path: `emails[${times(400, (at) => `value eq "x${n}${at}"`).join(' or ')}].display`,
        value: 'x',
      })),
    ),
  ]
}

function puts({ spare, people, group }: DearTenant): readonly DearRequest[] {
  const put = (count: number): DearRequest => ({
    name: `PUT: ${count.toLocaleString('en')} other e-mail addresses`,
    method: 'PUT',
    path: `/Users/${spare}`,
    body: text(richUser('spare', count, `run${runs}.example`)),
  })
  const members = people.map((value) => ({ value }))
  return [
    put(4_000),
    put(9_000),
    {
      name: 'PUT: a group as it is',
      method: 'PUT',
      path: `/Groups/${group}`,
      body: text({ schemas: [GROUP], displayName: 'all', members }),
    },
  ]
}

function searches({ people, rich, group }: DearTenant): readonly DearRequest[] {
  const search = (name: string, request: object): DearRequest => ({
    name: `search: ${name}`,
    method: 'POST',
    path: '/Users/.search',
    body: text({ schemas: [SEARCH], ...request }),
  })
  const terms = (count: number, term: (at: number) => string, how = ' or ') => times(count, term).join(how)
  const get = (name: string, path: string): DearRequest => ({ name: `GET: ${name}`, method: 'GET', path })
  const query = (filter: string) => `/Users?filter=${encodeURIComponent(filter)}`
  const most = LIMITS.FILTER_TERMS
  return [
    search('500 terms with co', { filter: terms(most, (at) => `displayName co "q${runs}${at}"`) }),
    search('500 terms with eq', { filter: terms(most, (at) => `userName eq "q${runs}${at}"`) }),
    search('500 terms with sw', { filter: terms(most, (at) => `userName sw "${personAt(at).prefix}"`) }),
    search('500 terms about values of a list', {
      filter: terms(most, (at) => `emails[type eq "work" and value ew "${at}"]`)
        .slice(0, LIMITS.FILTER_LENGTH)
        .replace(/ or [^\]]*$/, ''),
    }),
    search('500 times not', { filter: terms(most, (at) => `not (title co "${at}")`, ' and ') }),
    search('20 terms with co', { filter: terms(20, (at) => `displayName co "q${runs}${at}"`) }),
    search('20 terms about groups', { filter: terms(20, (at) => `groups.display co "q${at}"`) }),
    search('nested as deep as may be', {
      filter: `${'('.repeat(LIMITS.FILTER_DEPTH - 1)}title co "x"${')'.repeat(LIMITS.FILTER_DEPTH - 1)}`,
    }),
    search('sorted by name, 1,000', { sortBy: 'displayName', count: 1_000 }),
    search('sorted by a list, descending', { sortBy: 'emails', sortOrder: 'descending', count: 200 }),
    search('500 attributes', { attributes: times(LIMITS.ATTRIBUTES_LIST, (at) => `emails.x${at}`), count: 200 }),
    search('500 attributes left out', {
      excludedAttributes: times(LIMITS.ATTRIBUTES_LIST, (at) => `x${at}`),
      count: 200,
    }),
    get('500 terms with co', query(terms(most, (at) => `title co "q${at}"`))),
    get('20 terms with co', query(terms(20, (at) => `title co "q${runs}${at}"`))),
    get('a filter that every second one fits', query('active eq true and not (userName sw "zzz")')),
    get('a page of 1,000', '/Users?count=1000'),
    get('a page of 200', '/Users?count=200'),
    get('everything there is', '/?count=1000'),
    get('who is in a group', `/Groups?filter=${encodeURIComponent(`members.value eq "${people[0]}"`)}`),
    get('all groups, members included', '/Groups'),
    get('a group with all its members', `/Groups/${group}`),
    get('somebody large', `/Users/${rich}`),
    get('parts of somebody large', `/Users/${rich}?attributes=emails.type,emails.value`),
    get('somebody large without a part', `/Users/${rich}?excludedAttributes=emails.type`),
    { name: 'HEAD: a group with all its members', method: 'HEAD', path: `/Groups/${group}` },
  ]
}

/** Texts on which regular expressions used to be slow. */
function names({ people }: DearTenant): readonly DearRequest[] {
  const [first = ''] = people
  const open = (count: number) => '['.repeat(count)
  const search = (name: string, request: object): DearRequest => ({
    name: `names: ${name}`,
    method: 'POST',
    path: '/Users/.search',
    body: text({ schemas: [SEARCH], ...request }),
  })
  return [
    patch('names: a path of brackets, 31 KiB', `/Users/${first}`, [{ op: 'add', path: open(31_000), value: 1 }]),
    patch(
      'names: paths of brackets, 7 × 31 KiB',
      `/Users/${first}`,
      times(7, () => ({ op: 'add', path: open(31_000), value: 1 })),
    ),
    patch(
      'names: keys of brackets, 219 KiB',
      `/Users/${first}`,
      times(7, () => ({ op: 'add', value: { [open(32_000)]: 1 } })),
    ),
    patch('names: a path of brackets beyond its limit', `/Users/${first}`, [
      { op: 'replace', path: `x${open(100_000)}`, value: { a: 1 } },
    ]),
    patch('names: a key of brackets beyond its limit', `/Users/${first}`, [
      { op: 'replace', value: { [`x${open(100_000)}`]: 1 } },
    ]),
    patch(
      'names: 40 paths of curled quotation marks',
      `/Users/${first}`,
      times(40, () => ({ op: 'replace', path: `emails[${'type eq “'.repeat(500)}`, value: 'x' })),
    ),
    search('12 attributes of brackets', { attributes: times(12, () => open(20_000)) }),
    search('an attribute of brackets', { attributes: [open(100_000)] }),
    search('brackets to sort by', { sortBy: open(32_000) }),
    search('backslashes in a filter', { filter: `]"${'\\"'.repeat(15_000)}` }),
    search('curled quotation marks in a filter', { filter: 'userName eq “'.repeat(2_500) }),
    { name: 'names: a GET with attributes of brackets', method: 'GET', path: `/Users?attributes=${open(60_000)}` },
    { name: 'names: a cursor of 60,000 characters', method: 'GET', path: `/Users?cursor=${'A'.repeat(60_000)}` },
    { name: 'names: a query of percent signs', method: 'GET', path: `/Users?filter=${'%22'.repeat(20_000)}` },
    {
      name: 'names: a long Accept',
      method: 'GET',
      path: `/Users/${first}`,
      headers: {
        accept: times(5_000, (at) => `a/b${at};q=0.1`)
          .join(',')
          .slice(0, 60_000),
      },
    },
    {
      name: 'names: a long If-Match',
      method: 'PATCH',
      path: `/Users/${first}`,
      headers: {
        'if-match': times(8_000, (at) => `W/"${at}"`)
          .join(',')
          .slice(0, 60_000),
      },
      body: text({ schemas: [PATCH], Operations: [{ op: 'replace', path: 'title', value: 'x' }] }),
    },
  ]
}

function bodies({ people }: DearTenant): readonly DearRequest[] {
  const post = (name: string, body: string, path = '/Users'): DearRequest => ({
    name: `POST: ${name}`,
    method: 'POST',
    path,
    body,
  })
  const user = (more: object) => text({ schemas: [USER], userName: `dear${runs}-${Math.random()}`, ...more })
  return [
    post(
      '20,000 keys that no schema knows',
      user({
        a: Object.fromEntries(times(9_999, (at) => [`k${at}`, 1])),
        b: Object.fromEntries(times(9_999, (at) => [`k${at}`, 1])),
      }),
    ),
    post('a list of 100,000 numbers', user({ unknown: times(100_000, () => 1) })),
    post(
      'as deep as may be, 1,000 times',
      user({ unknown: times(1_000, () => JSON.parse(`${'['.repeat(29)}${']'.repeat(29)}`)) }),
    ),
    post('a body of brackets', '['.repeat(250_000)),
    post('a text of escapes', user({}).replace(/}$/, `,"displayName":"${'\\u0041'.repeat(40_000)}"}`)),
    post('a long name', user({ userName: `ẞ${'İ'.repeat(80_000)}${runs}` })),
    post('a text of 250 KB', user({ displayName: 'x'.repeat(250_000) })),
    post(
      '5,000 values of each list',
      user(
        Object.fromEntries(
          ['emails', 'ims', 'phoneNumbers', 'photos'].map((name) => [
            name,
            times(1_200, (at) => ({ value: `https://x.example/${at}` })),
          ]),
        ),
      ),
    ),
    post(
      'a group of everybody',
      text({ schemas: [GROUP], displayName: `g${runs}`, members: people.map((value) => ({ value })) }),
      '/Groups',
    ),
    post(
      'a group of nobody who is there',
      text({ schemas: [GROUP], displayName: `g${runs}`, members: times(5_000, (at) => ({ value: `${at}` })) }),
      '/Groups',
    ),
    post(
      '2 MB of one user',
      user({ photos: times(1_000, (at) => ({ value: `https://x.example/${at}/${'p'.repeat(2_000)}` })) }),
    ),
  ]
}

function bulks({ people, group }: DearTenant): readonly DearRequest[] {
  const bulk = (name: string, Operations: readonly object[]): DearRequest => ({
    name: `Bulk: ${name}`,
    method: 'POST',
    path: '/Bulk',
    body: text({ schemas: [BULK], Operations }),
  })
  const create = (at: number, more: object = {}) => ({
    method: 'POST',
    path: '/Users',
    bulkId: `b${at}`,
    data: { schemas: [USER], userName: `bulk${runs}-${at}`, ...more },
  })
  const [first = ''] = people
  const change = (path: string, operation: object) => ({
    method: 'PATCH',
    path,
    data: { schemas: [PATCH], Operations: [operation] },
  })
  return [
    bulk(
      '1,000 people',
      times(1_000, (at) => create(at)),
    ),
    bulk(
      '300 people in 48 KiB',
      times(300, (at) => create(5_000 + at)),
    ),
    bulk(
      '50 people with passwords',
      times(50, (at) => create(10_000 + at, { password: `correct horse ${at}` })),
    ),
    bulk(
      '1,000 changes of one person',
      times(1_000, (at) => change(`/Users/${first}`, { op: 'replace', path: 'title', value: `t${runs}-${at}` })),
    ),
    bulk(
      '1,000 changes of as many people',
      people.slice(0, 1_000).map((id) => change(`/Users/${id}`, { op: 'replace', path: 'title', value: `t${runs}` })),
    ),
    bulk(
      '400 deletes of nobody',
      times(400, (at) => ({ method: 'DELETE', path: `/Users/${at}` })),
    ),
    bulk(
      '500 references in a row',
      times(500, (at) =>
        create(
          20_000 + at,
          at === 0
            ? {}
            : { [ENTERPRISE]: { manager: { value: `bulkId:b${20_000 + at - 1}` } }, schemas: [USER, ENTERPRISE] },
        ),
      ),
    ),
    bulk(
      'members of a group, one at a time',
      people
        .slice(0, 400)
        .map((value) => change(`/Groups/${group}`, { op: 'add', path: 'members', value: [{ value }] })),
    ),
  ]
}

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

/** The last ones, since they change everything: the manager of everyone leaves. */
export function lastDearRequests({ head, rich }: DearTenant): readonly DearRequest[] {
  return [
    { name: 'DELETE: somebody whom all report to', method: 'DELETE', path: `/Users/${head}` },
    { name: 'DELETE: somebody large', method: 'DELETE', path: `/Users/${rich}` },
  ]
}
