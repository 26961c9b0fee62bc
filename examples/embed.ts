// A complete SCIM server: SQLite, one tenant, one token.

import { createServer } from 'node:http'
import { bearer, lockstep } from 'lockstep'
import { sqliteStore } from 'lockstep/sqlite'

const tokens = { [process.env.SCIM_TOKEN ?? 'change-me']: { tenant: 'acme', actor: 'entra', kind: 'entra' } } as const
const scim = lockstep({ store: () => sqliteStore('scim.db'), authenticate: bearer(tokens) })

createServer(scim.node()).listen(3000) // serves /scim/v2
