// Work items in a transaction: reads and locks them, computes what writes change, and builds the statements.

import { compareText } from '../../protocol/index.ts'
import { type Item, type ItemKey, NEVER, type WorkWrite, type Write } from '../contract/index.ts'
import { FIELD_COLUMNS, ITEM_COLUMNS, itemOf } from '../sql/item-columns.ts'
import { changedItem, EMPTY_ITEM, markedItem } from '../work-rules.ts'
import type { Statement } from './columns.ts'
import { append, type LoadedItem, type UnitOfWork } from './unit-of-work.ts'

type SetWrite = Extract<WorkWrite, { write: 'item' }>
type MarkWrite = Extract<WorkWrite, { write: 'mark' }>
type ItemWrite = SetWrite | MarkWrite

/** What stays as it is in an item that was marked since. */
const UNLESS_MARKED: ReadonlySet<string> = new Set(['lane', 'due', 'state'])

/**
 * Reads and locks the items that the writes name, in order of their keys, if anything depends on what they are now: a condition, an
 * item named twice, whether there is one to remove. All or none: two transactions that lock the same ones wait for each other.
 */
export async function loadItems(work: UnitOfWork, writes: readonly Write[]): Promise<void> {
  const own = writes.filter((write) => write.write === 'item' || write.write === 'mark')
  if (own.length === 0) return
  const keys = new Map(own.map(({ item }) => [mapKey(item), item]))
  if (keys.size === own.length && !own.some(depends)) return
  const { tenant, session, items } = work
  const wanted = [...keys.values()]
  const rows = await session.rows(
    `select ${ITEM_COLUMNS} from lockstep.item i
     where i.t = $1 and (i.queue, i.key) in (select d.queue, d.key from unnest($2::text[], $3::text[]) d(queue, key))
     order by i.queue, i.key for update`,
    tenant.tenantNo,
    wanted.map(({ queue }) => queue),
    wanted.map(({ key }) => key),
  )
  items.loaded = new Map([...keys.keys()].map((key) => [key, { hasRow: false, now: undefined, changed: false }]))
  for (const row of rows) {
    const item = itemOf(row, tenant.name)
    const now = item.expires > items.now ? item : undefined
    items.loaded.set(mapKey(item), { hasRow: true, now, changed: false })
  }
}

/** Carries out a write of an item in memory; false when there was nothing to do. `at` is its place in the list, for a `Conflict`. */
export function writeItem(work: UnitOfWork, write: ItemWrite, at: number): boolean {
  const loaded = work.items.loaded?.get(mapKey(write.item))
  if (loaded === undefined) {
    append(work, work.items.blind, write)
    return true
  }
  const { now, changed } = loaded
  // One of this very commit may have expired.
  const before = now !== undefined && now.expires > work.items.now ? now : undefined
  const after = write.write === 'item' ? changedItem(before, write, at) : markedItem(before, write)
  if (before === undefined && after === undefined) return false
  loaded.now = after
  loaded.changed = true
  work.undos.push(() => {
    loaded.now = now
    loaded.changed = changed
  })
  return true
}

/** Whether any item is to be written. */
export function hasItems({ items }: UnitOfWork): boolean {
  if (items.blind.length > 0) return true
  for (const { changed } of items.loaded?.values() ?? []) if (changed) return true
  return false
}

/** The statements that write the items, in order of their keys as every transaction does. */
export function writeItems(work: UnitOfWork): readonly Statement[] {
  const { items, tenant } = work
  if (items.loaded !== undefined) return writeLoaded(tenant.tenantNo, items.loaded)
  const statements: Statement[] = []
  const shapes = new Map<string, ItemWrite[]>()
  for (const write of items.blind) {
    const shape = shapeOf(write)
    const alike = shapes.get(shape)
    if (alike === undefined) shapes.set(shape, [write])
    else alike.push(write)
  }
  for (const alike of shapes.values()) statements.push(upsert(tenant.tenantNo, alike, items.now))
  return statements
}

function writeLoaded(tenantNo: number, loaded: ReadonlyMap<string, LoadedItem>): readonly Statement[] {
  const statements: Statement[] = []
  const changed = [...loaded].filter(([, { changed }]) => changed)
  const keysOf = (rows: typeof changed) => rows.map(([key]) => key.split('\n') as [queue: string, key: string])
  const gone = keysOf(changed.filter(([, { hasRow, now }]) => hasRow && now === undefined))
  if (gone.length > 0) {
    statements.push([
      `delete from lockstep.item i using unnest($2::text[], $3::text[]) d(queue, key)
       where i.t = $1 and i.queue = d.queue and i.key = d.key`,
      tenantNo,
      gone.map(([queue]) => queue),
      gone.map(([, key]) => key),
    ])
  }
  const present = changed.flatMap(([, { hasRow, now }]) => (now === undefined ? [] : [{ hasRow, item: now }]))
  const old = present.filter(({ hasRow }) => hasRow).map(({ item }) => item)
  if (old.length > 0) {
    const sql = `update lockstep.item i set ${FIELD_COLUMNS.map((column) => `${column} = d.${column}`).join(', ')}
      from ${UNNEST} where i.t = $1 and i.queue = d.queue and i.key = d.key`
    statements.push([sql, tenantNo, ...columnsOf(old)])
  }
  // Someone else may have made one meanwhile: then the transaction is carried out again.
  const made = present.filter(({ hasRow }) => !hasRow).map(({ item }) => item)
  if (made.length > 0) statements.push([INSERT, tenantNo, ...columnsOf(made)])
  return statements
}

