import { formatRights } from '../access/index.ts'
import type { Connection } from './connection-record.ts'
import { isoTime } from './iso-time.ts'

/** A connection for programs, in the admin API and the command line alike: never a token, rights in the form that `--rights` takes. */
export function describeConnection({
  id,
  label,
  kind,
  profile,
  rights,
  allow,
  forbid,
  subject,
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
    created: isoTime(created),
    tokens: tokens.map((token) => ({
      id: token.id,
      created: isoTime(token.created),
      expires: isoTime(token.expires),
      lastUsed: isoTime(token.lastUsed),
    })),
  }
}
