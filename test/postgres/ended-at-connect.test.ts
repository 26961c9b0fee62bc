// A server that ends a connection in the same packet that opens it.

import { createConnection, createServer, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { postgresStore } from '../../src/store/postgres/postgres.ts'
import { startPostgres } from '../postgres.ts'

/** ReadyForQuery: the last message of a server that has accepted a connection. */
const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49])

/** ErrorResponse, as a server sends it that shuts down. */
function fatal(): Buffer {
  const fields = Buffer.from('SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0')
  const head = Buffer.alloc(5)
  head.write('E')
  head.writeInt32BE(fields.length + 4, 1)
  return Buffer.concat([head, fields])
}

test('does not end the process, and the next connection works', async () => {
  const server = await startPostgres()
  let ended = 0
  let ending = false
  const sockets = new Set<Socket>()
  const proxy = createServer((inside) => {
    const outside = createConnection(server.port, '127.0.0.1')
    for (const socket of [inside, outside]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        inside.destroy()
        outside.destroy()
      })
    }
    inside.on('data', (chunk) => outside.write(chunk))
    outside.on('data', (chunk) => {
      if (!ending || !chunk.subarray(-READY.length).equals(READY)) return inside.write(chunk)
      ending = false
      ended++
      inside.end(Buffer.concat([chunk, fatal()]))
    })
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const database = await server.database()
  const url = new URL(database.url)
  url.port = String((proxy.address() as { readonly port: number }).port)
  const store = await postgresStore({ url: url.href, listen: false })
  await store.commit([{ write: 'tenant', tenant: 'acme', as: 'new', at: 1 }])

  ending = true
  for (const socket of sockets) socket.destroy()
  const settled = await Promise.allSettled([store.tenant('acme'), store.tenant('acme'), store.tenant('acme')])
  expect(ended).toBe(1)
  expect(settled.some(({ status }) => status === 'fulfilled')).toBe(true)
  expect(await store.tenant('acme')).toMatchObject({ tenant: 'acme' })

  await store.close()
  await new Promise((resolve) => proxy.close(resolve))
  await server.stop()
})
