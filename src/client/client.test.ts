// The client against our own provider.

import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest'
import { json, scripted } from '../../test/client/scripted.ts'
import { bearer } from '../access/index.ts'
import { createDirectory } from '../directory/index.ts'
import { type Serving, serve } from '../node.ts'
import { createProvider } from '../provider/index.ts'
import { KINDS } from '../quirks/index.ts'
import { memoryStore } from '../store/memory/memory.ts'
import { APPS, createClient, EnterpriseUser, filter, Group, ScimError, token, User } from './index.ts'

const ENT = EnterpriseUser.id
let serving: Serving

beforeAll(async () => {
  const directory = createDirectory({ store: memoryStore() })
  const grants = Object.fromEntries(KINDS.map((kind) => [kind, { tenant: kind, actor: kind, kind }]))
  const scim = createProvider({ directory, authenticate: bearer(grants) })
  serving = await serve(scim.fetch)
})
afterAll(() => serving.close())

async function all<T>(list: AsyncIterable<T>): Promise<T[]> {
  const out: T[] = []
  for await (const one of list) out.push(one)
  return out
}

const clientOf = (kind: string) => createClient({ url: `${serving.url}/scim/v2/`, auth: token(kind) })

describe.each(KINDS)('a client of a %s connection', (kind) => {
  test('makes, reads, finds, changes, replaces and removes a person', async () => {
    const app = clientOf(kind)
    const made = await app.create(User, { userName: 'ada', name: { givenName: 'Ada' }, [ENT]: { department: 'R&D' } })
    expect(made.meta.version).toBe('W/"1"')
    expect(await app.get(User, made.id)).toEqual(made)
    const name = 'ada'
    const found = await all(app.list(User, { filter: filter`userName eq ${name}` }))
    expect(found).toEqual([made])
    const { totalResults, resources } = await app.query(User, { filter: 'userName pr', count: 1 })
    expect([totalResults, resources.length]).toEqual([1, 1])
    const patched = await app.patch(User, made.id, [{ op: 'replace', path: 'active', value: false }], {
      ifMatch: made.meta.version ?? '*',
    })
    expect(patched?.active).toBe(false)
    await expect(
      app.patch(User, made.id, [{ op: 'remove', path: 'name' }], { ifMatch: 'W/"1"' }),
    ).rejects.toMatchObject({
      status: 412,
    })
    const replaced = await app.replace(User, made.id, { userName: 'ada', displayName: 'Countess' })
    expect(replaced).toMatchObject({ displayName: 'Countess', active: false })
    expect(replaced.name).toBeUndefined()
    await app.remove(User, made.id)
    const error = await app.get(User, made.id).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ScimError)
    expect(error).toMatchObject({ status: 404, code: 'SCIM_NOT_FOUND' })
  })

  test('updates people and groups by the least PATCH and by PUT', async () => {
    const app = clientOf(kind)
    const ids: string[] = []
    for (const name of ['a', 'b', 'c']) ids.push((await app.create(User, { userName: `member ${name}` })).id)
    const value = (at: number) => ({ value: ids[at] ?? '' })
    const group = await app.create(Group, { displayName: 'updated', members: [value(0), value(1)] })
    const { resource, patches } = await app.update(Group, group.id, (draft) => ({
      ...draft,
      displayName: 'renamed',
      members: [value(1), value(2)],
    }))
    expect(patches[0]?.map(({ op, path }) => `${op} ${path}`)).toEqual([
      'replace displayName',
      `remove members[value eq "${ids[0]}"]`,
      'add members',
    ])
    expect(resource.displayName).toBe('renamed')
    expect(new Set(resource.members?.map((one) => one.value))).toEqual(new Set(ids.slice(1)))
    const put = await app.update(Group, resource, (draft) => ({ ...draft, members: [] }), { profile: APPS['put-only'] })
    expect(put.sent).toBe('put')
    expect((await app.get(Group, group.id)).members ?? []).toEqual([])
    const user = await app.update(User, ids[0] ?? '', (draft) => {
      draft.emails = [{ value: 'x@example.com', type: 'work', primary: true }]
      draft[ENT] = { department: 'R&D', manager: { value: ids[1] ?? '' } }
    })
    expect(user.resource).toMatchObject({ emails: [{ value: 'x@example.com' }], [ENT]: { manager: { value: ids[1] } } })
    const less = await app.update(User, user.resource, (draft) => {
      delete draft[ENT]
    })
    expect(less.patches).toEqual([
      [
        { op: 'remove', path: `${ENT}:department` },
        { op: 'remove', path: `${ENT}:manager` },
      ],
    ])
    expect(less.resource[ENT]).toBeUndefined()
  })

  test('a taken name is the same ScimError as the provider threw', async () => {
    const app = clientOf(kind)
    await app.create(User, { userName: 'twin' })
    await expect(app.create(User, { userName: 'TWIN' })).rejects.toMatchObject({
      name: 'ScimError',
      status: 409,
      scimType: 'uniqueness',
      code: 'SCIM_UNIQUENESS',
      detail: expect.stringContaining('userName'),
    })
  })

  test('walks pages by cursor and by index alike', async () => {
    const app = clientOf(kind)
    for (let at = 0; at < 7; at++) await app.create(Group, { displayName: `page ${at}` })
    const walked = async (paging?: 'index' | 'cursor') => {
      const found: string[] = []
      const search = { filter: 'displayName sw "page"', sortBy: 'displayName', count: 3, paging } as const
      for await (const group of app.list(Group, search)) found.push(group.displayName)
      return found
    }
    const names = Array.from({ length: 7 }, (_, at) => `page ${at}`)
    expect(await walked()).toEqual(names)
    expect(await walked('index')).toEqual(names)
    expect(await walked('cursor')).toEqual(names)
    expect(await all(app.list(Group, { limit: 2 }))).toHaveLength(2)
  })
})

