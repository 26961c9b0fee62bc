// Undo: what was before is there again, or it is refused because something has moved on.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createDirectory, type Directory, documentOf } from '../../directory/index.ts'
import { Group, type JsonObject, LENIENT, User } from '../../protocol/index.ts'
import { memoryStore } from '../../store/memory/memory.ts'
import { planUndo, undo } from './undo.ts'

const context = { tenant: 'acme', actor: 'test', allow: LENIENT }
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const patch = (op: string, path: string, value?: unknown): JsonObject =>
  JSON.parse(JSON.stringify({ schemas: [PATCH], Operations: [{ op, path, value }] }))

interface World {
  readonly directory: Directory
  /** Ids of people and groups, in the order in which they were made. */
  readonly people: string[]
  readonly groups: string[]
}

function world(): World {
  const store = memoryStore()
  return { directory: createDirectory({ store }), people: [], groups: [] }
}

async function addPerson({ directory, people }: World, userName: string) {
  const body = {
    schemas: [User.schema.id],
    userName,
    displayName: userName.toUpperCase(),
    name: { familyName: userName },
  }
  people.push((await directory.create(context, 'User', body)).stored.id)
}

async function addGroup({ directory, groups }: World, displayName: string, members: readonly string[]) {
  const body = { schemas: [Group.schema.id], displayName, members: members.map((value) => ({ value })) }
  groups.push((await directory.create(context, 'Group', body)).stored.id)
}

/** Everything that there is: documents and members. */
async function snapshot({ directory, people, groups }: World) {
  const found: { [id: string]: unknown } = {}
  for (const [type, ids] of [['User', people] as const, ['Group', groups] as const]) {
    for (const id of ids) {
      const stored = await directory.get({ tenant: 'acme', type, id })
      if (stored === undefined) continue
      const members: string[] = []
      for await (const chunk of directory.members({ tenant: 'acme', type, id }))
        members.push(...chunk.map((one) => one.id))
      found[id] = { document: documentOf(stored), members: members.sort() }
    }
  }
  return found
}

type Act = { readonly act: number; readonly a: number; readonly b: number; readonly text: string }

const anAct: fc.Arbitrary<Act> = fc.record({
  act: fc.nat(9),
  a: fc.nat(5),
  b: fc.nat(5),
  text: fc.constantFrom('Field', 'Sales', 'Ops'),
})

/** Does something to somebody; what is refused changes nothing. */
async function perform(on: World, { act, a, b, text }: Act, at: number) {
  const { directory, people, groups } = on
  const person = people[a % people.length] ?? ''
  const group = groups[b % groups.length] ?? ''
  const changes: readonly (() => Promise<unknown>)[] = [
    () => directory.patch(context, 'User', person, patch('replace', 'title', text)),
    () => directory.patch(context, 'User', person, patch('replace', 'name.familyName', text)),
    () =>
      directory.patch(
        context,
        'User',
        person,
        patch('replace', 'emails', [{ value: `${text}@x.example`, type: 'work' }]),
      ),
    () => directory.patch(context, 'User', person, patch('remove', 'displayName')),
    () => directory.patch(context, 'User', person, patch('replace', 'active', b % 2 === 0)),
    () => directory.patch(context, 'Group', group, patch('add', 'members', [{ value: person }])),
    () => directory.patch(context, 'Group', group, patch('remove', `members[value eq "${person}"]`)),
    () => directory.remove(context, 'User', person),
    () => addPerson(on, `new${at}`),
    () => directory.patch(context, 'User', person, patch('replace', 'manager', { value: people[b % people.length] })),
  ]
  await changes[act]?.().catch(() => undefined)
}

