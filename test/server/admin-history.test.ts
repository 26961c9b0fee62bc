// The log by filter, timelines, who is gone, and undo, over the admin API of a running server.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { Group, type JsonObject, STRICT, User } from '../../src/protocol/index.ts'
import { expectDocumented } from '../documented.ts'
import { type Serving, serve } from '../serve.ts'

let server: Serving
const tokens = new Map<string, string>()
let ada = ''
let field = ''
const context = { tenant: 'acme', actor: 'okta-1', allow: STRICT }
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const patch = (op: string, path: string, value?: unknown): JsonObject =>
  JSON.parse(JSON.stringify({ schemas: [PATCH], Operations: [{ op, path, value }] }))

beforeAll(async () => {
  server = await serve()
  await server.tenancy.tenants.create('acme')
  await server.tenancy.ready('acme')
  for (const role of ['operator', 'support'])
    tokens.set(role, (await server.tenancy.adminTokens.create({ role })).token)
  const { directory } = server
  const body = {
    schemas: [User.schema.id],
    userName: 'ada@acme.example',
    displayName: 'Ada',
    name: { familyName: 'King' },
  }
  ada = (await directory.create(context, 'User', body)).stored.id
  field = (await directory.create(context, 'Group', { schemas: [Group.schema.id], displayName: 'Field' })).stored.id
  await directory.patch(context, 'Group', field, patch('add', 'members', [{ value: ada }]))
  await directory.patch({ ...context, actor: 'entra-1' }, 'User', ada, patch('replace', 'active', false))
  for (let at = 0; at < 30; at++) {
    const other = { schemas: [User.schema.id], userName: `u${at}` }
    await directory.create({ ...context, actor: 'filler' }, 'User', other)
  }
})
afterAll(() => server.close())

