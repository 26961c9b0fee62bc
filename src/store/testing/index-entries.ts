// Index entries, and index paths that are complete or not.

import { EnterpriseUser } from '../../protocol/index.ts'
import type { Write } from '../index.ts'
import { type Chapter, rule } from './suite.ts'
import { creating, removing, replacing, USER, user } from './writes.ts'

/** Index entries, and index paths that are complete or not. */
export const INDEX_ENTRIES: Chapter = {
  name: 'index entries',
  rules: [
    rule('a changed name is found by its new value alone', async (on, expect) => {
      const before = { userName: 'Ada', emails: [{ value: 'ada@work.example', type: 'work' }] }
      await on.store.commit([creating('u1', before)])
      await on.store.commit([
        replacing('u1', before, { ...before, userName: 'Zoë', emails: [{ value: 'zoe@x', type: 'work' }] }),
      ])
      expect(await on.filtered([USER], 'userName eq "ada"')).toEqual([])
      expect(await on.filtered([USER], 'userName eq "ZOË"')).toEqual(['u1'])
      expect(await on.filtered([USER], 'emails.value eq "ada@work.example"')).toEqual([])
      expect(await on.filtered([USER], 'emails co "ZOE"')).toEqual(['u1'])
    }),

    rule('holders are found in order of id, page by page', async (on, expect) => {
      const path = `${EnterpriseUser.id}:manager.value`
      const ids = ['a', 'b', 'c', 'd']
      await on.store.commit(
        ids.map((id) => creating(id, { userName: id, [EnterpriseUser.id]: { manager: { value: 'boss' } } })),
      )
      expect(await on.store.holders('acme', 'User', { path, value: 'boss' }, 3)).toEqual(['a', 'b', 'c'])
      expect(await on.store.holders('acme', 'User', { path, value: 'boss' }, 3, 'c')).toEqual(['d'])
      expect(await on.store.holders('acme', 'User', { path, value: 'other' }, 3)).toEqual([])
      expect(await on.store.holders('acme', 'User', { path: 'none', value: 'boss' }, 3)).toEqual([])
      expect(await on.store.holders('nowhere', 'User', { path, value: 'boss' }, 3)).toEqual([])
    }),

    rule('an attribute that becomes indexed answers rightly at every step', async (on, expect) => {
      await on.store.commit(['a', 'b', 'c'].map((id) => creating(id, { userName: id, title: 'Dr' })))
      const entry = { path: 'title', value: 'dr' }
      const asked = () => on.filtered([USER], 'title eq "DR"')
      expect(await asked()).toEqual(['a', 'b', 'c'])
      await on.store.commit([{ write: 'reindex', ref: user('a'), unindex: [], index: [entry] }])
      expect(await asked()).toEqual(['a', 'b', 'c'])
      expect(await on.store.get(user('a'))).toMatchObject({ version: 1 })
      await on.store.commit(['b', 'c'].map((id) => ({ write: 'reindex', ref: user(id), unindex: [], index: [entry] })))
      await on.store.commit([{ write: 'indexed', tenant: 'acme', type: 'User', paths: ['title'], as: 'complete' }])
      expect(await asked()).toEqual(['a', 'b', 'c'])
      await on.store.commit([removing('User', 'b')])
      expect(await asked()).toEqual(['a', 'c'])
      await on.store.commit([{ write: 'indexed', tenant: 'acme', type: 'User', paths: ['title'], as: 'gone' }])
      expect(await asked()).toEqual(['a', 'c'])
    }),

    rule(
      'another hash of the same password is put without a version or a log line, and not over a newer one',
      async (on, expect) => {
        const made = creating('a', { userName: 'a', title: 'Dr' })
        await on.store.commit([{ ...made, draft: { ...made.draft, secret: 'old' } }])
        const renewed = { write: 'reindex', ref: user('a'), unindex: [], index: [], secret: 'new' } as const
        await on.store.commit([{ ...renewed, ifVersion: 1 }])
        expect(await on.store.secret(user('a'))).toBe('new')
        expect(await on.store.get(user('a'))).toMatchObject({ version: 1, text: made.draft.text })
        expect(await on.store.changes('acme', 0, 10)).toHaveLength(1)
        expect(await on.filtered([USER], 'userName eq "a"')).toEqual(['a'])
        expect(await on.conflict([{ ...renewed, secret: 'late', ifVersion: 7 }])).toMatchObject({ reason: 'version' })
        expect(await on.store.secret(user('a'))).toBe('new')
      },
    ),

    rule(
      'a path that starts empty is not used before it is complete, whatever makes the first entry',
      async (on, expect) => {
        const as = (how: 'complete' | 'incomplete' | 'empty' | 'gone'): Write => ({
          write: 'indexed',
          tenant: 'acme',
          type: 'User',
          paths: ['title'],
          as: how,
        })
        const entry = { path: 'title', value: 'dr' }
        const titled = (id: string, entered: boolean): Write => {
          const write = creating(id, { userName: id, title: 'Dr' })
          return { ...write, index: [...write.index, ...(entered ? [entry] : [])] }
        }
        const asked = () => on.filtered([USER], 'title eq "DR"')
        const paths = async () => {
          for await (const [first, ...rest] of on.store.exportTenant('acme')) {
            return [first, ...rest].filter((row) => row?.row === 'path' && row.path === 'title')
          }
          return []
        }
        await on.store.commit([titled('a', false)])
        await on.store.commit([as('empty')])
        expect(await paths()).toMatchObject([{ unique: true, complete: false }])
        await on.store.commit([titled('b', true)])
        expect(await asked()).toEqual(['a', 'b'])
        await on.store.commit([{ write: 'reindex', ref: user('a'), unindex: [], index: [entry] }])
        await on.store.commit([as('complete')])
        expect(await paths()).toMatchObject([{ unique: false, complete: true }])
        expect(await asked()).toEqual(['a', 'b'])
        // From here on writes may come without entries.
        await on.store.commit([as('incomplete')])
        await on.store.commit([titled('c', false)])
        expect(await asked()).toEqual(['a', 'b', 'c'])
        expect(await on.store.holders('acme', 'User', entry, 10)).toEqual(['a', 'b'])
        await on.store.commit([as('empty')])
        expect(await on.store.holders('acme', 'User', entry, 10)).toEqual([])
        expect(await asked()).toEqual(['a', 'b', 'c'])
        await on.store.commit([as('gone'), as('incomplete')])
        expect(await paths()).toEqual([])
        for await (const rows of on.store.exportTenant('acme')) {
          for (const row of rows) {
            if (row.row === 'resource') expect(Object.keys(row.entries)).toEqual(['userName'])
          }
        }
      },
    ),

    rule('whether the entries of a path are unique is no matter of its being complete', async (on, expect) => {
      await on.store.commit([creating('a', { userName: 'ada' })])
      await on.store.commit([{ write: 'indexed', tenant: 'acme', type: 'User', paths: ['userName'], as: 'complete' }])
      for await (const [first] of on.store.exportTenant('acme')) {
        expect(first).toMatchObject({ path: 'userName', unique: true, complete: true })
        break
      }
    }),

    rule('an entry made later can collide', async (on, expect) => {
      await on.store.commit(['a', 'b'].map((id) => creating(id, { userName: id, title: 'Dr' })))
      const entry = { path: 'title', value: 'dr', unique: true }
      await on.store.commit([{ write: 'reindex', ref: user('a'), unindex: [], index: [entry] }])
      expect(await on.conflict([{ write: 'reindex', ref: user('b'), unindex: [], index: [entry] }])).toMatchObject({
        reason: 'unique',
        what: 'title',
      })
    }),
  ],
}
