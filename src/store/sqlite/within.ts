// What a function inside a commit can read and write on SQLite, on the connection that writes.

import type { Within } from '../contract/index.ts'
import { numberOf, textOf } from '../sql/columns.ts'
import { readChanges } from './log.ts'
import { COLUMNS, storedOf } from './rows.ts'
import { createWorkReads } from './work-reads.ts'
import { applyWrite } from './write.ts'
import type { WriteDeps } from './write-deps.ts'

const RESOURCE = `select ${COLUMNS} from lockstep_resource r where r.k = ?`
const DISPLAY = 'select display from lockstep_resource where k = ?'
const OF_TYPE = `select ${COLUMNS} from lockstep_resource r where r.t = ? and r.y = ? and r.id > ? order by r.id limit ? + 0`
const GROUPS =
  'select r.id from lockstep_member x cross join lockstep_resource r on r.k = x.g where x.m = ? and x.g <> ?'
const MEMBERS = `select x.m, r.id, r.y, r.display from lockstep_member x cross join lockstep_resource r on r.k = x.m
  where x.g = ? and x.m > ? order by x.m limit ? + 0`

/** Creates what a function inside a commit reads and writes with. */
export function createWithin(deps: WriteDeps, tenant: string): Within {
  const { connection, dictionary, finder } = deps
  const tenantNo = dictionary.tenant(tenant) ?? 0
  const numbersOf = (ids: readonly string[]) =>
    [...new Set(ids)].flatMap((id) => {
      const found = finder.find(tenantNo, id)
      return found === undefined ? [] : [{ id, ...found }]
    })
  return {
    synchronous: true,
    resources: (ids) =>
      numbersOf(ids).flatMap(({ rowNo, typeNo }) => {
        const row = connection.row(RESOURCE, rowNo)
        return row === undefined ? [] : [storedOf(row, tenant, dictionary.typeName(typeNo), undefined)]
      }),
    names: (ids) =>
      numbersOf(ids).flatMap(({ id, rowNo, typeNo }) => {
        const row = connection.row(DISPLAY, rowNo)
        return row === undefined ? [] : [{ id, type: dictionary.typeName(typeNo), display: textOf(row[0]) }]
      }),
    groupsOf: (ids) =>
      numbersOf(ids).flatMap(({ id, rowNo }) =>
        connection.rows(GROUPS, rowNo, rowNo).map((row) => ({ group: textOf(row[0]), member: id })),
      ),
    membersOf(group, after, limit) {
      const groupNo = finder.find(tenantNo, group)?.rowNo
      const rows = groupNo === undefined ? [] : connection.rows(MEMBERS, groupNo, after, limit)
      const members = rows.map((row) => ({
        id: textOf(row[1]),
        type: dictionary.typeName(numberOf(row[2])),
        display: textOf(row[3]),
      }))
      const last = rows.at(-1)
      return rows.length < limit || last === undefined ? { members } : { members, next: numberOf(last[0]) }
    },
    ofType(type, after, limit) {
      const typeNo = dictionary.type(type)
      if (typeNo === undefined) return []
      return connection
        .rows(OF_TYPE, tenantNo, typeNo, after, limit)
        .map((row) => storedOf(row, tenant, type, undefined))
    },
    changes: (after, limit) => readChanges(deps, tenantNo, { tenant, after, limit }),
    items: (queue, where) => createWorkReads(connection, dictionary, deps.now).items(tenant, queue, where),
    write(writes) {
      for (const [at, write] of writes.entries()) applyWrite(deps, write, at)
    },
  }
}
