import {
  applyEdits,
  type Catalog,
  changedPaths,
  checkDocument,
  createNotes,
  type Document,
  invalidValue,
  isObject,
  type Json,
  type JsonObject,
  matchesETag,
  normalise,
  notFound,
  preconditionFailed,
  preparePassword,
  type ResourceType,
  readPatch,
  replaceDocument,
  resolve,
  type ScimError,
  splitEdits,
  unavailable,
  uniqueness,
  writable,
} from '../protocol/index.ts'
import {
  Conflict,
  type LogDraft,
  type MemberEdit,
  type PathChange,
  type Ref,
  type Store,
  type Stored,
  type Write,
  type Written,
} from '../store/index.ts'
import { type Context, type Inside, requireType } from './context.ts'
import { displayOf, documentOf, textOf } from './document.ts'
import { entryChanges, indexEntries, type UniquePaths } from './entries.ts'
import { memberEdits } from './member-edits.ts'
import { readMembers, refuseSelf } from './members.ts'
import { clearReferences } from './references.ts'
import { sameJson } from './same.ts'
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
}

/** The writing half of the door. All throw ScimError. */
export interface Writes {
  create(context: Context, typeName: string, body: Json): Promise<Outcome>
  replace(context: Context, typeName: string, id: string, body: Json, options?: WriteOptions): Promise<Outcome>
  patch(context: Context, typeName: string, id: string, body: Json, options?: WriteOptions): Promise<Outcome>
  remove(context: Context, typeName: string, id: string, options?: WriteOptions): Promise<void>
}

/** How often a write is computed anew when somebody else was quicker; writers in this process queue up and don't need it. */
const ATTEMPTS = 8

