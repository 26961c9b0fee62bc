// What a simulation has made on the server, and its removal.

import { isObject, type Json } from '../protocol/index.ts'
import { check, pick, readJson } from './wire/expectation.ts'
import { basePath, type RequestTemplate, type WireAnswer } from './wire/message.ts'

/** What a run has made. */
export interface Made {
  /** Whether a path below the base URL is a resource that this run made. */
  readonly has: (path: string) => boolean
  /** Reads an answer to one of the run's own requests; `undefined` when none came. */
  readonly note: (request: SentRequest, answer: WireAnswer | undefined) => void
  /** Removes everything, the last made first; returns what is left, with the reason. */
  readonly remove: (send: (request: RequestTemplate) => Promise<WireAnswer | undefined>) => Promise<readonly string[]>
}

/** A request as this needs to know it: the path is below the base URL. */
export interface SentRequest {
  readonly method: string
  readonly path: string
  readonly body: string | undefined
}

/** A creation whose outcome nobody knows: it is looked for by its name. */
interface Unsure {
  readonly endpoint: string
  readonly attribute: 'userName' | 'displayName'
  readonly name: string
}

const ENDPOINTS: { readonly [endpoint: string]: Unsure['attribute'] } = {
  '/Users': 'userName',
  '/Groups': 'displayName',
}

/**
 * Creates the list of what a run makes. Only answers to its own POSTs add to it, so that nothing else is ever changed. `shared`: a name of a
 * group that is not the run's alone, by which nothing is looked for.
 */
export function createMade(base: string, shared?: string): Made {
  const paths = new Set<string>()
  const unsure: Unsure[] = []
  return {
    has: (path) => paths.has(resourceOf(path)),
    note({ method, path, body }, answer) {
      const endpoint = resourceOf(path)
      const isDone = answer !== undefined && answer.status >= 200 && answer.status <= 299
      if (method === 'DELETE' && (isDone || answer?.status === 404 || answer?.status === 410)) paths.delete(endpoint)
      if (method !== 'POST') return
      // A refusal has made nothing; no answer, or a failure of the server, may have.
      if (answer !== undefined && !isDone && answer.status < 500) return
      const made = isDone ? pathOf(endpoint, answer, base) : undefined
      if (made !== undefined) paths.add(made)
      else unsure.push(...namesIn(endpoint, body))
    },
    async remove(send) {
      const left: string[] = []
      for (const one of unsure) {
        const found = one.name === shared ? perhaps(one, 'others may have its name') : await find(one, send)
        if (typeof found === 'string') left.push(found)
        else for (const path of found) paths.add(path)
      }
      for (const path of [...paths].reverse()) {
        const answer = await send({ method: 'DELETE', path })
        if (answer !== undefined && check({ status: [200, 202, 204, 404, 410] }, answer, {}).length === 0) continue
        left.push(`${path}: DELETE got ${answer === undefined ? 'no answer' : answer.status}`)
      }
      return left
    },
  }
}

/** The path without its query. */
function resourceOf(path: string): string {
  return path.split('?', 1)[0] ?? path
}

/** Where a created resource is: by its id, or by its location where the answer has no id. */
function pathOf(endpoint: string, answer: WireAnswer, base: string): string | undefined {
  const id = pick(answer, '/id')
  if (typeof id === 'number' || (typeof id === 'string' && id !== '')) return `${endpoint}/${encodeURIComponent(id)}`
  const location = pick(answer, 'header:Location')
  if (typeof location !== 'string' || !URL.canParse(location, `${base}/`)) return undefined
  const root = basePath(base)
  const { pathname } = new URL(location, `${base}/`)
  const path = pathname.startsWith(root) ? pathname.slice(root.length) : pathname
  return path.startsWith(`${endpoint}/`) ? path : undefined
}

function namesIn(endpoint: string, body: string | undefined): readonly Unsure[] {
  const attribute = ENDPOINTS[endpoint]
  const json = readJson(body ?? '')
  const name = attribute !== undefined && isObject(json) ? json[attribute] : undefined
  return attribute === undefined || typeof name !== 'string' ? [] : [{ endpoint, attribute, name }]
}

const perhaps = ({ endpoint, name }: Pick<Unsure, 'endpoint' | 'name'>, why: string) =>
  `${endpoint}: perhaps ${name}, since nobody knows what came of its POST, and ${why}`

/** Paths of resources with exactly this name, or why it could not be known. */
async function find(
  { endpoint, attribute, name }: Unsure,
  send: (request: RequestTemplate) => Promise<WireAnswer | undefined>,
): Promise<readonly string[] | string> {
  const filter = encodeURIComponent(`${attribute} eq ${JSON.stringify(name)}`)
  const answer = await send({ method: 'GET', path: `${endpoint}?filter=${filter}` })
  const list = answer?.status === 200 ? pick(answer, '/Resources') : undefined
  if (answer === undefined || (answer.status !== 404 && !Array.isArray(list) && pick(answer, '/totalResults') !== 0))
    return perhaps({ endpoint, name }, 'it cannot be looked up')
  return (Array.isArray(list) ? list : [])
    .filter(isObject)
    .filter((one) => String(one[attribute]).toLowerCase() === name.toLowerCase())
    .flatMap(({ id }: { readonly [name: string]: Json }) =>
      typeof id === 'string' || typeof id === 'number' ? [`${endpoint}/${encodeURIComponent(id)}`] : [],
    )
}
