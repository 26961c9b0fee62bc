// A connection as the admin API and the command line show it to programs.

import { formatRights } from '../access/index.ts'
import type { Connection } from './connection-record.ts'
import { isoTime } from './iso-time.ts'

/** A connection for programs: never a token, and rights in the form that `--rights` accepts. */
export function describeConnection({
  id,
  label,
  kind,
  profile,
  rights,
  allow,
  forbid,
  subject,
  valuesUntil,
  valuesBy,
  valuesReason,
  paused,
  created,
  tokens,
}: Connection) {
  return {
    connection: id,
    label,
    kind,
    profile: profile ?? kind,
    rights: formatRights(rights),
    allow,
    forbid,
    subject,
    valuesUntil: isoTime(valuesUntil),
    valuesBy,
    valuesReason,
    paused,
    created: isoTime(created),
    tokens: tokens.map((token) => ({
      id: token.id,
      created: isoTime(token.created),
      expires: isoTime(token.expires),
      lastUsed: isoTime(token.lastUsed),
    })),
  }
}
