// lockstep() mounted in every framework, before and behind body parsers, with groups of 5,000 members.

import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { bodyParser } from '@koa/bodyparser'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { bearer, lockstep, memoryStore } from 'lockstep'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { onExpress, onFastify, onFetch, onHono, onKoa, onNext, onNode } from '../examples/mounts.ts'

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group'
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** What `authenticate` was given as its context. */
let contexts: unknown[] = []

function made(url = '/t/:tenant/scim/v2') {
  contexts = []
  const known = bearer({ secret: { tenant: 'acme', actor: 'test' } })
  const scim = lockstep({
    store: () => memoryStore(),
    url,
    authenticate: (call, context: unknown) => {
      contexts.push(context)
      return known(call)
    },
  })
  closing.push(scim.close)
  return scim
}

type Send = (method: string, path: string, body?: unknown, type?: string) => Promise<Response>

function sender(answer: (path: string, init: RequestInit) => Response | Promise<Response>): Send {
  return async (method, path, body, type = 'application/scim+json') =>
    answer(path, {
      method,
      headers: { authorization: 'Bearer secret', 'content-type': type, accept: 'application/scim+json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
}

async function raw(listener: RequestListener): Promise<(path: string, init?: RequestInit) => Promise<Response>> {
  return served(createServer(listener))
}

async function served(server: Server): Promise<(path: string, init?: RequestInit) => Promise<Response>> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise((resolve) => server.close(resolve)))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return (path, init) => fetch(base + path, init)
}

async function listening(listener: RequestListener): Promise<Send> {
  return sender(await raw(listener))
}

const parsed = { type: ['application/json', 'application/scim+json'], limit: '2mb' }

const MOUNTS: readonly (readonly [name: string, mount: (scim: ReturnType<typeof made>) => Promise<Send>])[] = [
  ['node:http', async (scim) => sender(await served(onNode(scim)))],
  ['Express', (scim) => listening(onExpress(scim) as RequestListener)],
  ['Express, at a path', (scim) => listening(express().use('/t/:tenant/scim/v2', scim.express()) as RequestListener)],
  [
    'Express, behind express.json',
    (scim) => listening(express().use(express.json(parsed), scim.express()) as RequestListener),
  ],
  [
    'Fastify',
    async (scim) => {
      const app = onFastify(scim)
      closing.push(() => app.close())
      const base = await app.listen({ port: 0, host: '127.0.0.1' })
      return sender((path, init) => fetch(base + path, init))
    },
  ],
  [
    'Fastify, with a prefix',
    async (scim) => {
      const app = fastify()
      closing.push(() => app.close())
      await app.register(scim.fastify(), { prefix: '/t' })
      const base = await app.listen({ port: 0, host: '127.0.0.1' })
      return sender((path, init) => fetch(base + path, init))
    },
  ],
  ['Hono', async (scim) => sender((path, init) => onHono(scim).request(path, init))],
  [
    'Hono, behind what reads bodies',
    async (scim) =>
      sender((path, init) =>
        new Hono()
          .use(async (c, next) => {
            await c.req.text()
            await next()
          })
          .all('/t/:tenant/scim/*', scim.hono())
          .request(path, init),
      ),
  ],
  ['Koa', (scim) => listening(onKoa(scim).callback())],
  [
    'Koa, behind @koa/bodyparser',
    (scim) =>
      listening(
        new Koa()
          .use(
            bodyParser({ enableTypes: ['json'], extendTypes: { json: ['application/scim+json'] }, jsonLimit: '2mb' }),
          )
          .use(scim.koa())
          .callback(),
      ),
  ],
  ['fetch', async (scim) => sender((path, init) => onFetch(scim)(new Request(`http://localhost${path}`, init)))],
  [
    'Next.js',
    async (scim) => {
      const handlers = onNext(scim)
      return sender((path, init) =>
        handlers[init.method as 'GET'](new Request(`http://localhost${path}`, init), { params: Promise.resolve({}) }),
      )
    },
  ],
]

describe.each(MOUNTS)('mounted in %s', (name, mount) => {
  test('a user is made, found, changed and deleted; the framework is the context', async () => {
    const send = await mount(made())
    const created = await send('POST', '/t/acme/scim/v2/Users', { schemas: [USER], userName: 'ada' })
    expect(created.status, await created.clone().text()).toBe(201)
    const user = (await created.json()) as { id: string; meta: { location: string } }
    expect(user.meta.location).toMatch(/^http:\/\/[^/]+\/t\/acme\/scim\/v2\/Users\/[^/]+$/)
    const { pathname } = new URL(user.meta.location)
    const found = await send('GET', '/t/acme/scim/v2//Users?filter=userName+eq+%22ADA%22')
    expect(await found.json()).toMatchObject({ totalResults: 1 })
    const change = { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'] }
    const Operations = [{ op: 'replace', path: 'active', value: false }]
    expect(await (await send('PATCH', pathname, { ...change, Operations })).json()).toMatchObject({ active: false })
    expect((await send('DELETE', pathname)).status).toBe(204)
    expect((await send('GET', pathname)).status).toBe(404)
    expect(contexts).toHaveLength(5)
    for (const context of contexts) expect(context).toBeTypeOf('object')
  })

  test.each(['application/scim+json', 'application/json'])(
    'a group of 5,000 members comes through as %s',
    async (type) => {
      const send = await mount(made())
      const members: { value: string }[] = []
      for (let at = 0; at < 20; at++) {
        const user = await send('POST', '/t/acme/scim/v2/Users', { schemas: [USER], userName: `u${at}` })
        members.push({ value: ((await user.json()) as { id: string }).id })
      }
      const many = Array.from({ length: 5_000 }, (_, at) => ({ ...members[at % 20], display: `Member number ${at}` }))
      const group = { schemas: [GROUP], displayName: 'All', members: many }
      const pushed = await send('POST', '/t/acme/scim/v2/Groups', group, type)
      expect(pushed.status, await pushed.clone().text()).toBe(201)
      expect(((await pushed.json()) as { members: unknown[] }).members).toHaveLength(20)
    },
  )

  test('a tenant in the URL that is not that of the token is like a wrong token', async () => {
    const send = await mount(made())
    const answer = await send('GET', '/t/other/scim/v2/Users')
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toContain('invalid_token')
  })

  // Fastify routes by the path of `url`: all else is the app's.
  test.skipIf(name === 'Fastify')('a path elsewhere is answered in words', async () => {
    const send = await mount(made('/api/:tenant/scim/v2'))
    const answer = await send('GET', '/t/acme/scim/v2/Users')
    expect([answer.status, await answer.json()]).toMatchObject([
      404,
      {
        status: '404',
        detail: expect.stringMatching(/There is no SCIM at \/t\/acme\/scim\/v2\/Users.*\/api\/:tenant/),
      },
    ])
  })
})

describe('mounted beside an app', () => {
  const group = (bytes: number) => ({ schemas: [GROUP], displayName: 'x'.repeat(bytes) })

  test('Express: behind express.json with its own limit, what the parser refuses is refused in words', async () => {
    const parser = express.json({ type: parsed.type })
    const send = await listening(express().use(parser, made().express()) as RequestListener)
    const long = await send('POST', '/t/acme/scim/v2/Groups', group(120_000))
    expect([long.status, long.headers.get('content-type'), await long.json()]).toMatchObject([
      413,
      'application/scim+json',
      { status: '413', detail: expect.stringMatching(/too large.*mount scim\.express\(\) before it/) },
    ])
    const elsewhere = await send('POST', '/api/things', group(120_000))
    expect([elsewhere.status, elsewhere.headers.get('content-type')]).toEqual([413, 'text/html; charset=utf-8'])
  })

  test('what is not for SCIM is the app’s, unless it comes as SCIM', async () => {
    const scim = made()
    const app = express()
    app.use(scim.express())
    app.get('/hello', (_request, response) => void response.send('app'))
    const koa = new Koa().use(scim.koa()).use((context) => {
      context.body = 'app'
    })
    const hono = new Hono().use(scim.hono()).get('/hello', (c) => c.text('app'))
    for (const ask of [
      await raw(app as RequestListener),
      await raw(koa.callback()),
      (path: string, init?: RequestInit) => hono.request(path, init),
    ]) {
      expect(await (await ask('/hello')).text()).toBe('app')
      const answer = await ask('/hello', { headers: { accept: 'application/scim+json' } })
      expect([answer.status, await answer.json()]).toMatchObject([
        404,
        { detail: expect.stringMatching(/no SCIM at \/hello/) },
      ])
    }
  })

  test.each([
    ['https', 'acme.app.example'],
    ['http', 'acme.app.example:8080'],
  ])('a framework that trusts its proxy says that clients use %s://%s', async (scheme, host) => {
    const scim = made('/t/:tenant/scim/v2')
    const trusting = express().set('trust proxy', true).use(scim.express())
    const koa = new Koa({ proxy: true }).use(scim.koa())
    const app = fastify({ trustProxy: true })
    closing.push(() => app.close())
    await app.register(scim.fastify())
    const headers = { 'x-forwarded-proto': scheme, 'x-forwarded-host': host }
    for (const listener of [trusting as RequestListener, koa.callback()]) {
      const ask = await raw(listener)
      const answer = await ask('/t/acme/scim/v2/ServiceProviderConfig', { headers })
      expect(await answer.json()).toMatchObject({
        meta: { location: `${scheme}://${host}/t/acme/scim/v2/ServiceProviderConfig` },
      })
    }
    const answer = await app.inject({ url: '/t/acme/scim/v2/ServiceProviderConfig', headers })
    expect(answer.json().meta.location).toBe(`${scheme}://${host}/t/acme/scim/v2/ServiceProviderConfig`)
  })
})

describe('mounted in Next.js', () => {
  test('its basePath is cut off, its URL names the server, and locations are right all the same', async () => {
    const { POST } = made('https://app.example/app/t/:tenant/scim/v2').next()
    const answer = await POST(
      new Request('http://localhost:3000/t/acme/scim/v2/Users', {
        method: 'POST',
        headers: { authorization: 'Bearer secret', 'content-type': 'application/scim+json' },
        body: JSON.stringify({ schemas: [USER], userName: 'ada' }),
      }),
    )
    expect([answer.status, answer.headers.get('location')]).toEqual([
      201,
      expect.stringMatching(/^https:\/\/app\.example\/app\/t\/acme\/scim\/v2\/Users\//),
    ])
  })

  test('a Host that is none gets into no location', async () => {
    const { GET } = made('/t/:tenant/scim/v2').next()
    const headers = { host: 'evil.example/"><' }
    const answer = await GET(new Request('http://localhost:3000/t/acme/scim/v2/ServiceProviderConfig', { headers }))
    expect(await answer.json()).toMatchObject({
      meta: { location: 'http://localhost:3000/t/acme/scim/v2/ServiceProviderConfig' },
    })
  })

  test('in development the module is loaded anew, and what it had opened is closed', async () => {
    vi.stubEnv('NODE_ENV', 'development')
    closing.push(() => vi.unstubAllEnvs())
    let open = 0
    const load = () => {
      const scim = lockstep({
        store: () => {
          open++
          const store = memoryStore()
          return { ...store, close: async () => void open-- }
        },
        url: '/reloaded/scim/v2',
        authenticate: bearer({ secret: { tenant: 'acme', actor: 'test' } }),
        report: () => undefined,
      })
      closing.push(scim.close)
      return scim.next()
    }
    const ask = ({ GET }: ReturnType<typeof load>) =>
      GET(new Request('http://x/reloaded/scim/v2/ServiceProviderConfig'))
    for (let at = 0; at < 5; at++) expect((await ask(load())).status).toBe(200)
    await expect.poll(() => open).toBe(1)
  })
})
