import {
  applyEdits,
  type Catalog,
  changedAttributes,
  changedPaths,
  checkDocument,
  createNotes,
  type Document,
  type Edit,
  equalJson,
  forbidden,
  type Json,
  matchesETag,
  normalise,
  preconditionFailed,
  preparePassword,
  type ResourceType,
  readPatch,
  replaceDocument,
  splitEdits,
  writable,
} from '../protocol/index.ts'
import type { MemberEdit, PathChange, Ref, Stored } from '../store/index.ts'
import { createCommit } from './commit.ts'
import { type Context, type Inside, requireType, typeNow } from './context.ts'
import { boundedTextOf, displayOf, documentOf, withDocument } from './document.ts'
import { namesOf, onlyMembers, takeMembers, takePassword, withId } from './draft.ts'
import { entryChanges, indexEntries, touchesIndex, type UniquePaths } from './entries.ts'
import { HeavyWrite, LIGHT_TEXT, workOf } from './heavy-write.ts'
import { memberEdits, weighWalks } from './member-edits.ts'
import { readMembers, refuseSelf } from './members.ts'
import { missing } from './missing.ts'
import { readPrepared } from './prepared.ts'
import { checkMemberTypes, checkReferenceTypes } from './reference-types.ts'
import { clearReferences } from './references.ts'
import { traitsOf } from './traits.ts'
import { checkVocabulary } from './vocabulary.ts'

/** What came of a write. */
export interface Outcome {
  readonly type: ResourceType
  /** The resource as it stands now, with the groups it is in. */
  readonly stored: Stored
  /** False: everything was as asked for already; version and lastModified stay. */
  readonly changed: boolean
  /** Attributes the client named, for `returned: request`. */
  readonly requested: readonly string[]
  /** Attribute paths of a PATCH that no schema knows and that were left out. */
  readonly skipped: readonly string[]
}

/** Conditions of a write. */
export interface WriteOptions {
  /** The If-Match header: 412 when it names another version. RFC 7644 §3.14. */
  readonly ifMatch?: string | undefined
  /**
   * Which attributes may be touched, by name, in an extension after its URN and a colon; 403 for a PATCH that names another, and for
   * a PUT that would change one. Checked against the version that is written, so that nothing comes between. Absent: all.
   */
  readonly mayChange?: (attribute: string) => boolean
  /** Throws {@link HeavyWrite} instead of taking long, before anything is written. */
  readonly light?: boolean
}

const NOTHING_MOVED = { unindex: [], index: [] }

/** The writing half of the door. All throw ScimError. */
export interface Writes {
  create(context: Context, typeName: string, body: Json, options?: Pick<WriteOptions, 'light'>): Promise<Outcome>
  replace(context: Context, typeName: string, id: string, body: Json, options?: WriteOptions): Promise<Outcome>
  patch(context: Context, typeName: string, id: string, body: Json, options?: WriteOptions): Promise<Outcome>
  remove(context: Context, typeName: string, id: string, options?: WriteOptions): Promise<void>
}

