import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { bearer, createDirectory, createProvider, Group, memoryStore, type Provider, User } from 'lockstep'
import { afterEach, describe, expect, test } from 'vitest'
import { onExpress, onFastify, onHono, onNode } from '../examples/mounts.ts'

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

function provider(): Provider {
  const directory = createDirectory({ store: memoryStore(), types: [User, Group] })
  return createProvider({ directory, authenticate: bearer({ secret: { tenant: 'acme', actor: 'test' } }) })
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise((resolve) => server.close(resolve)))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const mounts: readonly (readonly [string, (scim: Provider) => Promise<(request: Request) => Promise<Response>>])[] = [
  ['node:http', async (scim) => through(await listen(onNode(scim)))],
  [
    'Express behind express.json()',
    async (scim) => {
      const app = onExpress(scim)
      const { createServer } = await import('node:http')
      return through(await listen(createServer(app)))
    },
  ],
  [
    'Fastify',
    async (scim) => {
      const app = onFastify(scim)
      closing.push(() => app.close())
      return through(await app.listen({ port: 0, host: '127.0.0.1' }))
    },
  ],
  ['Hono', async (scim) => async (request) => onHono(scim).fetch(request)],
]

function through(url: string) {
  return async (request: Request) => {
    const { pathname, search } = new URL(request.url)
    const body = request.method === 'GET' ? null : await request.text()
    return fetch(`${url}${pathname}${search}`, {
      method: request.method,
      headers: request.headers,
      body: body === '' ? null : body,
    })
  }
}

function request(method: string, path: string, body?: unknown, token = 'secret'): Request {
  return new Request(`http://localhost/scim/v2${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

describe.each(mounts)('mounted in %s', (_name, mount) => {
  test('a user is made, found, changed and deleted', async () => {
    const send = await mount(provider())
    const created = await send(request('POST', '/Users', { schemas: [USER], userName: 'ada' }))
    expect(created.status).toBe(201)
    const user = (await created.json()) as { id: string; meta: { location: string } }
    expect(user.meta.location).toMatch(/^http:\/\/[^/]+\/scim\/v2\/Users\//)
    const found = (await (await send(request('GET', '/Users?filter=userName+eq+%22ADA%22'))).json()) as {
      totalResults: number
    }
    expect(found.totalResults).toBe(1)
    const operations = [{ op: 'replace', path: 'active', value: false }]
    const patch = { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: operations }
    const patched = await send(request('PATCH', `/Users/${user.id}`, patch))
    expect(await patched.json()).toMatchObject({ active: false })
    expect((await send(request('DELETE', `/Users/${user.id}`))).status).toBe(204)
    const gone = await send(request('GET', `/Users/${user.id}`))
    expect(gone.status).toBe(404)
    expect(await gone.json()).toMatchObject({ status: '404' })
  })

  test('a wrong token is refused, and the configuration is public', async () => {
    const send = await mount(provider())
    const refused = await send(request('GET', '/Users', undefined, 'wrong'))
    expect(refused.status).toBe(401)
    expect(refused.headers.get('www-authenticate')).toContain('invalid_token')
    const config = await send(new Request('http://localhost/scim/v2/ServiceProviderConfig'))
    expect(config.status).toBe(200)
  })
})
