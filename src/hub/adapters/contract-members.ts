// Cases of the contract suite about groups and their members.

import assert from 'node:assert/strict'
import { keysOf, listedIds } from './contract-accounts.ts'
import { type ContractCase, changeTo, rejectsWith, type Trial } from './contract-subject.ts'

const hasGroups = ({ adapter: { traits } }: Trial) => traits.groups?.create === true && traits.users.create
const readsGroups = (trial: Trial) => hasGroups(trial) && trial.adapter.traits.groups?.unreadable !== true
const seesMembers = (trial: Trial) => hasGroups(trial) && trial.adapter.traits.members.read !== 'none'

/** Most pages of a list of members. */
const MOST_PAGES = 10_000

/** Groups and members. */
export const MEMBER_CASES: readonly ContractCase[] = [
  {
    name: 'a group is made, found, listed, renamed and removed',
    applies: readsGroups,
    async run(trial) {
      const { adapter, call } = trial
      const document = trial.documentOf('Group', trial.fresh())
      const { id } = await trial.make('Group', document)
      await trial.shows('Group', id, document)
      for (const key of keysOf(trial, 'Group', document))
        assert.deepEqual(
          (await adapter.find('Group', key, call)).map((one) => one.id),
          [id],
        )
      assert.equal((await listedIds(trial, 'Group')).filter((one) => one === id).length, 1)
      const renamed = { ...document, displayName: `Renamed ${trial.fresh()}` }
      await adapter.update('Group', id, changeTo(document, renamed), call)
      await trial.shows('Group', id, renamed)
      if (!trial.traitsOf('Group').remove) return
      for (let time = 0; time < 2; time++) await adapter.remove('Group', id, call)
      await trial.shows('Group', id, undefined)
    },
  },
  {
    name: 'members join and leave, twice the same',
    applies: hasGroups,
    async run(trial) {
      const { adapter, call } = trial
      const { id } = await trial.make('Group')
      const [a, b, c] = [await trial.make('User'), await trial.make('User'), await trial.make('User')]
      for (let time = 0; time < 2; time++) {
        await adapter.members(id, { add: [a.id, b.id], remove: [] }, call)
        await holds(trial, id, [a.id, b.id], [c.id])
      }
      for (let time = 0; time < 2; time++) {
        await adapter.members(id, { add: [c.id], remove: [a.id] }, call)
        await holds(trial, id, [b.id, c.id], [a.id])
      }
      await adapter.members(id, { add: [], remove: [b.id, c.id] }, call)
      await holds(trial, id, [], [a.id, b.id, c.id])
    },
  },
  {
    name: 'as many members as one call may change',
    applies: seesMembers,
    async run(trial) {
      const { adapter, call } = trial
      const { id } = await trial.make('Group')
      const count = Math.min(adapter.traits.members.perRequest, 120)
      const ids: string[] = []
      for (let n = 0; n < count; n++) ids.push((await trial.make('User')).id)
      await adapter.members(id, { add: ids, remove: [] }, call)
      await holds(trial, id, ids, [])
      await adapter.members(id, { add: [], remove: ids }, call)
      await holds(trial, id, [], ids)
    },
  },
  {
    name: 'renaming a group leaves its members',
    applies: seesMembers,
    async run(trial) {
      const { adapter, call } = trial
      const { id, document } = await trial.make('Group')
      const { id: user } = await trial.make('User')
      await adapter.members(id, { add: [user], remove: [] }, call)
      await adapter.update('Group', id, changeTo(document, { ...document, displayName: trial.fresh() }), call)
      await holds(trial, id, [user], [])
    },
  },
  {
    name: 'members of a group that is gone are an error, not a success',
    applies: (trial) => readsGroups(trial) && trial.adapter.traits.groups?.remove === true,
    async run(trial) {
      const { adapter, call } = trial
      const { id } = await trial.make('Group')
      const { id: user } = await trial.make('User')
      await adapter.remove('Group', id, call)
      await rejectsWith(adapter.members(id, { add: [user], remove: [] }, call), 'gone', 'refused')
    },
  },
]

/** Waits until these are members and those are not, as far as it can be seen. */
async function holds(
  trial: Trial,
  group: string,
  members: readonly string[],
  others: readonly string[],
): Promise<void> {
  const { adapter, call } = trial
  if (adapter.isMember !== undefined && adapter.traits.members.read === 'one') {
    const isMember = adapter.isMember.bind(adapter)
    for (const id of members) await trial.soon(() => isMember(group, id, call), `${id} must be a member`)
    for (const id of others) await trial.soon(async () => !(await isMember(group, id, call)), `${id} must be no member`)
  }
  if (adapter.traits.members.read !== 'list') return
  let seen: readonly string[] = []
  const fits = async () => {
    seen = await membersOf(trial, group)
    return [...seen].sort().join() === [...members].sort().join()
  }
  await trial.soon(fits, `members should be ${members.join(', ')}`)
  assert.deepEqual([...seen].sort(), [...members].sort())
}

async function membersOf({ adapter, call }: Trial, group: string): Promise<readonly string[]> {
  const ids: string[] = []
  let after: string | undefined
  for (let page = 0; page < MOST_PAGES; page++) {
    const found = await adapter.readMembers?.(group, after, call)
    ids.push(...(found?.ids ?? []))
    if (found?.next === undefined) return ids
    after = found.next
  }
  assert.fail('the list of members has no end')
}
