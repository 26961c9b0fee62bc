// One read transaction for everything that a connection reads in one turn of the event loop.

import type { Environment } from '../../environment.ts'
import type { Connection } from './connection.ts'

/**
 * A read transaction that lasts until the turn of the event loop ends. Without it, each statement would take and release the locks of
 * the file, which costs as much as finding a row.
 */
export interface ReadTransaction {
  /** From here to the end of the turn, everything is read as of one moment. */
  readonly begin: () => void
  /** Ends it early. It never outlives its turn, because the WAL cannot be reset while a reader is open. */
  readonly end: () => void
}

/** For a connection that also writes: its transactions are those of the writer. */
export const NO_READ_TRANSACTION: ReadTransaction = { begin() {}, end() {} }

/** Creates the read transactions of a connection that never writes. */
export function createReadTransaction(
  connection: Connection,
  { afterTurn }: Pick<Environment, 'afterTurn'>,
): ReadTransaction {
  let open = false
  let planned = false

  function end(): void {
    if (!open) return
    open = false
    // An error may have ended it already.
    if (connection.isOpen() && connection.inTransaction()) connection.run('commit')
  }

  function endOfTurn(): void {
    planned = false
    end()
  }

  return {
    begin() {
      if (open) return
      connection.run('begin')
      open = true
      if (planned) return
      planned = true
      afterTurn(endOfTurn)
    },
    end,
  }
}
