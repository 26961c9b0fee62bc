// A complete SCIM server: SQLite, one tenant, one token.

import { createServer } from 'node:http'
import { bearer, createDirectory, createProvider, Group, User } from 'lockstep'
import { toNode } from 'lockstep/node'
import { sqliteStore } from 'lockstep/sqlite'

const directory = createDirectory({ store: sqliteStore('scim.db'), types: [User, Group] })
const tokens = { [process.env.SCIM_TOKEN ?? 'change-me']: { tenant: 'acme', actor: 'entra', kind: 'entra' } } as const
const scim = createProvider({ directory, authenticate: bearer(tokens) })

createServer(toNode(scim.fetch)).listen(3000) // serves /scim/v2
