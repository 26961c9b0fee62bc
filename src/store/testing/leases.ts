// Leases, and the fences that rely on them.

import { type Chapter, rule } from './suite.ts'
import { conflict, fence, one, setting } from './work-writes.ts'
import { creating } from './writes.ts'

const key = { tenant: 'acme', name: 'crm' }

/** Leases and fences. */
export const LEASES: Chapter = {
  name: 'leases',
  rules: [
    rule('have one owner; renewing keeps the epoch, each change of owner raises it', async ({ store }, expect) => {
      expect(await store.lease(key, 'a', 60_000)).toEqual({ epoch: 1, abandoned: false })
      expect(await store.lease(key, 'b', 60_000)).toBeUndefined()
      expect(await store.lease(key, 'a', 60_000)).toEqual({ epoch: 1, abandoned: false })
      expect(await store.leaseHolder(key)).toMatchObject({ owner: 'a', epoch: 1 })
      await store.release(key, 1)
      expect(await store.leaseHolder(key)).toBeUndefined()
      expect(await store.lease(key, 'b', 60_000)).toEqual({ epoch: 2, abandoned: false })
      await store.release(key, 1)
      expect(await store.lease(key, 'a', 60_000)).toBeUndefined()
      expect(await store.lease({ tenant: 'acme', name: 'other' }, 'a', 60_000)).toEqual({
        epoch: 1,
        abandoned: false,
      })
      expect(await store.lease({ tenant: '', name: 'crm' }, 'a', 60_000)).toEqual({ epoch: 1, abandoned: false })
    }),

    rule('whose time is up are taken over, and it shows', async ({ store }, expect) => {
      expect(await store.lease(key, 'a', 0)).toEqual({ epoch: 1, abandoned: false })
      expect((await store.leaseHolder(key))?.leftMs).toBeLessThanOrEqual(0)
      expect(await store.lease(key, 'b', 60_000)).toEqual({ epoch: 2, abandoned: true })
      expect(await store.lease(key, 'b', 60_000)).toEqual({ epoch: 2, abandoned: true })
      expect(await store.lease(key, 'a', 60_000)).toBeUndefined()
      const left = (await store.leaseHolder(key))?.leftMs ?? 0
      expect(left > 0 && left <= 60_000).toBe(true)
    }),

    rule('can be renewed late, as long as no other owner has taken them', async ({ store }, expect) => {
      await store.lease(key, 'a', 0)
      expect(await store.lease(key, 'a', 60_000)).toEqual({ epoch: 1, abandoned: false })
    }),

    rule('are taken from a named owner, and from no other', async ({ store }, expect) => {
      await store.lease(key, 'a', 60_000)
      expect(await store.lease(key, 'b', 60_000, { from: 'c' })).toBeUndefined()
      expect(await store.lease(key, 'b', 60_000, { from: 'a' })).toEqual({ epoch: 2, abandoned: true })
      expect(await store.lease(key, 'c', 60_000, { from: 'a' })).toBeUndefined()
    }),

    rule('of a tenant that does not exist cannot be taken', async ({ store }, expect) => {
      expect(await store.lease({ tenant: 'gone', name: 'crm' }, 'a', 60_000)).toBeUndefined()
      await store.release({ tenant: 'gone', name: 'crm' }, 1)
      expect(await store.leaseHolder({ tenant: 'gone', name: 'crm' })).toBeUndefined()
    }),

    rule('that many want at once get one owner', async ({ store }, expect) => {
      const all = await Promise.all(Array.from({ length: 12 }, (_, i) => store.lease(key, `p${i}`, 60_000)))
      expect(all.filter((one) => one !== undefined)).toEqual([{ epoch: 1, abandoned: false }])
    }),

    rule('fence a commit: a former owner writes nothing', async ({ store }, expect) => {
      await store.lease(key, 'a', 0)
      await store.commit([fence(1), setting('x', { value: 1 })])
      await store.lease(key, 'b', 60_000)
      await expect(
        store.commit([setting('x', { value: 2 }), creating('u', { userName: 'u' }), fence(1)]),
      ).rejects.toEqual(conflict(expect, 'epoch', 2, 'crm'))
      await expect(store.commit([fence(1, 'none'), setting('x', {})])).rejects.toEqual(
        conflict(expect, 'epoch', 0, 'none'),
      )
      expect((await one(store, 'x'))?.value).toBe(1)
      expect(await store.changes('acme', 0, 10)).toEqual([])
      await store.commit([fence(2), setting('x', { value: 3 }), creating('u', { userName: 'u' })])
      expect((await one(store, 'x'))?.value).toBe(3)
    }),
  ],
}
