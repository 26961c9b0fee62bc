// Concurrent changes by administrators do not undo each other.

import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/protocol/index.ts'
import { profileOf } from '../../src/quirks/index.ts'
import { type Process, site } from './processes.ts'

// Administrators who do things at the same time, in one process and in two.

const schema = (name: string): JsonObject => ({
  id: `urn:example:scim:schemas:extension:${name}:1.0:User`,
  name,
  attributes: [{ name: 'code' }],
})

async function two(): Promise<readonly [Process, Process]> {
  const at = await site()
  const both = [await at.process(), await at.process()] as const
  await both[0].tenancy.tenants.create('acme')
  return both
}

describe('at the same time', () => {
  test('two changes of settings both hold', async () => {
    const [one, other] = await two()
    await Promise.all([
      one.tenancy.changeSettings('acme', { sensitiveFilters: ['emails.value'] }, one.directory),
      other.tenancy.changeSettings('acme', { features: { bulk: false } }, other.directory),
      one.tenancy.changeSettings('acme', { features: { me: false } }, one.directory),
      other.tenancy.changeSettings('acme', { features: { sort: false } }, other.directory),
    ])
    for (const { tenancy } of [one, other]) {
      await expect
        .poll(async () => (await tenancy.changeSettings('acme', {}, one.directory)).features)
        .toEqual({
          patch: true,
          bulk: false,
          me: false,
          sort: false,
          filter: true,
        })
      expect((await tenancy.changeSettings('acme', {}, one.directory)).sensitiveFilters).toEqual(['emails.value'])
    }
  })

  test('what has to be taken back takes nothing of what came since with it', async () => {
    const [one, other] = await two()
    const context = { tenant: 'acme', actor: 'test', allow: profileOf('generic').allow }
    await one.tenancy.ready('acme')
    for (const name of ['a', 'b']) {
      const body = { schemas: [], userName: name, emails: [{ value: 'same@example.com' }] }
      await one.directory.create(context, 'User', body)
    }
    let during: Promise<unknown> = Promise.resolve()
    const usage = {
      ...one.directory,
      // While it is looked at who shares an address, somebody else changes something.
      reindex: async (...args: Parameters<typeof one.directory.reindex>) => {
        during = other.tenancy.changeSettings('acme', { features: { bulk: false } }, other.directory)
        await during
        return one.directory.reindex(...args)
      },
    }
    const change = { uniqueEmails: true, uniqueGroupNames: true, sensitiveFilters: ['title'] }
    await expect(one.tenancy.changeSettings('acme', change, usage)).rejects.toMatchObject({ code: 'ERR_IN_USE' })
    expect(await one.tenancy.changeSettings('acme', {}, one.directory)).toMatchObject({
      uniqueEmails: false,
      uniqueGroupNames: false,
      sensitiveFilters: [],
      features: { bulk: false },
    })
  })

  test('many rotations never leave more than two live tokens', async () => {
    const [one, other] = await two()
    const { connection } = await one.tenancy.connections.create('acme')
    const rotations = [one, other, one, other, one, other].map(({ tenancy }) =>
      tenancy.connections.rotate('acme', connection.id),
    )
    const ended = await Promise.allSettled(rotations)
    expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const end of ended) {
      if (end.status === 'rejected') expect(end.reason).toMatchObject({ code: 'ERR_IN_USE' })
    }
    expect((await one.tenancy.connections.show('acme', connection.id)).tokens).toHaveLength(2)
    const replaced = [one, other, one, other].map(({ tenancy }) =>
      tenancy.connections.rotate('acme', connection.id, { revokeOthers: true }),
    )
    await Promise.all(replaced)
    expect((await one.tenancy.connections.show('acme', connection.id)).tokens).toHaveLength(1)
  })

  test('a token made while its connection is revoked does not outlive it', async () => {
    const [one, other] = await two()
    for (let n = 0; n < 5; n++) {
      const { connection } = await one.tenancy.connections.create('acme')
      const made = other.tenancy.connections.rotate('acme', connection.id)
      await Promise.allSettled([made, one.tenancy.connections.revoke('acme', connection.id)])
      const token = await made.then(
        (issued) => issued.token,
        () => undefined,
      )
      if (token !== undefined) {
        expect(await one.tenancy.authenticate('acme', `Bearer ${token}`)).toMatchObject({ reason: 'invalid' })
      }
      expect(await one.store.records('acme', 'token', { tag: connection.id })).toEqual([])
    }
  })

  test('two schemas that become extensions of one type both do', async () => {
    const [one, other] = await two()
    const put = ({ tenancy, directory }: Process, name: string) =>
      tenancy.schemas.put('acme', schema(name), { usage: directory, actor: 'test', extend: ['User'] })
    await Promise.all([put(one, 'left'), put(other, 'right'), put(one, 'third')])
    const types = await one.tenancy.schemas.listTypes('acme')
    const extensions = types.find(({ type }) => type.name === 'User')?.type.extensions.map(({ schema }) => schema.name)
    expect(extensions?.toSorted()).toEqual(['EnterpriseUser', 'left', 'right', 'third'])
  })
})

describe('one tenant among many', () => {
  test('is shown, given connections and changed without a list of all', async () => {
    const at = await site()
    const { tenancy, directory, asked } = await at.process()
    for (const name of ['acme', 'beta']) await tenancy.tenants.create(name)
    asked.length = 0
    await tenancy.tenants.show('acme')
    await expect(tenancy.tenants.show('none')).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' })
    const { connection } = await tenancy.connections.create('acme')
    await tenancy.connections.list('acme')
    await tenancy.connections.rotate('acme', connection.id)
    await tenancy.changeSettings('acme', { features: { bulk: false } }, directory)
    await tenancy.schemas.put('acme', schema('x'), { usage: directory, actor: 'test' })
    await tenancy.schemas.list('acme')
    await tenancy.connections.revoke('acme', connection.id)
    await tenancy.tenants.delete('acme')
    expect(asked).not.toContain('tenants')
  })
})
