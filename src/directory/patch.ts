// PATCH: edits a resource, and the rows of a group's members without reading them.

import { applyEdits, type Json, readPatch, splitEdits } from '../protocol/index.ts'
import { type Context, writableType } from './context.ts'
import { documentOf } from './document.ts'
import { onlyMembers } from './draft.ts'
import { workOf } from './heavy-write.ts'
import { memberEdits } from './member-edits.ts'
import { refuseSelf } from './members.ts'
import type { Outcome, WriteOptions } from './outcome.ts'
import { requireEditable } from './own-changes.ts'
import { traitsOf } from './traits.ts'
import { current, prepare, update, type WriteDeps } from './update.ts'

/** Carries out a PATCH. RFC 7644 §3.5.2. */
export async function patchOne<Tx>(
  deps: WriteDeps<Tx>,
  context: Context,
  typeName: string,
  id: string,
  body: Json,
  options?: WriteOptions,
): Promise<Outcome> {
  const catalog = deps.catalog(context.tenant)
  const type = writableType(catalog, typeName)
  const ref = { tenant: context.tenant, type: type.name, id }
  const work = async () => {
    const stored = await current(deps, context, ref, type, options)
    const before = documentOf(stored)
    const { edits, skipped } = readPatch(body, type, context.allow, { id })
    if (skipped.length > 0) await deps.requireSameSchemas(context.tenant, catalog)
    if (options?.mayChange !== undefined) requireEditable(edits, options.mayChange)
    const split = traitsOf(type).rows ? splitEdits(edits, 'members', context.allow) : { rest: edits, rows: [] }
    const effort = workOf(options)
    const rows = split.rows.length === 0 ? [] : await memberEdits(split.rows, ref, deps.store, catalog, effort)
    refuseSelf(rows, id)
    const applied = applyEdits(before, split.rest, type, context.allow, effort)
    const preparing = applied === before || options?.silent ? applied : prepare(deps, 'patch', context, type, applied)
    const prepared = preparing instanceof Promise ? await preparing : preparing
    const clearPassword =
      traitsOf(type).password &&
      split.rest.some(
        ({ op, target }) => op === 'remove' && target?.extension === undefined && target?.attribute.name === 'password',
      )
    const requested = traitsOf(type).plain ? [] : edits.map((edit) => edit.target?.path ?? '')
    return update(deps, context, type, stored, before, prepared, {
      along: options?.along,
      silent: options?.silent,
      op: 'patch',
      exact: options?.ifMatch !== undefined,
      clearPassword,
      edits: rows,
      requested,
      skipped,
    })
  }
  // Member edits commute with everything else and are carried out on rows, so they need no turn; anything else queues up.
  return traitsOf(type).rows && options?.ifMatch === undefined && onlyMembers(body)
    ? deps.queue.freely(ref, work)
    : deps.queue.inTurn(ref, work)
}
