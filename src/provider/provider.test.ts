// The provider as an embedding app calls it.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { bearer } from '../access/index.ts'
import { type Context, createDirectory, type Directory } from '../directory/index.ts'
import { defineSchema, EnterpriseUser, Group, type Json, PATCH_OP, ScimError, STRICT, User } from '../protocol/index.ts'
import { memoryStore } from '../store/memory/memory.ts'
import { sqliteStore } from '../store/sqlite/sqlite.ts'
import type { ProviderOptions } from './options.ts'
import { createProvider, type Provider } from './provider.ts'

const context: Context = { tenant: 'acme', actor: 'test', allow: STRICT }
const TOKENS = {
  secret: { tenant: 'acme', actor: 'test' },
  reader: { tenant: 'acme', actor: 'reader', rights: { Group: { read: true, write: false } } },
  other: { tenant: 'other', actor: 'other' },
} as const
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

// biome-ignore lint/suspicious/noExplicitAny: the tests read answers freely; each expectation is the check of its type
type Body = any
interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Body
}

async function ask(
  scim: Provider,
  method: string,
  path: string,
  options: {
    readonly body?: Json
    readonly token?: string
    readonly headers?: { readonly [name: string]: string }
    readonly origin?: string
  } = {},
): Promise<Answer> {
  const { body, token = 'secret', origin = 'http://localhost' } = options
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json', ...options.headers }
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
  const answer = await scim.fetch(new Request(`${origin}/scim/v2${path}`, init))
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, body: text === '' ? undefined : JSON.parse(text) }
}

function inMemory(more: Partial<ProviderOptions> = {}, types = [User, Group]): Provider {
  const directory = createDirectory({ store: memoryStore(), types })
  return createProvider({ directory, authenticate: bearer(TOKENS), ...more })
}

let made = 0
const person = (more: { readonly [name: string]: Json } = {}): Json => ({
  schemas: [User.schema.id],
  userName: `user-${++made}`,
  ...more,
})
const patch = (...Operations: Json[]): Json => ({ schemas: [PATCH_OP], Operations })

