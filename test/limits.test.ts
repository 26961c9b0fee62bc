// Every limit over HTTP: one request at the limit and one past it.

import { readFile } from 'node:fs/promises'
import http from 'node:http'
import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { limitsPage } from '../scripts/generate-limits.ts'
import { bearer } from '../src/access/index.ts'
import { createDirectory } from '../src/directory/index.ts'
import { STRICT } from '../src/protocol/index.ts'
import { LIMITS } from '../src/protocol/limits.ts'
import { createProvider } from '../src/provider/index.ts'
import { memoryStore } from '../src/store/index.ts'
import { makePeople } from './fixtures-people.ts'
import {
  type Body,
  BULK_REQUEST,
  type Client,
  ERROR,
  expectError,
  expectList,
  GROUP,
  PATCH_OP,
  USER,
  unique,
  user,
} from './rfc/client.ts'
import { site, tenantOf } from './rfc/site.ts'

// Each limit of src/protocol/limits.ts over HTTP: at it, and one past it.
const at = site()
const scim = at.strict()

const pad = (body: unknown, bytes: number) => {
  const text = JSON.stringify(body)
  return text + ' '.repeat(bytes - Buffer.byteLength(text))
}
const times = <T>(count: number, make: (index: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, index) => make(index))

/** A GET with a request target sent as it is, whatever its length. */
function getTarget(target: string): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(scim.base)
    const headers = { authorization: `Bearer ${scim.token}`, accept: 'application/scim+json' }
    http
      .get({ hostname, port, path: target, headers, agent: false }, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk
        })
        response.once('end', () => resolve({ status: response.statusCode ?? 0, text }))
      })
      .once('error', reject)
  })
}

/** Sends a body without saying how long it is. */
function postChunked(path: string, text: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const { hostname, port, pathname } = new URL(scim.base)
    const headers = { authorization: `Bearer ${scim.token}`, 'content-type': 'application/scim+json' }
    const request = http.request({ hostname, port, path: pathname + path, method: 'POST', headers, agent: false })
    request.once('response', (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    // The server may close the connection when it has heard enough; its answer counts if it came before.
    request.once('error', reject)
    for (let from = 0; from < text.length; from += 65_536) request.write(text.slice(from, from + 65_536))
    request.end()
  })
}

/** Bytes of bodies under way, as /metrics has it. */
async function heldBytes(): Promise<number> {
  const text = await (await fetch(`${at.server.url}/metrics`)).text()
  return Number(/^lockstep_body_bytes (\d+)$/m.exec(text)?.[1] ?? Number.NaN)
}

/** Opens requests whose bodies never end: so many bytes together, so many of each at most; resolves when the server has them. */
async function openBodies(client: Client | undefined, bytes: number, each: number) {
  const before = await heldBytes()
  const { port, pathname } = new URL(client?.base ?? '')
  const opened = times(Math.ceil(bytes / each), (index) => {
    const part = Math.min(each, bytes - index * each)
    const socket = connect(Number(port), '127.0.0.1').on('error', () => undefined)
    let received = ''
    socket.setEncoding('latin1').on('data', (more: string) => {
      received += more
    })
    const answer = new Promise<string>((resolve) => socket.once('close', () => resolve(received)))
    socket.write(
      `POST ${pathname}/Users HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${client?.token}\r\nTransfer-Encoding: chunked\r\n\r\n`,
    )
    socket.write(`${part.toString(16)}\r\n${'x'.repeat(part)}\r\n`)
    return { socket, answer }
  })
  const first = opened.length === 1 ? opened[0]?.answer.then(() => true) : undefined
  for (let tries = 0; (await heldBytes()) < before + bytes && tries < 1_000; tries++) {
    if (await Promise.race([first ?? wait(10, false), wait(10, false)])) break
  }
  return opened
}

