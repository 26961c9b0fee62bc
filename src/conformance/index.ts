// The conformance checker: what other rooms may import.

export { writeBadge } from './badge.ts'
export { CASE_GROUPS, type CaseGroup } from './cases.ts'
export { CheckError, type Level } from './fault.ts'
export { writeHtml } from './html.ts'
export { type JunitOptions, writeJunit } from './junit.ts'
export { NEEDS, PROVIDER_KINDS, type ProviderKind } from './needs.ts'
export type { CheckOptions } from './options.ts'
export {
  countVerdicts,
  describeCount,
  describeProvider,
  isGood,
  type NeedResult,
  type ProviderReport,
  type Report,
  type Result,
  type Shown,
  VERDICTS,
  type Verdict,
} from './report.ts'
export { checkServer } from './run.ts'
