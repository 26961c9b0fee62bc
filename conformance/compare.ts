// Compares a judge's findings with the list of expected deviations.

import type { Finding, Judge, Profile } from './judge.ts'

/** Failures that are known and right: where a judge wants what the RFCs don't ask for. Kept in `expected.json`. */
export interface Deviation {
  readonly judge: string
  readonly profiles: readonly Profile[]
  /** Names of the judge's checks; each of them must fail so. */
  readonly checks: readonly string[]
  /** What the judge says of it must contain this. */
  readonly says: string
  readonly why: string
  /** The section of an RFC, and ids of docs/rfc.md, that make ours right. */
  readonly source: string
}

/** A judge's run beside what was expected of it. */
export interface Verdict {
  readonly judge: string
  readonly about: string
  readonly profile: Profile
  readonly seconds: number
  readonly passed: number
  readonly skipped: number
  /** Failures that the list has. */
  readonly expected: number
  /** Failures that it has not. */
  readonly unexpected: readonly Finding[]
  /** Entries of the list that no longer happen, as `check: says`. */
  readonly gone: readonly string[]
  /** Why the run can't be taken for a whole one, if so. */
  readonly broken?: string
}

/** Whether nothing speaks against us: nothing unexpected, nothing gone, and the run was whole. */
export function isGood(verdict: Verdict): boolean {
  return verdict.unexpected.length === 0 && verdict.gone.length === 0 && verdict.broken === undefined
}

/** Holds findings against the list. */
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
