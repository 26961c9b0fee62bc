// SCIM as the apps beside this file mount it: SQLite, one customer, one token.

import { bearer, lockstep } from 'lockstep'
import { sqliteStore } from 'lockstep/sqlite'

export const scim = lockstep({
  store: () => sqliteStore(process.env.DATABASE ?? 'scim.db'),
  authenticate: bearer((token) =>
    token === process.env.SCIM_TOKEN ? { tenant: 'acme', actor: 'okta', kind: 'okta' } : undefined,
  ),
})

/** The names of a customer's people, as the apps show them. */
export async function names(): Promise<string[]> {
  const all: string[] = []
  for await (const { userName } of scim.users('acme').list({ active: true })) all.push(userName)
  return all
}
