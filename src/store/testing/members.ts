// Members of groups, edited and read as rows.

import { bindFilter, LENIENT, parseFilter } from '../../protocol/index.ts'
import type { MemberEdit } from '../index.ts'
import { type Chapter, rule } from './suite.ts'
import { creating, editing, GROUP, group, querying, removing, USER, user } from './writes.ts'

/** Edits that change nothing. */
const NO_CHANGE: readonly (readonly [string, readonly MemberEdit[]])[] = [
  ['adding who is there', [{ edit: 'add', members: [{ id: 'u1' }] }]],
  ['removing a member that is not there', [{ edit: 'remove', ids: ['u3', 'nobody'] }]],
  ['setting those who are there', [{ edit: 'set', members: [{ id: 'u2' }, { id: 'u1', type: 'User' }] }]],
  [
    'adding and removing again',
    [
      { edit: 'add', members: [{ id: 'u3' }] },
      { edit: 'remove', ids: ['u3'] },
    ],
  ],
  ['clearing and adding again', [{ edit: 'clear' }, { edit: 'add', members: [{ id: 'u1' }, { id: 'u2' }] }]],
  ['no edits', []],
]

/** Members of groups, edited and read as rows. */
export const MEMBERS: Chapter = {
  name: 'members',
  before: (on) =>
    on.store.commit([
      creating('u1', { userName: 'ada', displayName: 'Ada' }),
      creating('u2', { userName: 'bob' }),
      creating('u3', { userName: 'carl' }),
      creating('g1', { displayName: 'One' }, { members: ['u1', 'u2'] }),
      creating('g2', { displayName: 'Two' }),
    ]),
  rules: [
    rule('a group is made with its members', async (on, expect) => {
      expect(await on.membersOf('g1')).toEqual(['u1', 'u2'])
      expect(await on.store.memberCount(group('g1'), 10)).toBe(2)
      expect(await on.store.memberCount(group('g1'), 1)).toBe(1)
      expect(await on.store.memberCount(group('g9'), 1)).toBe(0)
      const [chunk] = await on.chunksOf('g1')
      expect(chunk).toContainEqual({ id: 'u1', type: 'User', display: 'Ada' })
    }),

    rule(
      'members are read by page, each once, and those who come and go meanwhile unsettle no other',
      async (on, expect) => {
        const ids = Array.from({ length: 25 }, (_, i) => `x${String(i).padStart(2, '0')}`)
        await on.store.commit(ids.map((id) => creating(id, { userName: id })))
        await on.store.commit([editing('g2', [{ edit: 'add', members: ids.map((id) => ({ id })) }])])
        const seen: string[] = []
        let next: string | undefined
        do {
          const page = await on.store.memberPage(group('g2'), 10, next)
          expect(page.members.length).toBeLessThanOrEqual(10)
          if (next === undefined) await on.store.commit([editing('g2', [{ edit: 'remove', ids: ['x00', 'x12'] }])])
          seen.push(...page.members.map(({ id }) => id))
          next = page.next
        } while (next !== undefined)
        expect([...seen].sort()).toEqual(ids.filter((id) => id !== 'x12'))
        expect(await on.store.memberPage(group('g1'), 1)).toMatchObject({
          members: [{ id: 'u1', type: 'User', display: 'Ada' }],
        })
        expect((await on.store.memberPage(group('g1'), 9)).next).toBeUndefined()
        for (const id of ['g9', 'u1', 'x\0y']) expect(await on.store.memberPage(group(id), 9)).toEqual({ members: [] })
      },
    ),

    rule('some members are read by their ids, and no others', async (on, expect) => {
      const among = async (id: string, ids: readonly string[]) =>
        [...(await on.store.membersAmong(group(id), ids))].sort((a, b) => (a.id < b.id ? -1 : 1))
      expect(await among('g1', ['u1', 'u3', 'nobody', 'u1', 'g1', '', 'x\0y'])).toEqual([
        { id: 'u1', type: 'User', display: 'Ada' },
      ])
      expect(await among('g1', ['u2', 'u1'])).toHaveLength(2)
      expect(await among('g1', [])).toEqual([])
      expect(await among('g2', ['u1'])).toEqual([])
      expect(await among('g9', ['u1'])).toEqual([])
      expect(await among('u1', ['u1'])).toEqual([])
      await on.store.commit([editing('g1', [{ edit: 'remove', ids: ['u1'] }])])
      expect(await among('g1', ['u1', 'u2'])).toEqual([{ id: 'u2', type: 'User', display: 'bob' }])
    }),

    rule('an edit that changes a member makes a version and a log line', async (on, expect) => {
      const [written] = await on.store.commit([editing('g1', [{ edit: 'add', members: [{ id: 'u3' }] }])])
      expect(written).toEqual({ changed: true, version: 2, created: 1_000, modified: 3_000 })
      expect(await on.membersOf('g1')).toEqual(['u1', 'u2', 'u3'])
      const line = (await on.store.changes('acme', 0, 100)).at(-1)
      expect(line).toMatchObject({ id: 'g1', version: 2, op: 'patch' })
      expect(line?.members).toEqual({ added: 1, removed: 0, ids: { added: ['u3'], removed: [] } })
      expect((await on.store.get(group('g1')))?.text).toContain('One')
    }),

    ...NO_CHANGE.map(([what, edits]) =>
      rule(`${what} changes nothing`, async (on, expect) => {
        const [written] = await on.store.commit([editing('g1', edits)])
        expect(written).toEqual({ changed: false, version: 1, created: 1_000, modified: 1_000 })
        expect(await on.store.changes('acme', 5, 10)).toEqual([])
        expect(await on.membersOf('g1')).toEqual(['u1', 'u2'])
      }),
    ),

    rule('edits are carried out in order', async (on, expect) => {
      await on.store.commit([
        editing('g1', [
          { edit: 'remove', ids: ['u1'] },
          { edit: 'add', members: [{ id: 'u3' }] },
          { edit: 'set', members: [{ id: 'u1' }] },
          { edit: 'add', members: [{ id: 'u2' }, { id: 'u2' }] },
        ]),
      ])
      expect(await on.membersOf('g1')).toEqual(['u1', 'u2'])
    }),

    rule('members are removed by what a filter says of them', async (on, expect) => {
      const where = (text: string): MemberEdit => {
        const bound = bindFilter(parseFilter(`members[${text}]`, LENIENT), GROUP, LENIENT)
        if (bound.op !== 'has') throw new Error('expected brackets')
        return { edit: 'removeWhere', filter: bound.filter }
      }
      await on.store.commit([editing('g1', [where('value eq "u1"')])])
      expect(await on.membersOf('g1')).toEqual(['u2'])
      await on.store.commit([editing('g1', [{ edit: 'add', members: [{ id: 'g2' }, { id: 'u1' }, { id: 'u3' }] }])])
      await on.store.commit([editing('g1', [where('type eq "Group" or value eq "u3"')])])
      expect(await on.membersOf('g1')).toEqual(['u1', 'u2'])
      await on.store.commit([editing('g1', [where('display sw "AD"')])])
      expect(await on.membersOf('g1')).toEqual(['u2'])
      expect(await on.store.commit([editing('g1', [where('value eq "u1"')])])).toMatchObject([{ changed: false }])
      await on.store.commit([editing('g1', [where('not (value eq "u1")')])])
      expect(await on.membersOf('g1')).toEqual([])
    }),

    rule('a member must exist, and be of the type that was said', async (on, expect) => {
      const unknown = await on.conflict([editing('g1', [{ edit: 'add', members: [{ id: 'u9' }] }])])
      expect(unknown).toMatchObject({ reason: 'member', what: 'u9', found: undefined })
      const wrong = await on.conflict([editing('g1', [{ edit: 'add', members: [{ id: 'g2', type: 'User' }] }])])
      expect(wrong).toMatchObject({ reason: 'member', what: 'g2', found: 'Group' })
      expect((await on.store.get(group('g1')))?.version).toBe(1)
    }),

    rule('groups of a member: direct ones first, nested ones, circles end', async (on, expect) => {
      await on.store.commit([editing('g2', [{ edit: 'add', members: [{ id: 'g1' }] }])])
      const found = await on.store.get(user('u1'), { groups: true })
      expect(found?.groups).toEqual([
        { id: 'g1', display: 'One', direct: true },
        { id: 'g2', display: 'Two', direct: false },
      ])
      await on.store.commit([editing('g1', [{ edit: 'add', members: [{ id: 'g2' }] }])])
      expect((await on.store.get(user('u1'), { groups: true }))?.groups).toHaveLength(2)
      expect((await on.store.get(group('g1'), { groups: true }))?.groups).toEqual([
        { id: 'g2', display: 'Two', direct: true },
      ])
      expect((await on.store.get(user('u3'), { groups: true }))?.groups).toEqual([])
      expect((await on.store.get(user('u1')))?.groups).toBeUndefined()
      const page = await on.store.find(querying([USER], { groups: true }))
      expect(page.resources.map((one) => one.groups?.map(({ id }) => id))).toEqual([['g1', 'g2'], ['g1', 'g2'], []])
    }),

    rule('removing a member gives each of its groups a version and a log line', async (on, expect) => {
      await on.store.commit([editing('g2', [{ edit: 'add', members: [{ id: 'u1' }, { id: 'g1' }] }])])
      await on.store.commit([removing('User', 'u1', { at: 77 })])
      expect(await on.membersOf('g1')).toEqual(['u2'])
      expect(await on.store.get(group('g1'))).toMatchObject({ version: 2, modified: 77 })
      expect(await on.store.get(group('g2'))).toMatchObject({ version: 3, modified: 77 })
      const lines = await on.store.changes('acme', 6, 10)
      expect(lines.map(({ id, op, version }) => [id, op, version])).toEqual([
        ['u1', 'delete', 1],
        ['g1', 'patch', 2],
        ['g2', 'patch', 3],
      ])
      expect(lines[1]).toMatchObject({
        actor: 'tester',
        members: { added: 0, removed: 1, ids: { removed: ['u1'] } },
      })
    }),

    rule('removing a group frees its members', async (on, expect) => {
      await on.store.commit([removing('Group', 'g1')])
      expect((await on.store.get(user('u1'), { groups: true }))?.groups).toEqual([])
      expect((await on.store.get(user('u1')))?.version).toBe(1)
    }),

    rule('names finds resources of any type', async (on, expect) => {
      const names = await on.store.names('acme', ['g1', 'u1', 'nobody', 'u2', 'u1'])
      expect([...names].sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual([
        { id: 'g1', type: 'Group', display: 'One' },
        { id: 'u1', type: 'User', display: 'Ada' },
        { id: 'u2', type: 'User', display: 'bob' },
      ])
      expect(await on.store.names('other', ['u1'])).toEqual([])
    }),

    rule('more than 500 members in one edit are counted, not named; they are read in chunks', async (on, expect) => {
      const ids = Array.from({ length: 1_234 }, (_, i) => `x${String(i).padStart(4, '0')}`)
      await on.store.commit(ids.map((id) => creating(id, { userName: id })))
      await on.store.commit([editing('g2', [{ edit: 'add', members: ids.map((id) => ({ id })) }])])
      expect((await on.store.changes('acme', 0, 9_999)).at(-1)?.members).toEqual({ added: 1_234, removed: 0 })
      const chunks = await on.chunksOf('g2')
      expect(chunks.map((chunk) => chunk.length)).toEqual([1_000, 234])
      expect(chunks.flat().map(({ id }) => id)).toEqual(ids)
      expect(await on.store.memberCount(group('g2'), 10_000)).toBe(1_234)
      await on.store.commit([editing('g2', [{ edit: 'set', members: ids.slice(0, 1_200).map((id) => ({ id })) }])])
      expect((await on.store.changes('acme', 0, 9_999)).at(-1)?.members).toMatchObject({ added: 0, removed: 34 })
    }),

    rule('a reader of members sees one moment, whatever is written meanwhile', async (on, expect) => {
      const ids = Array.from({ length: 2_500 }, (_, i) => `x${String(i).padStart(4, '0')}`)
      await on.store.commit(ids.map((id) => creating(id, { userName: id })))
      await on.store.commit([editing('g2', [{ edit: 'add', members: ids.map((id) => ({ id })) }])])
      const seen: string[] = []
      for await (const chunk of on.store.members(group('g2'))) {
        seen.push(...chunk.map(({ id }) => id))
        await on.store.commit([editing('g2', [{ edit: 'clear' }])])
      }
      expect(seen).toEqual(ids)
      expect(await on.store.memberCount(group('g2'), 10)).toBe(0)
    }),
  ],
}