describe.each(['the same process', 'another process'] as const)('kept answers and what %s writes', (where) => {
  let scim: Provider
  let writer: Directory
  beforeEach(() => {
    const folder = mkdtempSync(join(tmpdir(), 'lockstep-'))
    closing.push(() => rmSync(folder, { recursive: true, force: true }))
    const open = () => {
      const store = sqliteStore(join(folder, 'test.db'))
      closing.push(() => store.close())
      return createDirectory({ store })
    }
    const directory = open()
    scim = createProvider({ directory, authenticate: bearer(TOKENS) })
    writer = where === 'the same process' ? directory : open()
  })

  const makeUser = async (more: { readonly [name: string]: Json } = {}) =>
    (await writer.create(context, 'User', person(more))).stored.id
  const makeGroup = async (displayName: string, ...ids: readonly string[]) => {
    const members = ids.map((value) => ({ value }))
    return (await writer.create(context, 'Group', { schemas: [Group.schema.id], displayName, members })).stored.id
  }
  /** Read until it surely is a kept one. */
  const read = async (path: string): Promise<Body> => {
    await ask(scim, 'GET', path)
    await ask(scim, 'GET', path)
    return (await ask(scim, 'GET', path)).body
  }
  const rename = (type: string, id: string, value: string) =>
    writer.patch(context, type, id, patch({ op: 'replace', path: 'displayName', value }))
  const members = (id: string, op: string, ...ids: readonly string[]) =>
    writer.patch(context, 'Group', id, patch({ op, path: 'members', value: ids.map((value) => ({ value })) }))
  const groupsOf = async (id: string) =>
    ((await read(`/Users/${id}`)).groups ?? []).map((one: Body) => `${one.display} ${one.type}`)

  test('a user that is changed, and one that is deleted', async () => {
    const id = await makeUser({ displayName: 'one' })
    expect(await read(`/Users/${id}`)).toMatchObject({ displayName: 'one' })
    await rename('User', id, 'two')
    expect(await read(`/Users/${id}`)).toMatchObject({ displayName: 'two', meta: { version: 'W/"2"' } })
    await writer.remove(context, 'User', id)
    expect(await read(`/Users/${id}`)).toMatchObject({ status: '404' })
  })

  test('a manager that is renamed, and one that is deleted', async () => {
    const boss = await makeUser({ displayName: 'Grace' })
    const urn = EnterpriseUser.id
    const id = await makeUser({ schemas: [User.schema.id, urn], [urn]: { manager: { value: boss } } })
    expect((await read(`/Users/${id}`))[urn].manager).toMatchObject({ displayName: 'Grace' })
    await rename('User', boss, 'Ada')
    expect((await read(`/Users/${id}`))[urn].manager).toMatchObject({ displayName: 'Ada' })
    await writer.remove(context, 'User', boss)
    expect(await read(`/Users/${id}`)).not.toHaveProperty([urn])
  })

  test('groups that are joined, left, renamed, deleted, directly and through others', async () => {
    const ada = await makeUser()
    expect(await groupsOf(ada)).toEqual([])
    const inner = await makeGroup('inner', ada)
    expect(await groupsOf(ada)).toEqual(['inner direct'])
    const middle = await makeGroup('middle', inner)
    const outer = await makeGroup('outer')
    expect(await groupsOf(ada)).toEqual(['inner direct', 'middle indirect'])
    await members(outer, 'add', middle)
    expect(await groupsOf(ada)).toEqual(['inner direct', 'middle indirect', 'outer indirect'])
    await rename('Group', outer, 'OUTER')
    await rename('Group', inner, 'INNER')
    expect(await groupsOf(ada)).toEqual(['INNER direct', 'middle indirect', 'OUTER indirect'])
    await members(middle, 'remove', inner)
    expect(await groupsOf(ada)).toEqual(['INNER direct'])
    await members(middle, 'add', inner)
    await writer.remove(context, 'Group', middle)
    expect(await groupsOf(ada)).toEqual(['INNER direct'])
    await members(inner, 'remove', ada)
    expect(await groupsOf(ada)).toEqual([])
  })

  test('members that come, go, are renamed and deleted', async () => {
    const [ada, grace] = [await makeUser({ displayName: 'Ada' }), await makeUser({ displayName: 'Grace' })]
    const id = await makeGroup('group', ada)
    const names = async () => ((await read(`/Groups/${id}`)).members ?? []).map((one: Body) => one.display).sort()
    expect(await names()).toEqual(['Ada'])
    await members(id, 'add', grace)
    expect(await names()).toEqual(['Ada', 'Grace'])
    await rename('User', ada, 'Augusta')
    expect(await names()).toEqual(['Augusta', 'Grace'])
    await writer.remove(context, 'User', ada)
    expect(await names()).toEqual(['Grace'])
    await members(id, 'remove', grace)
    expect(await names()).toEqual([])
  })

  test('more than 500 at once', { timeout: 60_000 }, async () => {
    const ids = await Promise.all(Array.from({ length: 600 }, () => makeUser()))
    const last = ids.at(-1) ?? ''
    const id = await makeGroup('many')
    expect(await groupsOf(last)).toEqual([])
    await members(id, 'add', ...ids)
    expect(await groupsOf(last)).toEqual(['many direct'])
    await rename('Group', id, 'MANY')
    expect(await groupsOf(last)).toEqual(['MANY direct'])
  })
})

describe('kept answers', () => {
  test('are only for those who may read them, and only of their tenant', async () => {
    const scim = inMemory()
    const { id } = (await ask(scim, 'POST', '/Users', { body: person() })).body
    const get = async (token: string) => (await ask(scim, 'GET', `/Users/${id}`, { token })).status
    expect(await get('secret')).toBe(200)
    expect(await get('secret')).toBe(200)
    expect(await get('reader')).toBe(403)
    expect(await get('other')).toBe(404)
    expect(await get('wrong')).toBe(401)
  })

  test('P-503 are 304 for clients that have them, with the headers of the whole', async () => {
    const scim = inMemory()
    const { id } = (await ask(scim, 'POST', '/Users', { body: person() })).body
    for (let round = 0; round < 3; round++) {
      const whole = await ask(scim, 'GET', `/Users/${id}`)
      const etag = whole.headers.get('etag') ?? ''
      for (const condition of [etag, '*', `"x", ${etag}`, etag.slice(2)]) {
        const answer = await ask(scim, 'GET', `/Users/${id}`, { headers: { 'if-none-match': condition } })
        expect([answer.status, answer.body, answer.headers.get('etag')]).toEqual([304, undefined, etag])
        expect(answer.headers.get('location')).toBe(whole.headers.get('location'))
      }
      const head = await ask(scim, 'HEAD', `/Users/${id}`)
      expect([head.status, head.body, head.headers.get('etag')]).toEqual([200, undefined, etag])
      const other = await ask(scim, 'GET', `/Users/${id}`, { headers: { 'if-none-match': 'W/"99"' } })
      expect(other.status).toBe(200)
    }
  })

  test('are for one Accept and one base URL', async () => {
    const scim = inMemory()
    const { id } = (await ask(scim, 'POST', '/Users', { body: person() })).body
    for (let round = 0; round < 2; round++) {
      for (const origin of ['http://one.example', 'http://two.example']) {
        const { body } = await ask(scim, 'GET', `/Users/${id}`, { origin })
        expect(body.meta.location).toBe(`${origin}/scim/v2/Users/${id}`)
      }
      const plain = await ask(scim, 'GET', `/Users/${id}`, { headers: { accept: 'application/json' } })
      expect(plain.headers.get('content-type')).toBe('application/json')
      expect((await ask(scim, 'GET', `/Users/${id}`, { headers: { accept: 'text/html' } })).status).toBe(406)
      expect((await ask(scim, 'GET', `/Users/${id}?attributes=userName`)).body).not.toHaveProperty('meta')
    }
  })
})

