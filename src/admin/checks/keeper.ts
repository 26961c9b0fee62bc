// Gathers what a check finds, and keeps it piece by piece while it goes on.

import type { ProviderReport, Report, Result } from '../../conformance/index.ts'
import type { Environment } from '../../environment.ts'
import { boundedProvider, boundedResult, keepable, sizeOf } from './bounded.ts'
import type { CheckBook, CheckPage } from './check-book.ts'
import { CHECK_LIMITS, type CheckRun, type ProviderVerdict } from './check-run.ts'

/** Gathers what one check finds. */
export interface Keeper {
  readonly result: (result: Result) => void
  readonly provider: (report: ProviderReport) => void
  /** How many results there will be. */
  readonly expect: (of: number) => void
  /** Adds what a report says besides its results. */
  readonly report: (report: Report) => void
  /** Keeps the run as it is, with what came since. */
  readonly flush: () => Promise<CheckRun>
  /** Keeps how it ended. */
  readonly end: (how: Pick<CheckRun, 'state' | 'message' | 'stopped'>) => Promise<void>
}

/** Largest page, in bytes of JSON. */
const PAGE_BYTES = 200_000

/** Creates the keeper of a run. */
export function createKeeper(
  book: CheckBook,
  environment: Pick<Environment, 'now'>,
  tenant: string,
  begun: CheckRun,
): Keeper {
  const waiting: (Result | ProviderReport)[] = []
  let run = begun
  let room: number = CHECK_LIMITS.RUN_BYTES
  const taken = <T extends Result | ProviderReport>(one: T) => {
    room -= sizeOf(one)
    waiting.push(one)
  }
  const keep = async (change: Partial<CheckRun>) => {
    // What comes meanwhile waits for the next time; what could not be kept, too.
    const count = waiting.length
    const pages = pagesOf(waiting.slice(0, count))
    const next: CheckRun = { ...run, ...change, seenAt: environment.now(), pages: run.pages + pages.length }
    await book.keep(tenant, next, pages, run.pages + 1)
    waiting.splice(0, count)
    run = { ...run, pages: next.pages }
    return next
  }
  return {
    result(result) {
      const { verdict } = result
      run = { ...run, done: run.done + 1, counts: { ...run.counts, [verdict]: run.counts[verdict] + 1 } }
      taken(boundedResult(result, Math.max(0, room)))
    },
    provider(report) {
      run = { ...run, providers: [...run.providers, verdictOf(report)] }
      taken(boundedProvider(report, Math.max(0, Math.min(room, PAGE_BYTES / 2))))
    },
    expect(of) {
      run = { ...run, of }
    },
    report({ url, requests, left, leftovers, unread, note }) {
      const named = (before: readonly string[], more: readonly string[]) =>
        [...new Set([...before, ...more.map((one) => keepable(one.slice(0, 2_000)))])].slice(0, CHECK_LIMITS.NAMED)
      run = {
        ...run,
        url,
        requests: run.requests + requests,
        left: named(run.left, left),
        leftovers: named(run.leftovers, leftovers),
        unread: named(run.unread, unread),
        ...(note === undefined ? {} : { note }),
      }
    },
    flush: () => keep({}),
    end: async (how) => void (await keep({ ...how, endedAt: environment.now() })),
  }
}

/** Results in pages that an item can hold. */
function pagesOf(found: readonly (Result | ProviderReport)[]): readonly CheckPage[] {
  const pages: { readonly results: Result[]; readonly providers: ProviderReport[] }[] = []
  let size = PAGE_BYTES
  for (const one of found) {
    const own = sizeOf(one)
    if (size + own > PAGE_BYTES) {
      pages.push({ results: [], providers: [] })
      size = 0
    }
    size += own
    const page = pages.at(-1)
    if ('needs' in one) page?.providers.push(one)
    else page?.results.push(one)
  }
  return pages
}

function verdictOf({ kind, name, works, needs }: ProviderReport): ProviderVerdict {
  const unmet = needs.filter(({ verdict, optional }) => verdict === 'fails' && optional !== true).length
  return { kind, name, works, unmet, of: needs.length }
}
