// The client understands the recorded responses of other servers.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Client, createClient, ScimError, TransportError, token, User } from '../../src/client/index.ts'
import { type Scripted, scripted } from './scripted.ts'

/**
 * Answers of real servers, byte by byte, and what the client makes of them. A file begins with `#` lines: what it is, which call gets
 * it, what the call gives (JSON that the result holds, or an error). Then comes the answer, with bare line feeds.
 */
const folder = join(import.meta.dirname, 'answers')
const files = readdirSync(folder)

interface Recorded {
  readonly about: string
  readonly call: string
  readonly gives: string
  readonly bytes: string
}

function read(file: string): Recorded {
  const text = readFileSync(join(folder, file), 'utf8')
  const [about = '', call = '', gives = '', ...lines] = text.split('\n')
  const gap = lines.indexOf('')
  const head = lines.slice(0, gap)
  const body = lines.slice(gap + 1).join('\n')
  const length = head[0]?.includes(' 204 ') ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]
  return {
    about: about.slice(2),
    call: call.replace('# call: ', ''),
    gives: gives.replace('# gives: ', ''),
    bytes: [...head, ...length, 'Connection: close', '', body].join('\r\n'),
  }
}

const CALLS: { readonly [name: string]: (app: Client) => Promise<unknown> } = {
  get: (app) => app.get(User, '1'),
  query: (app) => app.query(User),
  list: async (app) => {
    const out: unknown[] = []
    for await (const user of app.list(User, { paging: 'index' })) out.push(user)
    return out
  },
  create: (app) => app.create(User, { userName: 'ada' }),
  patch: async (app) => (await app.patch(User, '1', [{ op: 'replace', path: 'active', value: true }])) ?? null,
  remove: async (app) => (await app.remove(User, '1')) ?? null,
}

let server: Scripted
let current = ''
beforeAll(async () => {
  server = await scripted(() => current)
})
afterAll(() => server.close())

test.each(files.map((file) => [file, read(file)] as const))('%s', async (_file, { call, gives, bytes }) => {
  current = bytes
  const app = createClient({ url: `${server.url}/scim/v2`, auth: token('secret'), attempts: 1 })
  const result = await CALLS[call]?.(app).catch((error: unknown) => error)
  const [kind, second, third, ...words] = gives.split(' ')
  if (kind === 'ScimError') {
    expect(result).toBeInstanceOf(ScimError)
    expect(result).toMatchObject({
      status: Number(second),
      scimType: third === '-' ? undefined : third,
      detail: expect.stringContaining(words.join(' ')),
    })
  } else if (kind === 'TransportError') {
    expect(result).toBeInstanceOf(TransportError)
    expect(result).toMatchObject({
      code: second,
      mayBeDone: third === 'done?yes',
      message: expect.stringContaining(words.join(' ')),
    })
  } else if (gives === 'null') expect(result).toBeNull()
  else expect(result).toMatchObject(JSON.parse(gives))
})

test('a create whose answer only says where: under whatever host, the id counts', async () => {
  const other = await scripted((wire) =>
    wire.method === 'POST'
      ? 'HTTP/1.1 201 Created\r\nLocation: http://internal.invalid:8080/wrong/Users/a%26b\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'
      : 'HTTP/1.1 200 OK\r\nContent-Length: 31\r\nConnection: close\r\n\r\n{"id":"a&b", "userName":"ada"}\n',
  )
  const app = createClient({ url: other.url })
  expect(await app.create(User, { userName: 'ada' })).toMatchObject({ id: 'a&b', userName: 'ada' })
  expect(other.seen.map(({ method, target }) => `${method} ${target}`)).toEqual(['POST /Users', 'GET /Users/a%26b'])
  await other.close()
})

test('every recorded answer says what it is', () => {
  for (const file of files) {
    const { about, call } = read(file)
    expect(about, file).toMatch(/^.{10}/)
    expect(Object.keys(CALLS), file).toContain(call)
  }
})
