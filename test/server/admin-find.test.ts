// Finding people and groups as one types, and members of groups, over the admin API of a running server.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { Group, STRICT, User } from '../../src/protocol/index.ts'
import { expectDocumented } from '../documented.ts'
import { type Serving, serve } from '../serve.ts'

let server: Serving
let token: string
const ids = new Map<string, string>()
const id = (name: string) => ids.get(name) ?? ''
const context = { tenant: 'acme', actor: 'test', allow: STRICT }

beforeAll(async () => {
  server = await serve()
  await server.tenancy.tenants.create('acme')
  await server.tenancy.ready('acme')
  token = (await server.tenancy.adminTokens.create({ role: 'auditor' })).token
  const people: readonly (readonly [string, object])[] = [
    [
      'jensen',
      { displayName: 'Barbara Jensen', name: { familyName: 'Jensen' }, emails: [{ value: 'babs@example.com' }] },
    ],
    ['jens', { displayName: 'Jens Olsen', externalId: 'jens-1' }],
    ['olsen', { displayName: 'jensina', emails: [{ value: 'x@jensen.example' }] }],
    ['ada', { displayName: 'Ada', externalId: 'Jens-upper', title: 'jens everywhere' }],
    ['strange', { displayName: `O'Neil "the \\ %_*"`, name: { familyName: 'Halversen' } }],
  ]
  for (const [userName, more] of people) {
    const { stored } = await server.directory.create(context, 'User', { schemas: [User.schema.id], userName, ...more })
    ids.set(userName, stored.id)
  }
  const groups: readonly (readonly [string, readonly string[]])[] = [
    ['Field', ['jensen', 'jens']],
    ['Sales', ['olsen', 'Field']],
    ['All', ['Sales', 'ada']],
  ]
  for (const [displayName, members] of groups) {
    const values = members.map((name) => ({ value: id(name) }))
    const body = { schemas: [Group.schema.id], displayName, members: values }
    ids.set(displayName, (await server.directory.create(context, 'Group', body)).stored.id)
  }
})
afterAll(() => server.close())

async function get(path: string) {
  const response = await fetch(`${server.url}/admin/v1${path}`, { headers: { authorization: `Bearer ${token}` } })
  const text = await response.text()
  expectDocumented('GET', path, response.status, text)
  return { status: response.status, body: JSON.parse(text) }
}

/** All pages of a search: what was found, each with where it matched. */
async function all(path: string) {
  const seen: string[] = []
  let after = ''
  for (let pages = 0; ; pages++) {
    expect(pages).toBeLessThan(30)
    const { body } = await get(`${path}${after}`)
    for (const { resource, matched } of body.items)
      seen.push(`${resource.userName ?? resource.displayName} ${matched.how} ${matched.path}`)
    if (body.next === undefined) return seen
    after = `&after=${encodeURIComponent(body.next)}`
  }
}

const BEGUN = ['jensen begins userName', 'jens begins userName', 'olsen begins displayName']

test.each([1, 2, 50])(
  'people are found by what begins with a text, then by what contains it, each once; %i a page',
  async (limit) => {
    const seen = await all(`/tenants/acme/people?q=jens&limit=${limit}`)
    expect([...seen].sort()).toEqual([...BEGUN].sort())
    const contained = await all(`/tenants/acme/people?q=ensen&limit=${limit}`)
    expect([...contained].sort()).toEqual(['jensen contains userName', 'olsen contains emails.value'])
  },
)

test('what indexes give at once comes first, then what whole indexes hold; only the rest is found by reading everybody', async () => {
  const pages: string[][] = []
  let next: string | undefined
  do {
    const after: string = next === undefined ? '' : `&after=${encodeURIComponent(next)}`
    const { body } = await get(`/tenants/acme/people?q=sen${after}`)
    expect(body.reading).toBe(true)
    pages.push(body.items.map(({ matched }: { matched: { path: string } }) => matched.path).sort())
    next = body.next
  } while (next !== undefined)
  // A family name is in no index.
  expect(pages).toEqual([[], ['displayName', 'userName', 'userName'], ['name.familyName']])
})

test('what is exact is compared exactly, an id by its beginning, signs as what they are', async () => {
  expect(await all('/tenants/acme/people?q=Jens-u')).toEqual(['ada begins externalId'])
  expect(await all(`/tenants/acme/people?q=${id('ada').slice(0, 20)}`)).toContain('ada begins id')
  expect(await all(`/tenants/acme/people?q=${id('ada')}`)).toEqual(['ada begins id'])
  expect(await all(`/tenants/acme/people?q=${encodeURIComponent('"the \\ %_*"')}`)).toEqual([
    'strange contains displayName',
  ])
  expect(await all(`/tenants/acme/people?q=${encodeURIComponent("o'n")}`)).toEqual(['strange begins displayName'])
})

test('only wanted attributes are shown; an after of another kind is refused', async () => {
  const { body } = await get('/tenants/acme/people?q=ada&attributes=title')
  expect(body.items[0].resource).toMatchObject({ userName: 'ada', title: 'jens everywhere' })
  const refused = await get('/tenants/acme/people?q=ada&after=99.x')
  expect([refused.status, refused.body.error.code]).toEqual([400, 'ERR_INVALID'])
  expect((await get('/tenants/acme/people')).status).toBe(400)
  expect((await get('/tenants/acme/resources/Nothing?q=a')).status).toBe(404)
})

test('groups are found likewise, and any other type', async () => {
  expect(await all('/tenants/acme/groups?q=fie')).toEqual(['Field begins displayName'])
  expect(await all('/tenants/acme/resources/Group?q=ale')).toEqual(['Sales contains displayName'])
})

test('members are listed directly, with those through groups inside, and by name', async () => {
  const list = async (query: string, group = 'All') => {
    const names: string[] = []
    let after = ''
    do {
      const { body } = await get(`/tenants/acme/groups/${id(group)}/members?${query}${after}`)
      for (const { display, type, direct } of body.items) names.push(`${display} ${type} ${direct}`)
      after = body.next === undefined ? '' : `&after=${encodeURIComponent(body.next)}`
    } while (after !== '')
    return names.sort()
  }
  expect(await list('limit=1')).toEqual(['Ada User true', 'Sales Group true'])
  expect(await list('limit=2&direct=false')).toEqual([
    'Ada User true',
    'Barbara Jensen User false',
    'Jens Olsen User false',
    'jensina User false',
  ])
  expect(await list('q=jens&direct=false')).toEqual([
    'Barbara Jensen User false',
    'Jens Olsen User false',
    'jensina User false',
  ])
  expect(await list('q=jens', 'Field')).toEqual(['Barbara Jensen User true', 'Jens Olsen User true'])
  expect(await list('q=jens')).toEqual([])
  expect((await get('/tenants/acme/groups/none/members')).status).toBe(404)
})

test('the groups around a group are told', async () => {
  const { body } = await get(`/tenants/acme/groups/${id('Sales')}/nesting`)
  expect(body).toEqual({
    inside: [{ id: id('Field'), type: 'Group', display: 'Field', direct: true }],
    complete: true,
    above: [{ id: id('All'), type: 'Group', display: 'All', direct: true }],
  })
  const inner = await get(`/tenants/acme/groups/${id('Field')}/nesting`)
  expect(
    inner.body.above.map(({ display, direct }: { display: string; direct: boolean }) => [display, direct]),
  ).toEqual([
    ['Sales', true],
    ['All', false],
  ])
})
