// POST: creates a resource.

import { changedPaths, checkDocument, createNotes, type Json, normalise } from '../protocol/index.ts'
import type { MemberEdit, PathChange, Stored } from '../store/index.ts'
import { type Context, draftOf, typeNow, writableType } from './context.ts'
import { boundedTextOf, displayOf, withDocument } from './document.ts'
import { namesOf, takeMembers, takePassword, withId } from './draft.ts'
import { indexEntries } from './entries.ts'
import { workOf } from './heavy-write.ts'
import { readMembers } from './members.ts'
import { checkVocabulary } from './offered-values.ts'
import type { CreateOptions, Outcome } from './outcome.ts'
import { requireCreated, requireId } from './own-id.ts'
import { checkMemberTypes, checkReferenceTypes } from './reference-types.ts'
import { traitsOf } from './traits.ts'
import { prepare, secretOf, uniquePaths, type WriteDeps } from './update.ts'

/** Creates a resource from a body as it came. RFC 7644 §3.3. */
export async function createOne<Tx>(
  deps: WriteDeps<Tx>,
  context: Context,
  typeName: string,
  body: Json,
  options: CreateOptions = {},
): Promise<Outcome> {
  const catalog = deps.catalog(context.tenant)
  const type = writableType(catalog, typeName)
  const traits = traitsOf(type)
  const id = options.id === undefined ? deps.newId() : requireId(options.id)
  const ref = { tenant: context.tenant, type: type.name, id }
  const notes = createNotes()
  let wanted = normalise(body, type, context.allow, notes, workOf(options))
  if (notes.unknown.length > 0) await deps.requireSameSchemas(context.tenant, catalog)
  if (traits.active && wanted.active === undefined && !notes.cleared.includes('active'))
    wanted = { ...wanted, active: true }
  const prepared = options.silent ? withId(wanted, id) : prepare(deps, 'create', context, type, withId(wanted, id))
  wanted = prepared instanceof Promise ? await prepared : prepared
  checkDocument(wanted, type, context.allow)
  const { document: whole, password } = takePassword(wanted, type)
  const { document, members } = takeMembers(whole, type)
  const drafts = traits.rows ? readMembers(members, catalog) : []
  const added: readonly MemberEdit[] = drafts.length === 0 ? [] : [{ edit: 'add', members: drafts }]
  const meeting = added.length === 0 ? undefined : checkMemberTypes(deps.store, catalog, type, ref, added)
  if (meeting !== undefined) await meeting
  const checking = checkVocabulary(deps.store, catalog, context.tenant, {}, document)
  if (checking !== undefined) await checking
  const looking = checkReferenceTypes(deps.store, type, context.tenant, {}, document)
  if (looking !== undefined) await looking
  const secret = typeof password === 'string' ? await secretOf(deps, ref, password) : password
  const at = deps.environment.now()
  const created = options.created === undefined ? at : requireCreated(options.created, at)
  const text = boundedTextOf(document)
  const display = displayOf(document)
  const paths: PathChange[] = [...changedPaths({}, document, type)]
  if (password !== undefined) paths.push({ path: 'password' })
  if (options.known) paths.push({ path: 'id', new: id })
  const late = deps.refresh(context.tenant)
  if (late !== undefined) await late
  const now = typeNow(deps, context.tenant, type)
  const [written] = await deps.commit(
    [
      {
        write: 'create',
        draft: { ...ref, text, display, ...(secret === undefined ? {} : { secret }) },
        at,
        ...(created === at ? {} : { created }),
        index: indexEntries(document, now, uniquePaths(deps, context, type)),
        ...(added.length === 0 ? {} : { members: added }),
        log: draftOf(context, 'create', paths),
      },
    ],
    type,
    context.tenant,
    options.along?.(id),
    { touched: [{ ref, after: document }], silent: options.silent },
  )
  const version = written?.version ?? 1
  const stored: Stored = {
    ...ref,
    version,
    created,
    modified: at,
    text,
    display,
    ...(traits.groups ? { groups: [] } : {}),
  }
  return {
    type,
    stored: withDocument(stored, document),
    changed: true,
    requested: traits.plain ? [] : namesOf(body),
    skipped: notes.unknown,
  }
}
