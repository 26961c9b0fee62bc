// What errors of databases mean for the hub.

import { AppError, type AppTrouble } from '../../contract/index.ts'

/** What the classes of PostgreSQL's codes mean, the longest that fits first. PostgreSQL, appendix A. */
const POSTGRES: readonly (readonly [prefix: string, trouble: AppTrouble])[] = [
  ['23505', 'conflict'],
  // Values that don't fit, and rules of the tables.
  ['22', 'refused'],
  ['23', 'refused'],
  ['28', 'credentials'],
  ['3D000', 'credentials'],
  ['42501', 'credentials'],
  // Triggers that raise.
  ['P0001', 'refused'],
]

/** Constraints of SQLite; extended result codes. */
const SQLITE: { readonly [code: number]: AppTrouble } = {
  // UNIQUE, PRIMARYKEY, ROWID.
  2067: 'conflict',
  1555: 'conflict',
  2579: 'conflict',
}
const SQLITE_CONSTRAINT = 19
const SQLITE_TOOBIG = 18
const SQLITE_MISMATCH = 20
const SQLITE_AUTH: ReadonlySet<number> = new Set([3, 8, 23])

/**
 * An error of a database as the hub takes it. Until the commit was sent nothing can have taken effect. Messages of databases may repeat
 * values, never the password.
 */
export function sqlTrouble(error: unknown, committing: boolean): AppError {
  if (error instanceof AppError) return error
  const message = error instanceof Error ? error.message : String(error)
  const trouble = troubleOf(error)
  return new AppError(committing && trouble === 'unavailable' ? 'unknown' : trouble, `The database says: ${message}`, {
    cause: error,
  })
}

function troubleOf(error: unknown): AppTrouble {
  if (typeof error !== 'object' || error === null) return 'unavailable'
  const { code, errcode } = error as { readonly code?: unknown; readonly errcode?: unknown }
  if (typeof errcode === 'number') {
    const primary = errcode & 0xff
    if (SQLITE_AUTH.has(primary)) return 'credentials'
    if (primary === SQLITE_TOOBIG) return 'too-large'
    return SQLITE[errcode] ?? (primary === SQLITE_CONSTRAINT || primary === SQLITE_MISMATCH ? 'refused' : 'unavailable')
  }
  const text = typeof code === 'string' ? code : ''
  return POSTGRES.find(([prefix]) => text.startsWith(prefix))?.[1] ?? 'unavailable'
}

/** Whether a value could never be one of that column: an id in another form than the column's is that of nobody. */
export function isUnfitValue({ cause }: AppError): boolean {
  const code = typeof cause === 'object' && cause !== null ? (cause as { readonly code?: unknown }).code : undefined
  return code === '22P02' || code === '22003'
}
