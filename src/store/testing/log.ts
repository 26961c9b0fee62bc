// The log of a tenant.

import { type Chapter, rule } from './suite.ts'
import { creating, removing, replacing, user } from './writes.ts'

/** The log of a tenant. */
export const LOG: Chapter = {
  name: 'the log',
  rules: [
    rule('places count from 1 per tenant and lines hold what was said', async (on, expect) => {
      await on.store.commit([{ write: 'tenant', tenant: 'other', as: 'new', at: 1 }])
      await on.store.commit([creating('u1', { userName: 'ada' }, { at: 10 })])
      await on.store.commit([creating('u1', { userName: 'ada' }, { tenant: 'other' })])
      await on.store.commit([replacing('u1', { userName: 'ada' }, { userName: 'bob' }, { at: 11 })])
      await on.store.commit([removing('User', 'u1', { at: 12 })])
      expect(await on.store.changes('acme', 0, 10)).toEqual([
        {
          ...user('u1'),
          place: 1,
          at: 10,
          op: 'create',
          actor: 'tester',
          version: 1,
          paths: [{ path: 'userName', new: 'ada' }],
        },
        { ...user('u1'), place: 2, at: 11, op: 'replace', actor: 'tester', version: 2, paths: [] },
        { ...user('u1'), place: 3, at: 12, op: 'delete', actor: 'tester', version: 2, paths: [] },
      ])
      expect((await on.store.changes('acme', 1, 1)).map(({ place }) => place)).toEqual([2])
      expect(await on.store.changes('acme', 3, 10)).toEqual([])
      expect(await on.store.changes('other', 0, 10)).toHaveLength(1)
      expect(await on.store.changes('nowhere', 0, 10)).toEqual([])
    }),
  ],
}
