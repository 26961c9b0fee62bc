// Checks that go on after the request that began them, one at a time in a tenant, until they are stopped.

import type { CheckOptions, ProviderKind } from '../../conformance/index.ts'
import type { Environment } from '../../environment.ts'
import { type Background, begun, withBeats } from '../../hub/index.ts'
import { LockstepError } from '../../protocol/index.ts'
import type { Store } from '../../store/index.ts'
import { keepable } from './bounded.ts'
import { type CheckBook, createCheckBook } from './check-book.ts'
import { CHECK_LIMITS, type CheckRun, type CheckSubject } from './check-run.ts'
import { createKeeper, type Keeper } from './keeper.ts'

/** One run of the checker: the server, how it is reached, and for whom. Several make up a check. */
export type CheckPass = Pick<
  CheckOptions,
  'url' | 'fetch' | 'token' | 'headers' | 'rate' | 'for' | 'clean' | 'only'
> & {
  /** The needs of identity providers alone. */
  readonly noCases?: boolean
}

/** What a check is carried out on. */
export interface CheckTarget {
  readonly passes: readonly CheckPass[]
  /** Says, now and then, that it is still in use. */
  readonly keep?: () => Promise<void>
}

/** What was asked for. */
export interface CheckDraft {
  readonly tenant: string
  readonly subject: CheckSubject
  readonly for: readonly ProviderKind[]
  readonly only: readonly string[]
  readonly actor: string
  /**
   * Runs work with the target, and lets go of it afterwards. Its errors before the work begins refuse the check. `ending`: the server is
   * being stopped.
   */
  readonly withTarget: (use: (target: CheckTarget) => Promise<void>, ending: AbortSignal) => Promise<void>
}

/** Checks. */
export interface Checks {
  readonly book: CheckBook
  /** Begins; resolves once it is under way. Refuses a second one of a tenant. */
  readonly begin: (draft: CheckDraft) => Promise<CheckRun>
  /** Stops one, whichever process runs it. What it has made is removed, and what is known is kept. */
  readonly stop: (tenant: string, id: string) => Promise<CheckRun>
  /** Ends those of this process; whoever made the background waits for them. */
  readonly close: () => void
}

/** What checks work with. */
export interface ChecksDeps {
  readonly store: Store
  readonly environment: Environment
  readonly background: Background
}

/** How often what was found is kept, and others are asked whether to stop. */
const BEAT_MS = 1_000
const LEASE = 'check'
const LEASE_MS = 60_000
const NONE = { passed: 0, must: 0, should: 0, differs: 0, unadvertised: 0, untested: 0 } as const

/** Why a check was ended, as the reason of its signal. */
class Stopped extends Error {
  readonly by: NonNullable<CheckRun['stopped']>
  constructor(by: Stopped['by']) {
    super(`stopped: ${by}`)
    this.by = by
  }
}

/** Creates the checks of a process. */
export function createChecks({ store, environment, background }: ChecksDeps): Checks {
  const book = createCheckBook(store, environment)
  const running = new Map<string, AbortController>()
  const closing = new AbortController()
  return {
    book,
    async begin(draft) {
      const id = book.newId()
      const lease = { tenant: draft.tenant, name: LEASE }
      const held = await store.lease(lease, id, LEASE_MS)
      if (held === undefined)
        throw new LockstepError(
          'ERR_IN_USE',
          `A check of tenant "${draft.tenant}" is under way; wait until it is done, or stop it`,
        )
      const release = () => store.release(lease, held.epoch)
      try {
        await book.makeRoom(draft.tenant)
        return await begun<CheckRun>(background, async (signal, onBegun) => {
          const ending = AbortSignal.any([signal, closing.signal])
          const stopping = new AbortController()
          running.set(id, stopping)
          const stop = (by: Stopped['by']) => stopping.abort(new Stopped(by))
          const onEnding = () => stop('server')
          if (ending.aborted) onEnding()
          ending.addEventListener('abort', onEnding, { once: true })
          const cancel = environment.setTimer(CHECK_LIMITS.MOST_MS, () => stop('time'), { background: true })
          let end = async () => {}
          try {
            await draft.withTarget(async (target) => {
              const run = runOf(id, draft, environment.now())
              await book.keep(draft.tenant, run)
              onBegun(run)
              end = await carryOut({ draft, target, run, signal: stopping.signal, stop })
            }, ending)
          } finally {
            cancel()
            ending.removeEventListener('abort', onEnding)
            running.delete(id)
            await release()
            // Last, so that a check that is done leaves nothing behind, and another one may begin.
            await end()
          }
        })
      } catch (error) {
        // Also where it could not even begin: nothing holds the tenant up.
        await release()
        throw error
      }
    },
    async stop(tenant, id) {
      const run = await book.show(tenant, id)
      if (run.state !== 'running') return run
      await book.askToStop(tenant, id)
      running.get(id)?.abort(new Stopped('asked'))
      return run
    },
    close: () => closing.abort(new LockstepError('ERR_STOPPED', 'The server was stopped')),
  }

  /** Resolves with what keeps how it ended. */
  async function carryOut(one: {
    readonly draft: CheckDraft
    readonly target: CheckTarget
    readonly run: CheckRun
    readonly signal: AbortSignal
    readonly stop: (by: Stopped['by']) => void
  }): Promise<() => Promise<void>> {
    const { draft, target, run, signal, stop } = one
    const keeper = createKeeper(book, environment, draft.tenant, run)
    const beat = async () => {
      await keeper.flush()
      await target.keep?.()
      await store.lease({ tenant: draft.tenant, name: LEASE }, run.id, LEASE_MS)
      if (!signal.aborted && (await book.isToStop(draft.tenant, run.id))) stop('asked')
    }
    try {
      await withBeats(environment, beat, () => checkAll(target.passes, keeper, signal), BEAT_MS)
      const { reason } = signal
      return () => keeper.end({ state: 'done', ...(reason instanceof Stopped ? { stopped: reason.by } : {}) })
    } catch (error) {
      const message = error instanceof Error ? keepable(error.message.slice(0, 500)) : 'unknown'
      return () => keeper.end({ state: 'failed', message })
    }
  }
}

/** Runs the passes one after another; the checker removes what each has made, also when it is stopped. */
async function checkAll(passes: readonly CheckPass[], keeper: Keeper, signal: AbortSignal): Promise<void> {
  const { CASE_GROUPS, checkServer } = await import('../../conformance/index.ts')
  const all = CASE_GROUPS.map(({ name }) => name)
  for (const { noCases = false, ...pass } of passes) {
    if (signal.aborted) return
    const report = await checkServer({
      ...pass,
      ...(noCases ? { only: undefined, skip: all } : {}),
      timeoutMs: CHECK_LIMITS.ANSWER_MS,
      signal,
      onResult(result, total) {
        keeper.expect(total)
        keeper.result(result)
      },
      onProvider: keeper.provider,
    })
    // A word about the connection is for the cases that were held against it.
    const { note: _note, ...withoutNote } = report
    keeper.report(noCases ? withoutNote : report)
  }
}

function runOf(id: string, { subject, for: kinds, only, actor }: CheckDraft, now: number): CheckRun {
  const url = subject.kind === 'server' ? subject.name : ''
  const nothing = { done: 0, of: 0, counts: NONE, providers: [], pages: 0, requests: 0 }
  const named = { left: [], leftovers: [], unread: [] }
  return {
    id,
    subject,
    for: kinds,
    only,
    actor,
    state: 'running',
    beganAt: now,
    seenAt: now,
    url,
    ...nothing,
    ...named,
  }
}
