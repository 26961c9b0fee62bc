// Reads resources by id, several in one statement.

import { textOf } from '../sql/columns.ts'
import type { Row } from './columns.ts'
import type { Database } from './database.ts'
import { groupsColumn } from './groups.ts'

/** What is read of a resource whose type and id are known: each column costs. */
const COLUMNS = 'r.version, r.created, r.modified, r.display, r.text'

/** One of a tenant's resources, by number of the tenant, name of the type and id; `groups`: with {@link groupsColumn} as last column. */
export type BatchedGet = (tenantNo: number, type: string, id: string, groups: boolean) => Promise<Row | undefined>

/** Statements under way at once, to one node of a cluster. Reads that come meanwhile go with the next. */
const AT_ONCE = 2
/** Ids in one statement. */
const IDS = 100

/** Resources of one tenant and type that are wanted since the last statement. */
interface Lot {
  readonly key: string
  readonly tenantNo: number
  readonly type: string
  readonly groups: boolean
  readonly waiting: Map<string, Waiting[]>
}

/** The reads of one node. */
interface Line {
  readonly queue: Lot[]
  /** The lots of the queue that still have room, by what their reads have in common. */
  readonly open: Map<string, Lot>
  running: number
  planned: boolean
}

interface Waiting {
  readonly resolve: (row: Row | undefined) => void
  readonly reject: (error: unknown) => void
}

/**
 * Creates the reading by id of one process. Reads that are wanted at about the same time share a statement, as writes share a transaction: a
 * round trip costs both sides more than finding a row. None waits for others to come: the first ones go at the end of the turn.
 */
export function createBatchedGet(database: Database): BatchedGet {
  const { afterTurn } = database.environment
  /** By node: a node that hangs keeps only reads of its own tenants waiting. */
  const lines = new Map<string | undefined, Line>()

  function go(line: Line): void {
    line.planned = false
    while (line.running < AT_ONCE) {
      const lot = line.queue.shift()
      if (lot === undefined) return
      if (line.open.get(lot.key) === lot) line.open.delete(lot.key)
      line.running++
      read(database.of(lot.tenantNo), lot).then(() => {
        line.running--
        go(line)
      })
    }
  }

  function lineOf(tenantNo: number): Line {
    const node = database.nodeOf(tenantNo)
    let line = lines.get(node)
    if (line === undefined) {
      line = { queue: [], open: new Map(), running: 0, planned: false }
      lines.set(node, line)
    }
    return line
  }

  return (tenantNo, type, id, groups) =>
    new Promise((resolve, reject) => {
      const line = lineOf(tenantNo)
      const { waiting } = lotOf(line, tenantNo, type, groups)
      const others = waiting.get(id)
      if (others === undefined) waiting.set(id, [{ resolve, reject }])
      else others.push({ resolve, reject })
      if (line.planned || line.running >= AT_ONCE) return
      line.planned = true
      afterTurn(() => go(line))
    })
}

function lotOf({ open, queue }: Line, tenantNo: number, type: string, groups: boolean): Lot {
  const key = `${tenantNo} ${groups} ${type}`
  const known = open.get(key)
  if (known !== undefined && known.waiting.size < IDS) return known
  const lot = { key, tenantNo, type, groups, waiting: new Map() }
  open.set(key, lot)
  queue.push(lot)
  return lot
}

const ONE = statement('r.id = $2', COLUMNS)
const MANY = statement('r.id = any($2::text[])', `r.id, ${COLUMNS}`)

interface Statement {
  readonly plain: string
  readonly groups: string
}

function statement(which: string, columns: string): Statement {
  const rest = `from lockstep.resource r where r.t = $1 and ${which} and r.y = $3`
  return { plain: `select ${columns} ${rest}`, groups: `select ${columns}, ${groupsColumn('$1')} ${rest}` }
}

/** Answers all reads of a lot. Never rejects. */
async function read(database: Database, { tenantNo, type, groups, waiting }: Lot): Promise<void> {
  const which = groups ? 'groups' : 'plain'
  const ids = [...waiting.keys()]
  const [only] = ids
  try {
    if (ids.length === 1 && only !== undefined) {
      const row = await database.row(ONE[which], tenantNo, only, type)
      for (const { resolve } of waiting.get(only) ?? []) resolve(row)
      return
    }
    for (const [id, ...row] of await database.rows(MANY[which], tenantNo, ids, type)) {
      for (const { resolve } of waiting.get(textOf(id)) ?? []) resolve(row)
      waiting.delete(textOf(id))
    }
    for (const those of waiting.values()) for (const { resolve } of those) resolve(undefined)
  } catch (error) {
    for (const those of waiting.values()) for (const { reject } of those) reject(error)
  }
}
