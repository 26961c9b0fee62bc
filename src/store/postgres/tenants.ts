// Creates and removes tenants.

import type { Environment } from '../../environment.ts'
import { Conflict, type Write } from '../contract/index.ts'
import { notification } from './change-watch.ts'
import type { Database } from './database.ts'
import { isLost, unavailable } from './faults.ts'
import type { Done } from './job.ts'
import { type Session, Unanswered } from './session.ts'

type TenantWrite = Extract<Write, { write: 'tenant' }>

/** Creates or removes a tenant, in a transaction of its own. `origin` identifies this process in notifications. */
export async function changeTenant(database: Database, origin: string, write: TenantWrite): Promise<Done> {
  const { tenant: name, at } = write
  if (name === '') throw new Conflict('exists', 0, name)
  const { environment } = database
  await database.session(async (session) => {
    const { rows, commit } = session
    await session.begin()
    try {
      await (write.as === 'new' ? create(session, write, environment) : remove(session, write, environment))
      await commit([notification(origin, name)])
    } catch (error) {
      // A second attempt would collide with what the first one may have committed.
      if (error instanceof Unanswered) throw unavailable(error.cause)
      if (!isLost(error)) await rows('rollback').catch(() => {})
      throw error
    }
  })
  return {
    outcomes: [{ written: [{ changed: true, version: 0, created: at, modified: at }] }],
    affected: [
      { tenant: name, records: true },
      { tenant: name, all: true },
    ],
    records: 0,
  }
}

async function create({ rows }: Session, { tenant: name, at }: TenantWrite, { chance }: Environment): Promise<void> {
  // A random number, not derived from the name: what a removed tenant of that name has left behind must not reappear.
  const tenantNo = Math.floor(chance() * (Number.MAX_SAFE_INTEGER - 1)) + 1
  const created = await rows(
    'insert into lockstep.tenant (name, t, created) values ($1, $2, $3) on conflict (name) do nothing returning t',
    name,
    tenantNo,
    at,
  )
  if (created.length === 0) throw new Conflict('exists', 0, name)
  await rows('insert into lockstep.tenant_state (t, place, next_k, next_a, records) values ($1, 0, 1, 1, 0)', tenantNo)
}

async function remove({ rows }: Session, { tenant: name }: TenantWrite, { now }: Environment): Promise<void> {
  const [removed] = await rows('delete from lockstep.tenant where name = $1 returning t', name)
  if (removed === undefined) throw new Conflict('missing', 0, 'tenant')
  const tenantNo = Number(removed[0])
  // Writers at work finish first; later ones find no tenant. Deleting all its rows may take long and is left to garbage.ts.
  await rows('delete from lockstep.tenant_state where t = $1', tenantNo)
  await rows('insert into lockstep.gone (t, a, at) values ($1, 0, $2)', tenantNo, now())
}
