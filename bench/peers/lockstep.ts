// Lockstep behind node:http, as an app embeds it, over the SQLite file that DATABASE names.

import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { bearer, createDirectory, createProvider, isKind } from '../../src/index.ts'
import { toNode } from '../../src/node.ts'
import { sqliteStore } from '../../src/store/sqlite/sqlite.ts'

const token = randomBytes(32).toString('hex')
const directory = createDirectory({ store: sqliteStore(process.env.DATABASE ?? ':memory:') })
const authenticate = bearer((sent) => {
  // The kind of the connection stands behind the token, where one is played.
  const kind = sent.slice(token.length + 1) || 'generic'
  return sent.startsWith(token) && isKind(kind) ? { tenant: 'bench', actor: 'bench', kind } : undefined
})
const provider = createProvider({ directory, authenticate })
const server = createServer(toNode(provider.fetch))
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const { port } = server.address() as AddressInfo
console.log(JSON.stringify({ base: `http://127.0.0.1:${port}/scim/v2`, token }))
