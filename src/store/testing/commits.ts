// All writes of a commit are done, or none.

import type { WholeChange } from '../index.ts'
import { pass } from './fixture.ts'
import { type Chapter, rule } from './suite.ts'
import { creating, editing, idsOn, querying, removing, replacing, USER, user } from './writes.ts'

/** All writes of a commit are done, or none. */
export const COMMITS: Chapter = {
  name: 'commits',
  rules: [
    rule('all or none: the second write fails and the first is not there', async (on, expect) => {
      await on.store.commit([creating('u1', { userName: 'ada' })])
      const error = await on.conflict([creating('u2', { userName: 'bob' }), creating('u3', { userName: 'ada' })])
      expect(error).toMatchObject({ reason: 'unique', at: 1, what: 'userName' })
      expect(await on.store.get(user('u2'))).toBeUndefined()
      expect(await on.filtered([USER], 'userName eq "bob"')).toEqual([])
      expect(await on.store.changes('acme', 0, 10)).toHaveLength(1)
      expect((await on.store.tenants())[0]?.resources).toEqual({ User: 1 })
    }),

    rule('commits that arrive together do not disturb each other', async (on, expect) => {
      const results = await Promise.allSettled(
        Array.from({ length: 50 }, (_, i) => on.store.commit([creating(`u${i}`, { userName: `name${i % 40}` })])),
      )
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(40)
      const log = await on.store.changes('acme', 0, 100)
      expect(log.map(({ place }) => place)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1))
      expect((await on.store.tenants())[0]).toMatchObject({ place: 40, resources: { User: 40 } })
      expect((await on.store.find(querying([USER]))).total).toBe(40)
    }),

    rule('a list that fails half-way affects no other list', async (on, expect) => {
      await on.store.commit([creating('u1', { userName: 'ada' })])
      const results = await Promise.allSettled([
        on.store.commit([creating('u2', { userName: 'bob' })]),
        on.store.commit([creating('u3', { userName: 'carl' }), creating('u4', { userName: 'ada' })]),
        on.store.commit([creating('u5', { userName: 'dora' }), removing('User', 'nobody')]),
        on.store.commit([creating('u6', { userName: 'carl' })]),
      ])
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
      expect(idsOn(await on.store.find(querying([USER])))).toEqual(['u1', 'u2', 'u6'])
      const log = await on.store.changes('acme', 0, 10)
      expect(log.map(({ place }) => place)).toEqual([1, 2, 3])
      // Those that were written at once come in either order.
      expect(log.map(({ id }) => id).sort()).toEqual(['u1', 'u2', 'u6'])
    }),

    rule('of updates of one version only one wins', async (on, expect) => {
      await on.store.commit([creating('u1', { userName: 'ada' })])
      const results = await Promise.allSettled(
        Array.from({ length: 10 }, (_, i) =>
          on.store.commit([
            replacing('u1', { userName: 'ada' }, { userName: 'ada', title: `t${i}` }, { ifVersion: 1 }),
          ]),
        ),
      )
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      expect((await on.store.get(user('u1')))?.version).toBe(2)
    }),

    rule('a unique value is free again after its holder lets it go, in the same commit too', async (on, expect) => {
      await on.store.commit([creating('u1', { userName: 'ada' })])
      await on.store.commit([
        replacing('u1', { userName: 'ada' }, { userName: 'grace' }),
        creating('u2', { userName: 'ADA' }),
      ])
      expect(await on.filtered([USER], 'userName eq "ada"')).toEqual(['u2'])
      expect(await on.filtered([USER], 'userName eq "Grace"')).toEqual(['u1'])
    }),

    rule('a list of writes is of one tenant, and nothing of another list is done', async (on, expect) => {
      await on.store.commit([{ write: 'tenant', tenant: 'other', as: 'new', at: 1 }])
      const record = (tenant: string) =>
        ({ write: 'record', record: { tenant, kind: 'k', key: 'k' }, value: 1 }) as const
      await expect(on.store.commit([record('acme'), record('other')])).rejects.toThrow(
        'must be of one tenant; these are of "acme" and "other"',
      )
      expect(await on.store.records('acme', 'k')).toEqual([])
    }),

    rule('uniqueness is of one tenant and type', async (on, expect) => {
      await on.store.commit([{ write: 'tenant', tenant: 'other', as: 'new', at: 1 }])
      await on.store.commit([creating('u1', { userName: 'ada' })])
      await on.store.commit([creating('u1', { userName: 'ada' }, { tenant: 'other' })])
      expect(await on.conflict([creating('u2', { userName: 'ada' })])).toMatchObject({
        reason: 'unique',
        what: 'userName',
      })
    }),

    rule('in a tenant that is not there nothing is written', async (on, expect) => {
      const error = await on.conflict([creating('u1', { userName: 'ada' }, { tenant: 'nowhere' })])
      expect(error).toMatchObject({ reason: 'missing', what: 'tenant' })
    }),

    rule('an empty commit does nothing', async (on, expect) => {
      expect(await on.store.commit([])).toEqual([])
    }),
  ],
}

