// Makes a resource what the app's row says, by a write like any other.

import { type Directory, documentOf } from '../../directory/index.ts'
import { type Document, diff, equalJson, isObject, LENIENT, PATCH_OP, type ResourceType } from '../../protocol/index.ts'
import type { Stored } from '../../store/index.ts'
import type { OwnRow } from './rows.ts'

/** The actor, in the log, of what the app changed itself. */
const OWN_ACTOR = 'app'

/** How a row differs from what is known of it, as the operations of PATCH requests; undefined if it means the same. */
export function changeOf(before: Document, row: OwnRow, type: ResourceType) {
  const after = row.document(before)
  if (equalJson(before, after)) return undefined
  const { same, patches } = diff(before, after, type)
  return same ? undefined : patches
}

/** Creates, changes or removes a resource so that it is what its row says; whether there was anything to do. Throws ScimError. */
export async function showRow(
  directory: Directory,
  { tenant, type, id }: { readonly tenant: string; readonly type: ResourceType; readonly id: string },
  known: Stored | undefined,
  row: OwnRow | undefined,
): Promise<boolean> {
  const context = { tenant, actor: OWN_ACTOR, allow: LENIENT }
  if (row === undefined) {
    if (known === undefined) return false
    await directory.remove(context, type.name, id)
    return true
  }
  if (known === undefined) {
    const document = row.document({})
    const extensions = type.extensions.map(({ schema }) => schema.id).filter((urn) => isObject(document[urn]))
    const body = { ...document, schemas: [type.schema.id, ...extensions] }
    await directory.create(context, type.name, body, { id, created: row.created, known: true })
    return true
  }
  let changed = false
  for (const operations of changeOf(documentOf(known), row, type) ?? []) {
    const body = { schemas: [PATCH_OP], Operations: [...operations] }
    const outcome = await directory.patch(context, type.name, id, body)
    changed ||= outcome.changed
  }
  return changed
}
