// What an administrator of the app sees of the guards of a tenant, and approves.

import { ConfigError } from '../../../protocol/index.ts'
import { NEVER, type Store, type Write } from '../../../store/index.ts'
import type { Duration } from '../contract/options.ts'
import { type Guards, readDuration } from '../contract/read-event-options.ts'
import { APPROVAL_KEY, DEACTIVATIONS_QUEUE, GUARDS_QUEUE } from './kept.ts'

/** How the guard of deactivations stands in a tenant. */
export interface GuardStatus {
  readonly deactivations?: {
    /** How many count now. */
    readonly counted: number
    readonly most: number
    /** When the first of them no longer counts, in milliseconds since 1970. */
    readonly frees?: number
    /** Until when everything is let through, in milliseconds since 1970. */
    readonly approvedUntil?: number
  }
}

/** What an app does about held deactivations. */
export interface GuardDesk {
  readonly status: (tenant: string) => Promise<GuardStatus>
  /**
   * Lets deactivations through, however many, for as long as the guard counts (`within`) or as `for` says, and forgets those counted so
   * far. The identity provider repeats what was held. A note in the tenant's log says who approved it.
   */
  readonly approve: (tenant: string, options?: { readonly for?: Duration; readonly actor?: string }) => Promise<void>
}

/** Deactivations that are read together. */
const PAGE = 1_000

/** Creates the desk. */
export function createGuardDesk(guards: Guards, open: () => Promise<Store>, now: () => number): GuardDesk {
  const { deactivations } = guards
  return {
    async status(tenant) {
      if (deactivations === undefined) return {}
      const store = await open()
      const [approval] = await store.items(tenant, GUARDS_QUEUE, { keys: [APPROVAL_KEY] })
      const counted = await store.items(tenant, DEACTIVATIONS_QUEUE, { limit: PAGE })
      const first = Math.min(...counted.map(({ expires }) => expires))
      return {
        deactivations: {
          counted: counted.length,
          most: deactivations.most,
          ...(first < NEVER ? { frees: first } : {}),
          ...(approval === undefined ? {} : { approvedUntil: approval.expires }),
        },
      }
    },
    async approve(tenant, { for: given, actor = 'app' } = {}) {
      if (deactivations === undefined) {
        throw new ConfigError('guards.deactivations', 'is not set, so that nothing is held')
      }
      const ms = given === undefined ? deactivations.withinMs : readDuration('approve.for', given)
      const store = await open()
      const counted = await store.items(tenant, DEACTIVATIONS_QUEUE, { limit: PAGE })
      const at = now()
      const until = at + ms
      const approval: Write = {
        write: 'item',
        item: { tenant, queue: GUARDS_QUEUE, key: APPROVAL_KEY },
        set: { value: { actor, at }, expires: until },
      }
      const paths = [
        { path: 'verb', new: 'deactivations approved' },
        { path: 'until', new: new Date(until).toISOString() },
      ]
      await store.commit([
        approval,
        ...counted.map(({ key }): Write => {
          return { write: 'item', item: { tenant, queue: DEACTIVATIONS_QUEUE, key }, set: undefined }
        }),
        { write: 'note', ref: { tenant, type: 'Tenant', id: tenant }, at, log: { actor, paths } },
      ])
    },
  }
}
