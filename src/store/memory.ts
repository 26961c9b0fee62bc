import { compareKeys, compareText, matches, matchesElement, sortKey } from '../protocol/index.ts'
import {
  type Change,
  Conflict,
  type IndexEntry,
  type LogDraft,
  type Member,
  type MemberEdit,
  type Membership,
  type Page,
  type Place,
  type Query,
  type Ref,
  type Store,
  type Stored,
  type StoredRecord,
  StoreUnavailable,
  type Touched,
  type Write,
  type Written,
} from './contract.ts'
import { fullDocument, memberEntry, type Surroundings } from './derived.ts'

/** Ids that a log line names, joined and left together. */
const IDS_IN_LOG = 500
const CHUNK = 1_000
/** Pages beyond this are heavy. */
const LIGHT = 200
const NOTHING: Written = { changed: false, version: 0, created: 0, modified: 0 }

interface Row {
  readonly stored: Stored
  readonly secret: string | undefined
  readonly entries: readonly IndexEntry[]
}

interface Tenant {
  readonly name: string
  readonly created: number
  readonly rows: Map<string, Row>
  /** Ids of the members of each group, and the other way round. */
  readonly members: Map<string, Set<string>>
  readonly groups: Map<string, Set<string>>
  /** Ids by index entry. */
  readonly holders: Map<string, Set<string>>
  readonly log: Change[]
  readonly records: Map<string, StoredRecord>
}

/**
 * The plainest correct store: everything in memory, queries answered by looking at every resource. What it answers is right
 * by definition; the others are tested against it. Nothing outlives the process.
 */
