// Recording that a token was used, and its cost.

import { describe, expect, test } from 'vitest'
import type { Affected } from '../../src/store/index.ts'
import { site } from './processes.ts'

const MINUTE = 60_000

describe('noting that a token was used', () => {
  test('has no process forget anything: the next request of the tenant reads nothing', async () => {
    const { tenancy, store, asked, clock } = await (await site()).process()
    await tenancy.tenants.create('acme')
    const { token } = await tenancy.connections.create('acme')
    await tenancy.authenticate('acme', `Bearer ${token}`)
    await tenancy.flush()
    const affected: Affected[] = []
    store.watch((some) => affected.push(...some))
    for (let minute = 0; minute < 10; minute++) {
      clock.now += MINUTE
      asked.length = 0
      // At once, without a promise: the token is known.
      expect(tenancy.authenticate('acme', `Bearer ${token}`)).toHaveProperty('principal.tenant', 'acme')
      await tenancy.flush()
      expect(asked).toEqual(['commit'])
    }
    expect(affected).toEqual([])
    const [connection] = await tenancy.connections.list('acme')
    expect(connection?.tokens[0]?.lastUsed).toBe(clock.now)
  })

  test('of many tenants is one commit', async () => {
    const { tenancy, asked, clock } = await (await site()).process()
    const tokens: [string, string][] = []
    for (const name of ['one', 'two', 'three']) {
      await tenancy.tenants.create(name)
      tokens.push([name, (await tenancy.connections.create(name)).token])
    }
    for (const [name, token] of tokens) await tenancy.authenticate(name, `Bearer ${token}`)
    await tenancy.flush()
    clock.now += 1
    for (const [name, token] of tokens) await tenancy.authenticate(name, `Bearer ${token}`)
    asked.length = 0
    await tenancy.flush()
    expect(asked).toEqual(['commit'])
    for (const [name] of tokens) {
      expect((await tenancy.connections.list(name))[0]?.tokens[0]?.lastUsed).toBe(clock.now)
    }
  })

  test('does not fail when a tenant has gone meanwhile, and notes those of the others', async () => {
    const { tenancy, clock } = await (await site()).process()
    const tokens: [string, string][] = []
    for (const name of ['gone', 'left']) {
      await tenancy.tenants.create(name)
      tokens.push([name, (await tenancy.connections.create(name)).token])
    }
    for (const [name, token] of tokens) await tenancy.authenticate(name, `Bearer ${token}`)
    await tenancy.flush()
    clock.now += 1_000
    for (const [name, token] of tokens) await tenancy.authenticate(name, `Bearer ${token}`)
    await tenancy.tenants.delete('gone')
    await tenancy.flush()
    expect((await tenancy.connections.list('left'))[0]?.tokens[0]?.lastUsed).toBe(clock.now)
    expect(await tenancy.authenticate(...(tokens[0] as [string, string]))).toHaveProperty('reason')
  })

  test('is tried again with the next ones when the database could not take it', async () => {
    const { tenancy, store, clock } = await (await site()).process()
    await tenancy.tenants.create('acme')
    const { token } = await tenancy.connections.create('acme')
    await tenancy.authenticate('acme', `Bearer ${token}`)
    await tenancy.flush()
    clock.now += 1_000
    await tenancy.authenticate('acme', `Bearer ${token}`)
    const { commit } = store
    store.commit = () => Promise.reject(new Error('disk full'))
    await expect(tenancy.flush()).rejects.toThrow('disk full')
    store.commit = commit
    await tenancy.flush()
    expect((await tenancy.connections.list('acme'))[0]?.tokens[0]?.lastUsed).toBe(clock.now)
  })

  test('wakes no other process either, whose tokens, schemas and settings stay in memory', async () => {
    const at = await site()
    const [one, other] = [await at.process(), await at.process()]
    await one.tenancy.tenants.create('acme')
    const { token } = await one.tenancy.connections.create('acme')
    for (const { tenancy } of [one, other]) await tenancy.authenticate('acme', `Bearer ${token}`)
    await one.tenancy.flush()
    await other.tenancy.flush()
    const affected: Affected[] = []
    other.store.watch((some) => affected.push(...some))
    for (let minute = 0; minute < 3; minute++) {
      one.clock.now += MINUTE
      await one.tenancy.authenticate('acme', `Bearer ${token}`)
      await one.tenancy.flush()
      // Longer than it takes to hear of a change.
      await new Promise((resolve) => setTimeout(resolve, 500))
      other.asked.length = 0
      expect(other.tenancy.authenticate('acme', `Bearer ${token}`)).toHaveProperty('principal')
      expect(other.asked).toEqual([])
    }
    expect(affected).toEqual([])
  })
})
