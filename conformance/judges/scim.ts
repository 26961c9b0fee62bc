// Plain SCIM requests for judges, without any code of Lockstep's client.

import type { Target } from '../judge.ts'

/** A JSON object as it came over the wire. */
export interface Json {
  readonly [name: string]: unknown
}

/** Makes one request and reads the answer; plain `fetch`, so that no code of ours sits between the server and its judge. */
export async function request(
  { base, token }: Target,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ readonly status: number; readonly json: Json }> {
  const answer = await fetch(`${base}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  return { status: answer.status, json: (text === '' ? {} : JSON.parse(text)) as Json }
}

/** Makes a user, gives it as the server answered it. */
export async function made(target: Target, user: Json): Promise<Json & { readonly id: string }> {
  const schemas = ['urn:ietf:params:scim:schemas:core:2.0:User']
  const { status, json } = await request(target, 'POST', '/Users', { schemas, ...user })
  if (status !== 201 || typeof json.id !== 'string') throw new Error(`POST /Users: ${status} ${JSON.stringify(json)}`)
  return { ...json, id: json.id }
}
