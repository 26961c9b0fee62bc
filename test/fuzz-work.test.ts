// Random expensive requests do work in proportion to their size, counted by the engine.

import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bearer } from '../src/access/index.ts'
import { createDirectory } from '../src/directory/index.ts'
import {
  BULK_REQUEST,
  type Document,
  defineSchema,
  Group,
  LENIENT,
  PATCH_OP,
  readPatch,
  SEARCH_REQUEST,
  USER,
  User,
} from '../src/protocol/index.ts'
import { createProvider, type Provider } from '../src/provider/index.ts'
import { sqliteStore } from '../src/store/sqlite/sqlite.ts'
import { applyPlainly } from './plain-edits.ts'
import { startWork, type Work } from './work.ts'

// What a request costs is counted, not timed: calls and rounds of loops, rows read from the store among them. It must be about the
// size of the request and of what it touches, never their product, whatever the request says.
const SEED = Number(process.env.FUZZ_SEED ?? 20_261_130)
const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 300)

const Tools = defineSchema({
  id: 'urn:example:tools:1.0:User',
  name: 'Tools',
  attributes: {
    doors: { multiValued: true },
    limits: { type: 'complex', subAttributes: { seats: { type: 'integer' }, tags: { multiValued: true } } },
    centres: {
      type: 'complex',
      multiValued: true,
      subAttributes: { code: { caseExact: true }, percent: { type: 'integer' }, tags: { multiValued: true } },
    },
  },
})
const Type = User.extend(Tools)
const T = Tools.id
const times = <Value>(count: number, make: (at: number) => Value) => Array.from({ length: count }, (_, at) => make(at))
/** Values in each of the lists that requests touch. */
const VALUES = 400

interface Sent {
  readonly method: string
  readonly path: string
  readonly body?: unknown
  readonly headers?: { readonly [name: string]: string }
}

interface Environment {
  readonly provider: Provider
  readonly person: string
  readonly people: readonly string[]
  readonly group: string
}

async function send({ provider }: Environment, { method, path, body, headers = {} }: Sent): Promise<number> {
  const answer = await provider.handle({
    method,
    path: path.split('?', 1)[0] ?? path,
    search: path.includes('?') ? path.slice(path.indexOf('?') + 1) : '',
    base: 'http://x/scim/v2',
    tenant: 'acme',
    remote: undefined,
    header: (name) => ({ authorization: 'Bearer t', 'content-type': 'application/scim+json', ...headers })[name],
    body: async () => new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body)),
  })
  return answer.status
}

/** All in this process, threads too, so that nothing is done uncounted. */
async function makeWorld(): Promise<Environment> {
  const store = sqliteStore(':memory:')
  const directory = createDirectory({ store, types: [Type, Group] })
  const context = { tenant: 'acme', actor: 'test', allow: LENIENT }
  const provider = createProvider({
    directory,
    authenticate: bearer({ t: { tenant: 'acme', actor: 'x' } }),
    report: () => {},
  })
  const people: string[] = []
  for (let at = 0; at < VALUES; at++) {
    const { stored } = await directory.create(context, 'User', { schemas: [USER], userName: `u${at}` })
    people.push(stored.id)
  }
  const emails = times(VALUES, (at) => ({ value: `e${at}@x.example`, type: at % 3 === 0 ? 'work' : `t${at}` }))
  const tools = {
    doors: times(VALUES, (at) => `d${at}`),
    limits: { tags: times(VALUES, (at) => `t${at}`) },
    centres: times(VALUES, (at) => ({ code: `c${at}`, percent: at % 7, tags: ['a', 'b'] })),
  }
  const made = await directory.create(context, 'User', { schemas: [USER, T], userName: 'full', emails, [T]: tools })
  const members = people.map((value) => ({ value }))
  const group = await directory.create(context, 'Group', { schemas: [], displayName: 'g', members })
  return { provider, people, person: made.stored.id, group: group.stored.id }
}

/** The size of a request: its characters, wherever they stand. */
function sizeOf({ path, body, headers = {} }: Sent): number {
  const text = typeof body === 'string' ? body : (JSON.stringify(body) ?? '')
  return path.length + text.length + Object.values(headers).join('').length
}

const patch = (path: string, Operations: unknown): Sent => ({
  method: 'PATCH',
  path,
  body: { schemas: [PATCH_OP], Operations },
})
const search = (more: object): Sent => ({
  method: 'POST',
  path: '/Users/.search',
  body: { schemas: [SEARCH_REQUEST], count: 5, ...more },
})

// ── Hostile texts ───────────────────────────────────────────────────────────────────────────────────────────────────

