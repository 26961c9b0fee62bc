// The front door of access: who calls, what they may do, and how they prove it.

export {
  type Administrator,
  CAPABILITIES,
  type Capability,
  FRESH_MS,
  hasCapability,
  isFresh,
  isRole,
  needsTenants,
  ROLES,
  type Role,
  reaches,
} from './administrator.ts'
export {
  type BearerHeader,
  bearerToken,
  faultOfAuthorization,
  readAuthorization,
  readBearer,
} from './authorization-header.ts'
export { bearer, type Grant, invalidToken, noCredentials, principalOf } from './bearer.ts'
export { ALL_FEATURES, type FeatureSwitches, type Features, featuresOf } from './features.ts'
export type { Principal } from './principal.ts'
export { type Access, ALL_RIGHTS, formatRights, may, parseRights, type Rights, resolveRights } from './rights.ts'
export { sha256Hex } from './sha256.ts'
export { type Buckets, createBuckets } from './throttle.ts'
export { claimOf, type TokenClaim } from './token-claim.ts'
export {
  hashToken,
  isAdminToken,
  isExpired,
  makeAdminToken,
  makeToken,
  sameHash,
  tenantOfToken,
  tokenId,
  tokenPrefix,
} from './tokens.ts'
