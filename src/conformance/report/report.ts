// The shape of a report, its verdicts, and the words for them.

import type { Level } from '../fault.ts'

/**
 * How a case ended: it passed; a MUST is failed; a SHOULD is missed; the server differs where the RFC leaves it open; the server
 * does not offer what it is about; it could not be tested.
 */
export type Verdict = 'passed' | 'must' | 'should' | 'differs' | 'unadvertised' | 'untested'

/** Every verdict, gravest first, in words for people. */
export const VERDICTS: { readonly [verdict in Verdict]: string } = {
  must: 'fails a MUST',
  should: 'misses a SHOULD',
  differs: 'differs where the RFC leaves it open',
  untested: 'could not be tested',
  unadvertised: 'not advertised',
  passed: 'passed',
}

/** A request and its answer, fit to be shown: without secrets and without the data of others. */
export interface Shown {
  readonly request: string
  readonly answer: string
}

/** The result of one case. */
export interface Result {
  readonly id: string
  /** The requirement's id: that of the case without its suffix. */
  readonly requirement: string
  readonly group: string
  readonly level: Level
  readonly section: string
  readonly title: string
  readonly verdict: Verdict
  /** For a failure: what would have been right. */
  readonly expected?: string
  /** Why it could not be tested, or what is not offered. */
  readonly reason?: string
  /** What most likely has to be changed. */
  readonly fix?: string
  readonly exchanges?: readonly Shown[]
  /** Milliseconds. */
  readonly ms: number
}

/** The result of one need of an identity provider. */
export interface NeedResult {
  readonly title: string
  readonly verdict: 'works' | 'fails' | 'untested'
  /** Only some set-ups have it: when it fails, the identity provider still works. */
  readonly optional?: boolean
  /** What is wrong, or why it could not be tested. */
  readonly reason?: string
  readonly fix?: string
  readonly exchanges?: readonly Shown[]
}

/** Whether an identity provider will work with this server. */
export interface ProviderReport {
  readonly kind: string
  readonly name: string
  readonly works: boolean
  readonly needs: readonly NeedResult[]
}

/**
 * Whether an identity provider will work with a server, to be read after its name.
 * @example
 * for (const one of report.providers) console.log(one.name, describeProvider(one))
 */
export function describeProvider({ works, needs }: ProviderReport): string {
  if (works) return 'will work with this server'
  const failed = needs.filter(({ verdict, optional }) => verdict !== 'works' && !optional).length
  return `will not fully work with this server: ${failed} of its ${needs.length} needs ${failed === 1 ? 'is' : 'are'} not met`
}

/**
 * A verdict and its number of cases, to be read in a line: "1 MUST requirement failed", "2 could not be tested".
 * @example
 * describeCount('must', report.counts.must)
 */
export function describeCount(verdict: Verdict, count: number): string {
  return `${count} ${wordsOf(verdict, count)}`
}

/** The words of a verdict behind a number. */
export function wordsOf(verdict: Verdict, count: number): string {
  const requirements = count === 1 ? 'requirement' : 'requirements'
  if (verdict === 'must') return `MUST ${requirements} failed`
  if (verdict === 'should') return `SHOULD ${requirements} missed`
  return verdict === 'differs' && count !== 1 ? VERDICTS.differs.replace('differs', 'differ') : VERDICTS[verdict]
}

/** The result of a check. */
export interface Report {
  readonly url: string
  /** When it began, as an ISO 8601 time. */
  readonly started: string
  readonly ms: number
  readonly requests: number
  readonly results: readonly Result[]
  readonly counts: { readonly [verdict in Verdict]: number }
  readonly providers: readonly ProviderReport[]
  /** URLs of what the check created and could not remove. */
  readonly left: readonly string[]
  /** URLs of what earlier runs left behind. */
  readonly leftovers: readonly string[]
  /** Endpoints whose lists could not be read to their end in the search for such resources, so that there may be more. */
  readonly unread: readonly string[]
  /** Whether it was stopped before its end. */
  readonly stopped: boolean
  /** What one has to know to read the report, where there is something. */
  readonly note?: string
}

/**
 * How many results have each verdict.
 * @example
 * countVerdicts(report.results).must
 */
export function countVerdicts(results: readonly Result[]): Report['counts'] {
  const counts = { passed: 0, must: 0, should: 0, differs: 0, unadvertised: 0, untested: 0 }
  for (const { verdict } of results) counts[verdict] += 1
  return counts
}

/**
 * Whether a report is good enough: no MUST failed, and every requested identity provider works; with `strict` no SHOULD missed
 * either, and nothing left untested, since a server that breaks connections off fails no MUST.
 * @example
 * process.exitCode = isGood(report) ? 0 : 1
 */
export function isGood(report: Report, strict = false): boolean {
  const { must, should, untested } = report.counts
  if (strict && should + untested > 0) return false
  return must === 0 && report.providers.every(({ works }) => works) && !report.stopped
}