const UNNEST = `unnest($2::text[], $3::text[], $4::text[], $5::smallint[], $6::bigint[], $7::text[], $8::bigint[], $9::bigint[],
  $10::bigint[], $11::text[], $12::bigint[]) d(queue, key, ${FIELD_COLUMNS.join(', ')})`
const INSERT = `insert into lockstep.item as i (t, queue, key, ${FIELD_COLUMNS.join(', ')})
  select s.t, d.queue, d.key, ${FIELD_COLUMNS.map((column) => `d.${column}`).join(', ')}
  from lockstep.tenant_state s, ${UNNEST} where s.t = $1`

/** Makes items or changes those that are there, without having read them. All writes are of one shape. */
function upsert(tenantNo: number, writes: readonly ItemWrite[], now: number): Statement {
  const [first] = writes
  const change = first?.write === 'mark' ? markChanges(first) : setChanges(first)
  // In place of one that has expired it is a new one.
  const changes = FIELD_COLUMNS.map((column) => {
    const value = change[column] ?? `i.${column}`
    return value === `excluded.${column}`
      ? `${column} = ${value}`
      : `${column} = case when i.expires > $13 then ${value} else excluded.${column} end`
  })
  const sql = `${INSERT} on conflict (t, queue, key) do update set ${changes.join(', ')}`
  return [sql, tenantNo, ...columnsOf(writes.map(asNew)), ...(sql.includes('$13') ? [now] : [])]
}

type Changes = { readonly [column in (typeof FIELD_COLUMNS)[number]]?: string }

function setChanges(write: SetWrite | undefined): Changes {
  const { set = {}, settles } = write ?? {}
  const given = FIELD_COLUMNS.filter((column) => set[column] !== undefined)
  const changes = given.map((column): [string, string] => [
    column,
    settles !== undefined && UNLESS_MARKED.has(column)
      ? `case when i.mark > excluded.done then i.${column} else excluded.${column} end`
      : `excluded.${column}`,
  ])
  return {
    ...Object.fromEntries(changes),
    ...(settles === undefined ? {} : { done: 'greatest(i.done, excluded.done)' }),
  }
}

function markChanges({ mark }: MarkWrite): Changes {
  const held = `i.state <> '' and i.due = ${NEVER}`
  const unlessHeld = (column: string, value: string) => `case when ${held} then i.${column} else ${value} end`
  const lane = `case when i.state = '' or i.mark <= i.done then excluded.lane else least(i.lane, excluded.lane) end`
  return {
    mark: mark === undefined ? 'i.mark + 1' : 'greatest(i.mark, excluded.mark)',
    place: 'greatest(i.place, excluded.place)',
    state: unlessHeld('state', 'excluded.state'),
    due: unlessHeld('due', 'least(i.due, excluded.due)'),
    lane: unlessHeld('lane', lane),
  }
}

/** The item that a write makes where there is none. */
function asNew(write: ItemWrite): Item {
  if (write.write === 'mark') return markedItem(undefined, write)
  const { item, set, settles = 0 } = write
  return { ...item, ...EMPTY_ITEM, ...set, done: Math.max(set?.done ?? 0, settles) }
}

/** What upserts have in common that one statement can carry out. */
function shapeOf(write: ItemWrite): string {
  if (write.write === 'mark') return write.mark === undefined ? 'mark' : 'mark to'
  const { set, settles } = write
  return `${settles === undefined ? 'set' : 'settle'} ${FIELD_COLUMNS.filter((column) => set?.[column] !== undefined).join(' ')}`
}

/** Whether a write depends on what the item is now, so that it has to be read. */
function depends(write: ItemWrite): boolean {
  if (write.write === 'mark') return false
  const { set, settles, ifAbsent, ifValue } = write
  return (
    set === undefined || ifAbsent === true || ifValue !== undefined || (settles !== undefined && set.done !== undefined)
  )
}

function columnsOf(items: readonly Item[]) {
  const sorted = [...items].sort((a, b) => compareText(a.queue, b.queue) || compareText(a.key, b.key))
  return [
    sorted.map(({ queue }) => queue),
    sorted.map(({ key }) => key),
    sorted.map(({ tag }) => tag),
    sorted.map(({ lane }) => lane),
    sorted.map(({ due }) => due),
    sorted.map(({ state }) => state),
    sorted.map(({ mark }) => mark),
    sorted.map(({ done }) => done),
    sorted.map(({ place }) => place),
    sorted.map(({ value }) => JSON.stringify(value)),
    sorted.map(({ expires }) => expires),
  ] as const
}

/** No name holds a line end. */
function mapKey({ queue, key }: ItemKey): string {
  return `${queue}\n${key}`
}
