// What a judge is: a third-party checker, client or parser, and what it finds.

/** How far a connection bends while it is judged: `strict` refuses all that the RFCs refuse, `generic` reads every dialect. */
export type Profile = 'strict' | 'generic'

/** The fresh server that a judge speaks to, with a tenant that nobody else uses. */
export interface Target {
  readonly profile: Profile
  /** The SCIM base URL, without a slash at its end. */
  readonly base: string
  readonly token: string
}

/** What came of one check of a judge's own. */
export interface Finding {
  /** The check by the judge's own name, the same in every run; several findings may share one. */
  readonly check: string
  readonly outcome: 'passed' | 'failed' | 'skipped'
  /** What the judge says of it. */
  readonly detail: string
}

/** Somebody else's reading of the RFCs, made to look at ours. */
export interface Judge {
  readonly name: string
  /** What it is and whose, with the version that is run. */
  readonly about: string
  readonly profiles: readonly Profile[]
  /** Fewer passed checks than this in a run mean that it broke off, whatever it said of the rest. */
  readonly atLeast: number
  /** Makes it ready; throws {@link Missing} when something is not there to run it with. */
  prepare(): Promise<void>
  judge(target: Target): Promise<readonly Finding[]>
}

/** Something that a judge needs is not on this machine, and can't be had: it is left out, which is no failure. */
export class Missing extends Error {}
