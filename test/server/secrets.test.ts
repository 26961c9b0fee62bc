// Plants every kind of secret and looks for it wherever Lockstep writes: database, log, routes, streams, exports.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Running, run, startServer } from '../cli/run.ts'
import { emptyPlace, onPostgres, type Place } from '../database-under-test.ts'
import { openPage } from './browser.ts'

vi.setConfig({ testTimeout: 120_000 })

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest'

/** What is planted, by what it is. More is added as the server makes it. */
const secrets = new Map<string, string>([
  ['a password that is created', 'Canary-created-4711'],
  ['a password that is refused', 'Canary-refused-4711'],
  ['a password that is patched', 'Canary-patched-4711'],
  ['a password that is replaced', 'Canary-replaced-4711'],
  ['a password in a Bulk', 'Canary-bulk-4711'],
  ['a password that is looked for', 'Canary-filter-4711'],
  ['the secret of an app', 'canary-app-9f2c'],
  ['the secret of OpenID Connect', 'canary-oidc-9f2c'],
  ['a wrong token', 'lk_canary-wrong-9f2c'],
  ['a wrong admin token', 'lka_canary-wrong-9f2c'],
  ['a wrong link', 'canary-link-9f2c'],
])
const secret = (what: string) => secrets.get(what) ?? ''