const token = fc.constantFrom(
  ...[
    '[',
    ']',
    '"',
    '\\"',
    '\\',
    '“',
    '”',
    '‘',
    '’',
    '„',
    'eq “',
    ' eq “a” ',
    '(',
    'not (',
    ' and ',
    ' or ',
    '.',
    ':',
    '%',
    '%20',
    ' ',
    '\t',
    ',',
  ],
  ...[
    'a',
    'urn:',
    'x[',
    '["',
    ']"',
    'emails[',
    'type eq "a" and ',
    '/',
    '~1',
    '\u00e4',
    '$',
    '-',
    '=',
    ';',
    'bulkId:',
    '{',
    '}',
    'W/"',
    '"1",',
  ],
)
/** A beginning, something again and again, and an end. */
const hostile = fc
  .tuple(
    fc.array(token, { maxLength: 3 }),
    fc.array(token, { minLength: 1, maxLength: 3 }),
    fc.nat(12_000),
    fc.array(token, { maxLength: 3 }),
  )
  .map(
    ([head, body, length, tail]) =>
      head.join('') + body.join('').repeat(Math.ceil(length / body.join('').length)) + tail.join(''),
  )
const list = <Value>(one: fc.Arbitrary<Value>) => fc.array(one, { minLength: 1, maxLength: 3 })

// ── Many operations and many values ─────────────────────────────────────────────────────────────────────────────────

/** Some number of a value of the list; the same one again, or one that is not there. */
const which = fc.constantFrom<(at: number) => number>(
  (at) => at % VALUES,
  () => 7,
  (at) => VALUES + at,
)
const operation: fc.Arbitrary<(at: number) => unknown> = fc
  .tuple(
    which,
    fc.constantFrom('add', 'replace', 'remove'),
    fc.constantFrom<(n: number) => readonly [string, unknown]>(
      (n) => [`emails[value eq "e${n}@x.example"].type`, 'home'],
      (n) => [`emails[value eq "e${n}@x.example"].value`, `f${n}@x.example`],
      (n) => [`emails[value eq "e${n}@x.example"].primary`, true],
      (n) => [`emails[type eq "t${n}" and value eq "e${n}@x.example"]`, { display: 'D' }],
      (n) => [`emails[value eq "a" or value eq "e${n}@x.example"]`, { value: `g${n}@x.example` }],
      (n) => ['emails', [{ value: `e${n}@x.example`, type: 'work' }]],
      (n) => ['emails', { value: `e${n}@x.example` }],
      (n) => ['ims', { value: `i${n}`, primary: true }],
      (n) => ['addresses', [{ streetAddress: `s${n}`, type: 'work' }]],
      (n) => [`${T}:doors`, [`d${n}`]],
      (n) => [`${T}:doors[value eq "d${n}"]`, `x${n}`],
      (n) => [`${T}:centres[code eq "c${n}"].tags`, ['a']],
      (n) => [`${T}:centres`, [{ code: `c${n}`, percent: 3 }]],
      (n) => ['title', `t${n}`],
      (n) => ['name', { givenName: `n${n}` }],
    ),
  )
  .map(([pick, op, make]) => (at: number) => {
    const [path, value] = make(pick(at))
    const filtered = path.endsWith(']') || path.includes('].')
    return { op, path, ...(op === 'remove' && filtered ? {} : { value }) }
  })
const operations = fc
  .tuple(list(operation), fc.nat(400))
  .map(([makes, count]) => times(count + 1, (at) => makes[at % makes.length]?.(at)))

function memberOperations(people: readonly string[]): fc.Arbitrary<readonly unknown[]> {
  const one = fc
    .tuple(which, fc.constantFrom('add', 'replace', 'remove'), fc.nat(3))
    .map(([pick, op, form]) => (at: number) => {
      const id = people[pick(at)] ?? 'nobody'
      if (form === 0) return { op: 'add', path: 'members', value: [{ value: id }] }
      if (form === 1) return { op: 'remove', path: `members[value eq "${id}"]` }
      if (form === 2) return { op: 'remove', path: 'members', value: [{ value: id }] }
      return { op, path: `members[value eq "${id}"].type`, value: 'User' }
    })
  return fc
    .tuple(list(one), fc.nat(300))
    .map(([makes, count]) => times(count + 1, (at) => makes[at % makes.length]?.(at)))
}

const values = fc.tuple(which, fc.nat(2 * VALUES), fc.boolean(), fc.boolean()).map(([pick, count, typed, upper]) =>
  times(count, (at) => ({
    value: `${upper ? 'E' : 'e'}${pick(at)}@x.example`,
    ...(typed ? { type: `t${at % 5}` } : {}),
  })),
)

