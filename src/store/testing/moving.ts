// A tenant is exported and loaded elsewhere, unchanged.

import { type ExportRow, memoryStore } from '../index.ts'
import { type Fixture, rowsOf } from './fixture.ts'
import { type Chapter, rule } from './suite.ts'
import { creating, idsOn, querying, removing, replacing, USER, user } from './writes.ts'

const people = Array.from({ length: 1_203 }, (_, i) => creating(`p${i}`, { userName: `P${i}` }))
async function fill(on: Fixture): Promise<void> {
  await on.store.commit([
    creating('u1', { userName: 'Ada', emails: [{ value: 'a@x' }, { value: 'A@y' }] }, { at: 7, secret: 'hash' }),
    creating('u\u{10400}', { userName: 'Ünï "q"' }),
    creating('u\uff21', { userName: 'bob', externalId: 'x' }),
  ])
  await on.store.commit([creating('g1', { displayName: 'one' }, { members: ['u1', 'u\uff21'] })])
  await on.store.commit([creating('g2', { displayName: 'two' }, { members: ['g1', 'u\u{10400}'] })])
  const before = { userName: 'Ada', emails: [{ value: 'a@x' }, { value: 'A@y' }] }
  const after = { userName: 'Ada', emails: [{ value: 'b@z' }, { value: 'A@y' }], title: 'Dr' }
  await on.store.commit([replacing('u1', before, after)])
  await on.store.commit([removing('User', 'u\uff21')])
  const ref = user('u1')
  await on.store.commit([{ write: 'reindex', ref, unindex: [], index: [{ path: 'title', value: 'dr' }] }])
  await on.store.commit([{ write: 'indexed', tenant: 'acme', type: 'User', paths: ['nickName'], as: 'complete' }])
  const record = (kind: string, key: string) => ({ tenant: 'acme', kind, key })
  await on.store.commit([
    { write: 'record', record: record('b', ''), value: { z: 1, a: [null, true] } },
    { write: 'record', record: record('a', 'k'), tag: 't', value: 'text' },
  ])
}

