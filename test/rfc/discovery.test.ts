// Discovery endpoints. RFC 7644 §4.

import { expect, test } from 'vitest'
import { type Body, ENT, expectError, expectList, GROUP, LIST_RESPONSE, USER, user } from './client.ts'
import { changeTenant } from './settings.ts'
import { site } from './site.ts'

// Requirements block P.18: discovery. RFC 7644 §4.
const at = site()
const scim = at.strict()

const CONFIG = 'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'

test('P-520 /ServiceProviderConfig is one object, not a list', async () => {
  const answer = await scim.get('/ServiceProviderConfig')
  expect(answer.status, answer.text).toBe(200)
  expect(answer.body.schemas).toEqual([CONFIG])
  expect(answer.body).not.toHaveProperty('Resources')
  expect(answer.body.meta.resourceType).toBe('ServiceProviderConfig')
  expect((await scim.get(answer.body.meta.location)).body).toEqual(answer.body)
  expectError(await scim.get('/ServiceProviderConfigs'), 404)
})

test('P-521 /Schemas lists all schemas; one by URI, raw and percent-encoded, in any case; unknown: 404', async () => {
  const schemas = expectList(await scim.get('/Schemas'))
  expect(schemas.map(({ id }) => id)).toEqual(expect.arrayContaining([USER, GROUP, ENT]))
  for (const schema of schemas) {
    const raw = await scim.get(`/Schemas/${schema.id}`)
    expect(raw.status, raw.text).toBe(200)
    expect(raw.body).toEqual(schema)
    expect((await scim.get(`/Schemas/${encodeURIComponent(schema.id)}`)).body).toEqual(schema)
  }
  expectError(await scim.get('/Schemas/urn:x:y'), 404)
})

test('P-522 /ResourceTypes lists all; one by name; unknown: 404', async () => {
  const types = expectList(await scim.get('/ResourceTypes'))
  expect(types.map(({ name }) => name)).toEqual(expect.arrayContaining(['User', 'Group']))
  for (const type of types) {
    const one = await scim.get(`/ResourceTypes/${type.name}`)
    expect(one.status, one.text).toBe(200)
    expect(one.body).toEqual(type)
  }
  expectError(await scim.get('/ResourceTypes/Nope'), 404)
})

test('P-523 sort, paging and attribute parameters are ignored', async () => {
  for (const path of ['/Schemas', '/ResourceTypes']) {
    const plain = await scim.get(path)
    expect(plain.body.schemas).toEqual([LIST_RESPONSE])
    for (const query of [
      'count=1',
      'startIndex=2',
      'count=0',
      'sortBy=id',
      'sortOrder=descending',
      'attributes=id',
      'count=abc',
    ]) {
      const answer = await scim.get(`${path}?${query}`)
      expect(answer.status, query).toBe(200)
      expect(answer.body.Resources).toEqual(plain.body.Resources)
      expect(answer.body.totalResults).toBe(plain.body.totalResults)
    }
  }
  const config = await scim.get('/ServiceProviderConfig')
  expect((await scim.get('/ServiceProviderConfig?attributes=patch&count=1')).body).toEqual(config.body)
})

test.each(['/ServiceProviderConfig', '/Schemas', '/ResourceTypes', `/Schemas/${USER}`, '/ResourceTypes/User'])(
  'P-524 a filter on %s is 403',
  async (path) => {
    expectError(await scim.filter(path, 'id eq "x"'), 403)
  },
)

test('P-525 message schemas are not in /Schemas', async () => {
  const schemas = expectList(await scim.get('/Schemas'))
  expect(schemas.filter(({ id }) => id.startsWith('urn:ietf:params:scim:api:'))).toEqual([])
  expectError(await scim.get('/Schemas/urn:ietf:params:scim:api:messages:2.0:PatchOp'), 404)
})

test('P-526 what is advertised is true: PATCH and Bulk off', async () => {
  const other = await at.connect()
  const made = await other.makeUser()
  await changeTenant(at, other, { features: { patch: false, bulk: false } })
  const config = (await other.get('/ServiceProviderConfig')).body
  expect(config.patch.supported).toBe(false)
  expect(config.bulk.supported).toBe(false)
  expectError(await other.patch(`/Users/${made.id}`, [{ op: 'add', path: 'title', value: 'x' }]), 501)
  expectError(await other.bulk([]), 501)
  await changeTenant(at, other, { features: { patch: true, bulk: true } })
  expect((await other.get('/ServiceProviderConfig')).body.patch.supported).toBe(true)
  expect((await other.patch(`/Users/${made.id}`, [{ op: 'add', path: 'title', value: 'x' }])).status).toBe(200)
})

test('P-340 with PATCH switched off: advertised as such, and 501', async () => {
  const other = await at.connect()
  const made = await other.makeUser()
  await changeTenant(at, other, { features: { patch: false } })
  expect((await other.get('/ServiceProviderConfig')).body.patch).toEqual({ supported: false })
  expectError(await other.patch(`/Users/${made.id}`, [{ op: 'add', path: 'title', value: 'x' }]), 501)
})

test('P-526 sort off: the parameters are ignored', async () => {
  const other = await at.connect()
  for (const userName of ['b', 'a', 'c']) await other.post('/Users', user({ userName }))
  await changeTenant(at, other, { features: { sort: false } })
  expect((await other.get('/ServiceProviderConfig')).body.sort.supported).toBe(false)
  const names = (answer: { body: Body }) => answer.body.Resources.map(({ userName }: Body) => userName)
  expect(names(await other.get('/Users?sortBy=userName'))).toEqual(names(await other.get('/Users')))
  expect((await other.get('/Users?sortBy=nope')).status).toBe(200)
})

test('P-526 filter off: 400 invalidFilter, never an unfiltered list', async () => {
  const other = await at.connect()
  await other.makeUser()
  await changeTenant(at, other, { features: { filter: false } })
  expect((await other.get('/ServiceProviderConfig')).body.filter.supported).toBe(false)
  expectError(await other.filter('/Users', 'userName pr'), 400, 'invalidFilter')
  expectError(await other.search('/Users', { filter: 'userName pr' }), 400, 'invalidFilter')
})
