import { createHash } from 'node:crypto'
import type { Ref } from '../contract/index.ts'
import type { Database } from './database.ts'
import type { Dictionary } from './dictionary.ts'
import type { PooledSession } from './session.ts'

/**
 * Makes the turns that processes take with one resource: an advisory lock on the tenant's own node, for as long as a transaction lasts.
 * Each holds a connection while its work needs others: no more than `most` have one at a time, the rest go without.
 */
export function createTurn(
  database: Database,
  tenants: Pick<Dictionary, 'find'>,
  most: number,
): <T>(ref: Ref, work: () => Promise<T>) => Promise<T> {
  let taken = 0

  async function take({ tenant, id }: Ref): Promise<PooledSession | undefined> {
    const known = await tenants.find(tenant)
    if (known === undefined) return undefined
    const held = await database.of(known.tenantNo).hold()
    try {
      await held.begin()
      await held.rows(
        'select pg_advisory_xact_lock($2::bigint) from lockstep.tenant_state s where s.t = $1',
        known.tenantNo,
        keyOf(tenant, id),
      )
      return held
    } catch {
      // It would only have made the work surer.
      held.release(true)
      return undefined
    }
  }

  return async (ref, work) => {
    if (taken >= most) return work()
    taken++
    let held: PooledSession | undefined
    try {
      held = await take(ref)
      return await work()
    } finally {
      taken--
      if (held !== undefined) await giveBack(held)
    }
  }
}

async function giveBack(held: PooledSession): Promise<void> {
  const lost = await held.rows('rollback').then(
    () => false,
    () => true,
  )
  held.release(lost)
}

/** 63 bits of a hash: two resources that share one only wait for each other. */
function keyOf(tenant: string, id: string): string {
  const hash = createHash('sha256').update(`${tenant} ${id}`).digest().readBigInt64BE()
  return BigInt.asIntN(64, hash).toString()
}
