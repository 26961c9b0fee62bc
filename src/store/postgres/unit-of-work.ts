// What one transaction has read under locks and will write at its end, kept in memory until then.

import type { Change, Item, LogDraft, WorkWrite } from '../contract/index.ts'
import { numberOf, textOf } from '../sql/columns.ts'
import type { Row } from './columns.ts'
import type { Tenant } from './dictionary.ts'
import { KEY_SHARE, lockAlike, TENANT_LOCKS } from './row-locks.ts'
import type { Session } from './session.ts'

/** A resource in a transaction: read under a lock, changed in memory, written at the end. */
export interface LoadedResource {
  readonly rowNo: number
  readonly type: string
  readonly id: string
  readonly created: number
  version: number
  modified: number
  display: string
  readonly oldDisplay: string
  /** Index values by path number. */
  entries: Entries
  /** Only set when this transaction writes it. */
  text: string | undefined
  /** undefined: unchanged. */
  secret: string | null | undefined
  /** Not in the table yet. */
  readonly isNew: boolean
  removed: boolean
  changed: boolean
}

/** Index values of a resource by path number. */
export interface Entries {
  readonly [pathNo: string]: readonly string[]
}

/** The members of a group by row number, as far as they are known: before the transaction, and changed by it. */
export interface GroupMembers {
  /** Whether `before` has every member. */
  complete: boolean
  readonly before: Map<number, boolean>
  readonly now: Map<number, boolean>
}

/** An index entry that is added or removed. */
export interface EntryChange {
  readonly pathNo: number
  readonly value: string
  readonly rowNo: number
  readonly unique: boolean
  readonly as: 'new' | 'gone'
}

/** A log line without its place. */
export interface LogLine extends Omit<LogDraft, 'op'> {
  readonly op: Change['op']
  readonly type: string
  readonly id: string
  readonly at: number
  readonly version: number
  /** Large changes carry counts only, unless a hook will see them. */
  readonly members?: Change['members']
  /** Ids of the members of a group that is deleted, where a hook will see them. */
  readonly lost?: readonly string[]
}

/** The items of a transaction. */
export interface PendingItems {
  /** Milliseconds since 1970: what has expired by then counts as absent. */
  readonly now: number
  /**
   * Those that the writes name, read under locks, as they are to be in the end. Undefined where nothing has to be known of any of them
   * before it is written: then their writes wait in `blind`.
   */
  loaded: Map<string, LoadedItem> | undefined
  readonly blind: Extract<WorkWrite, { write: 'item' | 'mark' }>[]
}

/** An item that was read under a lock, as it is to be in the end. */
export interface LoadedItem {
  /** Whether there is a row, if only one that has expired. */
  readonly hasRow: boolean
  now: Item | undefined
  changed: boolean
}

/** What a transaction is carried out with. */
export interface UnitOfWorkOptions {
  /** Row numbers for the resources it creates. */
  readonly rowNos: readonly number[]
  /** The first attempt lets the database detect taken ids and unique values; a careful one looks before it writes. */
  readonly careful: boolean
  /** Milliseconds since 1970, for items that expire. */
  readonly now: number
  /** A hook of the host will see the log lines, with the ids of all members. */
  readonly hooked: boolean
}

/** Everything that one transaction knows and will write. A list of writes can be undone until the next one starts. */
export interface UnitOfWork extends UnitOfWorkOptions {
  readonly tenant: Tenant
  readonly session: Session
  /** What is known of each id; undefined where there is no resource. */
  readonly byId: Map<string, LoadedResource | undefined>
  readonly byRowNo: Map<number, LoadedResource>
  /** Holders of index values, before the transaction. */
  readonly holders: Map<string, Set<number>>
  /** Who holds an index value after the changes of this transaction, as far as it changed. */
  readonly entered: Map<string, Map<number, boolean>>
  readonly entryChanges: EntryChange[]
  /** By the group's row number. */
  readonly groups: Map<number, GroupMembers>
  /** Groups of each resource that was locked to be removed, by row number. */
  readonly memberships: Map<number, number[]>
  readonly lines: LogLine[]
  readonly undos: (() => void)[]
  /** Which of the tenant's own locks it has taken. */
  readonly tenantLocks: Set<keyof typeof TENANT_LOCKS>
  rowNosUsed: number
  /** Records that configure the tenant, paths or the tenant itself changed. */
  recordsChanged: boolean
  /** Records that configure nothing were written. */
  notesRecorded: boolean
  /** Existing log lines were changed. */
  amended: boolean
  readonly items: PendingItems
  /** Cursors of readers of the log were moved, made or forgotten. */
  readersMoved: boolean
  /** The log was cut. */
  cut: boolean
}

