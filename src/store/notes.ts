// The notes in the log about what administrators did.

import type { Environment } from '../environment.ts'
import type { Json } from '../protocol/index.ts'
import type { NOTE_TYPES, PathChange, Write } from './contract/index.ts'

/** What a note says besides what was done: values, or a value before and after. Undefined ones are left out; never a secret. */
export interface NoteFacts {
  readonly [name: string]: Json | undefined | { readonly was: Json; readonly is: Json }
}

/** Makes the write that notes what an administrator did, in a tenant's log, or with "" in that of the whole database. */
export type Note = (
  tenant: string,
  type: (typeof NOTE_TYPES)[number],
  id: string,
  verb: string,
  facts?: NoteFacts,
) => Write

/** What a note says, for whoever is told of it besides the log. */
export interface Noted {
  readonly type: string
  readonly id: string
  /** `verb` first, then values, before and after. */
  readonly paths: readonly PathChange[]
}

/** Creates the notes of one administrator, named in them as `actor`. `told` hears of each as it is made, before it is committed. */
export function createNote(environment: Environment, actor: string, told?: (noted: Noted) => void): Note {
  return (tenant, type, id, verb, facts = {}) => {
    const paths = [{ path: 'verb', new: verb }, ...Object.entries(facts).flatMap(pathOf)]
    told?.({ type, id, paths })
    return { write: 'note', ref: { tenant, type, id }, at: environment.now(), log: { actor, paths } }
  }
}

function pathOf([path, fact]: readonly [string, NoteFacts[string]]): readonly PathChange[] {
  if (fact === undefined) return []
  if (isChange(fact)) return [{ path, old: fact.was, new: fact.is }]
  return [{ path, new: fact }]
}

function isChange(fact: Exclude<NoteFacts[string], undefined>): fact is { readonly was: Json; readonly is: Json } {
  return typeof fact === 'object' && fact !== null && !Array.isArray(fact) && 'was' in fact && 'is' in fact
}