export function memoryStore(): Store<undefined> {
  const tenants = new Map<string, Tenant>()
  const listeners = new Set<(touched: readonly Touched[]) => void>()
  const everywhere = makeTenant('', 0)
  let queue: Promise<unknown> = Promise.resolve()
  let closed = false

  const rowOf = (ref: Ref): Row | undefined => {
    const row = tenants.get(ref.tenant)?.rows.get(ref.id)
    return row?.stored.type === ref.type ? row : undefined
  }

  function find(query: Query): Page {
    const tenant = tenants.get(query.tenant)
    const hits: { readonly row: Row; readonly key: ReturnType<typeof sortKey> }[] = []
    const sorted = query.types.some(({ sort }) => sort !== undefined)
    const descending = query.types.some(({ sort }) => sort?.descending === true)
    const around = surroundings(tenant, query)
    for (const row of tenant?.rows.values() ?? []) {
      const type = query.types.find(({ type }) => type === row.stored.type)
      if (type === undefined) continue
      const { filter, sort } = type
      const needed = filter !== undefined || sort !== undefined
      const document = needed ? fullDocument(row.stored, filter, sort, around) : {}
      if (filter !== undefined && !matches(document, filter)) continue
      hits.push({ row, key: sort === undefined ? null : sortKey(document, sort) })
    }
    const order = (a: { key: (typeof hits)[0]['key']; id: string }, b: { key: (typeof hits)[0]['key']; id: string }) =>
      (sorted ? compareKeys(a.key, b.key, { descending }) : 0) || compareText(a.id, b.id)
    const placed = hits.map((hit) => ({ ...hit, id: hit.row.stored.id })).sort(order)
    const { page } = query
    const after = 'after' in page ? page.after : undefined
    const from =
      after === undefined ? placed : placed.filter((hit) => order({ key: after.key ?? null, id: after.id }, hit) < 0)
    const start = 'offset' in page ? page.offset : 0
    const shown = from.slice(start, start + page.limit)
    const last = shown.at(-1)
    const ending: Place | undefined = last && (sorted ? { key: last.key, id: last.id } : { id: last.id })
    return {
      resources: shown.map(({ row }) => (query.groups && tenant ? withGroups(row.stored, tenant) : row.stored)),
      ...(query.total ? { total: hits.length } : {}),
      ...(ending !== undefined && from.length > start + page.limit ? { next: ending } : {}),
    }
  }

  /** Carries out the writes one by one; `undo` takes back what was done, last first. */
  function apply(writes: readonly Write[]) {
    const undos: (() => void)[] = []
    const changes: Change[] = []
    const touched: Touched[] = []
    const undo = () => {
      for (const one of undos.toReversed()) one()
    }
    try {
      const written = writes.map((write, at) => applyOne(write, at, { undos, changes, touched }))
      return { written, changes, touched, undo }
    } catch (error) {
      undo()
      throw error
    }
  }

  function applyOne(write: Write, at: number, out: Effects): Written {
    const tenantOf = (name: string): Tenant => {
      const tenant = tenants.get(name)
      if (tenant === undefined) throw new Conflict('missing', at, 'tenant')
      return tenant
    }
    switch (write.write) {
      case 'tenant': {
        const there = tenants.get(write.tenant)
        if (write.as === 'new') {
          if (there !== undefined || write.tenant === '') throw new Conflict('exists', at, write.tenant)
          put(tenants, write.tenant, makeTenant(write.tenant, write.at), out)
        } else {
          tenantOf(write.tenant)
          put(tenants, write.tenant, undefined, out)
        }
        out.touched.push({ tenant: write.tenant, records: true }, { tenant: write.tenant, all: true })
        return { changed: true, version: 0, created: write.at, modified: write.at }
      }
      case 'record': {
        const { tenant: name, kind, key } = write.record
        if (write.value === undefined && name !== '' && !tenants.has(name)) return NOTHING
        const { records } = name === '' ? everywhere : tenantOf(name)
        const place = `${kind}\n${key}`
        if (write.value === undefined && !records.has(place)) return NOTHING
        if (write.ifAbsent === true && records.has(place)) throw new Conflict('exists', at, key)
        const { value, tag } = write
        const record =
          value === undefined ? undefined : { ...write.record, value, ...(tag === undefined ? {} : { tag }) }
        put(records, place, record, out)
        out.touched.push({ tenant: name, records: true })
        return { ...NOTHING, changed: true }
      }
      case 'indexed': {
        tenantOf(write.tenant)
        out.touched.push({ tenant: write.tenant, records: true })
        return { ...NOTHING, changed: true }
      }
      case 'reindex': {
        const tenant = tenantOf(write.ref.tenant)
        const row = existing(tenant, write.ref, at)
        if (write.ifVersion !== undefined && write.ifVersion !== row.stored.version) {
          throw new Conflict('version', at, write.ref.id)
        }
        const entries = changeEntries(tenant, row, write, at, out)
        put(tenant.rows, write.ref.id, { ...row, entries }, out)
        const { version, created, modified } = row.stored
        return { changed: true, version, created, modified }
      }
      case 'create':
        return create(tenantOf(write.draft.tenant), write, at, out)
      case 'update':
        return update(tenantOf(write.draft.tenant), write, at, out)
      case 'remove':
        return remove(tenantOf(write.ref.tenant), write, at, out)
    }
  }

  async function commit(
    writes: readonly Write[],
    inside?: (tx: undefined, changes: readonly Change[]) => void | Promise<void>,
  ): Promise<readonly Written[]> {
    if (closed) throw new StoreUnavailable('the store is closed', 1_000)
    let done = apply(writes)
    if (inside !== undefined) {
      try {
        const pending = inside(undefined, done.changes)
        if (pending instanceof Promise) {
          // Nobody may see what is not decided yet; commits take turns, so that it comes out the same again.
          done.undo()
          await pending
          done = apply(writes)
        }
      } catch (error) {
        done.undo()
        throw error
      }
    }
    if (done.touched.length > 0) for (const listener of [...listeners]) listener(done.touched)
    return done.written
  }

  return {
    async get(ref, options) {
      const row = rowOf(ref)
      const tenant = tenants.get(ref.tenant)
      if (row === undefined || tenant === undefined) return undefined
      return options?.groups ? withGroups(row.stored, tenant) : row.stored
    },
    secret: async (ref) => rowOf(ref)?.secret,
    find: async (query) => find(query),
    weigh(query) {
      const [only] = query.types
      const filter = only?.filter
      const parts = filter?.op === 'and' ? filter.all : [filter]
      const bounded = parts.some((part) => part === undefined || part.op === 'eq')
      return query.types.length === 1 && bounded && !only?.sort && query.page.limit <= LIGHT ? 'light' : 'heavy'
    },
    async names(tenant, ids) {
      const rows = [...new Set(ids)].map((id) => tenants.get(tenant)?.rows.get(id))
      return rows.filter((row) => row !== undefined).map(({ stored }) => toMember(stored))
    },
    async *members(ref) {
      const all = rowOf(ref) === undefined ? [] : membersOf(tenants.get(ref.tenant), ref.id)
      for (let at = 0; at < all.length; at += CHUNK) yield all.slice(at, at + CHUNK)
    },
    memberCount: async (ref, atMost) =>
      rowOf(ref) === undefined ? 0 : Math.min(atMost, tenants.get(ref.tenant)?.members.get(ref.id)?.size ?? 0),
    async holders(tenant, type, entry, limit, after) {
      const ids = tenants.get(tenant)?.holders.get(entryKey(type, entry)) ?? []
      const sorted = [...ids].sort(compareText)
      return sorted.filter((id) => after === undefined || compareText(id, after) > 0).slice(0, limit)
    },
    commit(writes, inside) {
      const turn = queue.then(() => commit(writes, inside))
      queue = turn.catch(() => {})
      return turn
    },
    changes: async (tenant, after, limit) => tenants.get(tenant)?.log.slice(after, after + limit) ?? [],
    async records(name, kind, where = {}) {
      const records = (name === '' ? everywhere : tenants.get(name))?.records.values() ?? []
      const wanted = [...records].filter(
        (record) =>
          record.kind === kind &&
          (where.tag === undefined || record.tag === where.tag) &&
          (where.key === undefined || record.key === where.key) &&
          (where.after === undefined || compareText(record.key, where.after) > 0),
      )
      return wanted.sort((a, b) => compareText(a.key, b.key)).slice(0, where.limit ?? wanted.length)
    },
    async tenants() {
      const rows = [...tenants.values()].sort((a, b) => compareText(a.name, b.name))
      return rows.map(({ name, created, log, rows }) => {
        const resources: { [type: string]: number } = {}
        for (const { stored } of rows.values()) resources[stored.type] = (resources[stored.type] ?? 0) + 1
        return { tenant: name, created, place: log.length, resources }
      })
    },
    pulse() {},
    watch(listener) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
    backup: () => Promise.reject(new StoreUnavailable('a store in memory has no file that a backup could copy', 0)),
    async close() {
      closed = true
    },
  }
}