/** Requests that keep the threads for heavy requests busy: Bulks with many passwords to be hashed. */
function longBulks() {
  const leaving = new AbortController()
  const Operations = times(400, (index) => ({
    method: 'POST',
    path: '/Users',
    bulkId: `b${index}`,
    data: user({ password: `correct horse ${index}`, title: 'x'.repeat(100) }),
  }))
  const body = JSON.stringify({ schemas: [BULK_REQUEST], Operations })
  return {
    send: (client: Client | undefined, count: number) =>
      times(count, () => {
        const headers = { authorization: `Bearer ${client?.token}`, 'content-type': 'application/scim+json' }
        const sent = fetch(`${client?.base}/Bulk`, { method: 'POST', headers, body, signal: leaving.signal })
        sent.catch(() => undefined)
        return sent
      }),
    /** Goes away from all of them, so that they are dropped and stopped. */
    async abandon() {
      leaving.abort()
      await untilHeavy('waiting', 0)
      await untilHeavy('running', 0)
    },
  }
}

/** Waits until so many heavy requests are in a state, as /metrics has it. */
async function untilHeavy(state: string, count: number, meanwhile: () => void = () => {}): Promise<void> {
  const line = `lockstep_heavy_requests{state="${state}"} ${count}`
  let text = ''
  for (let tries = 0; tries < 600; tries++) {
    text = await (await fetch(`${at.server.url}/metrics`)).text()
    if (text.split('\n').includes(line)) return
    meanwhile()
    await wait(20)
  }
  const found = text.split('\n').filter((one) => one.startsWith('lockstep_heavy'))
  throw new Error(`there were never ${count} ${state}: ${found.join(', ')}`)
}

