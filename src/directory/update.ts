// What PUT and PATCH share: the version they begin with, the hook, the checks, and the write.

import {
  changedPaths,
  checkDocument,
  type Document,
  equalJson,
  matchesETag,
  preconditionFailed,
  preparePassword,
  type ResourceType,
} from '../protocol/index.ts'
import type { MemberEdit, PathChange, Ref, Stored } from '../store/index.ts'
import type { Commit } from './commit.ts'
import { type Context, type DirectoryDeps, draftOf, typeNow } from './context.ts'
import { boundedTextOf, displayOf, withDocument } from './document.ts'
import { takePassword } from './draft.ts'
import { entryChanges, indexEntries, touchesIndex, type UniquePaths } from './entries.ts'
import { HeavyWrite, LIGHT_TEXT } from './heavy-write.ts'
import { readPrepared } from './hook-result.ts'
import { missing } from './missing.ts'
import { checkVocabulary } from './offered-values.ts'
import type { Outcome, WriteOptions } from './outcome.ts'
import { checkMemberTypes, checkReferenceTypes } from './reference-types.ts'
import { traitsOf } from './traits.ts'

/** What writes need. */
export interface WriteDeps<Tx = unknown> extends DirectoryDeps<Tx> {
  readonly commit: Commit
}

const NOTHING_MOVED = { unindex: [], index: [] }

/** What a replace or patch asks of {@link update}. */
export interface Update {
  readonly op: 'replace' | 'patch'
  /** The version counts even if nothing but members changes. */
  readonly exact: boolean
  readonly clearPassword?: boolean
  readonly edits?: readonly MemberEdit[]
  readonly along?: WriteOptions['along']
  readonly silent?: boolean | undefined
  readonly requested: readonly string[]
  readonly skipped: readonly string[]
}

/** The version that a write begins with. 404 when there is none, 412 when If-Match names another one. */
export async function current<Tx>(
  deps: WriteDeps<Tx>,
  context: Context,
  ref: Ref,
  type: ResourceType,
  options: WriteOptions | undefined,
): Promise<Stored> {
  const stored = await deps.store.get(ref, { groups: traitsOf(type).groups })
  if (!stored) throw missing(ref)
  if (options?.ifMatch !== undefined && !matchesETag(options.ifMatch, stored.version, context.allow.looseETags)) {
    throw preconditionFailed(
      `${ref.type} ${ref.id} is at version W/"${stored.version}", If-Match says ${options.ifMatch}; read it again and repeat the change`,
    )
  }
  if (options?.light && stored.text.length > LIGHT_TEXT) throw new HeavyWrite()
  return stored
}

/** The hash of a password; `undefined` where the host takes passwords itself, which it is not asked to in a rehearsal. */
export async function secretOf<Tx>(deps: WriteDeps<Tx>, ref: Ref, password: string): Promise<string | undefined> {
  const prepared = preparePassword(password)
  if (deps.rehearse === undefined && deps.hooks.password) {
    await deps.hooks.password(ref, prepared)
    return undefined
  }
  return deps.hash(ref.tenant, prepared)
}

/** The document as the hook of the host returns it; not a promise where there is no hook. */
export function prepare<Tx>(
  deps: WriteDeps<Tx>,
  op: 'create' | 'replace' | 'patch',
  { allow, tenant }: Context,
  type: ResourceType,
  document: Document,
): Document | Promise<Document> {
  if (!deps.hooks.prepare) return document
  // A copy, so that changes in place reach nothing else.
  const draft = {
    op,
    tenant,
    type: type.name,
    id: String(document.id),
    document: structuredClone(document),
    ...(deps.rehearse === undefined ? {} : { rehearsal: true as const }),
  }
  return Promise.resolve(deps.hooks.prepare(draft)).then((prepared) =>
    prepared === undefined ? document : readPrepared(prepared, document, type, allow),
  )
}

/** Replaces the current document with a new one, and carries out member edits. */
export async function update<Tx>(
  deps: WriteDeps<Tx>,
  context: Context,
  type: ResourceType,
  stored: Stored,
  before: Document,
  wanted: Document,
  extra: Update,
): Promise<Outcome> {
  const { tenant, id } = stored
  const ref = { tenant, type: type.name, id }
  const { document, password } = takePassword(wanted, type)
  // What a lenient connection stored may stay as it is under a strict one's change of something else.
  checkDocument(document, type, context.allow, before)
  // Nearly every change has nothing to wait for here, and each wait costs a turn through the queue of promises.
  if (document !== before) {
    const checking = checkVocabulary(deps.store, deps.catalog(tenant), tenant, before, document)
    if (checking !== undefined) await checking
    const looking = checkReferenceTypes(deps.store, type, tenant, before, document)
    if (looking !== undefined) await looking
  }
  const given = extra.clearPassword && password === undefined ? null : password
  const secret = typeof given === 'string' ? await secretOf(deps, ref, given) : given
  const same = secret === undefined && password === undefined && (document === before || equalJson(document, before))
  const edits = extra.edits ?? []
  const meeting = edits.length === 0 ? undefined : checkMemberTypes(deps.store, deps.catalog(tenant), type, ref, edits)
  if (meeting !== undefined) await meeting
  const result = { type, requested: extra.requested, skipped: extra.skipped }
  const along = extra.along?.(id)
  if (same && edits.length === 0) {
    if (along !== undefined) await deps.commit([], type, tenant, along)
    return { ...result, stored, changed: false }
  }
  const at = Math.max(deps.environment.now(), stored.modified + 1)
  const text = same ? stored.text : boundedTextOf(document)
  const display = same ? stored.display : displayOf(document)
  const paths: PathChange[] = same ? [] : [...changedPaths(before, document, type)]
  const late = deps.refresh(tenant)
  if (late !== undefined) await late
  const now = typeNow(deps, tenant, type)
  const unique = uniquePaths(deps, context, type)
  const moved = touchesIndex(paths, now)
    ? entryChanges(indexEntries(before, now, unique), indexEntries(document, now, unique))
    : NOTHING_MOVED
  if (password !== undefined || extra.clearPassword) paths.push({ path: 'password' })
  const [written] = await deps.commit(
    [
      {
        write: 'update',
        draft: { ...ref, text, display, ...(secret === undefined ? {} : { secret }) },
        at,
        ...(same ? { same } : {}),
        ...(same && !extra.exact ? {} : { ifVersion: stored.version }),
        ...moved,
        ...(edits.length === 0 ? {} : { members: edits }),
        log: draftOf(context, extra.op, paths),
      },
    ],
    type,
    tenant,
    along,
    // Where members alone change, the document may have been changed meanwhile.
    { touched: same ? [] : [{ ref, stored, before, after: document }], silent: extra.silent },
  )
  if (!written) throw new Error('The store answered a commit of one write with no result')
  const { version, modified, changed } = written
  return { ...result, stored: withDocument({ ...stored, text, display, version, modified }, document), changed }
}

/** Paths that must be unique for this type: the tenant's own, and those that the connection's kind needs. */
export function uniquePaths<Tx>(deps: DirectoryDeps<Tx>, context: Context, type: ResourceType): UniquePaths {
  const own = deps.unique(context.tenant)
  if (!context.allow.uniqueGroupNames || !traitsOf(type).rows || own.has('displayName')) return own
  return new Set([...own, 'displayName'])
}
