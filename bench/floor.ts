// The second reference: the smallest program that does the same job durably.

// node:http, a bearer check, JSON.parse, node:sqlite, and every write answered only after its COMMIT. No validation, no comparison of
// versions, a few filters. `node bench/floor.ts FILE TOKEN`

import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Worker } from 'node:worker_threads'
import { createQuery } from './floor-query.ts'
import { BASE, type FloorWrite, openDatabase, type Written } from './floor-store.ts'

const ROOT = '/tenants/bench/scim/v2'
const [file = '', token = ''] = process.argv.slice(2)
const authorization = `Bearer ${token}`
const database = openDatabase(file)
const query = createQuery(database)
const readUser = database.prepare('SELECT text FROM user WHERE id = ?')
const findGroup = database.prepare('SELECT n, text FROM "group" WHERE id = ?')
const readMembers = database.prepare('SELECT user FROM member WHERE "group" = ?')
readMembers.setReturnArrays(true)

const writer = new Worker(new URL('./floor-writer.ts', import.meta.url), { workerData: file })
let waiting: { readonly write: FloorWrite; readonly response: ServerResponse }[] = []
let running: typeof waiting = []
let busy = true

writer.on('message', (written: readonly Written[]) => {
  const answered = running
  running = []
  busy = false
  flush()
  for (let index = 0; index < answered.length; index++) {
    send((answered[index] as { response: ServerResponse }).response, written[index] ?? { status: 500 })
  }
})

function flush(): void {
  if (busy || waiting.length === 0) return
  busy = true
  running = waiting
  waiting = []
  writer.postMessage(running.map((one) => one.write))
}

function submit(response: ServerResponse, write: FloorWrite): void {
  // The first of a burst waits for the rest of this turn, so that they share a transaction.
  if (waiting.length === 0 && !busy) setImmediate(flush)
  waiting.push({ write, response })
}

function send(response: ServerResponse, { status, body }: Written): void {
  if (body === undefined) response.writeHead(status)
  else {
    const length = Buffer.byteLength(body)
    response.writeHead(status, { 'content-type': 'application/scim+json', 'content-length': length })
  }
  response.end(body)
}

const server = createServer((request, response) => {
  const url = request.url ?? ''
  if (request.headers.authorization !== authorization) send(response, { status: 401 })
  else if (!url.startsWith(ROOT)) send(response, { status: 404 })
  else if (request.method === 'GET') send(response, read(url.slice(ROOT.length)))
  else {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const asked = writeOf(request.method, url.slice(ROOT.length), Buffer.concat(chunks).toString())
      if (asked === undefined) send(response, { status: 404 })
      else submit(response, asked)
    })
  }
})

function read(path: string): Written {
  if (path.startsWith('/Users/')) {
    const row = readUser.get(path.slice(7))
    return row === undefined ? { status: 404 } : { status: 200, body: String(row.text) }
  }
  const at = path.indexOf('?')
  const asked = new Map<string, string>()
  for (const pair of at < 0 ? [] : path.slice(at + 1).split('&')) {
    const equals = pair.indexOf('=')
    asked.set(pair.slice(0, equals), decodeURIComponent(pair.slice(equals + 1)))
  }
  if (path.startsWith('/Groups/')) {
    return readGroup(path.slice(8, at < 0 ? undefined : at), asked.get('excludedAttributes') === 'members')
  }
  if (path.startsWith('/ServiceProviderConfig')) return { status: 200, body: '{"schemas":[]}' }
  const body = query({
    filter: asked.get('filter'),
    startIndex: Number(asked.get('startIndex') ?? 1),
    count: Number(asked.get('count') ?? 100),
    cursor: asked.get('cursor'),
  })
  return body === undefined ? { status: 400 } : { status: 200, body }
}

function readGroup(id: string, lean: boolean): Written {
  const row = findGroup.get(id)
  if (row === undefined) return { status: 404 }
  const text = String(row.text)
  if (lean) return { status: 200, body: text }
  const rows = readMembers.all(row.n as number) as unknown as [string][]
  const members = rows.map(([user]) => `{"value":"${user}","$ref":"${BASE}/Users/${user}"}`)
  return { status: 200, body: `${text.slice(0, -1)},"members":[${members.join(',')}]}` }
}

interface Operation {
  readonly op: string
  readonly path: string
  readonly value?: unknown
  readonly data?: unknown
}

function writeOf(method: string | undefined, path: string, text: string): FloorWrite | undefined {
  const body = JSON.parse(text) as { Operations?: readonly Operation[] }
  const operations = body.Operations ?? []
  if (method === 'POST') {
    if (path === '/Users') return { write: 'user', text }
    if (path === '/Groups') return { write: 'group', text }
    return path === '/Bulk' ? { write: 'bulk', users: operations.map(({ data }) => JSON.stringify(data)) } : undefined
  }
  const [operation] = operations
  if (method !== 'PATCH' || operation === undefined) return undefined
  if (path.startsWith('/Users/')) {
    return { write: 'active', id: path.slice(7), active: String(operation.value).toLowerCase() === 'true' }
  }
  const removed = /^members\[value eq "([^"]*)"\]$/.exec(operation.path)?.[1]
  const add = removed === undefined ? (operation.value as { value: string }[]).map((member) => member.value) : []
  return { write: 'members', id: path.slice(8), add, remove: removed === undefined ? [] : [removed] }
}

server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
process.on('SIGTERM', () => process.exit(0))