test('what was changed and undone is as it was, and undone again as it was before that', async () => {
  let undone = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(anAct, { maxLength: 6 }),
      fc.array(anAct, { minLength: 1, maxLength: 6 }),
      async (first, then) => {
        const on = world()
        for (const name of ['ada', 'bob', 'cleo']) await addPerson(on, name)
        await addGroup(on, 'One', on.people.slice(0, 2))
        await addGroup(on, 'Two', [])
        for (const [at, act] of first.entries()) await perform(on, act, at)
        const before = await snapshot(on)
        const place = (await on.directory.changes('acme', 0, 1_000)).at(-1)?.place ?? 0
        for (const [at, act] of then.entries()) await perform(on, act, 100 + at)
        const after = await snapshot(on)
        const lines = await on.directory.changes('acme', place, 1_000)
        const catalog = on.directory.catalog('acme')
        const plan = await planUndo(on.directory, catalog, lines)
        expect(await snapshot(on)).toEqual(after)
        const end = (await on.directory.changes('acme', 0, 1_000)).at(-1)?.place ?? 0
        const steps = await undo(on.directory, catalog, 'acme', 'undoer', lines)
        expect(steps.map(({ done }) => done)).toEqual(steps.map(({ refused }) => refused === undefined))
        expect(plan.map(({ refused }) => refused)).toEqual(steps.map(({ refused }) => refused))
        if (steps.some(({ refused }) => refused !== undefined)) return
        undone++
        expect(await snapshot(on)).toEqual(before)
        const again = await on.directory.changes('acme', end, 1_000)
        const back = await undo(on.directory, catalog, 'acme', 'undoer', again)
        if (back.every(({ done }) => done)) expect(await snapshot(on)).toEqual(after)
      },
    ),
    { numRuns: 150 },
  )
  // Otherwise nothing was shown.
  expect(undone).toBeGreaterThan(40)
})

describe('undo is refused', () => {
  const start = async () => {
    const on = world()
    await addPerson(on, 'ada')
    await addGroup(on, 'One', [])
    const [ada = '', one = ''] = [on.people[0], on.groups[0]]
    const only = async () => {
      const lines = await on.directory.changes('acme', 0, 100)
      return {
        lines,
        undo: (at: number) =>
          undo(
            on.directory,
            on.directory.catalog('acme'),
            'acme',
            'x',
            [lines.at(at)].flatMap((line) => line ?? []),
          ),
      }
    }
    return { ...on, ada, one, only }
  }
  test('where the value has moved on', async () => {
    const { directory, ada, only } = await start()
    await directory.patch(context, 'User', ada, patch('replace', 'title', 'Field'))
    await directory.patch(context, 'User', ada, patch('replace', 'title', 'Sales'))
    const [step] = await (await only()).undo(-2)
    expect(step).toMatchObject({ done: false, refused: 'title has changed again since' })
  })
  test('where a password or a note is all that a line says', async () => {
    const { directory, ada, only } = await start()
    await directory.patch(context, 'User', ada, patch('replace', 'password', 'Str0ng-and-long!'))
    const [step] = await (await only()).undo(-1)
    expect(step).toMatchObject({ done: false, refused: expect.stringMatching(/password/) })
  })
  test('where values were erased', async () => {
    const { directory, ada, only } = await start()
    await directory.remove(context, 'User', ada)
    await directory.erase({ tenant: 'acme', type: 'User', id: ada }, 'x')
    const { lines, undo: take } = await only()
    const at = lines.findIndex(({ op }) => op === 'delete')
    expect(await take(at)).toMatchObject([{ done: false, refused: 'The log does not hold its values any more' }])
  })
  test('where the members are too many to be named, or a group was deleted', async () => {
    const { directory, one, only, people } = await start()
    for (let at = 0; at < 501; at++) await addPerson({ directory, people, groups: [] }, `p${at}`)
    await directory.patch(
      context,
      'Group',
      one,
      patch(
        'add',
        'members',
        people.slice(1).map((value) => ({ value })),
      ),
    )
    const { undo: take } = await only().then(async () => {
      const lines = await directory.changes('acme', 0, 1_000)
      return { undo: () => undo(directory, directory.catalog('acme'), 'acme', 'x', lines.slice(-1)) }
    })
    expect(await take()).toMatchObject([{ done: false, refused: expect.stringMatching(/501/) }])
  })
})