/** What a list of writes leaves behind besides the data itself. */
interface Effects {
  readonly undos: (() => void)[]
  readonly changes: Change[]
  readonly touched: Touched[]
}

function makeTenant(name: string, created: number): Tenant {
  return {
    name,
    created,
    rows: new Map(),
    members: new Map(),
    groups: new Map(),
    holders: new Map(),
    log: [],
    records: new Map(),
  }
}

function create(tenant: Tenant, write: Extract<Write, { write: 'create' }>, at: number, out: Effects): Written {
  const { draft } = write
  if (tenant.rows.has(draft.id)) throw new Conflict('exists', at, draft.id)
  const { secret, ...content } = draft
  const stored: Stored = { ...content, version: 1, created: write.at, modified: write.at }
  const bare: Row = { stored, secret: secret ?? undefined, entries: [] }
  const entries = changeEntries(tenant, bare, { unindex: [], index: write.index }, at, out)
  put(tenant.rows, draft.id, { ...bare, entries }, out)
  const members = editMembers(tenant, draft.id, write.members ?? [], at, out)
  addLine(tenant, stored, write.at, write.log, out, members)
  out.touched.push({ tenant: tenant.name, all: true })
  return { changed: true, version: 1, created: write.at, modified: write.at }
}

function update(tenant: Tenant, write: Extract<Write, { write: 'update' }>, at: number, out: Effects): Written {
  const { draft } = write
  const row = existing(tenant, draft, at)
  const was = row.stored
  if (write.ifVersion !== undefined && write.ifVersion !== was.version) throw new Conflict('version', at, draft.id)
  const entries = write.same === true ? row.entries : changeEntries(tenant, row, write, at, out)
  const members = editMembers(tenant, draft.id, write.members ?? [], at, out)
  const moved = members.added.length + members.removed.length > 0
  if (write.same === true && !moved && draft.secret === undefined) {
    return { changed: false, version: was.version, created: was.created, modified: was.modified }
  }
  const content = write.same === true ? {} : { text: draft.text, display: draft.display }
  const stored: Stored = { ...was, ...content, version: was.version + 1, modified: write.at }
  const secret = draft.secret === undefined ? row.secret : (draft.secret ?? undefined)
  put(tenant.rows, draft.id, { stored, secret, entries }, out)
  addLine(tenant, stored, write.at, write.log, out, members)
  if (moved || stored.display !== was.display) out.touched.push({ tenant: tenant.name, all: true })
  return { changed: true, version: stored.version, created: stored.created, modified: stored.modified }
}

