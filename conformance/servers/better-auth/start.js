// Better Auth with its SCIM plugin, set up as its documentation says, over SQLite: in memory, or in the file that DATABASE names.
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { DatabaseSync } from 'node:sqlite'
import { scim } from '@better-auth/scim'
import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { toNodeHandler } from 'better-auth/node'

const database = new DatabaseSync(process.env.DATABASE ?? ':memory:')
database.exec('PRAGMA journal_mode = wal; PRAGMA synchronous = full')
const token = randomBytes(32).toString('hex')
const server = createServer((request, response) => handler(request, response))
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const origin = `http://127.0.0.1:${server.address().port}`
const auth = betterAuth({
  baseURL: origin,
  secret: randomBytes(32).toString('hex'),
  database,
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  plugins: [scim({ connections: [{ id: 'checker', credentials: [{ type: 'bearer', id: 'one', token }] }] })],
})
const { runMigrations } = await getMigrations(auth.options)
await runMigrations()
const handler = toNodeHandler(auth)
console.log(JSON.stringify({ base: `${origin}/api/auth/scim/v2`, token }))
