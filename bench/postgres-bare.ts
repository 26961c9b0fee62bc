// The reference for GET by id on PostgreSQL: one prepared `select` of a finished text by primary key.

// A node:http server with the same driver and as many connections, and nothing else.
//
//   node bench/postgres-bare.ts URL CONNECTIONS

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'

const [url = '', connections = '10'] = process.argv.slice(2)
const pool = new pg.Pool({ connectionString: url, max: Number(connections) })
const SELECT = { name: 'finished', text: 'select text from bench.finished where id = $1', rowMode: 'array' as const }

const server = createServer(async (request, response) => {
  const id = (request.url ?? '').slice((request.url ?? '').lastIndexOf('/') + 1)
  if (id === 'ServiceProviderConfig') {
    response.end('{}')
    return
  }
  const { rows } = await pool.query({ ...SELECT, values: [id] })
  const text: string | undefined = rows[0]?.[0]
  if (text === undefined) {
    response.writeHead(404)
    response.end()
    return
  }
  response.writeHead(200, { 'content-type': 'application/scim+json', 'content-length': Buffer.byteLength(text) })
  response.end(text)
})

server.listen(0, '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
process.on('SIGTERM', () => process.exit(0))
