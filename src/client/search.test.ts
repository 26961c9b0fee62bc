// Long searches.

import { afterEach, describe, expect, test } from 'vitest'
import { json, type Scripted, scripted } from '../../test/client/scripted.ts'
import { createClient, User } from './index.ts'

const open: Scripted[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

const people = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ id: String(at + 1), userName: `u${at + 1}` }))

describe('a long search', () => {
  const long = `userName eq "${'x'.repeat(3_000)}"`

  test('falls back to a URL where the server has no /.search, but never with what is sensitive', async () => {
    const error = { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '404', detail: 'no' }
    const server = await scripted((wire) =>
      wire.method === 'POST' ? json(404, error) : json(200, { totalResults: 1, Resources: people(1) }),
    )
    open.push(server)
    const app = createClient({ url: server.url })
    expect((await app.query(User, { filter: long })).resources).toHaveLength(1)
    await expect(app.query(User, { filter: 'userName eq "x"', sensitive: true })).rejects.toMatchObject({ status: 404 })
    expect(server.seen.map(({ method }) => method)).toEqual(['POST', 'GET', 'POST'])
  })

  test('goes by POST when the server wants it so', async () => {
    const server = await scripted((wire) => {
      if (wire.method === 'POST') return json(200, { totalResults: 0, Resources: [] })
      return json(403, { schemas: [], status: '403', scimType: 'sensitive', detail: 'not in a URL' })
    })
    open.push(server)
    await createClient({ url: server.url }).query(User, { filter: 'phoneNumbers.value eq "1"', count: 5 })
    expect(server.seen.map(({ method, target }) => `${method} ${target.split('?')[0]}`)).toEqual([
      'GET /Users',
      'POST /Users/.search',
    ])
    expect(JSON.parse(server.seen[1]?.body ?? '')).toEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
      filter: 'phoneNumbers.value eq "1"',
      count: 5,
    })
  })
})
