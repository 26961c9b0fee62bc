// The reads of a plan: list and find of an adapter, within the rate budget, behind everybody else.

import type { Environment } from '../../environment.ts'
import {
  type Account,
  type AccountType,
  type Adapter,
  type AdapterCall,
  AppError,
  type AppState,
  HUB_LANES,
  type MatchKey,
} from '../contract/index.ts'
import { openBudget, takeToken } from '../engine/budget.ts'

/** What a plan may ask an app. There is no way to write through it. */
export interface PlanReads {
  readonly find: (type: AccountType, key: MatchKey) => Promise<readonly Account[]>
  readonly list: (type: AccountType) => AsyncIterable<readonly Account[]>
  readonly read: (type: AccountType, id: string) => Promise<Account | undefined>
  /** The members of a group; undefined where the app does not show them. */
  readonly members: (id: string) => Promise<ReadonlySet<string> | undefined>
}

/** What the reads work with. */
export interface PlanReadsDeps {
  readonly adapter: Pick<Adapter, 'traits' | 'list' | 'find' | 'read' | 'readMembers'>
  readonly environment: Pick<Environment, 'now' | 'wait'>
  readonly state: AppState
  readonly signal: AbortSignal
}

/** How often a read that is throttled is tried again, and the longest wait for it. */
const TRIES = 5
const LONGEST_WAIT_MS = 60_000

/** Opens the reads of a plan. They throw AppError when the app can't be asked. */
export function openPlanReads({ adapter, environment, state, signal }: PlanReadsDeps): PlanReads {
  const { traits } = adapter
  let budget = openBudget(traits, state.budget, environment.now(), false)

  async function ask<T>(type: AccountType, run: (call: AdapterCall) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      for (;;) {
        signal.throwIfAborted()
        const now = environment.now()
        const taken = takeToken(budget, traits, { step: 'read', type, lane: HUB_LANES.sweep }, now)
        budget = taken.budget
        if (taken.go) break
        await environment.wait(Math.min(taken.at - now, LONGEST_WAIT_MS), signal)
      }
      try {
        return await run({ signal, headers: {} })
      } catch (error) {
        const wait =
          error instanceof AppError && error.trouble === 'throttled' ? (error.retryAfterMs ?? 1_000 * tries) : -1
        if (wait < 0 || wait > LONGEST_WAIT_MS || tries >= TRIES) throw error
        await environment.wait(wait, signal)
      }
    }
  }

  return {
    find: (type, key) => ask(type, (call) => adapter.find(type, key, call)),
    read: (type, id) => ask(type, (call) => adapter.read(type, id, call)),
    async members(id) {
      if (traits.members.read !== 'list' || adapter.readMembers === undefined) return undefined
      const shown = new Set<string>()
      for (let after: string | undefined; ; ) {
        const from = after
        const page = await ask('Group', async (call) => adapter.readMembers?.(id, from, call))
        for (const one of page?.ids ?? []) shown.add(one)
        if (page?.next === undefined) return shown
        after = page.next
      }
    },
    async *list(type) {
      for (let after: string | undefined; ; ) {
        const from = after
        const page = await ask(type, (call) => adapter.list(type, from, call))
        yield page.accounts
        if (page.next === undefined) return
        after = page.next
      }
    },
  }
}
