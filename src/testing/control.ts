// The control API of a fake app, for tests in other processes: /_fault, /_trace, /_state, /_as-other-writer.

import type { FakeApp } from './fake-app.ts'
import type { FaultRule } from './faults.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import type { Incoming } from './requests.ts'

const PATHS = ['/_fault', '/_trace', '/_state', '/_as-other-writer']

/** Whether a request is for the control API. */
export function isControl({ url }: Incoming): boolean {
  return PATHS.includes(url.pathname)
}

/**
 * Answers a request to the control API.
 *
 * - `POST /_fault` with a rule adds it; GET lists them; DELETE clears them.
 * - `GET /_trace` lists exchanges; DELETE forgets them.
 * - `GET /_state` lists accounts, as they really are.
 * - `POST /_as-other-writer` with `{"do": "create" | "update" | "remove", "type": "User", "id": "…", "attributes": {…}}`.
 */
export function control(app: FakeApp, { method, url, body }: Incoming): Response {
  const name = `${method} ${url.pathname}`
  switch (name) {
    case 'GET /_fault':
      return Response.json(app.faults())
    case 'DELETE /_fault':
      app.clearFaults()
      return new Response(null, { status: 204 })
    case 'GET /_trace':
      return Response.json(app.trace())
    case 'DELETE /_trace':
      app.clearTrace()
      return new Response(null, { status: 204 })
    case 'GET /_state':
      return Response.json(app.state())
  }
  const given = parse(body)
  if (given === undefined) return Response.json({ message: 'Send a JSON object' }, { status: 400 })
  if (name === 'POST /_fault') {
    if (!isObject(given.fault)) return Response.json({ message: 'A rule has a "fault"' }, { status: 400 })
    app.fault(given as unknown as FaultRule)
    return Response.json({}, { status: 201 })
  }
  if (name === 'POST /_as-other-writer') return asOtherWriter(app, given)
  return Response.json({ message: `There is no ${name}` }, { status: 404 })
}

function asOtherWriter({ otherWriter }: FakeApp, { do: what, type, id, attributes }: JsonObject): Response {
  if (type !== 'User' && type !== 'Group') return Response.json({ message: 'type is User or Group' }, { status: 400 })
  const values = isObject(attributes) ? attributes : {}
  if (what === 'create') return Response.json({ id: otherWriter.create(type, values) }, { status: 201 })
  const done = what === 'update' ? otherWriter.update(type, String(id), values) : otherWriter.remove(type, String(id))
  return Response.json({}, { status: done ? 200 : 404 })
}

function parse(body: string): JsonObject | undefined {
  try {
    const value = JSON.parse(body) as Json
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
