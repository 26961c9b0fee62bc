// Changes a resource by the least PATCH, or by PUT. RFC 7644 §3.5.

import {
  type AppProfile,
  type Difference,
  type DifferenceNote,
  type DiffOperation,
  diff,
  type JsonObject,
  mutability,
  PATCH_OP,
  type ResourceType,
  RFC_PROFILE,
  RFC_UPDATES,
  ScimError,
  schemasFor,
} from '../protocol/index.ts'
import { fromScim1, toScim1 } from '../quirks/index.ts'
import type { Discovery } from './discover.ts'
import { CLIENT_LIMITS } from './limits.ts'
import { type Draft, type Received, readResource } from './received.ts'
import { pathOf } from './request.ts'
import type { Send } from './send.ts'

/** What an update sent, and what came of it. */
export interface Updated<T extends ResourceType> {
  /** The resource afterwards. */
  readonly resource: Received<T>
  readonly sent: 'nothing' | 'patch' | 'put' | 'both'
  /** The operations of each PATCH request that has some. */
  readonly patches: readonly (readonly DiffOperation[])[]
  /** What was done by other means than the least PATCH. */
  readonly notes: readonly DifferenceNote[]
}

/** Options of an update. */
export interface UpdateOptions {
  /** What the server takes, where that isn't what the RFC offers. */
  readonly profile?: AppProfile | undefined
  /** Sends what can be sent, though a part of the change is refused or impossible; the notes say which. */
  readonly partial?: boolean | undefined
  readonly signal?: AbortSignal | undefined
}

/** Says how a resource should be: changes the copy that it is given, or gives another one. */
export type Change<T extends ResourceType> = ((draft: Draft<T>) => Draft<T>) | ((draft: Draft<T>) => void)

/**
 * Changes a resource by the least PATCH, or by PUT where the server takes no PATCH, with If-Match where it has versions. When
 * another writer was faster (412), the resource is read again and the change is repeated. RFC 7644 §3.5, §3.14.
 */
export async function update<T extends ResourceType>(
  send: Send,
  discovery: Discovery,
  get: (type: T, id: string, options: { readonly signal?: AbortSignal }) => Promise<Received<T>>,
  type: T,
  from: Received<T> | string,
  change: Change<T>,
  options: UpdateOptions = {},
): Promise<Updated<T>> {
  const reading = options.signal === undefined ? {} : { signal: options.signal }
  let current = typeof from === 'string' ? await get(type, from, reading) : from
  const { id } = current as { id: string }
  let whole = typeof from === 'string'
  let profile = options.profile ?? (await profileOf(discovery, options.signal))
  for (let attempt = 1; ; attempt++) {
    const draft = structuredClone(current) as object as Draft<T>
    const goal = change(draft) ?? draft
    const difference = diff(asDocument(current), asDocument(goal), type, profile)
    refuse(difference, options)
    if (difference.put?.partial === false && !whole) {
      // A PUT clears what it leaves out, and what was given may come from a search that showed only some attributes.
      current = await get(type, id, reading)
      whole = true
      continue
    }
    try {
      const resource = await carryOut(send, type, current, difference, profile, options.signal)
      return {
        resource: resource ?? (difference.same ? current : await get(type, id, reading)),
        sent: wayOf(difference),
        patches: difference.patches,
        notes: difference.notes,
      }
    } catch (error) {
      if (!(error instanceof ScimError) || attempt >= CLIENT_LIMITS.UPDATE_ATTEMPTS) throw error
      // The server advertised PATCH, or nothing, but does not support it.
      const isWithoutPatch = (error.status === 501 || error.status === 405) && difference.put === undefined
      if (isWithoutPatch && options.profile === undefined) profile = WITHOUT_PATCH
      else if (error.status === 412) {
        current = await get(type, id, reading)
        whole = true
      } else throw error
    }
  }
}

/** What the configuration says of updates. RFC 7643 §5. */
async function profileOf(discovery: Discovery, signal: AbortSignal | undefined): Promise<AppProfile> {
  const { patch } = await discovery.features(signal)
  return patch ? RFC_PROFILE : WITHOUT_PATCH
}

const WITHOUT_PATCH: AppProfile = {
  ...RFC_PROFILE,
  name: 'the server',
  types: { '*': { ...RFC_UPDATES, patch: false } },
}

function refuse({ notes }: Difference, { partial = false }: UpdateOptions): void {
  const not = notes.filter(({ kind }) => kind === 'refused' || kind === 'impossible')
  if (not.length > 0 && !partial) throw mutability(not.map(({ why }) => why).join('; '))
}

function wayOf({ put, patches, partials }: Difference): Updated<ResourceType>['sent'] {
  const isPatched = patches.length + partials.length > 0
  if (put !== undefined) return isPatched ? 'both' : 'put'
  return isPatched ? 'patch' : 'nothing'
}

/** Sends what a difference says; gives the resource as the last answer shows it. */
async function carryOut<T extends ResourceType>(
  send: Send,
  type: T,
  current: Received<T>,
  { put, patches, partials }: Difference,
  { protocol }: AppProfile,
  signal: AbortSignal | undefined,
): Promise<Received<T> | undefined> {
  const { id, meta } = current as { id: string; meta: { version?: string } }
  const path = pathOf(type.endpoint, id)
  let version = meta.version
  let last: Received<T> | undefined
  const step = async (method: 'PUT' | 'PATCH', body: JsonObject) => {
    const answer = await send({ method, path, body, ifMatch: version, signal })
    const { body: said } = answer
    const shown = said === undefined || protocol === '2.0' ? said : fromScim1(said)
    last = shown === undefined ? undefined : readResource(type, shown, answer.headers.get('etag'))
    // Of several requests each goes on from the version that the one before made.
    version = (last?.meta as { version?: string } | undefined)?.version ?? answer.headers.get('etag') ?? undefined
  }
  if (put !== undefined) await step('PUT', { ...put.document, id })
  for (const operations of patches) await step('PATCH', { schemas: [PATCH_OP], Operations: operations })
  for (const part of partials) {
    const body = { schemas: schemasFor(part, type), ...part }
    await step('PATCH', protocol === '1.1' ? toScim1(body) : body)
  }
  return last
}

function asDocument(resource: object): JsonObject {
  return JSON.parse(JSON.stringify(resource)) as JsonObject
}
