// Administrative changes are noted in the log.

import { expect, test } from 'vitest'
import type { JsonObject } from '../../src/protocol/index.ts'
import type { Change } from '../../src/store/index.ts'
import { site } from './processes.ts'

// What administrators do leaves lines in the log.

const told = ({ type, id, actor, op, version, paths }: Change) => ({
  op,
  version,
  actor,
  what: `${type} ${id} ${paths[0]?.new}`,
  facts: Object.fromEntries(
    paths.slice(1).map(({ path, old, new: now }) => [path, old === undefined ? now : [old, now]]),
  ),
})

test('administration is noted in the log, by whom, and without secrets', async () => {
  const { place, process } = await site()
  const { tenancy, directory, store } = await process()
  const admin = tenancy.as('admin:ada')
  const issued = await admin.createTenant('acme', {
    kind: 'okta',
    label: 'Okta',
    rights: { User: { read: true, write: false } },
  })
  const { id } = issued.connection
  const [first] = issued.connection.tokens
  const rotated = await admin.connections.rotate('acme', id)
  const second = rotated.connection.tokens[1]
  await admin.connections.revoke('acme', id, first?.id)
  await admin.changeSettings('acme', { uniqueEmails: true, features: { bulk: false } }, directory)
  await admin.changeSettings('acme', { uniqueEmails: true }, directory)
  const schema: JsonObject = { id: 'urn:example:badge', name: 'Badge', attributes: [{ name: 'number' }] }
  const options = { usage: directory, actor: 'admin:bob' }
  await tenancy.schemas.put('acme', schema, { ...options, extend: ['User'] })
  await tenancy.schemas.put('acme', schema, options)
  await tenancy.schemas.putIndexes('acme', 'User', ['title'], options)
  await tenancy.schemas.deleteIndexes('acme', 'User', ['title'], options)
  await tenancy.schemas.delete('acme', 'urn:example:badge', options)
  await admin.connections.revoke('acme', id)
  const notes = (await store.changes('acme', 0, 100)).map(told)
  const note = { op: 'note', version: 0, actor: 'admin:ada', facts: {} }
  const later = { ...note, actor: 'admin:bob' }
  expect(notes).toEqual([
    { ...note, what: 'Tenant acme created' },
    {
      ...note,
      what: `Connection ${id} created`,
      facts: { kind: 'okta', label: 'Okta', rights: 'read:users', token: first?.id, expires: expect.any(String) },
    },
    { ...note, what: `Connection ${id} rotated`, facts: { token: second?.id, expires: expect.any(String) } },
    { ...note, what: `Connection ${id} tokenRevoked`, facts: { token: first?.id } },
    {
      ...note,
      what: 'Setting settings changed',
      facts: { uniqueEmails: [false, true], 'features.bulk': [true, false] },
    },
    { ...later, what: 'Schema urn:example:badge put' },
    { ...later, what: 'ResourceType User put' },
    { ...later, what: 'Index User title put' },
    { ...later, what: 'Index User title deleted' },
    { ...later, what: 'Schema urn:example:badge deleted' },
    { ...later, what: 'ResourceType User put' },
    { ...note, what: `Connection ${id} revoked` },
  ])
  expect((await store.changes('acme', 0, 100)).map(({ place }) => place)).toEqual(notes.map((_, at) => at + 1))
  const dump = await place.dump()
  for (const token of [issued.token, rotated.token]) expect(dump).not.toContain(token)
})

test('what is of no tenant is noted in the log of the whole database', async () => {
  const { process } = await site()
  const { tenancy, store } = await process()
  const admin = tenancy.as('admin:ada')
  const { admin: made } = await admin.adminTokens.create({ label: 'console' })
  await admin.tenants.create('acme')
  await admin.tenants.delete('acme')
  await admin.adminTokens.revoke(made.id)
  expect((await store.changes('', 0, 10)).map(told)).toMatchObject([
    { actor: 'admin:ada', what: `AdminToken ${made.id} created`, facts: { label: 'console' } },
    { actor: 'admin:ada', what: 'Tenant acme deleted' },
    { actor: 'admin:ada', what: `AdminToken ${made.id} revoked` },
  ])
})

test('no resource type of a tenant can have the name of a kind of note', async () => {
  const { process } = await site()
  const { tenancy, directory } = await process()
  await tenancy.tenants.create('acme')
  const options = { usage: directory, actor: 'test' }
  await tenancy.schemas.put('acme', { id: 'urn:example:c', name: 'C', attributes: [{ name: 'x' }] }, options)
  const type = { name: 'Connection', endpoint: '/Connections', schema: 'urn:example:c' }
  await expect(tenancy.schemas.putType('acme', type, options)).rejects.toMatchObject({ code: 'ERR_INVALID' })
})