describe('what is never shown', () => {
  test("S-106 a password of a group's extension that is returned never", async () => {
    const safe = defineSchema({
      id: 'urn:example:safe:Group',
      name: 'Safe',
      attributes: {
        password: { type: 'string', returned: 'never', mutability: 'writeOnly' },
        place: { type: 'string' },
      },
    })
    const scim = inMemory({}, [User, Group.extend(safe)] as never)
    const body = { schemas: [Group.schema.id, safe.id], displayName: 'g', [safe.id]: { password: 'x', place: 'here' } }
    const created = await ask(scim, 'POST', '/Groups', { body })
    expect(created.body[safe.id]).toEqual({ place: 'here' })
    for (const path of [`/Groups/${created.body.id}`, `/Groups/${created.body.id}`]) {
      expect((await ask(scim, 'GET', path)).body[safe.id]).toEqual({ place: 'here' })
    }
    expect((await ask(scim, 'GET', '/Groups')).body.Resources[0][safe.id]).toEqual({ place: 'here' })
  })
})

describe('errors of ours', () => {
  test('show an id that the report has too, and nothing else', async () => {
    const reports: { id: string; error: unknown }[] = []
    const directory = createDirectory({
      store: memoryStore(),
      hooks: {
        commit() {
          throw new Error('secret of the host')
        },
      },
    })
    const scim = createProvider({ directory, authenticate: bearer(TOKENS), report: (one) => reports.push(one) })
    const answer = await ask(scim, 'POST', '/Users', { body: person() })
    expect(answer.status).toBe(500)
    expect(JSON.stringify(answer.body)).not.toContain('secret of the host')
    expect(reports).toHaveLength(1)
    expect(answer.body.detail).toContain(reports[0]?.id)
  })
})

describe('a PATCH of a group that shows it', () => {
  test('shows name and version of one moment, whatever happens beside it', async () => {
    const scim = inMemory()
    const { id } = (await ask(scim, 'POST', '/Groups', { body: { schemas: [Group.schema.id], displayName: 'v1' } }))
      .body
    const users = await Promise.all(
      Array.from({ length: 20 }, async () => (await ask(scim, 'POST', '/Users', { body: person() })).body.id as string),
    )
    // Each change of the name says which version it makes: none but names change versions when nobody new comes.
    const works = users.map((value) => {
      const body = patch({ op: 'add', path: 'members', value: [{ value }] })
      return ask(scim, 'PATCH', `/Groups/${id}?attributes=displayName,meta`, { body })
    })
    const named = ask(scim, 'PATCH', `/Groups/${id}`, {
      body: patch({ op: 'replace', path: 'displayName', value: 'new' }),
    })
    const version = (answer: Answer) => Number(/\d+/.exec(answer.headers.get('etag') ?? '')?.[0])
    const change = version(await named)
    for (const answer of await Promise.all(works)) {
      expect(answer.body.displayName).toBe(version(answer) < change ? 'v1' : 'new')
      expect(answer.body.meta.version).toBe(answer.headers.get('etag'))
    }
  })
})

test('an upload that breaks off is not an error', async () => {
  const reports: unknown[] = []
  const scim = inMemory({ report: (one) => reports.push(one) })
  const stop = new AbortController()
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"schemas"'))
      stop.signal.addEventListener('abort', () => controller.error(stop.signal.reason))
    },
  })
  const headers = { authorization: 'Bearer secret', 'content-type': 'application/scim+json' }
  const answer = scim.fetch(
    new Request('http://localhost/scim/v2/Users', { method: 'POST', headers, body, duplex: 'half' } as RequestInit),
  )
  stop.abort()
  expect((await answer).status).toBe(400)
  expect(reports).toEqual([])
})