/** Makes the writing half of the door. */
export function createWrites<Tx>(inside: Inside<Tx>): Writes {
  const { store, hooks, queue } = inside
  const commit = createCommit(inside)

  async function current(
    context: Context,
    ref: Ref,
    type: ResourceType,
    options: WriteOptions | undefined,
  ): Promise<Stored> {
    const stored = await store.get(ref, { groups: traitsOf(type).groups })
    if (!stored) throw missing(ref)
    if (options?.ifMatch !== undefined && !matchesETag(options.ifMatch, stored.version, context.allow.looseETags)) {
      throw preconditionFailed(
        `${ref.type} ${ref.id} is at version W/"${stored.version}", If-Match says ${options.ifMatch}; read it again and repeat the change`,
      )
    }
    if (options?.light && stored.text.length > LIGHT_TEXT) throw new HeavyWrite()
    return stored
  }

  async function secretOf(ref: Ref, password: string): Promise<string | undefined> {
    const prepared = preparePassword(password)
    if (hooks.password) {
      await hooks.password(ref, prepared)
      return undefined
    }
    return inside.hash(ref.tenant, prepared)
  }

  /** What the host makes of a document; at once where it has no say. */
  function prepare(
    op: 'create' | 'replace' | 'patch',
    { allow, tenant }: Context,
    type: ResourceType,
    document: Document,
  ): Document | Promise<Document> {
    if (!hooks.prepare) return document
    // A copy: what is changed in place reaches nobody else.
    const draft = { op, tenant, type: type.name, id: String(document.id), document: structuredClone(document) }
    return Promise.resolve(hooks.prepare(draft)).then((prepared) =>
      prepared === undefined ? document : readPrepared(prepared, document, type, allow),
    )
  }

  /** Puts a new document in the place of the current one, and carries out member edits. */
  async function update(
    context: Context,
    type: ResourceType,
    stored: Stored,
    before: Document,
    wanted: Document,
    extra: {
      readonly op: 'replace' | 'patch'
      /** The version counts even if nothing but members changes. */
      readonly exact: boolean
      readonly clearPassword?: boolean
      readonly edits?: readonly MemberEdit[]
      readonly requested: readonly string[]
      readonly skipped: readonly string[]
    },
  ): Promise<Outcome> {
    const { tenant, id } = stored
    const ref = { tenant, type: type.name, id }
    const { document, password } = takePassword(wanted, type)
    // What a lenient connection stored may stay as it is under a strict one's change of something else.
    checkDocument(document, type, context.allow, before)
    // Nearly every change has nothing to wait for here, and each wait costs a turn through the queue of promises.
    if (document !== before) {
      const checking = checkVocabulary(store, inside.catalog(tenant), tenant, before, document)
      if (checking !== undefined) await checking
      const looking = checkReferenceTypes(store, type, tenant, before, document)
      if (looking !== undefined) await looking
    }
    const given = extra.clearPassword && password === undefined ? null : password
    const secret = typeof given === 'string' ? await secretOf(ref, given) : given
    const same = secret === undefined && password === undefined && (document === before || equalJson(document, before))
    const edits = extra.edits ?? []
    const meeting = edits.length === 0 ? undefined : checkMemberTypes(store, inside.catalog(tenant), type, ref, edits)
    if (meeting !== undefined) await meeting
    const result = { type, requested: extra.requested, skipped: extra.skipped }
    if (same && edits.length === 0) return { ...result, stored, changed: false }
    const at = Math.max(inside.environment.now(), stored.modified + 1)
    const text = same ? stored.text : boundedTextOf(document)
    const display = same ? stored.display : displayOf(document)
    const paths: PathChange[] = same ? [] : [...changedPaths(before, document, type)]
    const late = inside.refresh(tenant)
    if (late !== undefined) await late
    const now = typeNow(inside, tenant, type)
    const unique = uniquePaths(inside, context, type)
    const moved = touchesIndex(paths, now)
      ? entryChanges(indexEntries(before, now, unique), indexEntries(document, now, unique))
      : NOTHING_MOVED
    if (password !== undefined || extra.clearPassword) paths.push({ path: 'password' })
    const [written] = await commit(
      [
        {
          write: 'update',
          draft: { ...ref, text, display, ...(secret === undefined ? {} : { secret }) },
          at,
          ...(same ? { same } : {}),
          ...(same && !extra.exact ? {} : { ifVersion: stored.version }),
          ...moved,
          ...(edits.length === 0 ? {} : { members: edits }),
          log: { op: extra.op, actor: context.actor, paths },
        },
      ],
      type,
      tenant,
    )
    if (!written) throw new Error('the store answered a commit of one write with none')
    const { version, modified, changed } = written
    return { ...result, stored: withDocument({ ...stored, text, display, version, modified }, document), changed }
  }

  return {
    async create(context, typeName, body, options) {
      const catalog = inside.catalog(context.tenant)
      const type = writableType(catalog, typeName)
      const traits = traitsOf(type)
      const id = inside.newId()
      const ref = { tenant: context.tenant, type: type.name, id }
      const notes = createNotes()
      let wanted = normalise(body, type, context.allow, notes, workOf(options))
      if (notes.unknown.length > 0) await inside.heed(context.tenant, catalog)
      if (traits.active && wanted.active === undefined && !notes.cleared.includes('active'))
        wanted = { ...wanted, active: true }
      const prepared = prepare('create', context, type, withId(wanted, id))
      wanted = prepared instanceof Promise ? await prepared : prepared
      checkDocument(wanted, type, context.allow)
      const { document: whole, password } = takePassword(wanted, type)
      const { document, members } = takeMembers(whole, type)
      const drafts = traits.rows ? readMembers(members, catalog) : []
      const added: readonly MemberEdit[] = drafts.length === 0 ? [] : [{ edit: 'add', members: drafts }]
      const meeting = added.length === 0 ? undefined : checkMemberTypes(store, catalog, type, ref, added)
      if (meeting !== undefined) await meeting
      const checking = checkVocabulary(store, catalog, context.tenant, {}, document)
      if (checking !== undefined) await checking
      const looking = checkReferenceTypes(store, type, context.tenant, {}, document)
      if (looking !== undefined) await looking
      const secret = typeof password === 'string' ? await secretOf(ref, password) : password
      const at = inside.environment.now()
      const text = boundedTextOf(document)
      const display = displayOf(document)
      const paths: PathChange[] = [...changedPaths({}, document, type)]
      if (password !== undefined) paths.push({ path: 'password' })
      const late = inside.refresh(context.tenant)
      if (late !== undefined) await late
      const now = typeNow(inside, context.tenant, type)
      const [written] = await commit(
        [
          {
            write: 'create',
            draft: { ...ref, text, display, ...(secret === undefined ? {} : { secret }) },
            at,
            index: indexEntries(document, now, uniquePaths(inside, context, type)),
            ...(added.length === 0 ? {} : { members: added }),
            log: { op: 'create', actor: context.actor, paths },
          },
        ],
        type,
        context.tenant,
      )
      const version = written?.version ?? 1
      const stored: Stored = {
        ...ref,
        version,
        created: at,
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
    },

    replace(context, typeName, id, body, options) {
      const catalog = inside.catalog(context.tenant)
      const type = writableType(catalog, typeName)
      const ref = { tenant: context.tenant, type: type.name, id }
      const requested = traitsOf(type).plain ? [] : namesOf(body)
      return queue.inTurn(ref, async () => {
        const stored = await current(context, ref, type, options)
        const before = documentOf(stored)
        const notes = createNotes()
        const incoming = takeMembers(normalise(body, type, context.allow, notes, workOf(options)), type)
        if (notes.unknown.length > 0) await inside.heed(context.tenant, catalog)
        const replaced = replaceDocument(before, incoming.document, type, notes.cleared)
        if (options?.mayChange !== undefined)
          requireChangeable(changedAttributes(before, replaced, type), options.mayChange)
        // Before the host is asked, which happens once wherever the write is done.
        if (traitsOf(type).rows) await weighWalks([{ edit: 'set', members: [] }], ref, store, workOf(options))
        const whole = incoming.members === undefined ? replaced : { ...replaced, members: incoming.members }
        // The host sees the members as it does in a create, and may change them.
        const { document: prepared, members: wanted } = takeMembers(
          await prepare('replace', context, type, whole),
          type,
        )
        const edits: MemberEdit[] = []
        if (traitsOf(type).rows) {
          const members = readMembers(wanted, catalog)
          edits.push({ edit: 'set', members })
          refuseSelf(edits, id)
        }
        return update(context, type, stored, before, prepared, {
          op: 'replace',
          exact: true,
          edits,
          requested,
          skipped: notes.unknown,
        })
      })
    },

    async patch(context, typeName, id, body, options) {
      const catalog = inside.catalog(context.tenant)
      const type = writableType(catalog, typeName)
      const ref = { tenant: context.tenant, type: type.name, id }
      const work = async () => {
        const stored = await current(context, ref, type, options)
        const before = documentOf(stored)
        const { edits, skipped } = readPatch(body, type, context.allow, { id })
        if (skipped.length > 0) await inside.heed(context.tenant, catalog)
        if (options?.mayChange !== undefined) requireEditable(edits, options.mayChange)
        const split = traitsOf(type).rows ? splitEdits(edits, 'members', context.allow) : { rest: edits, rows: [] }
        const effort = workOf(options)
        const rows = split.rows.length === 0 ? [] : await memberEdits(split.rows, ref, store, catalog, effort)
        refuseSelf(rows, id)
        const applied = applyEdits(before, split.rest, type, context.allow, effort)
        const preparing = applied === before ? before : prepare('patch', context, type, applied)
        const prepared = preparing instanceof Promise ? await preparing : preparing
        const clearPassword =
          traitsOf(type).password &&
          split.rest.some(
            ({ op, target }) =>
              op === 'remove' && target?.extension === undefined && target?.attribute.name === 'password',
          )
        const requested = traitsOf(type).plain ? [] : edits.map((edit) => edit.target?.path ?? '')
        return update(context, type, stored, before, prepared, {
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
        ? queue.freely(ref, work)
        : queue.inTurn(ref, work)
    },

    remove(context, typeName, id, options) {
      const catalog = inside.catalog(context.tenant)
      const type = writableType(catalog, typeName)
      const ref = { tenant: context.tenant, type: type.name, id }
      return queue.inTurn(ref, async () => {
        const stored = await current(context, ref, type, options)
        const at = Math.max(inside.environment.now(), stored.modified + 1)
        const cleared = await clearReferences(inside, context, catalog, id, (writes) => {
          // So many that they take more than one commit.
          if (options?.light) throw new HeavyWrite()
          return commit(writes, type, context.tenant)
        })
        const paths = changedPaths(documentOf(stored), {}, type)
        await commit(
          [
            // First, for the removal gives another version to the groups that it takes the resource out of.
            ...cleared,
            { write: 'remove', ref, at, ifVersion: stored.version, log: { op: 'delete', actor: context.actor, paths } },
          ],
          type,
          context.tenant,
        )
      })
    },
  }
}

/** 403 when a change touches an attribute that its caller may not change. RFC 7644 §3.11. */
function requireChangeable(attributes: readonly string[], mayChange: (attribute: string) => boolean): void {
  const refused = attributes.find((name) => !mayChange(name))
  if (refused === undefined) return
  throw forbidden(
    `${refused} can't be changed with this token; an administrator or the identity provider can change it`,
  )
}

/** The same for the edits of a PATCH, whether or not they would change anything. What only repeats a value is no edit. */
function requireEditable(edits: readonly Edit[], mayChange: (attribute: string) => boolean): void {
  const named = edits.flatMap(({ op, target, extension = target?.extension }) => {
    if (op === 'expect') return []
    if (target === undefined) return [extension ?? '']
    return [extension === undefined ? target.attribute.name : `${extension}:${target.attribute.name}`]
  })
  requireChangeable(named, mayChange)
}

/** Paths that must be unique for this type: the tenant's own, and what the connection's kind needs. */
export function uniquePaths<Tx>(inside: Inside<Tx>, context: Context, type: ResourceType): UniquePaths {
  const own = inside.unique(context.tenant)
  if (!context.allow.uniqueGroupNames || !traitsOf(type).rows || own.has('displayName')) return own
  return new Set([...own, 'displayName'])
}

/** The type to write by: lists that clients only read are written by administrators, through other callers of the door. */
function writableType(catalog: Catalog, name: string): ResourceType {
  const type = requireType(catalog, name)
  return traitsOf(type).readOnly ? writable(type) : type
}