function requests({ person, people, group }: Environment): fc.Arbitrary<Sent> {
  const user = `/Users/${person}`
  const encoded = hostile.map((text) => encodeURIComponent(text.slice(0, 5_000)))
  return fc.oneof(
    hostile.map((filter) => search({ filter })),
    hostile.map((text) => search({ filter: `userName eq ${text}` })),
    fc
      .tuple(fc.constantFrom('attributes', 'excludedAttributes', 'sortBy', 'cursor'), list(hostile))
      .map(([name, texts]) => search({ [name]: name.endsWith('ttributes') ? texts : texts[0] })),
    fc
      .tuple(fc.constantFrom('filter', 'attributes', 'sortBy', 'cursor', 'x'), encoded)
      .map(([name, text]) => ({ method: 'GET', path: `/Users?${name}=${text}` })),
    fc.tuple(hostile, values).map(([path, value]) => patch(user, [{ op: 'add', path, value }])),
    hostile.map((text) => patch(user, [{ op: 'remove', path: `emails[${text}` }])),
    hostile.map((text) => patch(user, [{ op: 'add', value: { [text]: 1, title: 't' } }])),
    hostile.map((text) => patch(user, [{ op: 'replace', path: 'title', value: text }])),
    fc.tuple(fc.constantFrom('POST', 'PUT'), hostile, hostile).map(([method, key, text]) => ({
      method,
      path: method === 'PUT' ? user : '/Users',
      body: {
        schemas: [USER],
        userName: `n${text.length}`,
        [key]: text,
        emails: text,
        manager: text,
        roles: [text],
        locale: text,
        x509Certificates: [{ value: text }],
      },
    })),
    fc
      .tuple(fc.constantFrom('if-match', 'if-none-match', 'accept', 'content-type', 'prefer', 'authorization'), hostile)
      .map(([name, text]) => ({
        ...patch(user, [{ op: 'replace', path: 'title', value: 'x' }]),
        headers: { [name]: text },
      })),
    hostile.map((text) => ({ method: 'POST', path: '/Users', body: text })),
    hostile.map((text) => ({ method: 'GET', path: `/${encodeURIComponent(text.slice(0, 5_000))}` })),
    fc.tuple(hostile, hostile).map(([path, bulkId]) => ({
      method: 'POST',
      path: '/Bulk',
      body: {
        schemas: [BULK_REQUEST],
        Operations: [
          { method: 'POST', path, bulkId, data: { x: `bulkId:${path}` } },
          { method: 'PATCH', path: `/Users/${path}`, version: bulkId, data: {} },
        ],
      },
    })),
    { weight: 8, arbitrary: operations.map((all) => patch(user, all)) },
    { weight: 4, arbitrary: memberOperations(people).map((all) => patch(`/Groups/${group}`, all)) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom('add', 'replace', 'remove'), values)
        .map(([op, value]) => patch(user, [{ op, path: 'emails', value }])),
    },
    {
      weight: 2,
      arbitrary: values.map((emails) => ({
        method: 'PUT',
        path: user,
        body: { schemas: [USER], userName: 'full', emails, roles: emails },
      })),
    },
    fc.nat(300).map((count) => ({
      method: 'PUT',
      path: `/Groups/${group}`,
      body: { schemas: [], displayName: 'g', members: times(count, (at) => ({ value: people[at] })) },
    })),
    fc.nat(300).map((count) => search({ filter: times(count + 1, (at) => `userName eq "u${at}"`).join(' or ') })),
  )
}

let work: Work
beforeAll(async () => {
  work = await startWork()
})
afterAll(() => work.stop())

/** What may be done for a request: so much for each of its characters, and for the values that it touches. */
function most(size: number): number {
  return 15 * (size + 20 * VALUES)
}

test(`${REQUESTS} dear requests cost about what they say and touch, seed ${SEED}`, { timeout: 300_000 }, async () => {
  const environment = await makeWorld()
  const dear: string[] = []
  for (const one of fc.sample(requests(environment), { numRuns: REQUESTS, seed: SEED })) {
    const size = sizeOf(one)
    const { result, work: done } = await work.count(() => send(environment, one))
    const shown = `${one.method} ${one.path.slice(0, 80)} ${JSON.stringify(one.body ?? '').slice(0, 400)}`
    if (done > most(size)) dear.push(`${done} for ${size} characters → ${result}: ${shown}`)
  }
  expect(dear).toEqual([])
})

test('the count reveals when each operation looks at every value', async () => {
  const emails = times(VALUES, (at) => ({ value: `e${at}@x.example` }))
  const document: Document = { schemas: [USER], id: 'i', userName: 'u', emails }
  const Operations = times(400, (at) => ({
    op: 'replace',
    path: `emails[value eq "e${at}@x.example"].type`,
    value: 'home',
  }))
  const body = { schemas: [PATCH_OP], Operations }
  const { edits } = readPatch(body, Type, LENIENT, { id: 'i' })
  const { work: done } = await work.count(async () => applyPlainly(document, edits, Type, LENIENT))
  expect(done).toBeGreaterThan(most(JSON.stringify(body).length))
})