/** Starts the work of one transaction. */
export function startWork(tenant: Tenant, session: Session, options: UnitOfWorkOptions): UnitOfWork {
  return {
    tenant,
    session,
    rowNos: options.rowNos,
    careful: options.careful,
    hooked: options.hooked,
    now: options.now,
    byId: new Map(),
    byRowNo: new Map(),
    holders: new Map(),
    entered: new Map(),
    entryChanges: [],
    groups: new Map(),
    memberships: new Map(),
    lines: [],
    undos: [],
    tenantLocks: new Set(),
    rowNosUsed: 0,
    recordsChanged: false,
    notesRecorded: false,
    amended: false,
    items: { now: options.now, loaded: undefined, blind: [] },
    readersMoved: false,
    cut: false,
  }
}

/** The row number for the next new resource. */
export function nextRowNo(work: UnitOfWork): number {
  return work.rowNos[work.rowNosUsed++] ?? 0
}

/** Keeps a row as the statements of row-locks.ts give it. */
export function keepRow({ byId, byRowNo }: UnitOfWork, row: Row): void {
  const resource: LoadedResource = {
    rowNo: numberOf(row[0]),
    type: textOf(row[1]),
    id: textOf(row[2]),
    version: numberOf(row[3]),
    created: numberOf(row[4]),
    modified: numberOf(row[5]),
    display: textOf(row[6]),
    oldDisplay: textOf(row[6]),
    entries: JSON.parse(textOf(row[7])) as Entries,
    text: undefined,
    secret: undefined,
    isNew: false,
    removed: false,
    changed: false,
  }
  byId.set(resource.id, resource)
  byRowNo.set(resource.rowNo, resource)
}

/** Reads resources that are named as members, those not known yet. */
export async function loadResources(work: UnitOfWork, ids: Iterable<string>): Promise<void> {
  const wanted = [...new Set(ids)].filter((id) => !work.byId.has(id))
  if (wanted.length === 0) return
  const rows = await work.session.rows(lockAlike(KEY_SHARE), work.tenant.tenantNo, wanted)
  for (const id of wanted) work.byId.set(id, undefined)
  for (const row of rows) keepRow(work, row)
}

/** Adds a new resource. */
export function addResource({ byId, byRowNo, undos }: UnitOfWork, resource: LoadedResource): void {
  const { id, rowNo } = resource
  const known = byId.has(id)
  const before = byId.get(id)
  byId.set(id, resource)
  byRowNo.set(rowNo, resource)
  undos.push(() => {
    if (known) byId.set(id, before)
    else byId.delete(id)
    byRowNo.delete(rowNo)
  })
}

/** Changes a resource in memory. */
export function changeResource(
  { byId, undos }: UnitOfWork,
  resource: LoadedResource,
  change: Partial<Pick<LoadedResource, 'version' | 'modified' | 'display' | 'entries' | 'text' | 'secret' | 'removed'>>,
): void {
  const before = { ...resource }
  Object.assign(resource, change, { changed: true })
  // Its id is free for another resource.
  if (change.removed) byId.set(resource.id, undefined)
  undos.push(() => {
    Object.assign(resource, before)
    if (change.removed) byId.set(resource.id, resource)
  })
}

/** Appends to one of the lists of a unit of work. */
export function append<T>({ undos }: UnitOfWork, list: T[], one: T): void {
  list.push(one)
  undos.push(() => list.pop())
}

/** Starts a list of writes: what came before it can't be undone any more. */
export function startList(work: UnitOfWork): void {
  work.undos.length = 0
  const { recordsChanged, notesRecorded, readersMoved, cut } = work
  work.undos.push(() => {
    Object.assign(work, { recordsChanged, notesRecorded, readersMoved, cut })
  })
}

/** Undoes what the list of writes has done. */
export function undoList({ undos }: UnitOfWork): void {
  for (const undo of undos.toReversed()) undo()
  undos.length = 0
}

/** Keeps others from writing records of the tenant, or its index paths: after all resources are locked, before the first is written. */
export async function lockTenant({ session, tenant, tenantLocks }: UnitOfWork, what: keyof typeof TENANT_LOCKS) {
  if (tenantLocks.has(what)) return
  tenantLocks.add(what)
  await session.rows(TENANT_LOCKS[what], tenant.tenantNo)
}
