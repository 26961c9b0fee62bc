// The events that a webhook gets: what happened to an account, and the whole account as it is now.

import { createHash } from 'node:crypto'
import { canonicalJson, type Document, type Json, type JsonObject } from '../../../protocol/index.ts'
import type { Step } from '../../contract/index.ts'

/** What happened. `user.changed`, `group.members` and so on. */
export type WebhookEventType =
  | `${'user' | 'group'}.${'created' | 'changed' | 'removed'}`
  | 'user.disabled'
  | 'group.members'

/** What an event is about. */
export interface WebhookEventData {
  /** `User` or `Group`. */
  readonly type: string
  /** Id of the resource in the directory, by which the receiver knows the account. */
  readonly id: string
  /** The whole account as it must be; null when it is removed. Absent for memberships. */
  readonly account?: Document | null
  /** Ids of those who join and leave a group. */
  readonly members?: { readonly add: readonly string[]; readonly remove: readonly string[] }
}

/** An event without what differs between attempts. */
export interface WebhookEvent {
  readonly type: WebhookEventType
  readonly data: WebhookEventData
}

/** The event of a step. */
export function eventOf(step: Step, id: string): WebhookEvent {
  const noun = step.type === 'User' ? 'user' : 'group'
  const about = { type: step.type, id }
  switch (step.do) {
    case 'create':
      return { type: `${noun}.created`, data: { ...about, account: step.document } }
    case 'update':
      return { type: `${noun}.changed`, data: { ...about, account: step.change.after } }
    case 'disable':
      return { type: 'user.disabled', data: { ...about, account: { ...step.change.after, active: false } } }
    case 'remove':
      return { type: `${noun}.removed`, data: { ...about, account: null } }
    case 'members':
      return { type: 'group.members', data: { ...about, members: step.change } }
  }
}

/** Where an event belongs. */
export interface WebhookOrigin {
  readonly tenant: string
  readonly app: string
  /** The place in the log that it reflects, and the one that the receiver last confirmed for this account. */
  readonly place?: number
  readonly previousPlace?: number
}

/**
 * The id of an event, made of what it says: an attempt that is repeated has the same id, so a receiver can drop what it has had, and an event that
 * says something else has another.
 */
export function eventId(event: WebhookEvent, origin: WebhookOrigin): string {
  const text = canonicalJson(JSON.parse(JSON.stringify({ event, origin })) as Json)
  return `evt_${createHash('sha256').update(text).digest('base64url').slice(0, 32)}`
}

/** The body of a request. */
export function eventBody({ type, data }: WebhookEvent, origin: WebhookOrigin, timestamp: string): string {
  const body: JsonObject = { type, timestamp, data: { ...origin, ...data } as unknown as JsonObject }
  return JSON.stringify(body)
}
