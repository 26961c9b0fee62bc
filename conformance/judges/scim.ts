// Plain SCIM requests for judges, without any code of Lockstep's client.

import type { Target } from '../judge.ts'

/** A JSON object as received. */
export interface Json {
  readonly [name: string]: unknown
}

/** Sends one request and reads the response, with plain `fetch`, so that no code of ours is between the server and its judge. */
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

/** Creates a user and returns it as the server did. */
export async function made(target: Target, user: Json): Promise<Json & { readonly id: string }> {
  const schemas = ['urn:ietf:params:scim:schemas:core:2.0:User']
  const { status, json } = await request(target, 'POST', '/Users', { schemas, ...user })
  if (status !== 201 || typeof json.id !== 'string') throw new Error(`POST /Users: ${status} ${JSON.stringify(json)}`)
  return { ...json, id: json.id }
}