/** A tenant is exported and loaded elsewhere, unchanged. */
export const MOVING: Chapter = {
  name: 'moving',
  rules: [
    rule('rows come in their order and hold all that was written', async (on, expect) => {
      await fill(on)
      const rows = await rowsOf(on.store, 'acme')
      const keys = rows.map((row) =>
        row.row === 'path'
          ? row.path
          : row.row === 'record'
            ? row.kind
            : 'place' in row
              ? row.place
              : 'id' in row && row.id,
      )
      expect(keys).toEqual([
        ...['displayName', 'emails.value', 'externalId', 'nickName', 'title', 'userName'],
        ...['a', 'b'],
        ...['g1', 'g2', 'u1', 'u\u{10400}'],
        ...['g1', 'g2'],
        ...[1, 2, 3, 4, 5, 6, 7, 8],
      ])
      const path = (name: string) => rows.find((row) => row.row === 'path' && row.path === name)
      expect(path('userName')).toEqual({
        row: 'path',
        type: 'User',
        path: 'userName',
        unique: true,
        complete: true,
      })
      expect(path('title')).toMatchObject({ unique: false, complete: false })
      expect(path('nickName')).toMatchObject({ type: 'User', unique: false, complete: true })
      expect(rows.filter(({ row }) => row === 'record')).toEqual([
        { row: 'record', kind: 'a', key: 'k', tag: 't', value: 'text' },
        { row: 'record', kind: 'b', key: '', value: { z: 1, a: [null, true] } },
      ])
      const ada = await on.store.get(user('u1'))
      expect(rows.find((row) => row.row === 'resource' && row.id === 'u1')).toEqual({
        row: 'resource',
        type: 'User',
        id: 'u1',
        version: 2,
        created: 7,
        modified: 2_000,
        display: 'Ada',
        secret: 'hash',
        entries: { 'emails.value': ['a@y', 'b@z'], title: ['dr'], userName: ['ada'] },
        text: ada?.text,
      })
      expect(rows.filter(({ row }) => row === 'members')).toEqual([
        { row: 'members', type: 'Group', id: 'g1', members: ['u1'] },
        { row: 'members', type: 'Group', id: 'g2', members: ['g1', 'u\u{10400}'] },
      ])
      const log = await on.store.changes('acme', 0, 100)
      expect(rows.filter(({ row }) => row === 'change')).toEqual(
        log.map(({ tenant: _, ...change }) => ({ row: 'change', ...change })),
      )
      expect(await rowsOf(on.store, 'nobody')).toEqual([])
      expect(await rowsOf(on.store, '')).toEqual([])
    }),

    rule('what is loaded is what was there, here and elsewhere, and goes on from there', async (on, expect) => {
      await fill(on)
      const rows = await rowsOf(on.store, 'acme')
      const other = memoryStore()
      await other.commit([{ write: 'tenant', tenant: 'moved', as: 'new', at: 9 }])
      await other.commit([{ write: 'load', tenant: 'moved', rows }])
      expect(await rowsOf(other, 'moved')).toEqual(rows)
      // Back again under another name, a few rows at a time.
      await on.store.commit([{ write: 'tenant', tenant: 'back', as: 'new', at: 9 }])
      for (let at = 0; at < rows.length; at += 3) {
        await on.store.commit([{ write: 'load', tenant: 'back', rows: rows.slice(at, at + 3) }])
      }
      expect(await rowsOf(on.store, 'back')).toEqual(rows)
      const [acme, back] = await on.store.tenants()
      expect(back).toEqual({ ...acme, tenant: 'back', created: 9 })
      expect(await on.store.secret({ ...user('u1'), tenant: 'back' })).toBe('hash')
      const found = await on.store.find({ ...querying([USER], { filter: 'userName eq "ADA"' }), tenant: 'back' })
      expect(idsOn(found)).toEqual(['u1'])
      const member = await on.store.get({ ...user('u1'), tenant: 'back' }, { groups: true })
      expect(member?.groups?.map(({ id }) => id)).toEqual(['g1', 'g2'])
      expect(await on.store.records('back', 'a', { tag: 't' })).toMatchObject([{ key: 'k', value: 'text' }])
      const next = creating('u9', { userName: 'new' }, { tenant: 'back' })
      expect(await on.store.commit([next])).toMatchObject([{ version: 1 }])
      expect((await on.store.changes('back', 8, 10)).map(({ place, id }) => [place, id])).toEqual([[9, 'u9']])
      const taken = creating('u8', { userName: 'ada' }, { tenant: 'back' })
      expect(await on.conflict([taken])).toMatchObject({ reason: 'unique', what: 'userName' })
    }),

    rule('behind any row the rest is given', async (on, expect) => {
      await fill(on)
      const rows = await rowsOf(on.store, 'acme')
      for (const [at, row] of rows.entries()) expect(await rowsOf(on.store, 'acme', row)).toEqual(rows.slice(at + 1))
    }),

    rule('many rows come in chunks, a thousand members in a row', async (on, expect) => {
      await on.store.commit(people)
      const ids = people.map(({ draft }) => draft.id)
      await on.store.commit([creating('g1', { displayName: 'all' }, { members: ids })])
      const chunks: (readonly ExportRow[])[] = []
      for await (const chunk of on.store.exportTenant('acme')) chunks.push(chunk)
      expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThanOrEqual(1_000)
      const rows = chunks.flat()
      const members = rows.filter((row) => row.row === 'members')
      expect(members.map((row) => row.members.length)).toEqual([1_000, 203])
      expect(members.flatMap((row) => row.members)).toEqual(ids.toSorted())
      const [first] = members
      expect((await rowsOf(on.store, 'acme', first)).map(({ row }) => row).slice(0, 2)).toEqual(['members', 'change'])
      await on.store.commit([{ write: 'tenant', tenant: 'back', as: 'new', at: 1 }])
      await on.store.commit([{ write: 'load', tenant: 'back', rows }])
      expect(await rowsOf(on.store, 'back')).toEqual(rows)
      const page = { offset: 1_100, limit: 2 }
      expect(idsOn(await on.store.find({ ...querying([USER], { page }), tenant: 'back' }))).toEqual(
        idsOn(await on.store.find(querying([USER], { page }))),
      )
    }),

    rule('what does not fit is refused whole', async (on, expect) => {
      await fill(on)
      const rows = await rowsOf(on.store, 'acme')
      const only = (kind: ExportRow['row']) => rows.filter(({ row }) => row === kind)
      await on.store.commit([{ write: 'tenant', tenant: 'back', as: 'new', at: 1 }])
      const load = (some: readonly ExportRow[]) => on.conflict([{ write: 'load', tenant: 'back', rows: some }])
      expect(await load([...only('resource'), ...only('resource')])).toMatchObject({ reason: 'exists', at: 0 })
      expect(await load(only('members'))).toMatchObject({ reason: 'missing' })
      const group = only('resource').filter((row) => row.row === 'resource' && row.id === 'g1')
      expect(await load([...group, ...only('members')])).toMatchObject({ reason: 'member', what: 'u1' })
      expect(await load(only('change').slice(1))).toMatchObject({ reason: 'version', what: '2' })
      expect(await on.conflict([{ write: 'load', tenant: 'nobody', rows }])).toMatchObject({ what: 'tenant' })
      expect(await rowsOf(on.store, 'back')).toEqual([])
    }),
  ],
}
