// What a judge is: a third-party checker, client or parser, and what it finds.

/** What the judged connection tolerates: `strict` refuses everything the RFCs refuse, `generic` understands every dialect. */
export type Profile = 'strict' | 'generic'

/** The fresh server that a judge talks to, with a tenant of its own. */
export interface Target {
  readonly profile: Profile
  /** The SCIM base URL, without a trailing slash. */
  readonly base: string
  readonly token: string
}

/** The result of one of a judge's checks. */
export interface Finding {
  /** The judge's own name for the check, the same in every run; several findings may share one. */
  readonly check: string
  readonly outcome: 'passed' | 'failed' | 'skipped'
  /** The judge's message. */
  readonly detail: string
}

/** A third-party implementation of the RFCs that examines ours. */
export interface Judge {
  readonly name: string
  /** What it is, who maintains it, and the version that is run. */
  readonly about: string
  readonly profiles: readonly Profile[]
  /** Fewer passed checks than this mean that the run stopped early, whatever the judge reported. */
  readonly atLeast: number
  /** Installs it; throws {@link Missing} if something it needs is missing. */
  prepare(): Promise<void>
  judge(target: Target): Promise<readonly Finding[]>
}

/** Something that a judge needs is not on this machine and cannot be installed. The judge is skipped, which is not a failure. */
export class Missing extends Error {}
