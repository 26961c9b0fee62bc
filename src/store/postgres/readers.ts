// Cursors of the readers of a log, fences, and the cutting of the log, in a transaction.

import { Conflict, checkTrim, type WorkWrite } from '../contract/index.ts'
import { numberOf, textOf } from '../sql/columns.ts'
import type { Statement } from './columns.ts'
import type { UnitOfWork } from './unit-of-work.ts'

/** Moves, makes or forgets a cursor at once; false when there was none to forget. */
export async function moveCursor(
  work: UnitOfWork,
  { reader, place, paused = false }: Extract<WorkWrite, { write: 'cursor' }>,
): Promise<boolean> {
  const { tenant, session } = work
  work.readersMoved = true
  if (place === undefined) {
    const sql = 'delete from lockstep.cursor c where c.t = $1 and c.reader = $2 returning 1'
    return (await session.rows(sql, tenant.tenantNo, reader)).length > 0
  }
  await session.rows(
    `insert into lockstep.cursor as c (t, reader, place, paused)
     select s.t, $2::text, $3::bigint, $4::boolean from lockstep.tenant_state s where s.t = $1
     on conflict (t, reader) do update set place = excluded.place, paused = excluded.paused`,
    tenant.tenantNo,
    reader,
    place,
    paused,
  )
  return true
}

/**
 * The statement that works out whether any reader is behind, after the tenant's row has counted the lines of this transaction: who
 * holds that row sees every cursor that was moved before.
 */
export function wakeTenant({ readersMoved, tenant }: UnitOfWork): readonly Statement[] {
  if (!readersMoved) return []
  return [
    [
      `update lockstep.tenant_state s set wake = d.wake from (
         select max(case when c.place < x.place then 1 when c.place is not null then 0 end) as wake
         from lockstep.tenant_state x left join lockstep.cursor c on c.t = x.t and not c.paused where x.t = $1
       ) d where s.t = $1`,
      tenant.tenantNo,
    ],
  ]
}

/** Fails unless the lease has this epoch; it can't be taken over until the transaction ends. */
export async function requireLease(
  { session, tenant }: UnitOfWork,
  { lease, epoch }: Extract<WorkWrite, { write: 'fence' }>,
  at: number,
): Promise<void> {
  const sql = 'select l.epoch from lockstep.lease l where l.t = $1 and l.name = $2 for share'
  const [row] = await session.rows(sql, tenant.tenantNo, lease.name)
  if (row?.[0] !== epoch) throw new Conflict('epoch', at, lease.name)
}

/** Cuts the log at once; false when it was cut as far already. */
export async function trimLog(work: UnitOfWork, wanted: number, at: number): Promise<boolean> {
  const { session, tenant } = work
  const { tenantNo } = tenant
  // Locked, so that neither lines nor the cut move meanwhile.
  const lock = 'select s.place, s.cut from lockstep.tenant_state s where s.t = $1 for no key update'
  const [state] = await session.rows(lock, tenantNo)
  if (state === undefined) return false
  const [last, cut] = [numberOf(state[0]), numberOf(state[1])]
  const upTo = Math.min(wanted, last)
  const slowest =
    'select c.reader from lockstep.cursor c where c.t = $1 and c.place < $2 order by c.place, c.reader limit 1'
  const [reader] = await session.rows(slowest, tenantNo, upTo)
  if (reader !== undefined) throw new Conflict('reader', at, textOf(reader[0]))
  if (upTo <= cut) return false
  checkTrim(upTo - cut)
  await session.rows(
    `update lockstep.tenant_state s set cut = $2, cut_at = greatest(s.cut_at, d.at) from (
       select coalesce(max(c.at), 0) as at from lockstep.change c where c.t = $1 and c.place <= $2
     ) d where s.t = $1`,
    tenantNo,
    upTo,
  )
  await session.rows('delete from lockstep.change c where c.t = $1 and c.place <= $2', tenantNo, upTo)
  work.cut = true
  return true
}
