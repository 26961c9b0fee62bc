// What a function inside a commit reads and writes in its transaction.

import { type MemberPage, runSteps, type Steps, step, type WholeChange, type Within, type Write } from '../index.ts'
import type { Fixture } from './fixture.ts'
import { type Chapter, rule } from './suite.ts'
import { creating, editing, removing, replacing } from './writes.ts'

type Look = (within: Within) => Steps<unknown>

function* inTurn(looks: readonly Look[], within: Within, seen: unknown[]): Steps<void> {
  for (const look of looks) seen.push(yield* look(within))
}

/** Commits and reads within, after others have had a turn where the store allows that. */
async function looking(on: Fixture, writes: readonly Write[], looks: readonly Look[]) {
  const seen: unknown[] = []
  let lines: readonly WholeChange[] = []
  await on.store.commit(writes, (_tx, changes, within) => {
    lines = changes
    const run = () => runSteps(inTurn(looks, within, seen))
    return within.synchronous ? run() : Promise.resolve().then(run)
  })
  return { seen, lines }
}

/** What a function inside a commit reads and writes in its transaction. */
export const WITHIN: Chapter = {
  name: 'within a commit',
  inside: true,
  rules: [
    rule('reads see what the commit has written', async (on, expect) => {
      await on.store.commit([creating('u1', { userName: 'ada' }), creating('u2', { userName: 'bea' })])
      await on.store.commit([creating('g1', { displayName: 'One' }, { members: ['u1'] })])
      const writes = [
        creating('g2', { displayName: 'Two' }, { members: ['u1', 'u2', 'g1'] }),
        replacing('u1', { userName: 'ada' }, { userName: 'ann' }),
      ]
      const { seen } = await looking(on, writes, [
        function* (within) {
          const found = yield* step(within.resources(['u1', 'g2', 'nobody']))
          return found.map(({ id, display }) => [id, display]).sort()
        },
        function* (within) {
          const found = yield* step(within.groupsOf(['u1', 'u2', 'nobody']))
          return found.map(({ member, group }) => [member, group]).sort()
        },
        function* (within) {
          const found = [yield* step(within.ofType('User', 'u1', 10)), yield* step(within.ofType('Group', '', 1))]
          return found.map((page) => page.map(({ id }) => id))
        },
        function* (within) {
          return (yield* step(within.changes(3, 10))).map(({ place, id }) => [place, id])
        },
      ])
      expect(seen).toEqual([
        [
          ['g2', 'Two'],
          ['u1', 'ann'],
        ],
        [
          ['u1', 'g1'],
          ['u1', 'g2'],
          ['u2', 'g2'],
        ],
        [['u2'], ['g1']],
        [
          [4, 'g2'],
          [5, 'u1'],
        ],
      ])
    }),

    rule('members come in pages, each once', async (on, expect) => {
      const users = Array.from({ length: 25 }, (_, i) => creating(`u${i}`, { userName: `name${i}` }))
      await on.store.commit(users)
      const members = users.map(({ draft }) => draft.id)
      const found: string[] = []
      const { seen } = await looking(
        on,
        [creating('g', { displayName: 'g' }, { members })],
        [
          function* (within) {
            for (let after: number | undefined = 0; after !== undefined; ) {
              const page: MemberPage = yield* step(within.membersOf('g', after, 10))
              found.push(...page.members.map(({ id }) => id))
              after = page.next
            }
          },
          function* (within) {
            return yield* step(within.membersOf('nobody', 0, 10))
          },
        ],
      )
      expect(found.sort()).toEqual([...members].sort())
      expect(seen).toEqual([undefined, { members: [] }])
    }),

    rule('items are written with everything else, read at once, and undone with it', async (on, expect) => {
      await on.store.commit([creating('u1', { userName: 'ada' })])
      const item = (key: string) => ({ tenant: 'acme', queue: 'q', key })
      const write: Look = function* (within) {
        yield* step(
          within.write([
            { write: 'item', item: item('a'), set: { value: 1, tag: 't' } },
            { write: 'mark', item: item('b'), lane: 1, due: 5, state: 'due' },
          ]),
        )
      }
      const read: Look = function* (within) {
        return (yield* step(within.items('q', { limit: 10 }))).map(({ key }) => key)
      }
      // biome-ignore lint/correctness/useYield: it fails before it would.
      const fail: Look = function* () {
        throw new Error('no')
      }
      const queues: string[][] = []
      const stop = on.store.watchWork((named) => queues.push([...named]))
      await expect(looking(on, [creating('u2', { userName: 'bea' })], [write, fail])).rejects.toThrow('no')
      expect(await on.store.items('acme', 'q', { limit: 10 })).toEqual([])
      const { seen } = await looking(on, [creating('u2', { userName: 'bea' })], [read, write, read, write, read])
      expect(seen).toEqual([[], undefined, ['a', 'b'], undefined, ['a', 'b']])
      expect(
        (await on.store.items('acme', 'q', { limit: 10 })).map(({ key, mark, value }) => [key, mark, value]),
      ).toEqual([
        ['a', 0, 1],
        ['b', 2, null],
      ])
      stop()
      expect(queues).toEqual([['q']])
    }),

    rule('what is past a limit is refused, and undoes all', async (on, expect) => {
      const write: Look = function* (within) {
        yield* step(within.write([{ write: 'item', item: { tenant: 'acme', queue: '', key: 'k' }, set: { value: 1 } }]))
      }
      await expect(looking(on, [creating('u1', { userName: 'ada' })], [write])).rejects.toThrow(/item\.queue/)
      expect(await on.store.changes('acme', 0, 10)).toEqual([])
    }),

    rule('the line of a deleted group has its members, which the log does not say', async (on, expect) => {
      await on.store.commit([creating('u1', { userName: 'ada' }), creating('u2', { userName: 'bea' })])
      await on.store.commit([creating('g1', { displayName: 'One' }, { members: ['u2', 'u1'] })])
      await on.store.commit([creating('g2', { displayName: 'Two' }, { members: ['g1'] })])
      const { lines } = await looking(on, [removing('Group', 'g1')], [])
      expect(lines.map(({ id, op, members }) => [id, op, members?.ids])).toEqual([
        ['g1', 'delete', { added: [], removed: ['u1', 'u2'] }],
        ['g2', 'patch', { added: [], removed: ['g1'] }],
      ])
      expect((await on.store.changes('acme', 4, 1))[0]?.members).toBeUndefined()
      const { lines: more } = await looking(on, [editing('g2', [{ edit: 'add', members: [{ id: 'u1' }] }])], [])
      expect(more.map(({ id, members }) => [id, members?.ids.added])).toEqual([['g2', ['u1']]])
    }),
  ],
}
