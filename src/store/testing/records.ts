// Records, and tenants with their counters.

import type { Json } from '../../protocol/index.ts'
import type { Store, Write } from '../index.ts'
import { type Chapter, rule } from './suite.ts'
import { creating, querying, USER, user } from './writes.ts'

const key = (key: string, kind = 'token', tenant = 'acme') => ({ tenant, kind, key })

/** Records, and tenants with their counters. */
export const RECORDS: Chapter = {
  name: 'records and tenants',
  rules: [
    rule('a record is kept, replaced and taken away', async (on, expect) => {
      await on.store.commit([{ write: 'record', record: key('a'), value: { n: 1 }, tag: 't' }])
      await on.store.commit([{ write: 'record', record: key('b'), value: null }])
      expect(await on.store.records('acme', 'token')).toEqual([
        { ...key('a'), value: { n: 1 }, tag: 't' },
        { ...key('b'), value: null },
      ])
      await on.store.commit([{ write: 'record', record: key('a'), value: [2] }])
      expect(await on.store.records('acme', 'token', { key: 'a' })).toEqual([{ ...key('a'), value: [2] }])
      expect(await on.store.commit([{ write: 'record', record: key('a'), value: undefined }])).toMatchObject([
        { changed: true },
      ])
      expect(await on.store.commit([{ write: 'record', record: key('a'), value: undefined }])).toMatchObject([
        { changed: false },
      ])
      expect(await on.store.records('acme', 'token', { key: 'a' })).toEqual([])
    }),

    rule('records are found by kind, tag and place; those of the whole database stand apart', async (on, expect) => {
      await on.store.commit(
        ['b', 'a', 'd', 'c'].map((name, i) => ({
          write: 'record',
          record: key(name),
          value: i,
          tag: i % 2 ? 'odd' : 'even',
        })),
      )
      await on.store.commit([{ write: 'record', record: key('a', 'token', ''), value: 'whole' }])
      const keys = async (where: Parameters<Store['records']>[2]) =>
        (await on.store.records('acme', 'token', where)).map(({ key }) => key)
      expect(await keys({})).toEqual(['a', 'b', 'c', 'd'])
      expect(await keys({ after: 'a', limit: 2 })).toEqual(['b', 'c'])
      expect(await keys({ tag: 'odd' })).toEqual(['a', 'c'])
      expect(await keys({ tag: 'odd', after: 'a' })).toEqual(['c'])
      expect(await keys({ key: 'a', tag: 'even' })).toEqual([])
      expect(await on.store.records('', 'token')).toEqual([{ ...key('a', 'token', ''), value: 'whole' }])
      expect(await on.store.records('acme', 'other')).toEqual([])
      expect(await on.store.records('nowhere', 'token')).toEqual([])
    }),

    rule('ifAbsent refuses a key that is taken', async (on, expect) => {
      const write: Write = { write: 'record', record: key('a'), value: 1, ifAbsent: true }
      await on.store.commit([write])
      expect(await on.conflict([write])).toMatchObject({ reason: 'exists', what: 'a' })
    }),

    rule('ifValue refuses a key whose text is another one', async (on, expect) => {
      const put = (value: string | undefined, ifValue: string): Write => ({
        write: 'record',
        record: key('a'),
        value,
        ifValue,
      })
      const refused = { reason: 'missing', what: 'a' }
      expect(await on.conflict([put('x', 'x')])).toMatchObject(refused)
      expect(await on.conflict([put(undefined, 'x')])).toMatchObject(refused)
      await on.store.commit([{ write: 'record', record: key('a'), value: 'x' }])
      await on.store.commit([put('y', 'x')])
      expect(await on.conflict([creating('u1', { userName: 'ada' }), put('z', 'x')])).toMatchObject({
        ...refused,
        at: 1,
      })
      expect(await on.store.get(user('u1'))).toBeUndefined()
      expect(await on.store.records('acme', 'token')).toMatchObject([{ value: 'y' }])
      await on.store.commit([put(undefined, 'y')])
      expect(await on.store.records('acme', 'token')).toEqual([])
    }),

    rule('ifValue compares whole values', async (on, expect) => {
      const put = (value: number, ifValue: Json): Write => ({
        write: 'record',
        record: key('a'),
        value: { n: value, list: ['x'] },
        ifValue,
      })
      await on.store.commit([{ write: 'record', record: key('a'), value: { n: 1, list: ['x'] } }])
      expect(await on.conflict([put(2, { n: 2, list: ['x'] })])).toMatchObject({ reason: 'missing', what: 'a' })
      await on.store.commit([put(2, { n: 1, list: ['x'] })])
      expect(await on.store.records('acme', 'token')).toMatchObject([{ value: { n: 2, list: ['x'] } }])
    }),

    rule('quiet records are stored for several tenants together, and only for those that exist', async (on, expect) => {
      await on.store.commit([{ write: 'tenant', tenant: 'beta', as: 'new', at: 2 }])
      const quiet = (value: number): Write => ({
        write: 'quiet',
        records: ['acme', 'beta', 'gone', ''].map((tenant) => ({ ...key('a', 'use', tenant), value })),
      })
      await on.store.commit([quiet(1)])
      await on.store.commit([quiet(2)])
      for (const tenant of ['acme', 'beta', '']) {
        expect(await on.store.records(tenant, 'use')).toEqual([{ ...key('a', 'use', tenant), value: 2 }])
      }
      expect(await on.store.records('gone', 'use')).toEqual([])
    }),

    rule('a note is a line of the log and no resource', async (on, expect) => {
      const note = (tenant: string): Write => ({
        write: 'note',
        ref: { tenant, type: 'Connection', id: 'okta-1' },
        at: 5,
        log: { actor: 'admin', paths: [{ path: 'verb', new: 'created' }] },
      })
      await on.store.commit([note('acme'), creating('u1', { userName: 'ada' }), note('acme')])
      const line = {
        tenant: 'acme',
        type: 'Connection',
        id: 'okta-1',
        at: 5,
        op: 'note',
        actor: 'admin',
        version: 0,
      }
      const paths = [{ path: 'verb', new: 'created' }]
      const log = await on.store.changes('acme', 0, 10)
      expect(log).toMatchObject([{ place: 1 }, { place: 2, id: 'u1' }, { place: 3 }])
      expect([log[0], log[2]]).toEqual([
        { ...line, place: 1, paths },
        { ...line, place: 3, paths },
      ])
      expect(await on.store.tenant('acme')).toEqual({
        tenant: 'acme',
        created: 1,
        place: 3,
        begins: 1,
        resources: { User: 1 },
      })
      expect(await on.store.names('acme', ['okta-1', 'u1'])).toEqual([{ id: 'u1', type: 'User', display: 'ada' }])
      // The whole database has a log of its own.
      await on.store.commit([note('')])
      await on.store.commit([note(''), note('')])
      expect(await on.store.changes('', 1, 10)).toMatchObject([{ place: 2, tenant: '' }, { place: 3 }])
      expect(await on.conflict([note('gone')])).toMatchObject({ reason: 'missing', what: 'tenant' })
    }),

    rule('log lines are amended where they stand', async (on, expect) => {
      await on.store.commit([
        creating('u1', { userName: 'ada' }),
        creating('g1', { displayName: 'g' }, { members: ['u1'] }),
      ])
      const [first, second] = await on.store.changes('acme', 0, 10)
      await on.store.commit([
        {
          write: 'amend',
          tenant: 'acme',
          lines: [
            { place: 1, paths: [{ path: 'userName' }] },
            { place: 9, paths: [] },
          ],
        },
      ])
      expect(await on.store.changes('acme', 0, 10)).toEqual([{ ...first, paths: [{ path: 'userName' }] }, second])
      const { members } = second ?? {}
      const amended: Write = {
        write: 'amend',
        tenant: 'acme',
        lines: [{ place: 2, paths: [], ...(members === undefined ? {} : { members }) }],
      }
      const failing: Write = { write: 'record', record: key('a'), value: 1, ifValue: 2 }
      expect(await on.conflict([{ ...amended, lines: [{ place: 2, paths: [] }] }, failing])).toBeDefined()
      await on.store.commit([amended])
      expect((await on.store.changes('acme', 1, 10))[0]).toMatchObject({ place: 2, paths: [], members: { added: 1 } })
    }),

    rule('one tenant is read alone', async (on, expect) => {
      await on.store.commit([{ write: 'tenant', tenant: 'beta', as: 'new', at: 2 }])
      await on.store.commit([creating('u1', { userName: 'ada' })])
      expect(await on.store.tenant('acme')).toEqual({
        tenant: 'acme',
        created: 1,
        place: 1,
        begins: 1,
        resources: { User: 1 },
      })
      expect(await on.store.tenant('beta')).toEqual({ tenant: 'beta', created: 2, place: 0, begins: 1, resources: {} })
      for (const name of ['none', '', 'with\0nul']) expect(await on.store.tenant(name)).toBeUndefined()
    }),

    rule('tenants come with their counters and go with all they hold', async (on, expect) => {
      expect(await on.conflict([{ write: 'tenant', tenant: 'acme', as: 'new', at: 1 }])).toMatchObject({
        reason: 'exists',
      })
      expect(await on.conflict([{ write: 'tenant', tenant: 'none', as: 'gone', at: 1 }])).toMatchObject({
        reason: 'missing',
      })
      await on.store.commit([{ write: 'tenant', tenant: 'beta', as: 'new', at: 2 }])
      await on.store.commit([
        creating('u1', { userName: 'ada' }),
        creating('g1', { displayName: 'g' }, { members: ['u1'] }),
      ])
      await on.store.commit([{ write: 'record', record: key('a'), value: 1 }])
      expect(await on.store.tenants()).toEqual([
        { tenant: 'acme', created: 1, place: 2, begins: 1, resources: { User: 1, Group: 1 } },
        { tenant: 'beta', created: 2, place: 0, begins: 1, resources: {} },
      ])
      const named = async (where: Parameters<Store['tenants']>[0]) =>
        (await on.store.tenants(where)).map(({ tenant, resources }) => [tenant, resources])
      expect(await named({ limit: 1 })).toEqual([['acme', { User: 1, Group: 1 }]])
      expect(await named({ limit: 1, after: 'acme' })).toEqual([['beta', {}]])
      expect(await named({ limit: 10, after: 'beta' })).toEqual([])
      expect(await named({ limit: 10, prefix: 'be' })).toEqual([['beta', {}]])
      expect(await named({ limit: 10, prefix: 'be', after: 'beta' })).toEqual([])
      expect(await named({ limit: 10, prefix: 'a' })).toEqual([['acme', { User: 1, Group: 1 }]])
      await on.store.commit([{ write: 'tenant', tenant: 'acme', as: 'gone', at: 3 }])
      expect(await on.store.tenants()).toMatchObject([{ tenant: 'beta' }])
      expect(await on.store.get(user('u1'))).toBeUndefined()
      await on.store.commit([{ write: 'tenant', tenant: 'acme', as: 'new', at: 4 }])
      expect(await on.store.get(user('u1'))).toBeUndefined()
      expect(await on.store.records('acme', 'token')).toEqual([])
      expect(await on.store.changes('acme', 0, 10)).toEqual([])
      await on.store.commit([creating('u1', { userName: 'ada' })])
      expect(await on.store.changes('acme', 0, 10)).toMatchObject([{ place: 1 }])
      expect((await on.store.find(querying([USER]))).total).toBe(1)
    }),
  ],
}
