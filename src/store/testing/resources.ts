// What a store keeps of resources.

import { type Chapter, rule } from './suite.ts'
import { creating, group, removing, replacing, USER, user } from './writes.ts'

/** What a store keeps of resources. */
export const RESOURCES: Chapter = {
  name: 'resources',
  rules: [
    rule('a created resource is read as it was written', async (on, expect) => {
      const write = creating('u1', { userName: 'Ada', displayName: 'Ada L.' }, { at: 5, secret: 'hash' })
      expect(await on.store.commit([write])).toEqual([{ changed: true, version: 1, created: 5, modified: 5 }])
      expect(await on.store.get(user('u1'))).toEqual({
        ...user('u1'),
        version: 1,
        created: 5,
        modified: 5,
        text: write.draft.text,
        display: 'Ada L.',
      })
      expect(await on.store.secret(user('u1'))).toBe('hash')
    }),

    rule('a resource may be older than its row', async (on, expect) => {
      const write = { ...creating('u1', { userName: 'ada' }, { at: 2_000 }), created: 7 }
      expect(await on.store.commit([write])).toEqual([{ changed: true, version: 1, created: 7, modified: 2_000 }])
      expect(await on.store.get(user('u1'))).toMatchObject({ created: 7, modified: 2_000 })
      const later = replacing('u1', { userName: 'ada' }, { userName: 'ada', title: 'Dr' }, { at: 3_000, ifVersion: 1 })
      expect(await on.store.commit([later])).toEqual([{ changed: true, version: 2, created: 7, modified: 3_000 }])
      expect(await on.store.changes('acme', 0, 1)).toMatchObject([{ at: 2_000 }])
    }),

    rule('what is not there is undefined: id, type, tenant', async (on, expect) => {
      await on.store.commit([creating('u1', { userName: 'ada' })])
      expect(await on.store.get(user('u2'))).toBeUndefined()
      expect(await on.store.get(group('u1'))).toBeUndefined()
      expect(await on.store.get({ tenant: 'other', type: 'User', id: 'u1' })).toBeUndefined()
      expect(await on.store.secret(user('u1'))).toBeUndefined()
    }),

    rule('an id counts once in a tenant, whatever the type', async (on, expect) => {
      await on.store.commit([creating('u1', { userName: 'ada' })])
      expect(await on.conflict([creating('u1', { userName: 'bob' })])).toMatchObject({ reason: 'exists', at: 0 })
      expect(await on.conflict([creating('u1', { displayName: 'g' })])).toMatchObject({ reason: 'exists' })
    }),

    rule('an update takes the next version and the new text', async (on, expect) => {
      await on.store.commit([creating('u1', { userName: 'ada' })])
      const write = replacing('u1', { userName: 'ada' }, { userName: 'ada', title: 'Dr' }, { at: 9, ifVersion: 1 })
      expect(await on.store.commit([write])).toEqual([{ changed: true, version: 2, created: 1_000, modified: 9 }])
      expect(await on.store.get(user('u1'))).toMatchObject({
        version: 2,
        modified: 9,
        created: 1_000,
        text: write.draft.text,
      })
    }),

    rule('an update from an old version is refused', async (on, expect) => {
      await on.store.commit([creating('u1', { userName: 'ada' })])
      const write = replacing('u1', { userName: 'ada' }, { userName: 'ada', title: 'Dr' }, { ifVersion: 1 })
      await on.store.commit([write])
      expect(await on.conflict([write])).toMatchObject({ reason: 'version', at: 0 })
      expect(await on.conflict([removing('User', 'u1', { ifVersion: 1 })])).toMatchObject({ reason: 'version' })
      expect(await on.conflict([replacing('u9', {}, { userName: 'x' })])).toMatchObject({ reason: 'missing' })
    }),

    rule('a secret stays, changes and goes', async (on, expect) => {
      await on.store.commit([creating('u1', { userName: 'ada' }, { secret: 'one' })])
      const update = replacing('u1', { userName: 'ada' }, { userName: 'ada' })
      await on.store.commit([update])
      expect(await on.store.secret(user('u1'))).toBe('one')
      await on.store.commit([{ ...update, draft: { ...update.draft, secret: 'two' } }])
      expect(await on.store.secret(user('u1'))).toBe('two')
      await on.store.commit([{ ...update, draft: { ...update.draft, secret: null } }])
      expect(await on.store.secret(user('u1'))).toBeUndefined()
    }),

    rule('a removed resource is gone, with its index entries', async (on, expect) => {
      await on.store.commit([creating('u1', { userName: 'ada', emails: [{ value: 'a@x' }] })])
      expect(await on.store.commit([removing('User', 'u1')])).toMatchObject([{ changed: true, version: 0 }])
      expect(await on.store.get(user('u1'))).toBeUndefined()
      expect(await on.filtered([USER], 'userName eq "ada"')).toEqual([])
      expect(await on.conflict([removing('User', 'u1')])).toMatchObject({ reason: 'missing' })
      await on.store.commit([creating('u2', { userName: 'ada', emails: [{ value: 'a@x' }] })])
      expect(await on.filtered([USER], 'emails.value eq "a@x"')).toEqual(['u2'])
    }),
  ],
}
