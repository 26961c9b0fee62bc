// Statements and transactions on one connection.

import type { Row, Statement, Value } from './columns.ts'
import type { PostgresClient } from './driver.ts'
import { isLost, isRefusal } from './faults.ts'
import type { QueryOf } from './statement-names.ts'

/** Runs statements on one connection. */
export interface Session {
  readonly client: PostgresClient
  readonly rows: (sql: string, ...values: Value[]) => Promise<readonly Row[]>
  /** Begins a transaction. On a pipelining connection it doesn't wait for the answer: if BEGIN fails, so does the next statement. */
  readonly begin: () => Promise<void>
  /** Runs statements in order, in one round trip where the connection pipelines; the rows of each, or the first error. */
  readonly together: (statements: readonly Statement[]) => Promise<readonly (readonly Row[])[]>
  /**
   * Runs statements in order and commits, in one round trip where the connection pipelines; the rows of each, or the first error, which
   * has rolled everything back. Throws {@link Unanswered} when COMMIT may have been carried out.
   */
  readonly commit: (statements?: readonly Statement[]) => Promise<readonly (readonly Row[])[]>
}

/** A connection of the pool until it is released; `lost`: it can't be used again. */
export interface PooledSession extends Session {
  readonly release: (lost: boolean) => void
}

/** The answer to COMMIT was ROLLBACK: an earlier statement had failed unnoticed. */
export class Aborted extends Error {
  constructor() {
    super('The transaction was rolled back, because a statement in it had failed')
  }
}

/** COMMIT was sent and not answered, or its answer leaves open what happened; `cause` says why. */
export class Unanswered extends Error {}

const BEGIN = 'begin isolation level read committed'

/** Makes the session of a connection. `answered` is called whenever the server has answered. */
export function openSession(client: PostgresClient, queryOf: QueryOf, answered: () => void): PooledSession {
  // A connection that breaks while no answer is awaited reports it by an event.
  let broken = false
  const breaks = () => {
    broken = true
  }
  client.on('error', breaks)
  const rows: Session['rows'] = async (sql, ...values) => {
    const { rows } = await client.query(queryOf(sql, values))
    answered()
    return rows as readonly Row[]
  }
  const send = (statements: readonly Statement[]) => statements.map(([sql, ...values]) => rows(sql, ...values))
  return {
    client,
    rows,
    async begin() {
      // Never prepared: only a broken connection makes it fail, and then nothing after it is carried out.
      gather(client)
      const begun = client.query(BEGIN)
      if (client.pipeline === true) begun.catch(() => {})
      else await begun
    },
    async together(statements) {
      if (client.pipeline !== true) return oneByOne(rows, statements)
      gather(client)
      return firstErrorOrAll(await Promise.allSettled(send(statements)))
    },
    async commit(statements = []) {
      if (client.pipeline !== true) {
        const results = await oneByOne(rows, statements)
        await judge(client.query('commit'))
        return results
      }
      gather(client)
      const sent = send(statements)
      const [results, [commit]] = await Promise.all([
        Promise.allSettled(sent),
        Promise.allSettled([client.query('commit')]),
      ])
      const failed = results.find((one) => one.status === 'rejected')
      // A server that has answered a statement with an error answers COMMIT with ROLLBACK.
      if (failed !== undefined && !isLost(failed.reason)) throw failed.reason
      if (failed !== undefined) throw new Unanswered('The connection was lost during COMMIT', { cause: failed.reason })
      await judge(commit.status === 'fulfilled' ? commit.value : Promise.reject(commit.reason))
      return firstErrorOrAll(results)
    },
    release(lost) {
      client.off('error', breaks)
      client.release(broken || lost)
    },
  }
}

async function oneByOne(rows: Session['rows'], statements: readonly Statement[]): Promise<readonly (readonly Row[])[]> {
  const results: (readonly Row[])[] = []
  for (const [sql, ...values] of statements) results.push(await rows(sql, ...values))
  return results
}

/** All statements have been waited for, so that the connection has nothing left to answer. */
function firstErrorOrAll(results: readonly PromiseSettledResult<readonly Row[]>[]): readonly (readonly Row[])[] {
  return results.map((one) => {
    if (one.status === 'rejected') throw one.reason
    return one.value
  })
}

/** Throws unless the transaction was committed. */
async function judge(answer: { readonly command?: string } | Promise<{ readonly command?: string }>): Promise<void> {
  let command: string | undefined
  try {
    ;({ command } = await answer)
  } catch (error) {
    throw isRefusal(error) ? error : new Unanswered('COMMIT was not answered', { cause: error })
  }
  if (command === 'ROLLBACK') throw new Aborted()
}

/** Gathers what is sent in this turn into one packet: every packet wakes the server. */
function gather({ connection }: PostgresClient): void {
  const stream = connection?.stream
  if (stream?.cork === undefined || stream.uncork === undefined) return
  stream.cork()
  process.nextTick(uncork, stream)
}

function uncork(stream: { readonly uncork?: () => void }): void {
  stream.uncork?.()
}
