// Runs a function of the host inside a transaction, and makes sure that the transaction survives it.

import { ConfigError } from '../../protocol/index.ts'
import type { WholeChange } from '../contract/index.ts'
import { type Connection, isOutage } from './connection.ts'

/** The savepoint under which the function runs. */
const HOOK = 'lockstep_hook'
const BROKEN =
  'ended the transaction that it was called in, by COMMIT or ROLLBACK, or by going on after an error that had SQLite roll back; leave these to Lockstep, and throw when nothing is to be kept'
// While a transaction writes, its lock keeps out every connection that can see the lock.
const INTRUDED =
  'wrote to the database through another SQLite library, which does not see the lock of the transaction; write through the connection that the hook is given, or hand yours to sqliteStore({ database })'

/**
 * Runs the host's function with the log lines of its list. Throws what it throws, and ConfigError when it has ended the transaction or
 * something else has committed meanwhile. `seen` is a number that changes with every commit, absent where nothing else can commit.
 */
export function runHook(
  connection: Connection,
  inside: (changes: readonly WholeChange[]) => void,
  changes: readonly WholeChange[],
  seen: (() => number) | undefined,
): void {
  connection.run(`savepoint ${HOOK}`)
  const before = seen?.()
  inside(changes)
  try {
    connection.run(`release ${HOOK}`)
  } catch (cause) {
    if (isOutage(cause)) throw cause
    if (connection.inTransaction()) connection.run('rollback')
    throw new ConfigError('hooks.commit', BROKEN, { cause })
  }
  if (seen?.() !== before) throw new ConfigError('hooks.commit', INTRUDED)
}
