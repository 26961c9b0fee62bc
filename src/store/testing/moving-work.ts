// Work moves with its tenant.

import { Conflict, memoryStore } from '../index.ts'
import { rowsOf } from './fixture.ts'
import { type Chapter, rule } from './suite.ts'
import { cursor, FAR, keyed, setting, trim } from './work-writes.ts'
import { creating } from './writes.ts'

/** Moving a tenant with its work. */
export const MOVING_WORK: Chapter = {
  name: 'moving a tenant',
  rules: [
    rule('takes along items that stay, cursors and the cut, there and back', async ({ store }, expect) => {
      await store.commit(
        Array.from({ length: 450 }, (_, i) => setting(`k${i}`, { value: { i }, mark: i, tag: `t${i % 7}` })),
      )
      await store.commit([
        creating('u1', { userName: 'u1' }),
        creating('u2', { userName: 'u2' }),
        setting(keyed('ä', 'b'), { state: 'ready', due: 5, lane: 3, done: 1, place: 9 }),
        setting(keyed('session', 'b'), { expires: FAR }),
        cursor('hub', 1),
        cursor('crm', 2, true),
      ])
      await store.commit([trim(1)])
      await store.lease({ tenant: 'acme', name: 'crm' }, 'me', 60_000)
      const rows = await rowsOf(store, 'acme')
      const kinds = [...new Set(rows.map(({ row }) => row))]
      expect(kinds).toEqual(['path', 'item', 'cursor', 'cut', 'resource', 'change'])
      expect(rows.filter(({ row }) => row === 'item')).toHaveLength(451)
      expect(rows.find(({ row }) => row === 'cut')).toEqual({ row: 'cut', place: 1, at: expect.any(Number) })
      for (const at of [0, 300, 451, 453, 454])
        expect(await rowsOf(store, 'acme', rows[at])).toEqual(rows.slice(at + 1))

      const other = memoryStore()
      await other.commit([{ write: 'tenant', tenant: 'moved', as: 'new', at: 1 }])
      await other.commit([{ write: 'load', tenant: 'moved', rows }])
      expect(await rowsOf(other, 'moved')).toEqual(rows)
      await store.commit([{ write: 'tenant', tenant: 'back', as: 'new', at: 1 }])
      for (let at = 0; at < rows.length; at += 200) {
        await store.commit([{ write: 'load', tenant: 'back', rows: rows.slice(at, at + 200) }])
      }
      expect(await rowsOf(store, 'back')).toEqual(rows)
      expect(await store.tenant('back')).toMatchObject({ place: 2, begins: 2 })
      expect((await store.news('hub', 10)).map(({ tenant }) => tenant).sort()).toEqual(['acme', 'back'])
      await store.commit([{ write: 'trim', tenant: 'back', upTo: 0 }])
      await expect(store.changes('back', 0, 1)).rejects.toMatchObject({ begins: 2 })
      const cut = { row: 'cut', place: 3, at: 1 } as const
      await expect(store.commit([{ write: 'load', tenant: 'back', rows: [cut] }])).rejects.toThrow(Conflict)
      await other.close()
    }),
  ],
}
