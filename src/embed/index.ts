// The front door of embed.

export type {
  Credential,
  CredentialDraft,
  Credentials,
  CredentialToken,
  MintedCredential,
} from './credentials/credentials.ts'
export {
  type CredentialRow,
  type CredentialsOption,
  type MadeCredential,
  makeCredential,
} from './credentials/option.ts'
export type { After, AfterRun, AfterStatus, StuckEvent } from './events/after/after.ts'
export type {
  EventDocument,
  EventName,
  GrantCause,
  GroupOf,
  Ids,
  PersonOf,
  RevokeCause,
  ScimEvent,
  Through,
} from './events/contract/event.ts'
export type { AfterHandler, Duration, GuardOptions, OnHandler, RolesOption } from './events/contract/options.ts'
export type { GuardDesk, GuardStatus } from './events/guards/desk.ts'
export { type Lockstep, lockstep } from './lockstep.ts'
export {
  ADOPT_ACTOR,
  type AdoptCounts,
  type AdoptedPerson,
  type AdoptOptions,
  type AdoptReport,
  type Refusal,
} from './matching/adopt.ts'
export type { Find, FindBy, Found } from './matching/find.ts'
export type { IncomingUser, Match, MatchedPerson, MatchQuestion } from './matching/match.ts'
export type { OnMatch } from './matching/on-match.ts'
export type { Mounts } from './mounts/mounts.ts'
export type { NextContext } from './mounts/next.ts'
export type { AuthenticateOption, LockstepOptions, Skipped, StoreOption } from './options.ts'
export { type OwnResourcesOptions, ownResources } from './own/own-resources.ts'
export type { OwnRow, OwnRows, RowSearch, RowsFound } from './own/rows.ts'
export type { PostgresConnection, SqlConnection, SqliteConnection, SqlValue } from './own/table/connection.ts'
export type { ColumnForm, Columns, OwnTableOptions, Rest } from './own/table/options.ts'
export { ownTable } from './own/table/own-table.ts'
export type { ErasedPerson, EraseOptions } from './people/erase.ts'
export type { PruneLogOptions } from './people/people.ts'
export type { Report } from './report.ts'
export type { GroupMember, GroupMembers, Groups } from './resources/members.ts'
export type { By, Resources } from './resources/resources.ts'
export type { Having, Search } from './resources/search.ts'
export type { SsoConnection } from './sign-in/connection.ts'
export type { EndListener, SignInEnd } from './sign-in/ends.ts'
export type {
  Arrival,
  LinkRule,
  SignedInPerson,
  SignInCode,
  SignInLink,
  SignInOutcome,
  SignInRefusal,
} from './sign-in/outcome.ts'
export type { SignInCheck, SignInOptions, SignIns } from './sign-in/sign-ins.ts'
export type { TypesOption } from './tenant-types.ts'
