// Tests that an installation opens from its settings, once for all its parts, and closes.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { STRICT, User } from '../protocol/index.ts'
import { openSite } from './site.ts'

const folder = mkdtempSync(join(tmpdir(), 'lockstep-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a missing database is made with its folder, or refused', async () => {
  const database = join(folder, 'below', 'lockstep.db')
  await expect(openSite({ database }, { create: false })).rejects.toThrow('There is no database')
  const site = await openSite({ database })
  await site.close()
  await (await openSite({ database }, { create: false })).close()
  await expect(openSite({ database: folder })).rejects.toThrow('is a folder')
})

test('tenancy, directory and provider work on one store', async () => {
  const site = await openSite({ database: ':memory:' }, { actor: 'test' })
  expect(await site.directory()).toBe(await site.directory())
  const { token } = await site.tenancy.createTenant('acme')
  const refused: string[] = []
  const provider = await site.provider({ report: () => undefined, refused: (reason) => refused.push(reason) })
  await site.tenancy.ready('acme')
  const context = { tenant: 'acme', actor: 'test', allow: STRICT }
  const { stored } = await (await site.directory()).create(context, 'User', {
    schemas: [User.schema.id],
    userName: 'ada',
  })
  const get = (authorization: string) =>
    provider.handle({
      method: 'GET',
      path: `/Users/${stored.id}`,
      search: '',
      base: 'http://scim.example/tenants/acme/scim/v2',
      tenant: 'acme',
      header: (name) => (name === 'authorization' ? authorization : undefined),
      body: async () => undefined,
    })
  expect(await get(`Bearer ${token}`)).toMatchObject({ status: 200, body: expect.stringContaining('"ada"') })
  expect(await get('Bearer wrong')).toMatchObject({ status: 401 })
  expect(refused).toEqual(['invalid'])
  expect(await site.store.changes('acme', 0, 1)).toMatchObject([{ actor: 'test' }])
  await site.close()
  await expect(site.store.commit([])).rejects.toThrow()
})
