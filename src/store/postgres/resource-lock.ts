// Lets processes change one resource one after the other, by an advisory lock.

import { createHash } from 'node:crypto'
import type { Ref } from '../contract/index.ts'
import type { Database } from './database.ts'
import type { Dictionary } from './dictionary.ts'
import type { PooledSession } from './session.ts'

const LOCK = 'select pg_advisory_xact_lock($2::bigint) from lockstep.tenant_state s where s.t = $1'

/**
 * Creates the exclusive work on resources: an advisory lock on the tenant's own node, for as long as a transaction lasts. Each lock holds
 * a connection while the work needs others: at most `most` are held at a time, and further work runs without.
 */
export function createRunExclusive(
  database: Database,
  dictionary: Pick<Dictionary, 'find'>,
  most: number,
): <T>(ref: Ref, work: () => Promise<T>) => Promise<T> {
  let held = 0
  return async (ref, work) => {
    if (held >= most) return work()
    held++
    let session: PooledSession | undefined
    try {
      session = await lock(database, dictionary, ref)
      return await work()
    } finally {
      held--
      if (session !== undefined) await unlock(session)
    }
  }
}

async function lock(
  database: Database,
  dictionary: Pick<Dictionary, 'find'>,
  { tenant, id }: Ref,
): Promise<PooledSession | undefined> {
  const known = await dictionary.find(tenant)
  if (known === undefined) return undefined
  const session = await database.of(known.tenantNo).hold()
  try {
    await session.begin()
    await session.rows(LOCK, known.tenantNo, keyOf(tenant, id))
    return session
  } catch {
    // The lock only makes conflicts rarer.
    session.release(true)
    return undefined
  }
}

async function unlock(session: PooledSession): Promise<void> {
  const lost = await session.rows('rollback').then(
    () => false,
    () => true,
  )
  session.release(lost)
}

/** 63 bits of a hash: two resources that share one only wait for each other. */
function keyOf(tenant: string, id: string): string {
  const hash = createHash('sha256').update(`${tenant} ${id}`).digest().readBigInt64BE()
  return BigInt.asIntN(64, hash).toString()
}
