// The adapter of webhooks: each change of an account is one signed event, with the account as it is now.

import {
  type Account,
  type Adapter,
  type AdapterCall,
  type AdapterDeps,
  type AdapterSettings,
  AppError,
  type Step,
} from '../../contract/index.ts'
import { sendToApp } from '../app-http.ts'
import { changedAttributes } from '../changed-attributes.ts'
import { fillTraits } from '../default-traits.ts'
import { eventBody, eventId, eventOf, type WebhookOrigin } from './event.ts'
import { readKeys, signatures } from './signature.ts'
import type { WebhookSettings } from './webhook-settings.ts'

/** How long a receiver has to confirm an event. */
const TIMEOUT_MS = 10_000
/** Largest event. */
const BODY_BYTES = 256 * 1024
const MEMBERS_PER_EVENT = 1_000

/** Opens the adapter. */
export function openWebhook(settings: WebhookSettings, { id: app }: AdapterSettings, deps: AdapterDeps): Adapter {
  const { tenant, environment, secret } = deps
  const deliver = async (step: Step, id: string, call: AdapterCall) => {
    if (call.signal.aborted) throw new AppError('unavailable', 'The call was given up before it began')
    const keys = readKeys(await secret())
    const now = environment.now()
    const origin: WebhookOrigin = {
      tenant,
      app,
      ...(call.place === undefined ? {} : { place: call.place }),
      ...(call.previousPlace === undefined ? {} : { previousPlace: call.previousPlace }),
    }
    const event = eventOf(step, id)
    const body = eventBody(event, origin, new Date(now).toISOString())
    if (Buffer.byteLength(body) > BODY_BYTES)
      throw new AppError('too-large', `The event has more than ${BODY_BYTES} bytes`)
    const seconds = Math.floor(now / 1_000)
    const name = eventId(event, origin)
    const headers = {
      ...call.headers,
      'content-type': 'application/json',
      'webhook-id': name,
      'webhook-timestamp': String(seconds),
      'webhook-signature': signatures(keys, name, seconds, body),
    }
    try {
      await sendToApp({ method: 'POST', url: settings.url, headers, body, signal: call.signal }, environment)
    } catch (error) {
      throw asReceivers(error)
    }
  }
  const traits = {
    match: [],
    unique: [],
    unreadable: true,
  } as const
  return {
    traits: fillTraits({
      timeoutMs: TIMEOUT_MS,
      concurrency: 8,
      users: traits,
      ...(settings.groups ? { groups: traits } : {}),
      members: { read: 'none', perRequest: MEMBERS_PER_EVENT },
    }),
    list: unreadable,
    find: unreadable,
    read: unreadable,
    create: async (type, document, call): Promise<Account> => {
      const id = document.externalId
      if (typeof id !== 'string' || id === '')
        throw new AppError('refused', 'The map must give externalId a value, by which the receiver knows the account')
      await deliver({ do: 'create', type, document }, id, call)
      return { id, document }
    },
    update: async (type, id, change, call) => {
      if (Object.keys(changedAttributes(change)).length === 0) return
      await deliver({ do: 'update', type, id, change }, id, call)
    },
    disable: (id, change, call) => deliver({ do: 'disable', type: 'User', id, change }, id, call),
    remove: (type, id, call) => deliver({ do: 'remove', type, id }, id, call),
    members: (id, change, call) => deliver({ do: 'members', type: 'Group', id, change }, id, call),
    show: (step) => {
      if (step.do === 'update' && Object.keys(changedAttributes(step.change)).length === 0) return []
      const id = step.do === 'create' ? String(step.document.externalId ?? '') : step.id
      const { type, data } = eventOf(step, id)
      return [{ verb: 'POST', target: new URL(settings.url).pathname, body: { type, data: { tenant, app, ...data } } }]
    },
  }
}

async function unreadable(): Promise<never> {
  throw new AppError('refused', 'A webhook is told what changes; what it holds can not be read')
}

/** An answer of a receiver: it knows nothing of single accounts, so what it has not found is itself. */
function asReceivers(error: unknown): unknown {
  if (!(error instanceof AppError) || error.status === undefined) return error
  const { message, status, trouble, retryAfterMs } = error
  const details = { status, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
  if (status === 410)
    return new AppError(
      'credentials',
      `${message}; the receiver wants no more events: change the URL or remove the app`,
      details,
    )
  if (status === 404 || status === 405) return new AppError('unavailable', message, details)
  if (trouble === 'conflict' || trouble === 'gone') return new AppError('refused', message, details)
  return error
}