const CASES: { readonly [name in keyof typeof LIMITS]: () => Promise<void> } = {
  FILTER_LENGTH: async () => {
    const filter = (length: number) => `title eq "${'x'.repeat(length - 'title eq ""'.length)}"`
    expect(expectList(await scim.search('/Users', { filter: filter(LIMITS.FILTER_LENGTH) }))).toEqual([])
    expectError(await scim.search('/Users', { filter: filter(LIMITS.FILTER_LENGTH + 1) }), 400, 'invalidFilter')
    expectError(await scim.filter('/Users', filter(LIMITS.FILTER_LENGTH + 1)), 400, 'invalidFilter')
  },
  FILTER_DEPTH: async () => {
    const nested = (depth: number) => `${'('.repeat(depth)}title eq "x"${')'.repeat(depth)}`
    const nots = (depth: number) => `${'not ('.repeat(depth)}title eq "x"${')'.repeat(depth)}`
    for (const filter of [nested, nots]) {
      expect((await scim.filter('/Users', filter(LIMITS.FILTER_DEPTH))).status).toBe(200)
      expectError(await scim.filter('/Users', filter(LIMITS.FILTER_DEPTH + 1)), 400, 'invalidFilter')
      expectError(await scim.search('/Users', { filter: filter(2_000) }), 400, 'invalidFilter')
    }
  },
  FILTER_TERMS: async () => {
    const filter = (terms: number) => times(terms, (term) => `title eq "t${term}"`).join(' or ')
    expect((await scim.search('/Users', { filter: filter(LIMITS.FILTER_TERMS) })).status).toBe(200)
    expectError(await scim.search('/Users', { filter: filter(LIMITS.FILTER_TERMS + 1) }), 400, 'invalidFilter')
    const both = times(LIMITS.FILTER_TERMS, (term) => `userName sw "t${term}"`).join(' and ')
    expect((await scim.search('/Users', { filter: both })).status).toBe(200)
  },
  PATH_LENGTH: async () => {
    const made = await scim.makeUser()
    const path = (length: number) => `emails[value eq "${'x'.repeat(length - 'emails[value eq ""]'.length)}"]`
    const fine = await scim.patch(`/Users/${made.id}`, [{ op: 'remove', path: path(LIMITS.PATH_LENGTH) }])
    expect(fine.status, fine.text.slice(0, 300)).toBe(200)
    const over = await scim.patch(`/Users/${made.id}`, [{ op: 'remove', path: path(LIMITS.PATH_LENGTH + 1) }])
    expectError(over, 400, 'invalidPath')
    const key = (length: number) => scim.patch(`/Users/${made.id}`, [{ op: 'add', value: { ['x'.repeat(length)]: 1 } }])
    // No attribute has such a name, but it is looked for.
    expect((await key(LIMITS.PATH_LENGTH)).body.detail).toContain('has no attribute')
    const long = await key(LIMITS.PATH_LENGTH + 1)
    expectError(long, 400, 'invalidPath')
    expect(long.body.detail).toContain('longer than')
    for (const parameter of ['attributes', 'excludedAttributes', 'sortBy']) {
      const search = (length: number) => {
        const name = 'x'.repeat(length)
        return scim.search('/Users', { count: 1, [parameter]: parameter === 'sortBy' ? name : [name] })
      }
      expect((await search(LIMITS.PATH_LENGTH)).status).toBe(parameter === 'sortBy' ? 400 : 200)
      const over = await search(LIMITS.PATH_LENGTH + 1)
      expectError(over, 400, 'invalidValue')
      expect(over.body.detail).toContain('longer than')
    }
  },
  ATTRIBUTES_LIST: async () => {
    const names = (count: number) => times(count, (index) => `a${index}`)
    for (const parameter of ['attributes', 'excludedAttributes']) {
      const get = (count: number) => scim.get(`/Users?${parameter}=${names(count).join(',')}`)
      expect((await get(LIMITS.ATTRIBUTES_LIST)).status).toBe(200)
      expectError(await get(LIMITS.ATTRIBUTES_LIST + 1), 400, 'invalidValue')
      const search = (count: number) => scim.search('/Users', { [parameter]: names(count) })
      expect((await search(LIMITS.ATTRIBUTES_LIST)).status).toBe(200)
      expectError(await search(LIMITS.ATTRIBUTES_LIST + 1), 400, 'invalidValue')
    }
  },
  QUERY_PARAMETERS: async () => {
    const query = (count: number) => times(count, (index) => `p${index}=v`).join('&')
    expect((await scim.get(`/Users?${query(LIMITS.QUERY_PARAMETERS)}`)).status).toBe(200)
    expectError(await scim.get(`/Users?${query(LIMITS.QUERY_PARAMETERS + 1)}`), 400, 'invalidValue')
  },
  URL_LENGTH: async () => {
    const { pathname } = new URL(scim.base)
    const target = (length: number) => {
      const start = `${pathname}/Users?x=`
      return start + 'y'.repeat(length - start.length)
    }
    expect((await getTarget(target(LIMITS.URL_LENGTH))).status).toBe(200)
    const over = await getTarget(target(LIMITS.URL_LENGTH + 1))
    expect(over.status).toBe(414)
    expect(JSON.parse(over.text)).toMatchObject({ status: '414' })
    // Far beyond what the HTTP parser takes at all, the server lives.
    expect([414, 431]).toContain((await getTarget(target(LIMITS.URL_LENGTH * 4))).status)
    expect((await scim.get('/Users?count=0')).status).toBe(200)
  },
  AUTHORIZATION_LENGTH: async () => {
    const ask = (length: number) => {
      const token = scim.token ?? ''
      const spaces = ' '.repeat(length - 'Bearer'.length - token.length)
      return fetch(`${scim.base}/Users?count=0`, { headers: { authorization: `Bearer${spaces}${token}` } })
    }
    expect((await ask(LIMITS.AUTHORIZATION_LENGTH)).status).toBe(200)
    expect((await ask(LIMITS.AUTHORIZATION_LENGTH + 1)).status).toBe(401)
  },
  CURSOR_LENGTH: async () => {
    for (const length of [LIMITS.CURSOR_LENGTH, LIMITS.CURSOR_LENGTH + 1]) {
      expectError(await scim.search('/Users', { cursor: 'x'.repeat(length) }), 400, 'invalidCursor')
    }
  },
  CURSOR_SECONDS: async () => {
    await scim.makeUser()
    await scim.makeUser()
    let now = Date.now()
    const provider = createProvider({
      directory: at.server.directory,
      authenticate: bearer({ token: { tenant: tenantOf(scim), actor: 'test', kind: 'strict' } }),
      now: () => now,
    })
    const get = async (query: string) => {
      const request = new Request(`http://localhost/scim/v2${query}`, { headers: { authorization: 'Bearer token' } })
      const response = await provider.fetch(request)
      return { status: response.status, body: (await response.json()) as Body }
    }
    const { nextCursor } = (await get('/Users?cursor=&count=1')).body
    now += LIMITS.CURSOR_SECONDS * 1_000
    expect((await get(`/Users?cursor=${nextCursor}&count=1`)).status).toBe(200)
    now += 1_000
    const late = await get(`/Users?cursor=${nextCursor}&count=1`)
    expect(late).toMatchObject({ status: 400, body: { scimType: 'expiredCursor' } })
    expect((await get('/ServiceProviderConfig')).body.pagination.cursorTimeout).toBe(LIMITS.CURSOR_SECONDS)
  },
  PAGE_DEFAULT: async () => {
    const client = await at.connect()
    await makePeople(client, LIMITS.PAGE_DEFAULT + 1)
    expect(expectList(await client.get('/Users'))).toHaveLength(LIMITS.PAGE_DEFAULT)
    expect((await client.get('/ServiceProviderConfig')).body.pagination.defaultPageSize).toBe(LIMITS.PAGE_DEFAULT)
  },
  PAGE_MAX: async () => {
    const client = await at.connect()
    await makePeople(client, LIMITS.PAGE_MAX + 1)
    for (const count of [LIMITS.PAGE_MAX, LIMITS.PAGE_MAX + 1, 2 ** 31, 2 ** 53]) {
      const page = await client.get(`/Users?count=${count}&attributes=userName`)
      expect(expectList(page)).toHaveLength(LIMITS.PAGE_MAX)
      expect(page.body.totalResults).toBe(LIMITS.PAGE_MAX + 1)
    }
    expect(expectList(await client.get(`/Users?cursor=&count=${LIMITS.PAGE_MAX + 1}`))).toHaveLength(LIMITS.PAGE_MAX)
    expect((await client.get('/ServiceProviderConfig')).body.filter.maxResults).toBe(LIMITS.PAGE_MAX)
  },
  BODY_BYTES: async () => {
    const fine = await scim.post('/Users', pad(user(), LIMITS.BODY_BYTES))
    expect(fine.status, fine.text).toBe(201)
    expectError(await scim.post('/Users', pad(user(), LIMITS.BODY_BYTES + 1)), 413)
    // The same for a body whose length is not said beforehand.
    expect(await postChunked('/Users', pad(user(), LIMITS.BODY_BYTES))).toBe(201)
    expect(await postChunked('/Users', pad(user(), LIMITS.BODY_BYTES + 1))).toBe(413)
  },
  BULK_BYTES: async () => {
    const bulk = (bytes: number) =>
      scim.post(
        '/Bulk',
        pad({ schemas: [BULK_REQUEST], Operations: [{ method: 'DELETE', path: '/Users/none' }] }, bytes),
      )
    expect((await bulk(LIMITS.BULK_BYTES)).status).toBe(200)
    const over = await bulk(LIMITS.BULK_BYTES + 1)
    expectError(over, 413)
    expect(over.body.detail.replaceAll(/[,_ ]/g, '')).toContain(String(LIMITS.BULK_BYTES))
    expect((await scim.get('/ServiceProviderConfig')).body.bulk.maxPayloadSize).toBe(LIMITS.BULK_BYTES)
  },
  BODIES_BYTES: async () => {
    // No tenant may hold more than leaves room for others: one alone gets half, the next one half of the rest.
    const clients = await Promise.all(times(3, () => at.connect()))
    const held = () => heldBytes()
    const share = LIMITS.BODIES_BYTES / 2
    const bodies = await openBodies(clients[0], share, LIMITS.BODY_BYTES)
    expect(await held()).toBe(share)
    const [over] = await openBodies(clients[0], 1, 1)
    expect(await over?.answer).toMatch(/^HTTP\/1\.1 503 .*retry-after: 1\r\n.*too much request data/is)
    const others = await openBodies(clients[1], share / 2, LIMITS.BODY_BYTES)
    expect(await held()).toBe(share + share / 2)
    expect((await clients[2]?.post('/Users', user()))?.status).toBe(201)
    // A client that goes leaves nothing behind.
    for (const { socket } of [...bodies, ...others]) socket.destroy()
    for (let tries = 0; (await held()) > 0 && tries < 500; tries++) await wait(10)
    expect(await held()).toBe(0)
  },
  BULK_OPERATIONS: async () => {
    const bulk = (count: number) =>
      scim.bulk(times(count, (index) => ({ method: 'DELETE', path: `/Users/none-${index}` })))
    expect((await bulk(LIMITS.BULK_OPERATIONS)).body.Operations).toHaveLength(LIMITS.BULK_OPERATIONS)
    expectError(await bulk(LIMITS.BULK_OPERATIONS + 1), 413)
    expect((await scim.get('/ServiceProviderConfig')).body.bulk.maxOperations).toBe(LIMITS.BULK_OPERATIONS)
  },
  PATCH_OPERATIONS: async () => {
    const made = await scim.makeUser()
    const patch = (count: number) =>
      scim.patch(`/Users/${made.id}`, {
        schemas: [PATCH_OP],
        Operations: times(count, (index) => ({ op: 'replace', path: 'title', value: `t${index}` })),
      })
    expect((await patch(LIMITS.PATCH_OPERATIONS)).body.title).toBe(`t${LIMITS.PATCH_OPERATIONS - 1}`)
    expectError(await patch(LIMITS.PATCH_OPERATIONS + 1), 413)
  },
  EDIT_WORK: async () => {
    // A filter that no index answers looks at each value once for each of its comparisons; so do the list, the operations, and to read it.
    const count = 1_000
    const ims = times(count, (at) => ({ value: `i${at}` }))
    const made = await scim.makeUser({ ims })
    const patch = (operations: number) =>
      scim.patch(
        `/Users/${made.id}`,
        times(operations, () => ({ op: 'remove', path: 'ims[display co "x"]' })),
      )
    const most = Math.floor((LIMITS.EDIT_WORK - count) / (count + 1))
    const fine = await patch(most)
    expect(fine.status, fine.text.slice(0, 300)).toBe(200)
    const over = await patch(most + 1)
    expectError(over, 413)
    expect(over.body.detail).toContain('send several requests')
  },
  MEMBERS_PER_REQUEST: async () => {
    const { id } = await scim.makeUser()
    const members = (count: number) => times(count, () => ({ value: id }))
    const post = (count: number) =>
      scim.post('/Groups', { schemas: [GROUP], displayName: unique(), members: members(count) })
    const fine = await post(LIMITS.MEMBERS_PER_REQUEST)
    expect(fine.status, fine.text.slice(0, 300)).toBe(201)
    expect(fine.body.members).toHaveLength(1)
    expectError(await post(LIMITS.MEMBERS_PER_REQUEST + 1), 413)
    const patch = (count: number) =>
      scim.patch(`/Groups/${fine.body.id}`, [{ op: 'add', path: 'members', value: members(count) }])
    expect((await patch(LIMITS.MEMBERS_PER_REQUEST)).status).toBe(204)
    expectError(await patch(LIMITS.MEMBERS_PER_REQUEST + 1), 413)
  },
  JSON_DEPTH: async () => {
    // The resource itself is the first level.
    const body = (depth: number) =>
      `{"schemas":["${USER}"],"userName":"${unique()}","x":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`
    const fine = await scim.post('/Users', body(LIMITS.JSON_DEPTH))
    expect(fine.status, fine.text).toBe(201)
    expectError(await scim.post('/Users', body(LIMITS.JSON_DEPTH + 1)), 400, 'invalidSyntax')
    expectError(await scim.post('/Users', body(100_000)), 400, 'invalidSyntax')
    expectError(
      await scim.post('/Users', `{"x":${'{"x":'.repeat(LIMITS.JSON_DEPTH)}1${'}'.repeat(LIMITS.JSON_DEPTH)}}`),
      400,
      'invalidSyntax',
    )
  },
  JSON_MEMBERS: async () => {
    // Three of them are the resource's own.
    const body = (count: number) =>
      `{"schemas":["${USER}"],"userName":"${unique()}","active":true,${times(count - 3, (at) => `"x${at}":1`).join(',')}}`
    const fine = await scim.post('/Users', body(LIMITS.JSON_MEMBERS))
    expect(fine.status, fine.text).toBe(201)
    expectError(await scim.post('/Users', body(LIMITS.JSON_MEMBERS + 1)), 400, 'invalidSyntax')
  },
  JSON_VALUES: async () => {
    // The resource, its schemas and the list hold five values besides those of the list.
    const body = (count: number) =>
      `{"schemas":["${USER}"],"userName":"${unique()}","x":[${times(count - 5, () => 1).join(',')}]}`
    const fine = await scim.post('/Users', body(LIMITS.JSON_VALUES))
    expect(fine.status, fine.text).toBe(201)
    expectError(await scim.post('/Users', body(LIMITS.JSON_VALUES + 2)), 413)
  },
  PASSWORD_LENGTH: async () => {
    const post = (length: number) => scim.post('/Users', user({ password: 'é'.repeat(length) }))
    expect((await post(LIMITS.PASSWORD_LENGTH)).status).toBe(201)
    const refused = await post(LIMITS.PASSWORD_LENGTH + 1)
    expectError(refused, 400, 'invalidValue')
    expect(refused.text).not.toContain('éé')
  },
  STRING_LENGTH: async () => {
    const post = (length: number) => scim.post('/Users', user({ displayName: 'x'.repeat(length) }))
    const fine = await post(LIMITS.STRING_LENGTH)
    expect(fine.status).toBe(201)
    expect(fine.body.displayName).toHaveLength(LIMITS.STRING_LENGTH)
    expectError(await post(LIMITS.STRING_LENGTH + 1), 400, 'invalidValue')
  },
  RESOURCE_LENGTH: async () => {
    const { id } = await scim.makeUser({ title: 'x' })
    const ref = { tenant: tenantOf(scim), type: 'User', id }
    const lengthNow = async () => (await at.server.store.get(ref))?.text.length ?? 0
    const patch = (path: string, value: unknown) => scim.patch(`/Users/${id}`, [{ op: 'add', path, value }])
    // Half a million at a time, as many requests do.
    for (let part = 0; (await lengthNow()) + 600_000 < LIMITS.RESOURCE_LENGTH; part++) {
      expect((await patch('ims', [{ value: `${part}${'y'.repeat(500_000)}` }])).status).toBe(200)
    }
    const title = (length: number) => patch('title', 'x'.repeat(length))
    const left = LIMITS.RESOURCE_LENGTH - (await lengthNow()) + 1
    expect((await title(left)).status).toBe(200)
    expect(await lengthNow()).toBe(LIMITS.RESOURCE_LENGTH)
    expectError(await title(left + 1), 413)
    expect((await title(1)).status).toBe(200)
  },
  ID_LENGTH: async () => {
    const directory = createDirectory({ store: memoryStore() })
    const context = { tenant: 'acme', actor: 'test', allow: STRICT }
    const make = (length: number) => directory.create(context, 'User', user(), { id: 'x'.repeat(length) })
    expect((await make(LIMITS.ID_LENGTH)).stored.id).toHaveLength(LIMITS.ID_LENGTH)
    await expect(make(LIMITS.ID_LENGTH + 1)).rejects.toThrow(/at most 128 characters; this one has 129/)
  },
  VALUES_PER_ATTRIBUTE: async () => {
    const emails = (count: number) => times(count, (index) => ({ value: `e${index}@example.com` }))
    const fine = await scim.post('/Users', user({ emails: emails(LIMITS.VALUES_PER_ATTRIBUTE) }))
    expect(fine.status, fine.text.slice(0, 300)).toBe(201)
    expectError(
      await scim.post('/Users', user({ emails: emails(LIMITS.VALUES_PER_ATTRIBUTE + 1) })),
      400,
      'invalidValue',
    )
    const more = [{ op: 'add', path: 'emails', value: [{ value: 'one-more@example.com' }] }]
    expectError(await scim.patch(`/Users/${fine.body.id}`, more), 400, 'invalidValue')
  },
  HEAVY_WAITING_OF_ONE: async () => {
    const bulks = longBulks()
    // Two run, the others wait.
    bulks.send(scim, LIMITS.HEAVY_WAITING_OF_ONE + 2)
    await untilHeavy('waiting', LIMITS.HEAVY_WAITING_OF_ONE)
    const over = await bulks.send(scim, 1)[0]
    expect([over?.status, over?.headers.get('retry-after')]).toEqual([503, '5'])
    const body = (await over?.json()) as Body
    expect(body.schemas).toEqual([ERROR])
    expect(body.detail).toContain('are waiting already')
    await bulks.abandon()
  },
  HEAVY_WAITING: async () => {
    const bulks = longBulks()
    const each = LIMITS.HEAVY_WAITING_OF_ONE
    const clients = await Promise.all(times(LIMITS.HEAVY_WAITING / each + 1, () => at.connect()))
    const [first, second, ...others] = clients
    const last = others.pop()
    // Of three threads the first tenant gets two, the second one.
    bulks.send(first, each + 2)
    await untilHeavy('waiting', each)
    bulks.send(second, each + 1)
    for (const client of others) bulks.send(client, each)
    // A thread that was not ready yet takes one of those who wait: another one steps in.
    await untilHeavy('waiting', LIMITS.HEAVY_WAITING, () => {
      for (const client of [first, second, ...others]) bulks.send(client, 1)
    })
    expect((await bulks.send(last, 1)[0])?.status).toBe(503)
    await bulks.abandon()
  },
  SCHEMA_ATTRIBUTES: async () => {
    const schema = (count: number) => ({
      id: `urn:example:${unique('many')}`,
      name: 'Many',
      attributes: times(count, (index) => ({ name: `a${index}`, type: 'string', multiValued: false })),
    })
    const put = (count: number) =>
      at.server.tenancy.schemas.put(tenantOf(scim), schema(count), { usage: at.server.directory, actor: 'test' })
    expect((await put(LIMITS.SCHEMA_ATTRIBUTES)).attributes).toHaveLength(LIMITS.SCHEMA_ATTRIBUTES)
    await expect(put(LIMITS.SCHEMA_ATTRIBUTES + 1)).rejects.toThrow(/500/)
  },
  INDEXED_PATHS: async () => {
    const { schemas } = at.server.tenancy
    const options = { usage: at.server.directory, actor: 'test' }
    const id = `urn:example:${unique('tags')}`
    const names = times(LIMITS.INDEXED_PATHS, (index) => `tag${index}`)
    const attributes = names.map((name) => ({ name, type: 'string', multiValued: false }))
    await schemas.put(tenantOf(scim), { id, name: 'Tags', attributes }, { ...options, extend: ['User'] })
    const put = (paths: readonly string[]) => schemas.putIndexes(tenantOf(scim), 'User', paths, options)
    expect(await put(names.map((name) => `${id}:${name}`))).toHaveLength(LIMITS.INDEXED_PATHS)
    await expect(put(['title'])).rejects.toThrow(/at most 50 .* would have 51/)
  },
}

test.each(Object.entries(CASES))('%s: at the limit, and one past it', { timeout: 60_000 }, (_name, check) => check())

test('docs/reference/limits.md says what the table says', async () => {
  const page = await readFile(new URL('../docs/reference/limits.md', import.meta.url), 'utf8')
  expect(page, 'stale: run node scripts/generate-limits.ts').toBe(await limitsPage())
})
