// The front door of embed.

export { type Lockstep, lockstep } from './lockstep.ts'
export type { AuthenticateOption, LockstepOptions, Skipped, StoreOption } from './options.ts'
export {
  ADOPT_ACTOR,
  type AdoptCounts,
  type AdoptedPerson,
  type AdoptOptions,
  type AdoptReport,
  type Refusal,
} from './people/adopt.ts'
export type { Find, FindBy, Found } from './people/find.ts'
export type { IncomingUser, Match, MatchedPerson, MatchQuestion } from './people/match.ts'
export type { OnMatch } from './people/on-match.ts'
export type { Report } from './report.ts'
export type { TypesOption } from './tenant-types.ts'
