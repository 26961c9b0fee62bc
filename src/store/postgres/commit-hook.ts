// Runs a function of the host inside a transaction, and makes sure that the transaction survives it.

import { ConfigError } from '../../protocol/index.ts'
import type { WholeChange, Within } from '../contract/index.ts'
import type { Statement } from './columns.ts'
import type { PostgresClient } from './driver.ts'
import { codeOf } from './faults.ts'
import type { Session } from './session.ts'

/** A function of the host that writes in the same transaction. */
export type CommitHook = (tx: PostgresClient, changes: readonly WholeChange[], within: Within) => void | Promise<void>

/** What a hook threw; `cause` is handed back unchanged. */
export class HookError extends Error {
  constructor(cause: unknown) {
    super('A commit hook has failed', { cause })
  }
}

const SAVEPOINT = 'lockstep_hook'
/** To be the last statement before a hook runs. */
export const BEFORE_HOOK: Statement = [`savepoint ${SAVEPOINT}`]

/** Runs a hook. Throws {@link HookError} for what it throws, and when the transaction was ended or has failed meanwhile. */
export async function runHook(
  { client }: Session,
  hook: CommitHook,
  changes: readonly WholeChange[],
  within: Within,
): Promise<void> {
  try {
    await hook(client, changes, within)
    // Fails if a statement of the hook has failed unnoticed, and if there is another transaction now, or none.
    await client.query(`release savepoint ${SAVEPOINT}`)
  } catch (error) {
    const mistake = MISTAKES[codeOf(error)]
    throw new HookError(mistake === undefined ? error : new ConfigError('hooks.commit', mistake, { cause: error }))
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
