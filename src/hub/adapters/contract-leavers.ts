// Cases of the contract suite about those who leave: switched off, brought back, removed.

import assert from 'node:assert/strict'
import type { Document } from '../../protocol/index.ts'
import { type ContractCase, changeTo, type Trial } from './contract-subject.ts'

const canCreate = ({ adapter }: Trial) => adapter.traits.users.create
const canRemove = (trial: Trial) => canCreate(trial) && trial.adapter.traits.users.remove

/** Accounts that end. */
export const LEAVER_CASES: readonly ContractCase[] = [
  {
    name: 'a disabled account is off, a second time too',
    applies: canCreate,
    async run(trial) {
      const { id, on, off } = await made(trial)
      for (let time = 0; time < 2; time++) {
        await trial.adapter.disable(id, changeTo(on, off), trial.call)
        await isOff(trial, id, off)
      }
      // Also when what was known is what it is already.
      await trial.adapter.disable(id, changeTo(off, off, ['active']), trial.call)
      await isOff(trial, id, off)
    },
  },
  {
    name: 'disabling an account that is gone is no error',
    applies: canRemove,
    async run(trial) {
      const { id, on, off } = await made(trial)
      await trial.adapter.remove('User', id, trial.call)
      await trial.adapter.disable(id, changeTo(on, off), trial.call)
    },
  },
  {
    name: 'a disabled account comes back as the traits say',
    applies: canCreate,
    async run(trial) {
      const { id, on, off } = await made(trial)
      await trial.adapter.disable(id, changeTo(on, off), trial.call)
      if (trial.adapter.traits.off.reenable === 'create') {
        const again = await trial.make('User', on)
        return trial.shows('User', again.id, on)
      }
      await trial.adapter.update('User', id, changeTo(off, on), trial.call)
      await trial.shows('User', id, on)
    },
  },
  {
    name: 'a removed account is gone or off, and removing it again is no error',
    applies: canRemove,
    async run(trial) {
      const { id, off } = await made(trial)
      for (let time = 0; time < 2; time++) {
        await trial.adapter.remove('User', id, trial.call)
        if (trial.adapter.traits.off.removeMeans === 'deactivates') await isOff(trial, id, off)
        else await trial.shows('User', id, undefined)
      }
    },
  },
  {
    name: 'a name is free again after its account was removed',
    applies: (trial) => canRemove(trial) && trial.adapter.traits.off.removeMeans === 'removed',
    async run(trial) {
      const { id, on } = await made(trial)
      await trial.adapter.remove('User', id, trial.call)
      await trial.shows('User', id, undefined)
      const again = await trial.make('User', on)
      await trial.shows('User', again.id, on)
    },
  },
]

async function made(trial: Trial): Promise<{ readonly id: string; readonly on: Document; readonly off: Document }> {
  const on = trial.documentOf('User', trial.fresh())
  const { id } = await trial.make('User', on)
  return { id, on, off: { ...on, active: false } }
}

/** Fails while the account still gives access. */
async function isOff(trial: Trial, id: string, off: Document): Promise<void> {
  const { disableMeans, disabledReads } = trial.adapter.traits.off
  if (!disabledReads || disableMeans !== 'kept') return trial.shows('User', id, undefined)
  const { comparable } = trial.traitsOf('User')
  assert('active' in comparable(off), 'comparable must keep "active", or nobody sees whether an account is off')
  await trial.shows('User', id, off)
}
