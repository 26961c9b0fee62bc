// Makes apps wait for somebody to look at them, when what the hub remembers of them may be old.

import type { Environment } from '../../environment.ts'
import { allRecords, Conflict, createNote, putIfSame, type Store, type Write } from '../../store/index.ts'
import { APP_RECORD, type AppReview, type AppSettings, settingsJson, settingsOf } from '../contract/index.ts'
import { changesOf } from './app-note.ts'

/** What a review is written with. */
export interface ReviewDeps {
  readonly store: Store
  readonly environment: Environment
  /** Who, in the log. */
  readonly actor: string
}

/** Tenants that are read at once. */
const PAGE = 500
/** Attempts while others change apps. */
const TRIES = 20

/**
 * The writes that make all apps of a tenant that are on, or paused, wait: they are paused until somebody resumes them. For one commit.
 */
export async function reviewWrites(
  { store, environment, actor }: ReviewDeps,
  tenant: string,
  reason: AppReview['reason'],
): Promise<readonly Write[]> {
  const note = createNote(environment, actor)
  const records = await allRecords(store, tenant, APP_RECORD)
  return records.flatMap((record) => {
    const before = settingsOf(record)
    // Nothing was ever sent to an app that is off.
    if (before.mode === 'off' || before.review !== undefined) return []
    const review = { since: environment.now(), reason }
    const after: AppSettings = { ...before, mode: 'paused', review }
    return [
      putIfSame(record, settingsJson(after)),
      note(tenant, 'App', before.id, 'reviewed', changesOf(before, after)),
    ]
  })
}

/** Makes all apps of all tenants wait. Returns how many. */
export async function reviewAll(deps: ReviewDeps, reason: AppReview['reason']): Promise<number> {
  let apps = 0
  for (let after: string | undefined; ; ) {
    const page = await deps.store.tenants({ limit: PAGE, ...(after === undefined ? {} : { after }) })
    for (const { tenant } of page) apps += await reviewTenant(deps, tenant, reason)
    after = page.at(-1)?.tenant
    if (page.length < PAGE || after === undefined) return apps
  }
}

/** Makes all apps of a tenant wait, again if one of them changes meanwhile. Returns how many. */
async function reviewTenant(deps: ReviewDeps, tenant: string, reason: AppReview['reason']): Promise<number> {
  for (let tries = 1; ; tries++) {
    const writes = await reviewWrites(deps, tenant, reason)
    try {
      if (writes.length > 0) await deps.store.commit(writes)
      return writes.length / 2
    } catch (error) {
      if (!(error instanceof Conflict) || tries === TRIES) throw error
    }
  }
}
