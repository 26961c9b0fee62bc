// Provisions an example as Okta and Entra do, and pushes a group of 5,000 members into it.

import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type * as simulating from '../../src/simulate/index.ts'

/** Like `fetch`, to an example. */
export type Answer = (request: Request) => Promise<Response>

/** Where an example answers SCIM. */
export interface Target {
  readonly name: string
  readonly url: string
  readonly token: string
  /** Default: the network. */
  readonly fetch?: Answer
}

const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group'
export const MEMBERS = 5_000

/** Has Okta and Entra do all their work, by `lockstep/simulate` of the package that is installed in the folder. Throws what they would tell. */
export async function provision(folder: string, { name, ...target }: Target): Promise<void> {
  const file = join(folder, 'node_modules/lockstep/dist/simulate/index.js')
  const { simulate, tellSimulation }: typeof simulating = await import(pathToFileURL(file).href)
  for (const provider of ['okta', 'entra'] as const) {
    const played = await simulate(provider, { ...target, people: 2, seed: 1 })
    if (!played.works) throw new Error(`${name}: ${tellSimulation(played)}`)
  }
}

/** Creates a group of people whom the app has: u1, u2 … Throws unless all are in it. */
export async function pushGroup(target: Target, displayName = 'Everybody'): Promise<void> {
  const members = Array.from({ length: MEMBERS }, (_, at) => ({
    value: `u${at + 1}`,
    display: `Person number ${at + 1}`,
  }))
  const group = await ask(target, 201, 'POST', '/Groups', { schemas: [GROUP], displayName, members })
  const read = await ask(target, 200, 'GET', `/Groups/${group.id}`)
  const count = (read.members as readonly unknown[]).length
  if (count !== MEMBERS) throw new Error(`${target.name}: ${count} of ${MEMBERS} members`)
  const { location } = read.meta as { readonly location: string }
  if (!new URL(location).pathname.endsWith(`/scim/v2/Groups/${group.id}`))
    throw new Error(`${target.name}: ${location}`)
}

/** Sends a request; returns the document. Throws when the status is another one. */
export async function ask(target: Target, status: number, method: string, path: string, body?: object) {
  const request = new Request(target.url + path, {
    method,
    headers: { authorization: `Bearer ${target.token}`, 'content-type': 'application/scim+json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const response = await (target.fetch ?? fetch)(request)
  const text = await response.text()
  if (response.status !== status) throw new Error(`${target.name}: ${method} ${path} ${response.status} ${text}`)
  return (text === '' ? {} : JSON.parse(text)) as { readonly [name: string]: unknown; readonly id: string }
}
