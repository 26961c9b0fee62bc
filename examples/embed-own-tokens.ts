// Keeps the hashes of tokens in a table of the app.

import { type CredentialRow, lockstep, makeCredential, memoryStore } from 'lockstep'

/** What the app does with its table. */
interface TokenTable {
  insert(row: { readonly hash: string; readonly tenant: string; readonly label: string }): Promise<void>
  byHash(
    hash: string,
  ): Promise<{ readonly id: string; readonly tenant: string; readonly expires: Date | null } | undefined>
  touch(hash: string, at: Date): Promise<void>
}

/** SCIM whose tokens the app keeps. */
export function withOwnTokens(table: TokenTable) {
  return lockstep({
    store: memoryStore(),
    credentials: {
      async find(hash): Promise<CredentialRow | undefined> {
        const row = await table.byHash(hash)
        return row && { tenant: row.tenant, actor: row.id, kind: 'okta', expires: row.expires }
      },
      used: (hash, at) => table.touch(hash, at),
    },
  })
}

/** Makes a token: shown once, kept as a hash. */
export async function mint(table: TokenTable, tenant: string): Promise<string> {
  const { token, hash } = makeCredential(tenant)
  await table.insert({ hash, tenant, label: 'Okta' })
  return token
}
