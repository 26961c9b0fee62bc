// A setup link as the admin API and the command line show it to programs.

import { type SetupLink, stateOf } from './link.ts'
import type { ShownLink } from './links.ts'

/** A link for programs: never its secret. `now`: milliseconds since 1970. */
export function describeLink(link: SetupLink, now: number) {
  const { id, kinds, connection, label, note, hasCode, created, by, expires, ended, tokens } = link
  return {
    link: id,
    state: stateOf(link, now),
    kinds,
    connection,
    label,
    note,
    hasCode,
    created: iso(created),
    by,
    expires: iso(expires),
    ended: iso(ended?.at),
    tokens: tokens.map((token) => ({ id: token.id, made: iso(token.made), ended: iso(token.ended) })),
  }
}

/** A link with how far its customer has come, for programs. */
export function describeShownLink({ link, progress }: ShownLink, now: number) {
  const { opened, reached, kind, leaverSkipped, looksDifferent, done } = progress
  return {
    ...describeLink(link, now),
    opened: { times: opened.times, last: opened.last.map(({ at, from }) => ({ at: iso(at), from })) },
    step: reached,
    chosen: kind,
    leaverSkipped,
    looksDifferent: looksDifferent.map(({ at, click }) => ({ at: iso(at), click })),
    done: iso(done),
  }
}

function iso<T extends number | undefined>(at: T): T extends number ? string : string | undefined {
  return (at === undefined ? undefined : new Date(at).toISOString()) as T extends number ? string : string | undefined
}