/** Makes the writing half of the door. */
export function createWrites<Tx>(inside: Inside<Tx>): Writes {
  const { store, hooks } = inside

  /** Commits, with the host's own rows in the same transaction; conflicts become SCIM errors where no retry helps. */
  async function commit(writes: readonly Write[], type: ResourceType, tenant: string): Promise<readonly Written[]> {
    try {
      const hook = hooks.commit
      if (!hook) return await store.commit(writes)
      return await store.commit(writes, (tx, changes) => {
        let pending: Promise<void> | undefined
        for (const change of changes) {
          if (pending) pending = pending.then(() => hook(change, tx))
          else pending = hook(change, tx) ?? undefined
        }
        return pending
      })
    } catch (error) {
      if (error instanceof Conflict && error.reason === 'missing' && error.what === 'tenant') {
        if (!inside.openTenants) throw notFound('the tenant is gone')
        await openTenant(store, tenant, inside.world.now())
        return commit(writes, type, tenant)
      }
      if (error instanceof Conflict) {
        const answer = answerTo(error, type)
        if (answer) throw answer
      }
      throw error
    }
  }

  async function current(ref: Ref, type: ResourceType, options: WriteOptions | undefined): Promise<Stored> {
    const stored = await store.get(ref, { groups: traitsOf(type).groups })
    if (!stored) throw missing(ref)
    if (options?.ifMatch !== undefined && !matchesETag(options.ifMatch, stored.version)) {
      throw preconditionFailed(
        `${ref.type} ${ref.id} is at version W/"${stored.version}", If-Match says ${options.ifMatch}; read it again and repeat the change`,
      )
    }
    return stored
  }

  /** Runs a computation that rests on the current version, anew whenever another process has been quicker. */
  async function withRetries<T>(ref: Ref, work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work()
      } catch (error) {
        if (!(error instanceof Conflict)) throw error
        if (error.reason === 'missing') throw missing(ref)
        if (attempt === ATTEMPTS) throw unavailable(1)
        if (attempt > 2) await new Promise((resolve) => setTimeout(resolve, 2 ** attempt))
      }
    }
  }

  function serially<T>(ref: Ref, work: () => Promise<T>): Promise<T> {
    return inside.serially(`${ref.tenant} ${ref.id}`, () => withRetries(ref, work))
  }

  async function secretOf(ref: Ref, password: string | null | undefined): Promise<string | null | undefined> {
    if (password === undefined || password === null) return password
    const prepared = preparePassword(password)
    if (hooks.password) {
      await hooks.password(ref, prepared)
      return undefined
    }
    return inside.hash(prepared)
  }

  async function prepare(op: LogDraft['op'], ref: Ref, document: Document): Promise<Document> {
    if (!hooks.prepare || op === 'delete') return document
    return (await hooks.prepare({ op, tenant: ref.tenant, type: ref.type, id: ref.id, document })) ?? document
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
      readonly clearPassword?: boolean
      readonly edits?: readonly MemberEdit[]
      readonly requested: readonly string[]
      readonly skipped: readonly string[]
    },
  ): Promise<Outcome> {
    const { tenant, id } = stored
    const ref = { tenant, type: type.name, id }
    const unique = uniquePaths(inside, context, type)
    const { document, password } = takePassword(wanted, type)
    checkDocument(document, type, context.allow)
    if (document !== before) await checkVocabulary(store, inside.catalog(tenant), tenant, before, document)
    const secret = extra.clearPassword && password === undefined ? null : await secretOf(ref, password)
    const same = secret === undefined && password === undefined && (document === before || sameJson(document, before))
    const edits = extra.edits ?? []
    const result = { type, requested: extra.requested, skipped: extra.skipped }
    if (same && edits.length === 0) return { ...result, stored, changed: false }
    const at = Math.max(inside.world.now(), stored.modified + 1)
    const text = same ? stored.text : textOf(document)
    const display = same ? stored.display : displayOf(document)
    const moved = same
      ? { unindex: [], index: [] }
      : entryChanges(indexEntries(before, type, unique), indexEntries(document, type, unique))
    const paths: PathChange[] = same ? [] : [...changedPaths(before, document, type)]
    if (password !== undefined || extra.clearPassword) paths.push({ path: 'password' })
    const [written] = await commit(
      [
        {
          write: 'update',
          draft: { ...ref, text, display, ...(secret === undefined ? {} : { secret }) },
          at,
          ...(same ? { same } : { ifVersion: stored.version }),
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
    return { ...result, stored: { ...stored, text, display, version, modified }, changed }
  }

  return {
    async create(context, typeName, body) {
      const catalog = inside.catalog(context.tenant)
      const type = writableType(catalog, typeName)
      const traits = traitsOf(type)
      const id = inside.newId()
      const ref = { tenant: context.tenant, type: type.name, id }
      const notes = createNotes()
      let wanted = normalise(body, type, context.allow, notes)
      if (traits.active && wanted.active === undefined && !notes.cleared.includes('active'))
        wanted = { ...wanted, active: true }
      wanted = await prepare('create', ref, withId(wanted, id))
      checkDocument(wanted, type, context.allow)
      const { document: whole, password } = takePassword(wanted, type)
      const { document, members } = takeMembers(whole, type)
      const drafts = traits.rows ? readMembers(members, catalog) : []
      await checkVocabulary(store, catalog, context.tenant, {}, document)
      const secret = await secretOf(ref, password)
      const at = inside.world.now()
      const text = textOf(document)
      const display = displayOf(document)
      const paths: PathChange[] = [...changedPaths({}, document, type)]
      if (password !== undefined) paths.push({ path: 'password' })
      const [written] = await commit(
        [
          {
            write: 'create',
            draft: { ...ref, text, display, ...(secret === undefined ? {} : { secret }) },
            at,
            index: indexEntries(document, type, uniquePaths(inside, context, type)),
            ...(drafts.length === 0 ? {} : { members: [{ edit: 'add', members: drafts }] }),
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
      return { type, stored, changed: true, requested: traits.plain ? [] : namesOf(body), skipped: notes.unknown }
    },

    replace(context, typeName, id, body, options) {
      const catalog = inside.catalog(context.tenant)
      const type = writableType(catalog, typeName)
      const ref = { tenant: context.tenant, type: type.name, id }
      const requested = traitsOf(type).plain ? [] : namesOf(body)
      return serially(ref, async () => {
        const stored = await current(ref, type, options)
        const before = documentOf(stored)
        const notes = createNotes()
        const incoming = takeMembers(normalise(body, type, context.allow, notes), type)
        const replaced = replaceDocument(before, incoming.document, type)
        const prepared = await prepare('replace', ref, replaced)
        const edits: MemberEdit[] = []
        if (traitsOf(type).rows) {
          const members = readMembers(incoming.members, catalog)
          edits.push({ edit: 'set', members })
          refuseSelf(edits, id)
        }
        return update(context, type, stored, before, prepared, {
          op: 'replace',
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
        const stored = await current(ref, type, options)
        const before = documentOf(stored)
        const { edits, skipped } = readPatch(body, type, context.allow, { id })
        const split = traitsOf(type).rows ? splitEdits(edits, 'members', context.allow) : { rest: edits, rows: [] }
        const rows = await memberEdits(split.rows, ref, store, catalog)
        refuseSelf(rows, id)
        const applied = applyEdits(before, split.rest, type, context.allow)
        const prepared = applied === before ? before : await prepare('patch', ref, applied)
        const clearPassword = split.rest.some(
          (edit) => edit.target?.attribute.name === 'password' && edit.op === 'remove',
        )
        const requested = traitsOf(type).plain ? [] : edits.map((edit) => edit.target?.path ?? '')
        return update(context, type, stored, before, prepared, {
          op: 'patch',
          clearPassword,
          edits: rows,
          requested,
          skipped,
        })
      }
      // Member edits commute with everything else and are carried out on rows, so they need no turn; anything else queues up.
      return traitsOf(type).rows && options?.ifMatch === undefined && onlyMembers(body)
        ? withRetries(ref, work)
        : serially(ref, work)
    },

    remove(context, typeName, id, options) {
      const catalog = inside.catalog(context.tenant)
      const type = writableType(catalog, typeName)
      const ref = { tenant: context.tenant, type: type.name, id }
      return serially(ref, async () => {
        const stored = await current(ref, type, options)
        const at = Math.max(inside.world.now(), stored.modified + 1)
        const cleared = await clearReferences(inside, context, catalog, id, (writes) =>
          commit(writes, type, context.tenant),
        )
        const paths = changedPaths(documentOf(stored), {}, type)
        await commit(
          [
            { write: 'remove', ref, at, ifVersion: stored.version, log: { op: 'delete', actor: context.actor, paths } },
            ...cleared,
          ],
          type,
          context.tenant,
        )
      })
    },
  }
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

async function openTenant<Tx>(store: Store<Tx>, tenant: string, at: number): Promise<void> {
  try {
    await store.commit([{ write: 'tenant', tenant, as: 'new', at }])
  } catch (error) {
    // Somebody else was quicker: all the better.
    if (!(error instanceof Conflict && error.reason === 'exists')) throw error
  }
}

function answerTo(conflict: Conflict, type: ResourceType): ScimError | undefined {
  if (conflict.reason === 'unique') {
    const named = resolve(conflict.what, type)
    const exact = named?.attribute !== undefined && named.leaf.caseExact
    return uniqueness(
      `another ${type.name} has this ${conflict.what} already${exact ? '' : " (letter case doesn't count)"}; choose another one, or find the existing one with a filter and update it`,
    )
  }
  if (conflict.reason === 'member') {
    const { what, found } = conflict
    return found === undefined
      ? invalidValue(`members: there is no user or group with the id ${what}; create it first, or leave it out`)
      : invalidValue(`members: ${what} is a ${found}; leave "type" out or give ${found}`)
  }
  return undefined
}

function missing(ref: Ref): ScimError {
  return notFound(`there is no ${ref.type} with the id ${ref.id}`)
}

function withId(document: Document, id: string): Document {
  const { schemas, ...rest } = document
  return schemas === undefined ? { id, ...rest } : { schemas, id, ...rest }
}

function takePassword(document: Document, type: ResourceType): { document: Document; password?: string } {
  if (!traitsOf(type).password || document.password === undefined) return { document }
  const { password, ...rest } = document
  if (typeof password !== 'string') throw invalidValue('password must be a string')
  return { document: rest, password }
}

function takeMembers(document: Document, type: ResourceType): { document: Document; members?: Json } {
  if (!traitsOf(type).rows || document.members === undefined) return { document }
  const { members, ...rest } = document
  return { document: rest, members: members as Json }
}

/** Whether a PATCH body names nothing but members, judged by its look: a wrong guess only costs a retry. */
function onlyMembers(body: Json): boolean {
  if (!isObject(body) || !Array.isArray(body.Operations)) return false
  return body.Operations.every(
    (operation: Json) =>
      isObject(operation) && typeof operation.path === 'string' && /^members\b/i.test(operation.path),
  )
}

function namesOf(body: Json): readonly string[] {
  if (!isObject(body)) return []
  return Object.entries(body as JsonObject).flatMap(([key, value]) =>
    key.includes(':') && isObject(value) ? Object.keys(value).map((sub) => `${key}:${sub}`) : [key],
  )
}
