// Lines and counts as rows, and back.

import type { Count } from '../counts.ts'
import { ANSWER_CLASSES, type PlacedLine, REQUEST_KINDS, type RequestLine } from '../line.ts'
import type { SqlRow, SqlValue } from './database.ts'

/** The columns that a line is read from. */
export const LINE_COLUMNS = 'n, t, body, sent, line'

/** A line as a row of `t, at, id, status, connection, print, resource, body, sent, line`. */
export function rowOfLine(t: number, line: RequestLine): readonly SqlValue[] {
  const { tenant: _tenant, body, sent, ...rest } = line
  const { at, id, status, connection = null, print = null, resource = null } = line
  return [t, at, id, status, connection, print, resource, body ?? null, sent ?? null, JSON.stringify(rest)]
}

/** The line of a row of {@link LINE_COLUMNS}. */
export function lineOfRow([n, _t, body, sent, line]: SqlRow, tenant: string): PlacedLine {
  const rest: Omit<RequestLine, 'tenant'> = JSON.parse(String(line))
  return {
    ...rest,
    place: Number(n),
    tenant,
    ...(body === 'shape' || body === 'values' ? { body } : {}),
    ...(typeof sent === 'string' ? { sent } : {}),
  }
}

/** A count as a row of `t, minute, connection, asks, outcome, n, us, last` and its buckets. */
export function rowOfCount(t: number, count: Omit<Count, 'tenant'>): readonly SqlValue[] {
  const { minute, connection, asks, outcome, n, us, last, buckets } = count
  return [t, minute, connection, asks, outcome, n, us, last, ...buckets]
}

/** The count of such a row; undefined for a kind that this version does not know. */
export function countOfRow(row: SqlRow, tenant: string): Count | undefined {
  const [, minute, connection, asks, outcome, n, us, last, ...buckets] = row
  const kind = REQUEST_KINDS.find((one) => one === asks)
  const answer = ANSWER_CLASSES.find((one) => one === outcome)
  if (kind === undefined || answer === undefined) return undefined
  return {
    minute: Number(minute),
    tenant,
    connection: String(connection),
    asks: kind,
    outcome: answer,
    n: Number(n),
    us: Number(us),
    last: Number(last),
    buckets: buckets.map(Number),
  }
}

/** Parameters for so many rows of so many columns: `($1, $2), ($3, $4)`. */
export function places(rows: number, columns: number, from = 1): string {
  return Array.from(
    { length: rows },
    (_, row) => `(${Array.from({ length: columns }, (_, column) => `$${from + row * columns + column}`).join(', ')})`,
  ).join(', ')
}