describe('a bulk request', () => {
  const bulkOf = (...Operations: readonly Json[]): Json => ({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
    Operations,
  })

  test('P-067 which unknown attributes were left out is told of creates as of changes', async () => {
    const told: unknown[] = []
    const scim = inMemory({ skipped: (note) => void told.push([note.type, note.paths]) })
    const post: Json = { method: 'POST', path: '/Users', bulkId: 'a', data: person({ shoeSize: 42 }) }
    const answer = await ask(scim, 'POST', '/Bulk', { body: bulkOf(post) })
    expect(answer.body.Operations[0].status).toBe('201')
    const path = new URL(answer.body.Operations[0].location).pathname.replace('/scim/v2', '')
    const put: Json = { method: 'PUT', path, data: person({ hatSize: 7 }) }
    expect((await ask(scim, 'POST', '/Bulk', { body: bulkOf(put) })).body.Operations[0].status).toBe('200')
    expect(told).toEqual([
      ['User', ['shoeSize']],
      ['User', ['hatSize']],
    ])
  })

  test('P-432 references go where the schema has them, whatever their names: manager bare, in JSON, in SCIM 1', async () => {
    const scim = inMemory({}, [{ ...User, extensions: [{ schema: EnterpriseUser, required: false }] }, Group])
    const boss: Json = { method: 'POST', path: '/Users', bulkId: 'boss', data: person({ displayName: 'bulkId:boss' }) }
    const reports = [
      { manager: 'bulkId:boss' },
      { [EnterpriseUser.id]: { manager: JSON.stringify({ value: 'bulkId:boss' }) } },
      { 'urn:scim:schemas:extension:enterprise:1.0': { manager: { managerId: 'bulkId:boss' } } },
      { [`${EnterpriseUser.id}:manager.value`]: 'bulkId:boss' },
    ].map((more, at): Json => ({ method: 'POST', path: '/Users', bulkId: `r${at}`, data: person(more) }))
    const { body } = await ask(scim, 'POST', '/Bulk', { body: bulkOf(...reports, boss) })
    const ids = body.Operations.map((one: Body) => one.location.slice(one.location.lastIndexOf('/') + 1))
    expect(body.Operations.map((one: Body) => one.status)).toEqual(['201', '201', '201', '201', '201'])
    for (const id of ids.slice(0, 4)) {
      const report = (await ask(scim, 'GET', `/Users/${id}`)).body
      expect(report[EnterpriseUser.id].manager.value).toBe(ids[4])
    }
    expect((await ask(scim, 'GET', `/Users/${ids[4]}`)).body.displayName).toBe('bulkId:boss')
  })
})

test('P-021 the 401 says what is wrong with the header', async () => {
  const scim = inMemory()
  const details: string[] = []
  for (const authorization of ['nobody', 'Bearer Bearer nobody', 'Basic bm9ib2R5', 'Bearer "nobody"']) {
    const answer = await ask(scim, 'GET', '/Users', { headers: { authorization } })
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="scim"')
    details.push(answer.body.detail)
  }
  expect(details.map((detail) => /missing|twice|another scheme|quotation marks/.exec(detail)?.[0])).toEqual([
    'missing',
    'twice',
    'another scheme',
    'quotation marks',
  ])
})

describe("an app that can't find out who calls", () => {
  const down = new Error('connect ECONNREFUSED')
  test.each<[string, ProviderOptions['authenticate']]>([
    [
      'throws',
      () => {
        throw down
      },
    ],
    ['rejects', () => Promise.reject(down)],
    ['looks tokens up in vain', bearer(() => Promise.reject(down))],
  ])('%s: 503 with Retry-After, and its owner is told why', async (_how, authenticate) => {
    const told: unknown[] = []
    const scim = inMemory({ authenticate, report: ({ error }) => told.push(error) })
    const answer = await ask(scim, 'GET', '/Users')
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2'])
    expect(told).toEqual([expect.objectContaining({ cause: down })])
    expect(JSON.stringify(answer.body)).not.toContain('ECONNREFUSED')
  })

  test('says 401, or what else it means, by an error of the protocol', async () => {
    const authenticate = () => Promise.reject(new ScimError(403, 'The plan has no SCIM'))
    expect((await ask(inMemory({ authenticate }), 'GET', '/Users')).body).toMatchObject({
      status: '403',
      detail: 'The plan has no SCIM',
    })
  })
})

test.each<[string, (request: Request) => unknown]>([
  ['was read', (request) => request.text()],
  ['is being read', (request) => request.body?.getReader()],
])('a body that %s before it came here: its owner is told what to do', async (_how, meddle) => {
  const told: unknown[] = []
  const scim = inMemory({ report: ({ error }) => told.push(error) })
  const headers = { authorization: 'Bearer secret', 'content-type': 'application/scim+json' }
  const request = new Request('http://localhost/scim/v2/Users', {
    method: 'POST',
    headers,
    body: JSON.stringify(person()),
  })
  await meddle(request)
  expect((await scim.fetch(request)).status).toBe(500)
  expect(String(told[0])).toMatch(/The body was read before and is gone; mount this before what reads bodies/)
})