test('an update goes by PUT where PATCH turns out not to be there', async () => {
  const user = { schemas: [User.schema.id], id: '1', userName: 'ada', meta: { version: 'v1' } }
  const refused = { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '501', detail: 'no PATCH here' }
  const server = await scripted(({ method, target }) => {
    if (target.startsWith('/ServiceProviderConfig')) return json(404, refused)
    if (method === 'GET') return json(200, user)
    return method === 'PATCH' ? json(501, refused) : json(200, { ...user, title: 'Dr' })
  })
  const app = createClient({ url: server.url })
  const updated = await app.update(User, user, (draft) => {
    draft.title = 'Dr'
  })
  expect(updated).toMatchObject({ sent: 'put', resource: { title: 'Dr' }, notes: [{ kind: 'put' }] })
  expect(server.seen.map(({ method }) => method)).toEqual(['GET', 'GET', 'PATCH', 'GET', 'PUT'])
  expect(server.seen.at(-1)?.headers.get('if-match')).toBe('v1')
  await server.close()
})

describe('a client', () => {
  test('reads what the server can do, once', async () => {
    const asked: string[] = []
    const app = createClient({
      url: `${serving.url}/scim/v2`,
      auth: token('generic'),
      onAttempt: ({ path }) => asked.push(path),
    })
    expect(await app.discovery.features()).toMatchObject({ patch: true, etag: true, cursor: true, isKnown: true })
    await app.discovery.features()
    const types = await app.discovery.types()
    expect(types.map(({ name }) => name)).toEqual(['User', 'Group'])
    expect(types[0]?.extensions[0]?.schema.id).toBe(ENT)
    expect(asked).toEqual(['/ServiceProviderConfig', '/ResourceTypes', '/Schemas'])
    app.discovery.forget()
    await app.discovery.features()
    expect(asked).toHaveLength(4)
  })

  test('sends long and sensitive filters in a body', async () => {
    const asked: string[] = []
    const app = createClient({
      url: `${serving.url}/scim/v2`,
      auth: token('generic'),
      onAttempt: ({ method, path }) => asked.push(`${method} ${path}`),
    })
    const names = Array.from({ length: 100 }, (_, at) => filter`userName eq ${`somebody-${at}@example.com`}`)
    expect((await app.query(User, { filter: names.join(' or ') })).totalResults).toBe(0)
    expect((await app.query(User, { filter: 'userName eq "x"', sensitive: true })).resources).toEqual([])
    await app.query(User, { filter: 'userName eq "x"' })
    expect(asked).toEqual(['POST /Users/.search', 'POST /Users/.search', 'GET /Users'])
  })

  test('updates by the least PATCH, and not over somebody else', async () => {
    const app = clientOf('generic')
    const made = await app.create(User, { userName: 'updated', emails: [{ value: 'a@x', type: 'work' }], title: 'Dr' })
    const first = await app.update(User, made, (draft) => {
      draft.emails = [{ value: 'b@x', type: 'work' }]
      delete draft.title
    })
    expect(first).toMatchObject({ sent: 'patch', notes: [], resource: { emails: [{ value: 'b@x' }] } })
    expect(first.patches).toEqual([
      [
        { op: 'remove', path: 'title' },
        { op: 'replace', path: 'emails[type eq "work"].value', value: 'b@x' },
      ],
    ])
    // On what was read before: refused by its version, read again, changed anew.
    const again = await app.update(User, made, (draft) => ({ ...draft, nickName: 'Ada' }))
    expect(again.resource).toMatchObject({ nickName: 'Ada', emails: [{ value: 'b@x' }] })
    expect(again.patches).toEqual([[{ op: 'add', path: 'nickName', value: 'Ada' }]])
    expect(await app.update(User, made.id, () => undefined)).toMatchObject({
      sent: 'nothing',
      resource: again.resource,
    })
    const put = await app.update(User, made.id, (draft) => ({ ...draft, title: 'Prof' }), { profile: APPS['put-only'] })
    expect(put).toMatchObject({ sent: 'put', resource: { title: 'Prof', nickName: 'Ada' }, notes: [{ kind: 'put' }] })
    // A search may have shown a part only: a PUT from that would clear the rest.
    const [part] = await all(app.list(User, { filter: 'userName eq "updated"', attributes: ['userName'] }))
    if (part === undefined) throw new Error('there is one')
    const kept = await app.update(User, part, (draft) => ({ ...draft, title: 'Sir' }), { profile: APPS['put-only'] })
    expect(kept.resource).toMatchObject({ title: 'Sir', nickName: 'Ada', emails: [{ value: 'b@x' }] })
    await expect(
      app.update(User, made.id, (draft) => ({ ...draft, title: 'X' }), { profile: APPS.gitlab }),
    ).rejects.toThrow('gitlab takes no change of title')
  })

  test('knows the types of what it gets and takes', async () => {
    const app = clientOf('strict')
    const user = await app.create(User, { userName: 'typed' })
    expectTypeOf(user.userName).toEqualTypeOf<string>()
    expectTypeOf(user.active).toEqualTypeOf<boolean | undefined>()
    expectTypeOf(user.meta.version).toEqualTypeOf<string | undefined>()
    // @ts-expect-error userName is required
    await expect(app.create(User, { displayName: 'Nobody' })).rejects.toMatchObject({ status: 400 })
    const [type] = await app.discovery.types()
    if (type === undefined) throw new Error('there are types')
    expectTypeOf((await app.get(type, user.id)).id).toEqualTypeOf<string>()
  })

  test.each([
    ['ftp://app.example/scim', 'https://app.example'],
    ['https://me:secret@app.example/scim', 'credentials'],
    ['https://app.example/scim?x=1', 'without ?'],
    ['nowhere', 'base URL'],
  ])('refuses the base URL %s when it is made', (url, words) => {
    expect(() => createClient({ url })).toThrow(words)
  })
})