/** Routes whose thing this test does not make: plans carried out, probes, checks, imports, reviews and tries of sign-in. */
const NOT_MADE =
  /\/(sweeps\/\{|plan-work\/\{|plans\/\{|probes\/\{|checks\/\{|imports\/\{|reviews\/\{|sign-in\/tests\/|session\/oidc)/

let place: Place
let server: Running
let owner = ''
let token = ''
let connection = ''
let user = ''
/** All that was answered, apart from what is shown only once. */
const answered: string[] = []
const deaf = createServer((request, response) => {
  // An app that has nobody yet, and repeats what it was sent in its errors.
  const list = { schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'], totalResults: 0, Resources: [] }
  const refusal = { status: '400', detail: `Not with ${request.headers.authorization}` }
  response.writeHead(request.method === 'GET' ? 200 : 400, { 'content-type': 'application/scim+json' })
  response.end(JSON.stringify(request.method === 'GET' ? list : refusal))
})

beforeAll(async () => {
  place = await emptyPlace()
  await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve))
  const env = {
    LOCKSTEP_OUTBOUND_ALLOW: '127.0.0.1',
    ...(onPostgres ? { LOCKSTEP_SEAL_KEY: Buffer.alloc(32, 7).toString('base64') } : {}),
  }
  const flags = ['--database', place.database, '--log-level', 'debug', '--first-token', 'never']
  server = await startServer(flags, { ...env, LOCKSTEP_FIRST_TOKEN: 'never' })
  const made = await run(['admin', 'token', '--database', place.database, '--json'], env)
  owner = /lka_[\w-]+/.exec(made.stdout)?.[0] ?? ''
  secrets.set('the admin token', owner)
})
afterAll(async () => {
  await server?.stop()
  await place?.remove()
  deaf.close()
})

/** Asks the admin API as an owner; `once` for what shows a secret, on purpose and never again. */
async function admin(method: string, path: string, body?: unknown, once = false) {
  const answer = await openPage(server.url).send(method, path, { body, headers: { authorization: `Bearer ${owner}` } })
  if (!once) answered.push(`${method} ${path} ${JSON.stringify([...answer.headers])} ${JSON.stringify(answer.body)}`)
  return answer
}

async function scim(method: string, path: string, body?: unknown, bearer = token, query = '') {
  const response = await fetch(`${server.url}/tenants/acme/scim/v2${path}${query}`, {
    method,
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/scim+json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  answered.push(`${method} ${JSON.stringify([...response.headers])} ${text}`)
  return {
    status: response.status,
    body: text === '' ? {} : JSON.parse(text),
    id: response.headers.get('x-request-id'),
  }
}

/** Plants what the server makes: a token, links, a session, an app and the sign-in with their secrets. */
async function plantOurs(): Promise<void> {
  const made = await admin('POST', '/tenants', { name: 'acme', connection: { kind: 'entra' } }, true)
  ;({ token, connection } = made.body)
  secrets.set('the token of a connection', token)
  const link = await admin('POST', '/tenants/acme/setup-links', { kinds: ['entra'] }, true)
  secrets.set('the secret of a setup link', String(link.body.url).split('#k=')[1] ?? '')
  await admin('POST', '/operators', { operator: 'ada', role: 'owner' })
  const way = await admin('POST', '/links', { operator: 'ada' }, true)
  secrets.set('a one-time link', String(way.body.link).split('#k=')[1] ?? '')
  const page = openPage(server.url)
  await page.send('POST', '/session', { body: { link: secret('a one-time link') } })
  for (const [name, value] of page.cookies) secrets.set(`the cookie ${name}`, value)
  for (const body of [{ token: secret('a wrong admin token') }, { link: secret('a wrong link') }])
    answered.push(JSON.stringify((await openPage(server.url).send('POST', '/session', { body })).body))
  const oidc = {
    issuer: 'https://login.example.com',
    clientId: 'console',
    secret: secret('the secret of OpenID Connect'),
  }
  expect((await admin('PUT', '/sign-in', { oidc })).status).toBe(200)
  const url = `http://127.0.0.1:${(deaf.address() as AddressInfo).port}/scim/v2`
  const credentials = { kind: 'bearer', secret: secret('the secret of an app') }
  const app = { app: 'wiki', label: 'Wiki', adapter: 'scim', options: { url }, credentials }
  expect((await admin('POST', '/tenants/acme/apps', app)).status).toBe(201)
  expect((await admin('POST', '/tenants/acme/apps/wiki/switch-on', { withoutPlan: true })).status).toBe(200)
}

/** Plants what identity providers send: passwords in every kind of request, and tokens that are wrong or in the wrong place. */
async function plantTheirs(): Promise<void> {
  const person = (userName: string, password: string) => ({ schemas: [USER], userName, password: secret(password) })
  const made = await scim('POST', '/Users', person('ada@acme.example', 'a password that is created'))
  // The second time she is here already.
  user = made.body.id ?? user
  await scim('POST', '/Users', { ...person('', 'a password that is refused'), emails: 'wrong' })
  await scim('POST', '/Users', person('ada@acme.example', 'a password that is refused'))
  const replace = { op: 'replace', path: 'password', value: secret('a password that is patched') }
  await scim('PATCH', `/Users/${user}`, { schemas: [PATCH], Operations: [replace] })
  await scim('PATCH', `/Users/${user}`, { schemas: [PATCH], Operations: [{ ...replace, path: 'password.wrong' }] })
  await scim('PUT', `/Users/${user}`, person('ada@acme.example', 'a password that is replaced'))
  const data = person('bo@acme.example', 'a password in a Bulk')
  await scim('POST', '/Bulk', { schemas: [BULK], Operations: [{ method: 'POST', path: '/Users', bulkId: 'b', data }] })
  const filter = encodeURIComponent(`password eq "${secret('a password that is looked for')}"`)
  await scim('GET', '/Users', undefined, token, `?filter=${filter}`)
  await scim('GET', '/Users', undefined, secret('a wrong token'))
  await scim('GET', '/Users', undefined, token, `?access_token=${token}&token=${secret('a wrong token')}`)
  // The refusal names the id that was asked for, to whoever has just sent it; it may be written nowhere else.
  const answers = answered.length
  await scim('GET', `/Users/${token}`)
  answered.length = answers
}

test('no secret is anywhere but in the one answer that shows it', async () => {
  await plantOurs()
  const stop = new AbortController()
  const topics = 'requests,changes,series,attention'
  const streams = [`/stream?tenant=acme&topics=${topics}`, '/tenants/acme/live'].map(async (path) => {
    const response = await fetch(`${server.url}/admin/v1${path}`, {
      headers: { authorization: `Bearer ${owner}` },
      signal: stop.signal,
    })
    let text = ''
    // It ends by being cut off.
    await response.body
      ?.pipeTo(
        new WritableStream<Uint8Array>({
          write(piece) {
            text += new TextDecoder().decode(piece)
          },
        }),
      )
      .catch(() => undefined)
    return text
  })
  await plantTheirs()
  const recording = `/tenants/acme/connections/${connection}/recording`
  expect((await admin('PUT', recording, { hours: 1, reason: 'a customer asked' })).status).toBe(200)
  // Once more, now with values recorded: on PostgreSQL a process hears of it within a second.
  await new Promise((resolve) => setTimeout(resolve, onPostgres ? 1_500 : 0))
  await plantTheirs()
  const deliveries = async () => (await admin('GET', '/tenants/acme/deliveries')).body.items ?? []
  await expect.poll(async () => (await deliveries()).length, { timeout: 20_000 }).toBeGreaterThan(0)
  const requests = async () => (await admin('GET', '/tenants/acme/requests?limit=40')).body.items ?? []
  await expect.poll(async () => (await requests()).length, { timeout: 20_000 }).toBeGreaterThan(15)
  for (const { id } of await requests()) await admin('GET', `/tenants/acme/requests/${id}/values`)

  await askEveryRoute(String((await requests())[0].id))
  for (const path of ['/metrics', '/healthz', '/readyz', '/console', '/setup', '/nothing'])
    answered.push(await (await fetch(`${server.url}${path}`)).text())
  for (const args of [
    ['export', '--tenant', 'acme'],
    ['log', '--tenant', 'acme'],
    ['audit', 'list'],
    ['admin', 'log'],
  ])
    answered.push(JSON.stringify(await run([...args, '--database', place.database])))
  stop.abort()
  const streamed = await Promise.all(streams)
  expect(streamed[0]).toContain('event: requests')
  await server.stop()

  const written = [
    ...answered.map((text) => ['an answer', text] as const),
    ...streamed.map((text) => ['a stream', text] as const),
    ['the log', server.stderr() + server.output()] as const,
    ['the database', await place.dump()] as const,
  ]
  expect(secrets.size).toBeGreaterThan(14)
  const found = written.flatMap(([where, text]) =>
    [...secrets]
      .filter(([, value]) => value.length < 8 || text.includes(value))
      .map(([what, value]) => `${what} in ${where}: ${around(text, value)}`),
  )
  expect(found).toEqual([])
})

/** Every GET of the admin API, so that a route of tomorrow is looked at as well. */
async function askEveryRoute(request: string): Promise<void> {
  const { paths } = (await admin('GET', '/openapi.json')).body
  const [fault] = (await admin('GET', '/tenants/acme/faults')).body.items
  const [setup] = (await admin('GET', '/tenants/acme/setup-links')).body.items
  const values: { readonly [name: string]: string } = {
    tenant: 'acme',
    connection,
    app: 'wiki',
    user,
    group: user,
    link: setup.link,
    print: fault.print,
    schema: encodeURIComponent(USER),
    place: '1',
  }
  const asked = Object.keys(paths).filter((path) => paths[path].get !== undefined && !NOT_MADE.test(path))
  for (const path of asked.filter((one) => !/\/(stream|live)$/.test(one))) {
    const own: typeof values = {
      type: path.includes('/lists/') ? 'Role' : 'User',
      id: path.includes('requests') ? request : user,
    }
    const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => own[name] ?? values[name] ?? `{${name}}`)
    expect(filled).not.toContain('{')
    const searches = path === '/search' || /\/(people|groups|departed)$/.test(path)
    const query = searches
      ? '?q=ada'
      : path === '/explain'
        ? '?code=SCIM_UNIQUENESS'
        : path.endsWith('/names')
          ? `?ids=${user}`
          : ''
    const response = await fetch(`${server.url}/admin/v1${filled}${query}`, {
      headers: { authorization: `Bearer ${owner}` },
    })
    // Files are no JSON, and what is not made here is 404: both are looked at.
    answered.push(`${filled} ${JSON.stringify([...response.headers])} ${await response.text()}`)
  }
}

/** Where it stands, without the secret itself. */
function around(text: string, value: string): string {
  const at = text.indexOf(value)
  return `${text.slice(Math.max(0, at - 80), at)}…${text.slice(at + value.length, at + value.length + 40)}`
}
