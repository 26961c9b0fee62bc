import type { Connection } from './connection.ts'

/**
 * One read transaction for all that a connection reads in a turn of the event loop: each statement on its own would take
 * and leave the file's locks, which costs as much as finding a row.
 */
export interface Turn {
  /** From here to the end of the turn, all is read as of one moment. */
  readonly begin: () => void
  /** Ends it now. It never outlives its turn, for the WAL can't be taken up while somebody reads. */
  readonly end: () => void
}

/** Nothing to share: a connection that writes too has transactions of its own. */
export const NO_TURN: Turn = { begin() {}, end() {} }

/** Makes the turns of a connection that never writes. */
export function createTurn(connection: Connection): Turn {
  let open = false
  let planned = false

  function end(): void {
    if (!open) return
    open = false
    // An error within may have ended it already.
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
      setImmediate(endOfTurn)
    },
    end,
  }
}
