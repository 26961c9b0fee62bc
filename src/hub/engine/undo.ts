// What it takes to undo a step: noted when it is sent, and turned into a step of its own. Pure.

import { type Document, equalJson } from '../../protocol/index.ts'
import type { Account, Link, Step, Traits, Undo } from '../contract/index.ts'
import { differing } from './steps.ts'

/** Never kept, whatever a map writes. */
const SECRET = new Set(['password'])
/** Longest note, in characters of JSON; a longer change can't be undone. */
const LONGEST = 32_768

/** What is noted of a step that was done; undefined where nothing can undo it, or it is too long. */
export function undoOf(step: Step, made: Account | undefined): Undo | undefined {
  const undo = noteOf(step, made)
  return undo === undefined || JSON.stringify(undo).length > LONGEST ? undefined : undo
}

function noteOf(step: Step, made: Account | undefined): Undo | undefined {
  switch (step.do) {
    case 'create':
      return made === undefined ? undefined : { account: made.id }
    case 'update':
    case 'disable': {
      const { before, after } = step.change
      const names = differing(before, after).filter((name) => !SECRET.has(name))
      return { account: step.id, was: only(before, names), set: only(after, names) }
    }
    case 'remove':
      return { account: step.id }
    case 'members':
      return { account: step.id, members: { add: step.change.add, remove: step.change.remove } }
  }
}

/** A step that undoes another one, and the account after it; or why there is none. */
export type Inverse =
  | { readonly step: Step; readonly acked?: Document }
  /** In sentence case, for people. */
  | { readonly why: string }

/** The step that undoes what was noted, from what the link holds now. */
export function inverseOf(traits: Traits, did: string, undo: Undo, link: Link | undefined): Inverse {
  if (did === 'remove') return { why: 'The account was removed; it is made again when somebody needs it' }
  if (link?.account !== undo.account) return { why: 'The account is no longer the one of this resource' }
  const { type, acked = {} } = link
  const id = undo.account
  if (undo.members !== undefined) {
    const { add, remove } = undo.members
    return { step: { do: 'members', type: 'Group', id, change: { add: remove, remove: add } } }
  }
  if (did === 'create') return inverseOfCreate(traits, link, id, acked)
  const { was = {}, set = {} } = undo
  const names = [...new Set([...Object.keys(was), ...Object.keys(set)])]
  const changed = names.filter((name) => !equalJson(acked[name], set[name]))
  if (changed.length > 0) return { why: `Changed again since: ${changed.join(', ')}` }
  if (was.active !== set.active && was.active !== false && !canEnable(traits)) {
    return { why: 'The app does not switch accounts on again; it is made anew when somebody needs it' }
  }
  const kept = Object.fromEntries(Object.entries(acked).filter(([name]) => !names.includes(name)))
  const after = { ...kept, ...was }
  return { step: { do: 'update', type, id, change: { before: acked, after, uncertain: [] } }, acked: after }
}

function inverseOfCreate(traits: Traits, { type }: Link, id: string, acked: Document): Inverse {
  if (type === 'Group') {
    if (traits.groups?.remove === true) return { step: { do: 'remove', type, id } }
    return { why: 'The app does not let groups be removed' }
  }
  if (acked.active === false) return { why: 'The account is off already' }
  const after = { ...acked, active: false }
  // Switched off, not removed: what is removed in an app seldom comes back.
  return { step: { do: 'disable', type, id, change: { before: acked, after, uncertain: [] } }, acked: after }
}

function canEnable({ off }: Traits): boolean {
  return off.disableMeans === 'kept' && off.reenable === 'update'
}

function only(document: Document, names: readonly string[]): Document {
  return Object.fromEntries(names.flatMap((name) => (document[name] === undefined ? [] : [[name, document[name]]])))
}
