// Which statements are prepared on the connections, and under which names.

import { createHash } from 'node:crypto'
import { COLUMN_TYPES, type Value } from './columns.ts'
import type { PostgresQuery } from './driver.ts'

/** Makes the driver's query of a statement. */
export type QueryOf = (sql: string, values: readonly Value[]) => PostgresQuery

/** Most statements kept prepared on each connection; filters make ever new ones. */
const NAMED = 400
/** Texts seen once that may be seen again. */
const SEEN = 2_000

/**
 * Creates the names of one process. A connection keeps what it has prepared for as long as it lives: only a statement that comes a second
 * time is prepared, and only so many.
 */
export function createStatementNames(): QueryOf {
  const names = new Map<string, string>()
  const seen = new Set<string>()

  function nameOf(sql: string): string | undefined {
    const known = names.get(sql)
    if (known !== undefined) return known
    if (names.size >= NAMED) return undefined
    if (seen.delete(sql)) {
      const name = `lockstep_${createHash('sha256').update(sql).digest('base64url').slice(0, 22)}`
      names.set(sql, name)
      return name
    }
    if (seen.size >= SEEN) seen.clear()
    seen.add(sql)
    return undefined
  }

  return (text, values) => {
    const name = nameOf(text)
    const query = { text, values, rowMode: 'array' as const, types: COLUMN_TYPES }
    return name === undefined ? query : { ...query, name }
  }
}