async function send(method: string, path: string, body?: object, who = 'operator') {
  const whole = `/tenants/acme${path}`
  const response = await fetch(`${server.url}/admin/v1${whole}`, {
    method,
    headers: { authorization: `Bearer ${tokens.get(who)}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  expectDocumented(method, whole, response.status, text)
  return { status: response.status, body: JSON.parse(text) }
}

test('the log is read from both ends, to its end, each line once', async () => {
  const places: number[] = []
  let before = ''
  for (let end = false; !end; ) {
    const { body } = await send('GET', `/log?order=desc&limit=7${before}`)
    places.push(...body.items.map(({ place }: { place: number }) => place))
    end = body.end
    before = `&before=${body.next}`
  }
  expect(places).toEqual(Array.from({ length: places.length }, (_, at) => places.length - at))
  const up = await send('GET', '/log?limit=1000')
  expect(up.body.items.map(({ place }: { place: number }) => place)).toEqual([...places].reverse())
  expect(up.body.end).toBe(true)
})

test.each([
  ['type=Group', 2],
  ['op=patch', 2],
  ['actor=entra-1', 1],
  ['path=active&op=patch', 1],
  ['path=members', 1],
  ['path=name', 1],
  ['since=2000-01-01T00:00:00Z&actor=entra-1', 1],
  ['until=2000-01-01T00:00:00Z', 0],
  ['since=2100-01-01T00:00:00Z', 0],
])('the log with %s has %i lines, in both orders', async (query, count) => {
  for (const order of ['asc', 'desc']) {
    const { body } = await send('GET', `/log?${query}&order=${order}`)
    expect(body.items).toHaveLength(count)
    expect(body.end).toBe(true)
  }
})

test('without the right to values, lines say which attributes changed and nobody sees what they are', async () => {
  const { body } = await send('GET', `/log?id=${ada}`, undefined, 'support')
  expect(body.items.length).toBeGreaterThan(1)
  expect(JSON.stringify(body)).not.toContain('King')
  expect(body.items[0].paths).toContainEqual({ path: 'name.familyName' })
})

test('the log as a file: what the filter gives, whole, as JSON lines and as CSV without formulas', async () => {
  const file = async (query: string, who: string) => {
    const response = await fetch(`${server.url}/admin/v1/tenants/acme/log/export?${query}`, {
      headers: { authorization: `Bearer ${tokens.get(who)}` },
    })
    return {
      name: response.headers.get('content-disposition'),
      lines: (await response.text()).trimEnd().split(/\r?\n/),
    }
  }
  const all = await send('GET', '/log?order=desc&limit=1000')
  const whole = await file('format=jsonl', 'operator')
  expect(whole.lines.map((line) => JSON.parse(line))).toEqual(all.body.items)
  expect(whole.name).toMatch(/filename="acme-changes-[\d-]{10}\.jsonl"/)
  const { stored } = await server.directory.create({ ...context, actor: 'sheet' }, 'User', {
    schemas: [User.schema.id],
    userName: '=1+1',
  })
  const sheet = await file('format=csv&actor=sheet', 'operator')
  expect(sheet.lines[0]).toBe('place,at,op,actor,type,id,version,txn,attribute,before,after')
  expect(sheet.lines).toContainEqual(expect.stringMatching(new RegExp(`sheet,User,${stored.id},1,,userName,,'=1\\+1$`)))
  // Without the right to values, nobody's.
  expect((await file('format=csv&actor=sheet', 'support')).lines.join()).not.toContain('1+1')
  const members = await file('format=csv&path=members', 'operator')
  expect(members.lines.at(-1)).toMatch(new RegExp(`,members,,${ada}$`))
})

test('a timeline has changes and the groups joined, newest first; undone, they are part of it', async () => {
  const read = async () => (await send('GET', `/resources/User/${ada}/timeline`)).body
  const { items, builtTo } = await read()
  expect(items.map(({ kind }: { kind: string }) => kind)).toEqual(['change', 'joined', 'change'])
  expect(items[1].group).toEqual({ id: field, display: 'Field' })
  expect(builtTo).toBe((await send('GET', '/log?order=desc&limit=1')).body.items[0].place)
  const places = [items[0].place, items[1].place]
  const plan = await send('POST', '/undo', { places })
  expect(plan.body).toMatchObject({
    refused: 0,
    done: 0,
    steps: [{ paths: [{ path: 'active', now: false, back: true }] }, { leave: [ada] }],
  })
  expect((await read()).items).toHaveLength(3)
  const done = await send('POST', '/undo', { places, apply: true })
  expect(done.body).toMatchObject({ refused: 0, done: 2 })
  const after = (await read()).items
  expect(after.slice(0, 2).map(({ kind }: { kind: string }) => kind)).toEqual(['left', 'change'])
  const again = await send('POST', '/undo', { run: { txn: after[0].line.txn }, apply: true })
  expect(again.body).toMatchObject({ refused: 0, done: 2 })
  const refused = await send('POST', '/undo', { places: [places[0]] })
  expect(refused.body.steps[0].refused).toBeUndefined()
  expect((await send('POST', '/undo', { places: [999_999] })).status).toBe(404)
  expect((await send('POST', '/undo', {})).status).toBe(400)
})

test('who is gone is found by name, with when, by whom, and the last version; and comes back with the same id', async () => {
  await server.directory.remove({ ...context, actor: 'okta-1' }, 'User', ada)
  const found = await send('GET', '/departed?q=ADA')
  expect(found.body.items).toMatchObject([{ id: ada, userName: 'ada@acme.example', actor: 'okta-1' }])
  expect((await send('GET', '/departed?q=nobody')).body.items).toEqual([])
  const named = await send('GET', `/names?ids=${ada},${field},never-was`)
  expect(named.body.items).toEqual([
    { id: ada, type: 'User', name: 'Ada', gone: true },
    { id: field, type: 'Group', name: 'Field', gone: false },
  ])
  expect((await send('GET', `/names?ids=${Array.from({ length: 101 }, (_, at) => at)}`)).status).toBe(400)
  const search = async (who: string) => {
    const headers = { authorization: `Bearer ${tokens.get(who)}` }
    const response = await fetch(`${server.url}/admin/v1/search?tenant=acme&q=kin`, { headers })
    return JSON.parse(await response.text()).items
  }
  expect(await search('operator')).toMatchObject([{ kind: 'gone', id: ada, label: 'Ada' }])
  expect(await search('support')).toEqual([])
  const { body } = await send('GET', `/departed?id=${ada}`)
  expect(body.items[0].document).toMatchObject({ userName: 'ada@acme.example', name: { familyName: 'King' } })
  const lines = (await send('GET', `/log?order=desc&limit=2`)).body.items
  const run = { txn: lines[0].txn }
  expect((await send('POST', '/undo', { run, apply: true })).body).toMatchObject({ refused: 0, done: 2 })
  expect((await server.directory.get({ tenant: 'acme', type: 'User', id: ada }))?.groups).toMatchObject([{ id: field }])
  expect((await send('GET', '/departed?q=ada')).body.items).toEqual([])
})
