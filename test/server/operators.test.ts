// Tests operators, links and admin tokens over the admin API and by command: nobody gives more than they have.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { folder, run } from '../cli/run.ts'
import { type Serving, serve } from '../serve.ts'
import { openPage } from './browser.ts'

let server: Serving
let owner: string
beforeAll(async () => {
  server = await serve()
  owner = (await server.tenancy.adminTokens.create({ role: 'owner' })).token
})
afterAll(async () => {
  await server.close()
})

const send = (method: string, path: string, body?: unknown) =>
  openPage(server.url).send(method, path, { body, headers: { authorization: `Bearer ${owner}` } })

test('an operator is made, signed in by a link, changed and removed', async () => {
  const made = await send('POST', '/operators', { operator: 'ada', name: 'Ada Lovelace', role: 'operator' })
  expect(made).toMatchObject({ status: 201, body: { operator: 'ada', name: 'Ada Lovelace', role: 'operator' } })
  expect((await send('POST', '/operators', { operator: 'ada', role: 'support' })).status).toBe(409)
  const link = await send('POST', '/links', { operator: 'ada', minutes: 5 })
  expect(link.body.link).toMatch(new RegExp(`^${server.url}/console/first#k=[\\w-]{43}$`))
  const page = openPage(server.url)
  await page.send('POST', '/session', { body: { link: link.body.link.split('#k=')[1] } })
  expect((await page.send('GET', '/session')).body).toMatchObject({ actor: 'console:ada', name: 'Ada Lovelace' })
  // An operator of the console is not an owner of it.
  expect((await page.send('GET', '/operators')).status).toBe(403)
  expect((await send('PATCH', '/operators/ada', { tenants: ['acme'] })).body.tenants).toEqual(['acme'])
  expect((await page.send('GET', '/session')).body.tenants).toEqual(['acme'])
  expect((await send('PATCH', '/operators/ada', { tenants: null })).body.tenants).toBe(undefined)
  expect((await send('DELETE', '/operators/ada')).status).toBe(204)
  expect((await page.send('GET', '/session')).status).toBe(401)
  expect((await send('DELETE', '/operators/ada')).status).toBe(404)
  expect((await send('POST', '/links', { operator: 'ada' })).status).toBe(404)
})

test('the last owner stays, and stays one', async () => {
  await send('POST', '/operators', { operator: 'one', role: 'owner' })
  await send('POST', '/operators', { operator: 'two', role: 'owner' })
  // Both at once: one of them is the last.
  const both = await Promise.all([
    send('DELETE', '/operators/one'),
    send('PATCH', '/operators/two', { role: 'support' }),
  ])
  expect(both.map(({ status }) => status).filter((status) => status < 300)).toHaveLength(1)
  const { items } = (await send('GET', '/operators')).body
  expect(items.filter(({ role }: { role: string }) => role === 'owner')).toHaveLength(1)
})

test.each([
  [{ operator: 'Ada', role: 'support' }, 'operator'],
  [{ operator: 'x', role: 'administrator' }, 'tenants'],
  [{ operator: 'x', role: 'support', tenants: [] }, 'tenants'],
  [{ operator: 'x', role: 'support', tenants: ['?'] }, 'tenants'],
  [{ operator: 'x', role: 'support', name: ' ' }, 'name'],
  [{ operator: 'x', role: 'king' }, 'role'],
])('%j is refused at its field', async (body, field) => {
  const refused = await send('POST', '/operators', body)
  expect(refused.status).toBe(400)
  expect(refused.body.error.faults).toMatchObject([{ in: 'body', field }])
})

test('an admin token is made with a role and tenants, used, and not the last way in to revoke', async () => {
  const made = await send('POST', '/tokens', { label: 'reports', role: 'auditor', tenants: ['acme'], lifetimeDays: 1 })
  expect(made).toMatchObject({ status: 201, body: { label: 'reports', role: 'auditor', tenants: ['acme'] } })
  const { token, id } = made.body
  const authorization = `Bearer ${token}`
  expect((await openPage(server.url).send('GET', '/session', { headers: { authorization } })).body.role).toBe('auditor')
  const list = async () => (await send('GET', '/tokens')).body.items.find((one: { id: string }) => one.id === id)
  // A use is written besides the request.
  await expect.poll(async () => (await list()).lastUsed, { timeout: 30_000 }).toBeDefined()
  const listed = await list()
  expect(JSON.stringify(listed)).not.toContain(token)
  expect((await send('POST', '/tokens', { label: 'x', role: 'administrator' })).status).toBe(400)
  expect((await send('DELETE', `/tokens/${id}`)).status).toBe(204)
})

test('by command: made, listed, changed, signed in by a link, removed', async () => {
  const { path, remove } = folder()
  try {
    const database = `sqlite:${path('lockstep.db')}`
    const lockstep = (...args: string[]) => run([...args, '--database', database, '--json'])
    expect((await lockstep('admin', 'token')).code).toBe(0)
    const first = JSON.parse((await lockstep('console', 'link')).stdout)
    expect(first.link).toMatch(/\/console\/first#k=[\w-]{43}$/)
    expect(first.operator).toBe(undefined)
    await lockstep('operator', 'create', 'ada', '--role', 'owner', '--name', 'Ada')
    expect(JSON.parse((await lockstep('console', 'link')).stdout).operator).toBe('ada')
    await lockstep('operator', 'create', 'bo')
    const ambiguous = await lockstep('console', 'link')
    expect(ambiguous.code).not.toBe(0)
    expect(ambiguous.stderr).toContain('there are ada, bo')
    expect(
      JSON.parse((await lockstep('operator', 'change', 'bo', '--role', 'auditor', '--tenants', 'acme')).stdout),
    ).toMatchObject({ operator: 'bo', role: 'auditor', tenants: ['acme'] })
    expect((await lockstep('operator', 'remove', 'ada')).stderr).toContain('last owner')
    expect((await lockstep('operator', 'remove', 'bo')).code).toBe(0)
    const own = await serve({ database })
    try {
      const page = openPage(own.url)
      const link = JSON.parse((await lockstep('console', 'link', 'ada')).stdout).link.split('#k=')[1]
      expect((await page.send('POST', '/session', { body: { link } })).body).toMatchObject({
        name: 'Ada',
        role: 'owner',
      })
    } finally {
      await own.close()
    }
  } finally {
    remove()
  }
})
