export { writeBadge } from './badge.ts'
export { type CaseGroup, GROUPS } from './cases.ts'
export type { Level } from './fault.ts'
export { writeJunit } from './junit.ts'
export { PROVIDER_KINDS, type ProviderKind } from './needs.ts'
export {
  countVerdicts,
  isGood,
  type NeedResult,
  type ProviderReport,
  type Report,
  type Result,
  type Shown,
  VERDICTS,
  type Verdict,
} from './report.ts'
export { CheckError, type CheckOptions, checkServer } from './run.ts'
