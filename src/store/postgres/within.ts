// What a function inside a commit can read and write on PostgreSQL, in the transaction of the commit.

import { LogCut, type Within, type WithinWrite } from '../contract/index.ts'
import { numberOf, textOf } from '../sql/columns.ts'
import { itemOf } from '../sql/item-columns.ts'
import { loadItems, writeItem, writeItems } from './items.ts'
import { CHANGE_COLUMNS, COLUMNS, changeOf, storedOf } from './rows.ts'
import type { UnitOfWork } from './unit-of-work.ts'
import { itemsQuery } from './work-reads.ts'

const RESOURCES = `select ${COLUMNS} from lockstep.resource r where r.t = $1 and r.id = any($2::text[])`
const NAMES = 'select r.id, r.y, r.display from lockstep.resource r where r.t = $1 and r.id = any($2::text[])'
const GROUPS = `select g.id, m.id from lockstep.resource m join lockstep.member x on x.t = $1 and x.m = m.k and x.g <> m.k
  join lockstep.resource g on g.t = $1 and g.k = x.g where m.t = $1 and m.id = any($2::text[])`
const MEMBERS = `select x.m, r.id, r.y, r.display from lockstep.member x join lockstep.resource r on r.t = $1 and r.k = x.m
  where x.t = $1 and x.g = (select g.k from lockstep.resource g where g.t = $1 and g.id = $2) and x.m > $3 order by x.m limit $4`
const OF_TYPE = `select ${COLUMNS} from lockstep.resource r where r.t = $1 and r.y = $2 and r.id > $3 order by r.id limit $4`
const CUT = 'select s.cut from lockstep.tenant_state s where s.t = $1'
const CHANGES = `select ${CHANGE_COLUMNS} from lockstep.change c where c.t = $1 and c.place > $2 order by c.place limit $3`

/** Creates what a function inside a commit reads and writes with. */
export function createWithin(work: UnitOfWork): Within {
  const { session, tenant } = work
  const { tenantNo, name } = tenant
  return {
    synchronous: false,
    resources: async (ids) => (await session.rows(RESOURCES, tenantNo, known(ids))).map((row) => storedOf(row, name)),
    names: async (ids) =>
      (await session.rows(NAMES, tenantNo, known(ids))).map(([id, type, display]) => ({
        id: textOf(id),
        type: textOf(type),
        display: textOf(display),
      })),
    groupsOf: async (ids) =>
      (await session.rows(GROUPS, tenantNo, known(ids))).map(([group, member]) => ({
        group: textOf(group),
        member: textOf(member),
      })),
    async membersOf(group, after, limit) {
      const rows = await session.rows(MEMBERS, tenantNo, group, after, limit)
      const members = rows.map((row) => ({ id: textOf(row[1]), type: textOf(row[2]), display: textOf(row[3]) }))
      const last = rows.at(-1)
      return rows.length < limit || last === undefined ? { members } : { members, next: numberOf(last[0]) }
    },
    ofType: async (type, after, limit) =>
      (await session.rows(OF_TYPE, tenantNo, type, after, limit)).map((row) => storedOf(row, name)),
    async changes(after, limit) {
      // Under the lock of the tenant's row, so that nobody cuts in between.
      const cut = numberOf((await session.rows(CUT, tenantNo))[0]?.[0] ?? 0)
      if (after < cut) throw new LogCut(cut + 1)
      return (await session.rows(CHANGES, tenantNo, after, limit)).map((row) => changeOf(row, name))
    },
    async items(queue, where) {
      const [sql, values] = itemsQuery(where)
      return (await session.rows(sql, tenantNo, queue, work.now, ...values)).map((row) => itemOf(row, name))
    },
    write: (writes) => writeMore(work, writes),
  }
}

/** No id holds NUL, which PostgreSQL has no text for. */
function known(ids: readonly string[]): string[] {
  return [...new Set(ids)].filter((id) => !id.includes('\0'))
}

/** Writes items after everything else of the transaction. */
async function writeMore(work: UnitOfWork, writes: readonly WithinWrite[]): Promise<void> {
  const more: UnitOfWork = { ...work, items: { now: work.now, loaded: undefined, blind: [] }, undos: [] }
  await loadItems(more, writes)
  for (const [at, write] of writes.entries()) writeItem(more, write, at)
  await work.session.together(writeItems(more))
}
