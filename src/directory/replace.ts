// PUT: replaces a resource.

import { changedAttributes, createNotes, type Json, normalise, replaceDocument } from '../protocol/index.ts'
import type { MemberEdit } from '../store/index.ts'
import { type Context, writableType } from './context.ts'
import { documentOf } from './document.ts'
import { namesOf, takeMembers } from './draft.ts'
import { workOf } from './heavy-write.ts'
import { weighWalks } from './member-edits.ts'
import { readMembers, refuseSelf } from './members.ts'
import type { Outcome, WriteOptions } from './outcome.ts'
import { requireChangeable } from './own-changes.ts'
import { traitsOf } from './traits.ts'
import { current, prepare, update, type WriteDeps } from './update.ts'

/** Replaces a resource with a body as it came. RFC 7644 §3.5.1. */
export function replaceOne<Tx>(
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
  const requested = traitsOf(type).plain ? [] : namesOf(body)
  return deps.queue.inTurn(ref, async () => {
    const stored = await current(deps, context, ref, type, options)
    const before = documentOf(stored)
    const notes = createNotes()
    const incoming = takeMembers(normalise(body, type, context.allow, notes, workOf(options)), type)
    if (notes.unknown.length > 0) await deps.requireSameSchemas(context.tenant, catalog)
    const replaced = replaceDocument(before, incoming.document, type, notes.cleared)
    if (options?.mayChange !== undefined)
      requireChangeable(changedAttributes(before, replaced, type), options.mayChange)
    // Before the host is asked, which happens once wherever the write is done.
    if (traitsOf(type).rows) await weighWalks([{ edit: 'set', members: [] }], ref, deps.store, workOf(options))
    const whole = incoming.members === undefined ? replaced : { ...replaced, members: incoming.members }
    // The host sees the members as it does in a create, and may change them.
    const { document: prepared, members: wanted } = takeMembers(
      options?.silent ? whole : await prepare(deps, 'replace', context, type, whole),
      type,
    )
    const edits: MemberEdit[] = []
    if (traitsOf(type).rows) {
      const members = readMembers(wanted, catalog)
      edits.push({ edit: 'set', members })
      refuseSelf(edits, id)
    }
    return update(deps, context, type, stored, before, prepared, {
      along: options?.along,
      silent: options?.silent,
      op: 'replace',
      exact: true,
      edits,
      requested,
      skipped: notes.unknown,
    })
  })
}
