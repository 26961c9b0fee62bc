// Traces: one leads from the identity provider's request to the request that tells an app.

import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { propagation, trace } from '@opentelemetry/api'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createTracing } from '../../src/server/tracing.ts'
import { type Serving, serve } from '../serve.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const exporter = new InMemorySpanExporter()
const told: { method: string; headers: IncomingHttpHeaders }[] = []
let server: Serving
let app: Server

beforeAll(async () => {
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }))
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  app = createServer((request, response) => {
    told.push({ method: request.method ?? '', headers: request.headers })
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      const made = () => ({ ...JSON.parse(Buffer.concat(chunks).toString()), id: `a${told.length}` })
      const answer = request.method === 'POST' ? made() : { totalResults: 0, Resources: [] }
      response.writeHead(request.method === 'POST' ? 201 : 200, { 'content-type': 'application/scim+json' })
      response.end(JSON.stringify(answer))
    })
  })
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve))
  server = await serve({ flags: { traces: 'on', outboundAllow: '127.0.0.0/8' } })
})

afterAll(async () => {
  await server.close()
  await new Promise((resolve) => app.close(resolve))
  trace.disable()
  propagation.disable()
})

const spans = (name: string) => exporter.getFinishedSpans().filter((span) => span.name === name)

/** Makes a person, in the trace of an identity provider. */
async function create({ base, token }: { readonly base: string; readonly token: string }, userName: string) {
  const response = await fetch(`${base}/Users`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/scim+json',
      traceparent: `00-${TRACE}-00f067aa0ba902b7-01`,
    },
    body: JSON.stringify({ schemas: [USER], userName }),
  })
  expect(response.status).toBe(201)
}

test('a request goes on the trace of its client, and its log line says where', async () => {
  const connection = await server.connection('strict')
  await create(connection, 'bob')
  const [span] = spans('POST /Users')
  expect(span?.spanContext().traceId).toBe(TRACE)
  expect(span?.parentSpanContext?.spanId).toBe('00f067aa0ba902b7')
  expect(span?.attributes).toMatchObject({
    'http.request.method': 'POST',
    'http.route': '/Users',
    'http.response.status_code': 201,
    'lockstep.tenant': connection.tenant,
  })
  const lines = await server.store.changes(connection.tenant, 0, 100)
  const line = lines.find(({ op }) => op === 'create')
  expect(line?.txn).toBe(`00-${TRACE}-${span?.spanContext().spanId}-01`)
  // What the hub sends because of that line goes on from there.
  const { hub } = await createTracing(server.store)
  const step = { tenant: connection.tenant, app: 'crm', step: 'create', type: 'User', resource: 'x', lane: 2 } as const
  const { headers, end } = await hub.begin({ ...step, place: line?.place ?? 0 })
  end('unknown', 502)
  const [sent] = spans('create User').slice(-1)
  expect(headers).toEqual({ traceparent: `00-${TRACE}-${sent?.spanContext().spanId}-01` })
  expect(sent?.parentSpanContext?.spanId).toBe(span?.spanContext().spanId)
  expect(sent?.attributes).toMatchObject({ 'lockstep.app': 'crm', 'error.type': 'unknown' })
  // Without a line it begins a trace of its own, and so does one whose line is not there.
  for (const place of [undefined, 0, 9_999]) {
    const alone = await hub.begin({ ...step, ...(place === undefined ? {} : { place }) })
    expect(alone.headers.traceparent).not.toContain(TRACE)
    alone.end('done')
  }
})

test('an app gets the trace of the request that it is told of', async () => {
  const connection = await server.connection('strict')
  const { port } = app.address() as AddressInfo
  const { token } = await server.tenancy.adminTokens.create({})
  const administer = async (path: string, body: unknown) => {
    const response = await fetch(`${server.url}/admin/v1/tenants/${connection.tenant}/apps${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    expect(response.ok).toBe(true)
  }
  await administer('', { app: 'crm', options: { url: `http://127.0.0.1:${port}` }, scope: { users: {} } })
  // Whoever is there when the app is switched on is sent without a request: only afterwards is there one to go on from.
  await create(connection, 'ann')
  const posts = () => told.filter(({ method }) => method === 'POST')
  await administer('/crm/switch-on', { withoutPlan: true })
  await vi.waitFor(() => expect(posts()).toHaveLength(1), { timeout: 20_000 })
  await create(connection, 'ada')
  await vi.waitFor(() => expect(posts()).toHaveLength(2), { timeout: 20_000 })
  expect(posts()[1]?.headers.traceparent).toContain(TRACE)
})
