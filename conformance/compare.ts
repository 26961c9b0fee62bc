// Compares a judge's findings with the list of expected deviations.

import type { Finding, Judge, Profile } from './judge.ts'

/** A known and correct failure: the judge expects something that the RFCs don't require. Stored in `expected.json`. */
export interface Deviation {
  readonly judge: string
  readonly profiles: readonly Profile[]
  /** Names of the judge's checks, each of which must fail this way. */
  readonly checks: readonly string[]
  /** The judge's message must contain this. */
  readonly says: string
  readonly why: string
  /** The RFC section, and ids of docs/rfc.md, that show that Lockstep is right. */
  readonly source: string
}

/** A judge's run, compared with the expectations. */
export interface Verdict {
  readonly judge: string
  readonly about: string
  readonly profile: Profile
  readonly seconds: number
  readonly passed: number
  readonly skipped: number
  /** Failures that are on the list. */
  readonly expected: number
  /** Failures that are not on the list. */
  readonly unexpected: readonly Finding[]
  /** Entries of the list that no longer occur, as `check: says`. */
  readonly gone: readonly string[]
  /** Why the run is incomplete, if it is. */
  readonly broken?: string
}

/** Whether the run is good: complete, with nothing unexpected and nothing gone. */
export function isGood(verdict: Verdict): boolean {
  return verdict.unexpected.length === 0 && verdict.gone.length === 0 && verdict.broken === undefined
}

/** Compares findings with the list. */
export function compare(
  judge: Pick<Judge, 'name' | 'about' | 'atLeast'>,
  profile: Profile,
  findings: readonly Finding[],
  list: readonly Deviation[],
  seconds: number,
): Verdict {
  const mine = list.filter((one) => one.judge === judge.name && one.profiles.includes(profile))
  const fits = (one: Deviation, check: string, { detail }: Finding) =>
    one.checks.includes(check) && detail.includes(one.says)
  const failed = findings.filter(({ outcome }) => outcome === 'failed')
  const unexpected = failed.filter((finding) => !mine.some((one) => fits(one, finding.check, finding)))
  const gone = mine.flatMap((one) =>
    one.checks
      .filter((check) => !failed.some((finding) => finding.check === check && fits(one, check, finding)))
      .map((check) => `${check}: ${one.says}`),
  )
  const passed = findings.filter(({ outcome }) => outcome === 'passed').length
  return {
    judge: judge.name,
    about: judge.about,
    profile,
    seconds,
    passed,
    skipped: findings.filter(({ outcome }) => outcome === 'skipped').length,
    expected: failed.length - unexpected.length,
    unexpected,
    gone,
    ...(passed < judge.atLeast ? { broken: `only ${passed} checks passed, ${judge.atLeast} at least were to` } : {}),
  }
}