describe('endpoints of resource types', () => {
  test.each([
    ['/Users', '/scim/v2/Users'],
    ['Users', '/scim/v2/Users'],
    ['/scim/v2/Users', '/scim/v2/Users'],
    ['scim/v2/Users/', '/scim/v2/Users'],
    ['/SCIM/V2/Users', '/scim/v2/Users'],
    ['BASE/Users', '/scim/v2/Users'],
    ['https://inside.example:8443/scim/v2/Users', '/scim/v2/Users'],
    ['/scim/v2', '/scim/v2/scim/v2'],
    ['/scim/v2x/Users', '/scim/v2/scim/v2x/Users'],
  ])('%s is asked at %s', async (endpoint, path) => {
    const server = await scripted((wire) => {
      if (wire.target.endsWith('/ResourceTypes')) {
        const type = {
          name: 'User',
          endpoint: endpoint.replace('BASE', `${server.url}/scim/v2`),
          schema: User.schema.id,
        }
        return json(200, { totalResults: 1, Resources: [type] })
      }
      if (wire.target.endsWith('/Schemas')) return json(200, { totalResults: 0 })
      return json(200, { id: '1', userName: 'ada' })
    })
    const app = createClient({ url: `${server.url}/scim/v2` })
    const [type] = await app.discovery.types()
    if (type === undefined) throw new Error('there is one')
    await app.get(type, '1')
    expect(server.seen.at(-1)?.target).toBe(`${path}/1`)
    await server.close()
  })
})

test('schemas and types that come in pages are read to their end', async () => {
  const types = ['User', 'Group', 'Device'].map((name) => ({
    id: name,
    name,
    endpoint: `/${name}s`,
    schema: User.schema.id,
  }))
  const server = await scripted((wire) => {
    if (!wire.target.startsWith('/ResourceTypes')) return json(200, { totalResults: 9, Resources: [] })
    const from = Number(/startIndex=(\d+)/.exec(wire.target)?.[1] ?? 1)
    return json(200, { totalResults: 3, Resources: types.slice(from - 1, from + 1) })
  })
  const app = createClient({ url: server.url })
  expect((await app.discovery.types()).map(({ name }) => name)).toEqual(['User', 'Group', 'Device'])
  // A list of schemas that never gives what it promises is asked for once more, and no longer.
  expect(server.seen.filter(({ target }) => target.startsWith('/Schemas'))).toHaveLength(2)
  await server.close()
})
