// Runs a function of the host inside a transaction, and makes sure that the transaction survives it.

import type { Environment } from '../../environment.ts'
import { ConfigError } from '../../protocol/index.ts'
import type { WholeChange, Within } from '../contract/index.ts'
import type { Statement } from './columns.ts'
import type { PostgresClient } from './driver.ts'
import { codeOf } from './faults.ts'
import { HookError } from './hook-error.ts'
import type { Session } from './session.ts'

/** A function of the host that writes in the same transaction. */
export type CommitHook = (tx: PostgresClient, changes: readonly WholeChange[], within: Within) => void | Promise<void>

/** What a hook is told, besides its connection. */
export interface Told {
  readonly changes: readonly WholeChange[]
  readonly within: Within
}

const SAVEPOINT = 'lockstep_hook'
/** To be the last statement before a hook runs. */
export const BEFORE_HOOK: Statement = [`savepoint ${SAVEPOINT}`]

/** Longest time of a hook. All writes of its tenant wait for it, in every process. */
const LONGEST_MS = 30_000

/**
 * Runs a hook. Throws {@link HookError} for what it throws, when the transaction was ended or has failed meanwhile, and when it takes too
 * long.
 */
export async function runHook(
  { client }: Session,
  hook: CommitHook,
  told: Told,
  environment: Environment,
): Promise<void> {
  try {
    const done = hook(client, told.changes, told.within)
    if (done !== undefined) await inTime(done, environment)
    // Fails if a statement of the hook has failed unnoticed, and if there is another transaction now, or none.
    await client.query(`release savepoint ${SAVEPOINT}`)
  } catch (error) {
    if (error instanceof HookError) throw error
    const mistake = MISTAKES[codeOf(error)]
    throw new HookError(mistake === undefined ? error : new ConfigError('hooks.commit', mistake, { cause: error }))
  }
}

async function inTime(work: Promise<void>, environment: Environment): Promise<void> {
  let cancel = () => {}
  const late = new Promise<never>((_, reject) => {
    cancel = environment.setTimer(LONGEST_MS, () => reject(HookError.tooLate(LONGEST_MS)))
  })
  // What it throws later is nobody's: the transaction is rolled back by then.
  work.catch(() => {})
  try {
    await Promise.race([work, late])
  } finally {
    cancel()
  }
}

/** What the hook did wrong, by the server's answer to the next statement. */
const MISTAKES: { readonly [code: string]: string } = {
  '25P02':
    'went on after a statement of its own had failed, and with that PostgreSQL had given up the whole transaction: nothing is written; put a savepoint around what may fail, write "on conflict do nothing", or let the error through',
  '25P01':
    'ended the transaction that it was called in; leave COMMIT and ROLLBACK to Lockstep, and throw when nothing is to be kept',
  '3B001':
    'ended the transaction that it was called in and began another one, which is rolled back; leave BEGIN, COMMIT and ROLLBACK to Lockstep, and throw when nothing is to be kept',
}
