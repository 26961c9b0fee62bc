// A SCIM server in this process that works, with one fault laid over it.

import { bearer } from '../../src/access/index.ts'
import { createDirectory } from '../../src/directory/index.ts'
import { Group, User } from '../../src/protocol/index.ts'
import { createProvider } from '../../src/provider/index.ts'
import { memoryStore } from '../../src/store/memory/memory.ts'

/** A request as faults see it. */
export interface Incoming {
  readonly method: string
  /** Below the base URL, with the query. */
  readonly path: string
  readonly body: string
}

/** A fault: answers instead of the server, spoils its answer, or passes. */
export type Spoil = (
  incoming: Incoming,
  pass: (changed?: Partial<Incoming>) => Promise<Response>,
) => Promise<Response | undefined> | Response | undefined

/** A server with a fault. */
export interface Spoiled {
  readonly fetch: (request: Request) => Promise<Response>
  readonly url: string
  readonly token: string
  /** Requests that have come, as `PUT /Users/ID`. */
  readonly seen: string[]
  /** What the server holds, past the fault. */
  readonly held: (path: string) => Promise<readonly { readonly [name: string]: unknown }[]>
  /** Makes a user, past the fault. */
  readonly make: (userName: string) => Promise<string>
}

const BASE = 'http://localhost/scim/v2'
const TOKEN = 'a-token-that-nobody-may-see'

/** Starts a server with a fault; without one it works. */
export function spoiled(spoil: Spoil = () => undefined): Spoiled {
  const directory = createDirectory({ store: memoryStore(), types: [User, Group] })
  const provider = createProvider({ directory, authenticate: bearer({ [TOKEN]: { tenant: 'acme', actor: 'test' } }) })
  const seen: string[] = []
  const send = (method: string, path: string, headers: Headers, body: string) =>
    provider.fetch(
      new Request(BASE + path, { method, headers, ...(['GET', 'DELETE'].includes(method) ? {} : { body }) }),
    )
  const own = new Headers({ authorization: `Bearer ${TOKEN}`, 'content-type': 'application/scim+json' })
  return {
    url: BASE,
    token: TOKEN,
    seen,
    async fetch(request) {
      const path = request.url.slice(BASE.length)
      const incoming = { method: request.method, path, body: await request.text() }
      seen.push(`${incoming.method} ${path}`)
      const pass = (changed: Partial<Incoming> = {}) => {
        const { method, path: to, body } = { ...incoming, ...changed }
        return send(method, to, request.headers, body)
      }
      return (await spoil(incoming, pass)) ?? pass()
    },
    async held(path) {
      const answer = await send('GET', `${path}?count=1000`, own, '')
      return ((await answer.json()) as { readonly Resources: readonly { readonly [name: string]: unknown }[] })
        .Resources
    },
    async make(userName) {
      const body = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName, active: true }
      const answer = await send('POST', '/Users', own, JSON.stringify(body))
      return ((await answer.json()) as { readonly id: string }).id
    },
  }
}

/** An Error of SCIM. RFC 7644 §3.12. */
export function scimError(status: number, detail: string): Response {
  const body = { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: String(status), detail }
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/scim+json' } })
}

/** The same answer with another body. */
export async function altered(
  answer: Response,
  alter: (body: { [name: string]: unknown }) => { readonly [name: string]: unknown },
): Promise<Response> {
  const body = alter((await answer.json()) as { [name: string]: unknown })
  return new Response(JSON.stringify(body), { status: answer.status, headers: answer.headers })
}
