// Fake apps that answer at once: SCIM from memory, in a process of its own, as bare as it can be.

//   node bench/apps.ts
//
// `/{app}/scim/v2/…` is an app, made by the first request to it. `/_/…` is for the bench: what has come, and what is to be forgotten.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

type Values = { [name: string]: unknown }

/** An account or a group of an app. */
interface Entry {
  readonly id: string
  readonly type: 'Users' | 'Groups'
  values: Values
  members: Set<string>
}

interface FakeApp {
  readonly entries: Map<string, Entry>
  /** Users by userName, groups by displayName, in lower case, and all by externalId. */
  readonly names: Map<string, Entry>
}

/** Status and body of an answer. */
type Reply = readonly [status: number, body: unknown]

/** What has come since it was forgotten last. */
const counts = { requests: 0, creates: 0, updates: 0, removes: 0, last: 0 }
/** When accounts were switched off, and members changed, in milliseconds since 1970. */
let offs: number[] = []
let memberships: number[] = []
/** The first requests, to be sent again from a list. */
let recorded: { method: string; path: string; body: string }[] = []
let recording = 0
const apps = new Map<string, FakeApp>()
let ids = 0

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const body = Buffer.concat(chunks).toString()
    const url = request.url ?? '/'
    const [status, sent] = url.startsWith('/_/') ? control(url.slice(3)) : answer(request, url, body)
    send(response, status, sent)
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.stdout.write(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}\n`)
})
process.on('disconnect', () => process.exit(0))

function control(order: string): Reply {
  const [word, value] = order.split('/')
  if (word === 'counts') return [200, { ...counts, offs, memberships }]
  if (word === 'recorded') return [200, recorded]
  if (word === 'record') recording = Number(value)
  if (word === 'empty') apps.clear()
  Object.assign(counts, { requests: 0, creates: 0, updates: 0, removes: 0, last: 0 })
  offs = []
  memberships = []
  recorded = []
  return [200, {}]
}

function answer({ method = 'GET' }: IncomingMessage, url: string, body: string): Reply {
  const [, name = '', , , endpoint = '', rest = ''] = url.split('/', 6)
  const app = apps.get(name) ?? { entries: new Map<string, Entry>(), names: new Map<string, Entry>() }
  apps.set(name, app)
  counts.requests++
  counts.last = Date.now()
  if (recorded.length < recording) recorded.push({ method, path: url, body })
  const [plural = '', query = ''] = endpoint.split('?')
  const type = plural === 'Users' || plural === 'Groups' ? plural : undefined
  if (type === undefined) return [404, { detail: 'no such endpoint' }]
  const [id = ''] = rest.split('?')
  if (id === '' && method === 'POST') return create(app, type, JSON.parse(body) as Values)
  if (id === '') return list(app, type, new URLSearchParams(query))
  const entry = app.entries.get(decodeURIComponent(id))
  if (entry === undefined) return [404, { detail: 'no such resource' }]
  if (method === 'GET') return [200, shown(entry)]
  if (method === 'DELETE') {
    counts.removes++
    app.entries.delete(entry.id)
    for (const key of namesOf(entry)) app.names.delete(key)
    return [204, undefined]
  }
  counts.updates++
  const sent = JSON.parse(body) as Values
  if (method === 'PUT') entry.values = sent
  else for (const operation of (sent.Operations ?? []) as Values[]) patch(entry, operation)
  for (const key of namesOf(entry)) app.names.set(key, entry)
  if (entry.values.active === false) offs.push(counts.last)
  return [200, shown(entry)]
}

function create(app: FakeApp, type: Entry['type'], values: Values): Reply {
  const entry: Entry = { id: `a${++ids}`, type, values, members: new Set() }
  for (const { value } of (values.members ?? []) as { value: string }[]) entry.members.add(value)
  counts.creates++
  app.entries.set(entry.id, entry)
  for (const key of namesOf(entry)) app.names.set(key, entry)
  return [201, shown(entry)]
}

function namesOf({ type, values }: Entry): readonly string[] {
  const name = String(values[type === 'Users' ? 'userName' : 'displayName']).toLowerCase()
  return [`${type} ${name}`, ...(values.externalId === undefined ? [] : [`${type} ${String(values.externalId)}`])]
}

/** A list: all, or those with a name or an external id. */
function list(app: FakeApp, type: Entry['type'], query: URLSearchParams): Reply {
  const [, attribute = '', value = ''] = /^(\S+) eq "(.*)"$/.exec(query.get('filter') ?? '') ?? []
  const key = attribute === 'externalId' ? `${type} ${value}` : `${type} ${value.toLowerCase()}`
  const one = app.names.get(key)
  const found =
    attribute === '' ? [...app.entries.values()].filter((entry) => entry.type === type) : one === undefined ? [] : [one]
  const first = Math.max(1, Number(query.get('startIndex') ?? 1)) - 1
  const page = found.slice(first, first + Number(query.get('count') ?? 100))
  return [
    200,
    {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
      totalResults: found.length,
      startIndex: first + 1,
      itemsPerPage: page.length,
      Resources: page.map(shown),
    },
  ]
}

/** Attributes are replaced by name, members added and removed: all that is sent to an app by the RFC. */
function patch(entry: Entry, { op, path, value }: Values): void {
  if (typeof path === 'string' && path.startsWith('members')) {
    memberships.push(counts.last)
    const [, only] = /^members\[value eq "(.*)"\]$/.exec(path) ?? []
    const listed = Array.isArray(value) ? (value as { value: string }[]).map((one) => one.value) : []
    for (const id of only === undefined ? listed : [only]) {
      if (op === 'remove') entry.members.delete(id)
      else entry.members.add(id)
    }
  } else if (path === undefined) entry.values = { ...entry.values, ...(value as Values) }
  else if (op === 'remove') delete entry.values[String(path)]
  else entry.values[String(path)] = value
}

function shown({ id, type, values, members }: Entry): Values {
  const { members: _members, ...rest } = values
  return {
    ...rest,
    id,
    ...(type === 'Groups' && members.size <= 1_000 ? { members: [...members].map((value) => ({ value })) } : {}),
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = body === undefined ? '' : JSON.stringify(body)
  response.writeHead(status, { 'content-type': 'application/scim+json', 'content-length': Buffer.byteLength(text) })
  response.end(text)
}
