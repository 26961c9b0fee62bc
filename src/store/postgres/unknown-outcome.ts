// A transaction whose COMMIT got no answer, and the question whether it was carried out.

import { StoreUnavailable } from '../contract/index.ts'
import type { Database } from './database.ts'
import type { Tenant } from './dictionary.ts'
import type { Done } from './job.ts'
import { Unanswered } from './session.ts'

/** A transaction as far as it was known when COMMIT was sent. */
export interface SentTransaction extends Omit<Done, 'tenant'> {
  /** Random mark of its log lines. */
  readonly mark: number
  /** Time of its first log line; undefined if it wrote none. */
  readonly at: number | undefined
}

/** The connection was lost before the answer to COMMIT arrived: whether it was carried out has to be looked up. */
export class UnknownOutcome extends Unanswered {
  readonly sent: SentTransaction
  constructor(sent: SentTransaction, options: { readonly cause: unknown }) {
    super('The connection was lost during COMMIT', options)
    this.sent = sent
  }
}

/** Whether a transaction was committed. Waits for it to end if the server has come as far as the tenant's row. */
export async function wasCommitted(
  database: Database,
  { tenantNo }: Tenant,
  { at, mark }: SentTransaction,
): Promise<boolean> {
  if (at === undefined) throw new StoreUnavailable('The connection was lost; the outcome is unknown', 1_000)
  return database.of(tenantNo).session(async (session) => {
    const { rows } = session
    await session.begin()
    try {
      // The transaction holds this lock until it ends.
      const [state] = await rows('select s.place from lockstep.tenant_state s where s.t = $1 for update', tenantNo)
      if (state === undefined) throw new StoreUnavailable('The tenant was removed; the outcome is unknown', 1_000)
      const sql = 'select c.mark from lockstep.change c where c.t = $1 and c.at = $2 and c.mark = $3 limit 1'
      const [line] = await rows(sql, tenantNo, at, mark)
      return line !== undefined
    } finally {
      await rows('rollback').catch(() => {})
    }
  })
}
