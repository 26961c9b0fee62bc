// A help desk with an API of its own, as an app behind an adapter: for tests.

import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A running help desk. */
export interface Desk {
  readonly url: string
  readonly people: Map<number, Person>
  /** Answers the next requests in its place: status, headers and body. */
  readonly next: { status: number; headers?: { readonly [name: string]: string }; body?: string }[]
  readonly requests: { readonly method: string; readonly url: string; readonly authorization: string }[]
  close(): Promise<void>
}

/** A person there. */
export interface Person {
  readonly id: number
  readonly login: string
  readonly fullName: string | null
  readonly enabled: boolean
}

const PAGE = 3

/** Starts a help desk that only lets in who has this token. */
export async function startDesk(token: string): Promise<Desk> {
  const people = new Map<number, Person>()
  const next: Desk['next'] = []
  const requests: { method: string; url: string; authorization: string }[] = []
  let ids = 0
  const answer = (request: IncomingMessage, text: string): readonly [status: number, body?: unknown] => {
    const { method = '', headers } = request
    const url = new URL(request.url ?? '/', 'http://desk')
    if (headers.authorization !== `Bearer ${token}`) return [401, { error: `not ${headers.authorization}` }]
    const [, collection, id] = url.pathname.split('/')
    if (collection !== 'people') return [404]
    const body = text === '' ? {} : JSON.parse(text)
    const taken = (own?: number) =>
      [...people.values()].some(
        (one) => one.id !== own && one.login.toLowerCase() === String(body.login ?? '').toLowerCase(),
      )
    if (id === undefined && method === 'GET') {
      const login = url.searchParams.get('login')
      const all = [...people.values()]
      if (login !== null) return [200, { people: all.filter((one) => one.login.toLowerCase() === login.toLowerCase()) }]
      const page = Number(url.searchParams.get('page') ?? 1)
      const more = all.length > page * PAGE
      return [200, { people: all.slice((page - 1) * PAGE, page * PAGE), next: more ? String(page + 1) : null }]
    }
    if (id === undefined && method === 'POST') {
      if (taken()) return [409, { error: 'taken' }]
      const person = { fullName: null, enabled: true, ...body, id: ++ids }
      people.set(person.id, person)
      return [201, person]
    }
    const found = people.get(Number(id))
    if (found === undefined) return [404, { error: 'nobody' }]
    if (method === 'GET') return [200, found]
    if (method === 'DELETE') {
      people.delete(found.id)
      return [204]
    }
    if (taken(found.id)) return [409, { error: 'taken' }]
    people.set(found.id, { ...found, ...body })
    return [200, people.get(found.id)]
  }
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk) => {
      text += chunk
    })
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      requests.push({ method, url, authorization: headers.authorization ?? '' })
      const other = next.shift()
      if (other !== undefined) {
        response.writeHead(other.status, other.headers ?? {}).end(other.body)
        return
      }
      const [status, body] = answer(request, text)
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(body === undefined ? undefined : JSON.stringify(body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    people,
    next,
    requests,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