function remove(tenant: Tenant, write: Extract<Write, { write: 'remove' }>, at: number, out: Effects): Written {
  const { id } = write.ref
  const row = existing(tenant, write.ref, at)
  const { stored } = row
  if (write.ifVersion !== undefined && write.ifVersion !== stored.version) throw new Conflict('version', at, id)
  const groups = [...(tenant.groups.get(id) ?? [])].filter((group) => group !== id).sort(compareText)
  editMembers(tenant, id, [{ edit: 'clear' }], at, out)
  for (const group of groups) editMembers(tenant, group, [{ edit: 'remove', ids: [id] }], at, out)
  changeEntries(tenant, row, { unindex: row.entries, index: [] }, at, out)
  put(tenant.rows, id, undefined, out)
  addLine(tenant, stored, write.at, write.log, out)
  for (const group of groups) {
    const other = tenant.rows.get(group)
    if (other === undefined) continue
    const now: Stored = { ...other.stored, version: other.stored.version + 1, modified: write.at }
    put(tenant.rows, group, { ...other, stored: now }, out)
    const log = { op: 'patch', actor: write.log.actor, paths: [] } as const
    addLine(tenant, now, write.at, log, out, { added: [], removed: [id] })
  }
  out.touched.push({ tenant: tenant.name, all: true })
  return { changed: true, version: 0, created: stored.created, modified: stored.modified }
}

function existing(tenant: Tenant, ref: Ref, at: number): Row {
  const row = tenant.rows.get(ref.id)
  if (row === undefined || row.stored.type !== ref.type) throw new Conflict('missing', at, ref.id)
  return row
}

/** Takes and adds index entries; gives those the resource has then. */
function changeEntries(
  tenant: Tenant,
  row: Row,
  change: { readonly unindex: readonly IndexEntry[]; readonly index: readonly IndexEntry[] },
  at: number,
  out: Effects,
): readonly IndexEntry[] {
  const { type, id } = row.stored
  const same = (a: IndexEntry, b: IndexEntry) => a.path === b.path && a.value === b.value
  for (const entry of change.unindex) setMember(tenant.holders, entryKey(type, entry), id, false, out)
  const entries = row.entries.filter((entry) => !change.unindex.some((gone) => same(gone, entry)))
  for (const entry of change.index) {
    const holders = tenant.holders.get(entryKey(type, entry))
    if (entry.unique && [...(holders ?? [])].some((other) => other !== id)) throw new Conflict('unique', at, entry.path)
    setMember(tenant.holders, entryKey(type, entry), id, true, out)
    if (!entries.some((one) => same(one, entry))) entries.push(entry)
  }
  return entries
}

/** Carries out edits on the members of a group; gives who is new and who is gone in the end. */
function editMembers(tenant: Tenant, group: string, edits: readonly MemberEdit[], at: number, out: Effects) {
  const before = new Set(tenant.members.get(group))
  const set = (id: string, is: boolean) => {
    setMember(tenant.members, group, id, is, out)
    setMember(tenant.groups, id, group, is, out)
  }
  const check = (member: { readonly id: string; readonly type?: string }) => {
    const found = tenant.rows.get(member.id)?.stored.type
    if (found === undefined || (member.type !== undefined && member.type !== found)) {
      throw new Conflict('member', at, member.id, found)
    }
  }
  const now = () => [...(tenant.members.get(group) ?? [])]
  for (const edit of edits) {
    switch (edit.edit) {
      case 'add':
        for (const member of edit.members) check(member)
        for (const { id } of edit.members) set(id, true)
        break
      case 'remove':
        for (const id of edit.ids) set(id, false)
        break
      case 'removeWhere':
        for (const member of membersOf(tenant, group)) {
          const { filter } = edit
          const inner = filter.op === 'has' ? filter.filter : filter
          if (matchesElement(memberEntry(member, { base: '', endpoints: {} }), inner)) set(member.id, false)
        }
        break
      case 'clear':
        for (const id of now()) set(id, false)
        break
      case 'set': {
        for (const member of edit.members) check(member)
        const wanted = new Set(edit.members.map(({ id }) => id))
        for (const id of now()) if (!wanted.has(id)) set(id, false)
        for (const id of wanted) set(id, true)
        break
      }
    }
  }
  const after = tenant.members.get(group) ?? new Set()
  return {
    added: [...after].filter((id) => !before.has(id)),
    removed: [...before].filter((id) => !after.has(id)),
  }
}

