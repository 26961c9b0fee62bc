// The front door of the client.

export {
  type AppProfile,
  type AttributePath,
  type Compare,
  type Difference,
  type DifferenceNote,
  type DiffOperation,
  defineResourceType,
  defineSchema,
  EnterpriseUser,
  type FilterPath,
  filter,
  Group,
  type Infer,
  type InferDraft,
  type InferInput,
  type PatchOperation,
  type ResourceType,
  ScimError,
  type SortPath,
  type TypedFilter,
  User,
  type Where,
  where,
} from '../protocol/index.ts'
export { APPS, type AppName, isAppName, readAppProfile } from '../quirks/index.ts'
export { type Auth, type AuthAsk, basic, custom, noAuth, token } from './auth.ts'
export { retryAfterMs } from './backoff.ts'
export type { BulkOptions, BulkOutcome, BulkStepInput } from './bulk.ts'
export {
  type CallOptions,
  type Client,
  createClient,
  type WriteOptions,
} from './client.ts'
export type { ClientKey } from './client-key.ts'
export type { ClientOptions } from './client-options.ts'
export type { Discovery, ServerFeatures } from './discover.ts'
export { CLIENT_LIMITS } from './limits.ts'
export { type OAuthOptions, oauth } from './oauth.ts'
export { createPace, type Pace, type PaceOptions } from './pace.ts'
export { type RawPage, readPage } from './page.ts'
export { type Draft, type Received, readResource, type Sent, type UntypedResource } from './received.ts'
export { type Call, pathOf } from './request.ts'
export type { Answer } from './response.ts'
export type { Page, Search, Selection, Start } from './search.ts'
export type { Attempt, Send } from './send.ts'
export { type TransportCode, TransportError } from './transport-error.ts'
export type { Change, Updated, UpdateOptions } from './update.ts'
export type { Walk } from './walk.ts'
