// Keeps checks and their results beside a tenant's resources, for a month, and no more than so many.

import type { ProviderReport, Result } from '../../conformance/index.ts'
import type { Environment } from '../../environment.ts'
import { asOfNow, newRunKey } from '../../hub/index.ts'
import { isObject, type Json } from '../../protocol/index.ts'
import type { Item, Store, WorkWrite } from '../../store/index.ts'
import { TenancyError } from '../../tenancy/index.ts'
import { CHECK_LIMITS, type CheckRun } from './check-run.ts'

/** Some results of a check, in the order in which they came. */
export interface CheckPage {
  readonly results: readonly Result[]
  readonly providers: readonly ProviderReport[]
}

const RUNS = 'check/runs'
const PAGES = 'check/pages'
const STOPS = 'check/stops'
const DIGITS = 6
/** How long it is remembered that a check is to stop. */
const STOP_MS = 3_600_000

/** Checks as they are kept. */
export interface CheckBook {
  readonly newId: () => string
  /** Keeps a run as it is now, and pages that came since; `first`: the number of the first of them. */
  readonly keep: (tenant: string, run: CheckRun, pages?: readonly CheckPage[], first?: number) => Promise<void>
  /** Newest first. */
  readonly list: (tenant: string) => Promise<readonly CheckRun[]>
  /** Throws {@link TenancyError} when there is none. */
  readonly show: (tenant: string, id: string) => Promise<CheckRun>
  /** Pages after the one of this number; the first is 1. */
  readonly pages: (tenant: string, id: string, after: number, limit: number) => Promise<readonly CheckPage[]>
  /** All results. */
  readonly whole: (tenant: string, run: CheckRun) => Promise<CheckPage>
  readonly askToStop: (tenant: string, id: string) => Promise<void>
  readonly isToStop: (tenant: string, id: string) => Promise<boolean>
  /** Removes the oldest runs, so that one more has room. */
  readonly makeRoom: (tenant: string) => Promise<void>
}

/** Creates the book on a store. */
export function createCheckBook(store: Store, environment: Pick<Environment, 'now' | 'random'>): CheckBook {
  const write = (tenant: string, queue: string, key: string, value: unknown, expires: number): WorkWrite => ({
    write: 'item',
    item: { tenant, queue, key },
    set: { value: value as Json, expires },
  })
  const pages: CheckBook['pages'] = async (tenant, id, after, limit) => {
    const found = await store.items(tenant, PAGES, { after: `${id}/${padded(after)}`, limit })
    return found.filter(({ key }) => key.startsWith(`${id}/`)).map(({ value }) => value as unknown as CheckPage)
  }
  const list: CheckBook['list'] = async (tenant) => {
    const found = await store.items(tenant, RUNS, { order: 'desc', limit: 1_000 })
    return found.flatMap((item) => runOf(item, environment.now()))
  }
  return {
    newId: () => newRunKey(environment),
    async keep(tenant, run, pagesOf = [], first = 1) {
      const expires = run.beganAt + CHECK_LIMITS.KEPT_MS
      await store.commit([
        ...pagesOf.map((page, at) => write(tenant, PAGES, `${run.id}/${padded(first + at)}`, page, expires)),
        write(tenant, RUNS, run.id, run, expires),
      ])
    },
    list,
    async show(tenant, id) {
      const [item] = await store.items(tenant, RUNS, { keys: [id.slice(0, 100)] })
      const [run] = item === undefined ? [] : runOf(item, environment.now())
      if (run !== undefined) return run
      throw new TenancyError('ERR_NOT_FOUND', `Tenant "${tenant}" has no check "${id}"; checks are kept for 30 days`)
    },
    pages,
    async whole(tenant, run) {
      const all: CheckPage[] = []
      while (all.length < run.pages) {
        const more = await pages(tenant, run.id, all.length, 50)
        if (more.length === 0) break
        all.push(...more)
      }
      return { results: all.flatMap(({ results }) => results), providers: all.flatMap(({ providers }) => providers) }
    },
    askToStop: async (tenant, id) => {
      await store.commit([write(tenant, STOPS, id, true, environment.now() + STOP_MS)])
    },
    isToStop: async (tenant, id) => (await store.items(tenant, STOPS, { keys: [id] })).length > 0,
    async makeRoom(tenant) {
      for (const { id, pages: count } of (await list(tenant)).slice(CHECK_LIMITS.RUNS - 1)) {
        const gone = (queue: string, key: string): WorkWrite => ({
          write: 'item',
          item: { tenant, queue, key },
          set: undefined,
        })
        const kept = Array.from({ length: Math.min(count, 1_900) }, (_, at) => gone(PAGES, `${id}/${padded(at + 1)}`))
        await store.commit([...kept, gone(RUNS, id)])
      }
    },
  }
}

function padded(number: number): string {
  return String(number).padStart(DIGITS, '0')
}

/** A run as it is now: one that has fallen silent is not under way any more. */
function runOf({ value }: Item, now: number): readonly CheckRun[] {
  if (!isObject(value)) return []
  const run = value as unknown as CheckRun
  return [asOfNow(run, run.beganAt, now)]
}