function addLine(
  tenant: Tenant,
  stored: Stored,
  at: number,
  log: LogDraft,
  out: Effects,
  moved?: { readonly added: readonly string[]; readonly removed: readonly string[] },
): void {
  const added = [...(moved?.added ?? [])].sort()
  const removed = [...(moved?.removed ?? [])].sort()
  const counts = { added: added.length, removed: removed.length }
  const few = added.length + removed.length <= IDS_IN_LOG
  const members =
    added.length + removed.length === 0 ? {} : { members: few ? { ...counts, ids: { added, removed } } : counts }
  const { type, id, version } = stored
  const place = tenant.log.length + 1
  // As read from a database, where a log line is JSON.
  const paths = JSON.parse(JSON.stringify(log.paths)) as Change['paths']
  const change: Change = {
    tenant: tenant.name,
    type,
    id,
    place,
    at,
    op: log.op,
    actor: log.actor,
    version,
    paths,
    ...members,
  }
  tenant.log.push(change)
  out.undos.push(() => tenant.log.pop())
  out.changes.push(change)
  out.touched.push({ tenant: tenant.name, type, id })
}

function put<K, V>(map: Map<K, V>, key: K, value: V | undefined, out: Effects): void {
  const had = map.has(key)
  const before = map.get(key)
  if (value === undefined) map.delete(key)
  else map.set(key, value)
  out.undos.push(() => {
    if (had && before !== undefined) map.set(key, before)
    else map.delete(key)
  })
}

function setMember(sets: Map<string, Set<string>>, key: string, member: string, is: boolean, out: Effects): void {
  const set = sets.get(key) ?? new Set<string>()
  sets.set(key, set)
  if (set.has(member) === is) return
  const change = (to: boolean) => {
    if (to) set.add(member)
    else set.delete(member)
  }
  change(is)
  out.undos.push(() => change(!is))
}

function entryKey(type: string, entry: IndexEntry): string {
  return `${type}\n${entry.path}\n${entry.value}`
}

function toMember(stored: Stored): Member {
  return { id: stored.id, type: stored.type, display: stored.display }
}

function membersOf(tenant: Tenant | undefined, group: string): readonly Member[] {
  const members: Member[] = []
  for (const id of tenant?.members.get(group) ?? []) {
    const row = tenant?.rows.get(id)
    if (row !== undefined) members.push(toMember(row.stored))
  }
  return members
}

/** The groups a resource is in: direct ones first, each once, itself never; circles end. */
function groupsOf(tenant: Tenant | undefined, id: string): readonly (Membership & { readonly type: string })[] {
  const direct = tenant?.groups.get(id) ?? new Set()
  const all = new Set(direct)
  for (const group of all) for (const above of tenant?.groups.get(group) ?? []) all.add(above)
  all.delete(id)
  const groups = [...all].flatMap((group) => {
    const row = tenant?.rows.get(group)
    return row === undefined ? [] : [{ ...toMember(row.stored), direct: direct.has(group) }]
  })
  return groups.sort((a, b) => Number(b.direct) - Number(a.direct) || compareText(a.id, b.id))
}

function withGroups(stored: Stored, tenant: Tenant): Stored {
  const groups = groupsOf(tenant, stored.id).map(({ id, display, direct }) => ({ id, display, direct }))
  return { ...stored, groups }
}

function surroundings(tenant: Tenant | undefined, query: Query): Surroundings {
  return {
    base: query.base,
    endpoints: query.endpoints,
    groupsOf: (id) => groupsOf(tenant, id),
    membersOf: (id) => membersOf(tenant, id),
    named: (id) => {
      const row = tenant?.rows.get(id)
      return row === undefined ? undefined : toMember(row.stored)
    },
  }
}
