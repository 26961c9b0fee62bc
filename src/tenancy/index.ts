// The front door of tenancy.

export type { AdminAuthenticated, AdminToken, AdminTokens } from './admin-tokens.ts'
export type { Administration } from './administration.ts'
export { type Audit, type AuditDraft, type AuditLine, createAudit } from './audit.ts'
export { type Authenticated, type Authenticator, createAuthenticator, type TokenInUse } from './authenticate.ts'
export { type ChangePreview, PREVIEW_EXAMPLES, PREVIEW_READS } from './change-preview.ts'
export type { ConnectionDraft } from './connection-draft.ts'
export type { Connection, TokenFacts } from './connection-record.ts'
export {
  type Connections,
  createConnections,
  type Issued,
  TOKEN_LIFETIME_MS,
  TOKENS_PER_CONNECTION,
} from './connections.ts'
export { describeConnection } from './describe.ts'
export { type Refusal, TenancyError } from './errors.ts'
export type { IndexEntry, Indexes } from './indexes.ts'
export { isoTime } from './iso-time.ts'
export {
  createOperators,
  FIRST_OPERATOR,
  type Giver,
  type Operator,
  type Operators,
  type RoleGrant,
  requireGiver,
} from './operators.ts'
export { isImported } from './require-imported.ts'
export { RECORD_DAYS, type RetentionSettings, readRetention, setRetention } from './retention.ts'
export type { ChangeOptions } from './schema-change.ts'
export type { SchemaEntry, Schemas, TypeEntry } from './schemas.ts'
export { makeScratchTenant, type ScratchTenant, sweepScratchTenants } from './scratch-tenants.ts'
export { createSealer, makeSealKey, parseSealKeys, SealError, type Sealer, type SealKey } from './sealed.ts'
export { type SealedFound, type Unopened, walkSealed } from './sealed-records.ts'
export { DEFAULT_SETTINGS, type TenantSettings } from './settings.ts'
export { readSettings as readTenantSettings } from './settings-record.ts'
export {
  type ClaimRule,
  createSignIn,
  isLoopback,
  type OidcSettings,
  type SignIn,
  type SignInSettings,
  type StaffSettings,
  shown as shownSignIn,
} from './sign-in-settings.ts'
export { createTenancy, type Tenancy } from './tenancy.ts'
export type { ImportProgress, TenantImports } from './tenant-import.ts'
export { DEFAULT_TENANT, isTenantName, noTenant, scimPath, type Tenant, type Tenants } from './tenants.ts'