/** A function that runs inside a commit, and what becomes of it when it fails. */
export const INSIDE: Chapter = {
  name: 'commits with a function inside',
  inside: true,
  rules: [
    rule('inside sees the log lines, and what it throws undoes all', async (on, expect) => {
      const seen: unknown[] = []
      await on.store.commit([creating('u1', { userName: 'ada' })], (_tx, changes) => {
        seen.push(...changes)
      })
      expect(seen).toMatchObject([{ id: 'u1', place: 1, op: 'create', version: 1 }])
      const boom = new Error('boom')
      const failing = on.store.commit([creating('u2', { userName: 'bob' })], () => {
        throw boom
      })
      const beside = on.store.commit([creating('u3', { userName: 'carl' })])
      await expect(failing).rejects.toBe(boom)
      await beside
      expect(await on.store.get(user('u2'))).toBeUndefined()
      expect((await on.store.changes('acme', 0, 10)).map(({ id, place }) => [id, place])).toEqual([
        ['u1', 1],
        ['u3', 2],
      ])
    }),

    rule('inside sees the ids of all members that came and went, where the log only counts', async (on, expect) => {
      const ids = Array.from({ length: 620 }, (_, n) => `m${String(n).padStart(4, '0')}`)
      await on.store.commit(ids.map((id) => creating(id, { userName: id })))
      const seen: (WholeChange['members'] | undefined)[] = []
      const see = (_tx: unknown, changes: readonly WholeChange[]) => {
        seen.push(...changes.map(({ members }) => members))
      }
      await on.store.commit([creating('g1', { displayName: 'g' }, { members: ids.slice(0, 600) })], see)
      await on.store.commit([editing('g1', [{ edit: 'set', members: ids.slice(10).map((id) => ({ id })) }])], see)
      await on.store.commit([editing('g1', [{ edit: 'clear' }])], see)
      await on.store.commit([removing('User', 'm0000')], see)
      expect(seen).toEqual([
        { added: 600, removed: 0, ids: { added: ids.slice(0, 600), removed: [] } },
        { added: 20, removed: 10, ids: { added: ids.slice(600), removed: ids.slice(0, 10) } },
        { added: 0, removed: 610, ids: { added: [], removed: ids.slice(10) } },
        undefined,
      ])
      const log = await on.store.changes('acme', 620, 10)
      expect(log.map(({ members }) => members)).toEqual([
        { added: 600, removed: 0 },
        seen[1],
        { added: 0, removed: 610 },
        undefined,
      ])
    }),

    rule('inside that fails late takes its own writes back, once, and nothing older', async (on, expect) => {
      await on.store.commit([creating('u1', { userName: 'ada' })])
      await on.store.commit([creating('u2', { userName: 'bob' })])
      const late = async () => {
        await pass()
        throw new Error('late')
      }
      for (const title of ['Dr', 'Ms']) {
        const refused = on.store.commit([replacing('u1', { userName: 'ada' }, { userName: 'ada', title })], late)
        // SQLite refuses to wait at all.
        await expect(refused).rejects.toThrow(/late|must be synchronous on SQLite/)
      }
      expect((await on.store.changes('acme', 0, 10)).map(({ id, place }) => [id, place])).toEqual([
        ['u1', 1],
        ['u2', 2],
      ])
      expect(await on.store.get(user('u1'))).toMatchObject({ version: 1 })
    }),
  ],
}
