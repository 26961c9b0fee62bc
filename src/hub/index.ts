// The front door of the hub.

export { changedAttributes } from './adapters/changed-attributes.ts'
export type { AccountTraitsDraft, TraitsDraft } from './adapters/default-traits.ts'
export { type AdapterDefinition, type AppContext, defineAdapter } from './adapters/define-adapter.ts'
export { cleanUpProbes, type ProbeReport, probeApp } from './adapters/scim/probe.ts'
export type { ProbeFinding, ProbeOptions } from './adapters/scim/probe-session.ts'
export type { ScimTarget } from './adapters/scim/scim-target.ts'
export {
  createHubAdministration,
  type HubAdministration,
  type HubAdministrator,
  type HubDeps,
} from './apps/administration.ts'
export { AppRefusal } from './apps/app-refusal.ts'
export type { App, Apps } from './apps/apps.ts'
export { clearApp } from './apps/clear-app.ts'
export { type Expiring, expiringCredentials } from './apps/expiring.ts'
export { IGNORED, type IgnoredRow, type Ignoring } from './apps/ignoring.ts'
export type { LiveEvent, LiveWatch } from './apps/live.ts'
export type { ProbeRun, Probes } from './apps/probes.ts'
export { reviewAll, reviewWrites } from './apps/review.ts'
export {
  type AppConfig,
  type ConnectionConfig,
  type CredentialsConfig,
  defineConfig,
  type TenantConfig,
} from './apps/tenant-config.ts'
export * from './contract/index.ts'
export { createAppBook } from './engine/app-book.ts'
export type { HubEvent } from './engine/turn.ts'
export { createHub, cursorFor, HUB_PACE, type Hub, type HubOptions } from './hub.ts'
export { ADAPTER_KINDS } from './kinds.ts'
export { compileMap } from './map/compile-map.ts'
export { defaultMap } from './map/default-map.ts'
export {
  defineMap,
  type MapOf,
  type MapRule,
  type MapShape,
  type MapSource,
  type MapTransform,
} from './map/define-map.ts'
export { lintApp, lintMap } from './map/lint-map.ts'
export { type PreviewResource, previewMap } from './map/preview.ts'
export type { MapOptions } from './map/read-map.ts'
export { type Access, type AccessDeps, createAccess } from './proof/access.ts'
export { asOfNow, type Background, begun, createBackground, withBeats } from './proof/background.ts'
export { HistoryRefusal } from './proof/history.ts'
export type { PlanRun } from './proof/plan-runs.ts'
export type { Applied, PlanWork } from './proof/plan-work.ts'
export type { Plans } from './proof/plans.ts'
export type { Proof } from './proof/proof.ts'
export type { Receipt, ReceiptApp } from './proof/receipt.ts'
export { hashOfLines } from './proof/receipt.ts'
export {
  type KeySet,
  RECEIPT_ALGORITHMS,
  RECEIPT_LIMITS,
  type ReceiptAlgorithm,
  readKeySet,
  type Verified,
  verifyReceipt,
} from './proof/receipt-jws.ts'
export { startReceipts } from './proof/receipts-worker.ts'
export type { RevertItem } from './proof/revert.ts'
export { createSigningKeys } from './proof/signing-keys.ts'
export { MOST_FIXED } from './reconcile/sweeps.ts'
export type { Decided, Decider, Decision } from './reviews/decide.ts'
export type { LinesWhere } from './reviews/lines.ts'
export type { CameRow, LineNow } from './reviews/now.ts'
export type { LineFate } from './reviews/plan-person.ts'
export { type NumberedLine, REVIEW_LIMITS, type Review, type ReviewCounts, type ReviewWork } from './reviews/review.ts'
export { type SignedReview, type VerifiedReview, verifyReview } from './reviews/review-document.ts'
export type { ReviewDraft, ReviewRow, Reviews } from './reviews/reviews.ts'
export { compileScope } from './scope/compile-scope.ts'
