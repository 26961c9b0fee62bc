// What a connection tells of itself: when it was last heard, and when its tokens end.

import type { Answer } from '../api/client.ts'

/** A connection as lists have it. */
export type Connection = Answer<'GET /tenants/{tenant}/connections'>['items'][number]

/** What a connection is called; among others with the same label its id is there, too. */
export function connectionName({ connection, label }: Named, all: readonly Named[]): string {
  if (label === '') return connection
  const isAmong = all.some((other) => other.label === label && other.connection !== connection)
  return isAmong ? `${label} (${connection})` : label
}

type Named = Pick<Connection, 'connection' | 'label'>

const NEAR_MS = 30 * 24 * 3_600_000

/** The last use of any token of a connection; undefined: it was never used. */
export function lastUsed({ tokens }: Connection): string | undefined {
  return tokens
    .map((token) => token.lastUsed)
    .filter((one) => one !== undefined)
    .sort()
    .at(-1)
}

/** When it was heard last: by the use of its tokens, or by the record of requests, whichever is later. */
export function lastHeard(connection: Connection): string | undefined {
  return [lastUsed(connection), connection.lately?.heard]
    .filter((one) => one !== undefined)
    .sort()
    .at(-1)
}

/** When the first of its tokens ends, and whether that is within 30 days. */
export function soonestEnd(
  { tokens }: Connection,
  now: number,
): { readonly at: string | undefined; readonly isNear: boolean } {
  const [at] = tokens
    .map((token) => token.expires)
    .filter((one) => one !== undefined)
    .sort()
  return { at, isNear: at !== undefined && Date.parse(at) - now < NEAR_MS }
}
