// Prints a new connection and its token.

import { formatRights } from '../../access/index.ts'
import type { Connection, Issued } from '../../tenancy/index.ts'
import { flagOption, type Options } from '../terminal/options.ts'
import { formatTime, printFacts, printJson, printLine } from '../terminal/print.ts'

/** Prints a new token, the only time that it is shown. Programs rely on these keys and their order. */
export function printIssued({ connection, token }: Issued, baseUrl: string, options: Options): void {
  if (flagOption(options, 'json')) {
    printJson({ tenant: connection.tenant, baseUrl, connection: connection.id, token })
    return
  }
  const expires = connection.tokens.at(-1)?.expires
  printFacts([
    ['Tenant', connection.tenant],
    ['Connection', describe(connection)],
    ['SCIM base URL', baseUrl],
    ['Bearer token', token],
    ['Expires', expires === undefined ? 'never' : formatTime(expires)],
  ])
  printLine()
  printLine('The token is shown only this once; only its hash is stored. Try it:')
  printLine()
  printLine(`  curl -H 'Authorization: Bearer ${token}' '${baseUrl}/Users'`)
}

/** A connection in a few words, for people. */
function describe({ id, label, kind, profile, rights, allow, forbid }: Connection): string {
  const may = formatRights(rights)
  const facts = [
    `kind ${kind}`,
    ...(profile === undefined ? [] : [`profile ${profile}`]),
    ...(allow === undefined || allow.length === 0 ? [] : [`allows ${allow.join(', ')}`]),
    ...(forbid === undefined || forbid.length === 0 ? [] : [`forbids ${forbid.join(', ')}`]),
    may === 'all' ? 'full access' : `may ${may}`,
  ]
  return `${id}${label === kind ? '' : ` ("${label}")`}: ${facts.join(', ')}`
}
