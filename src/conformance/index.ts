// The conformance checker: what other rooms may import.

export { CASE_GROUPS, type CaseGroup } from './cases.ts'
export { CheckError, type Level } from './fault.ts'
export { NEEDS, PROVIDER_KINDS, type ProviderKind } from './needs.ts'
export type { CheckOptions } from './options.ts'
export { writeBadge } from './report/badge.ts'
export { writeHtml } from './report/html.ts'
export { type JunitOptions, writeJunit } from './report/junit.ts'
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
} from './report/report.ts'
export { checkServer } from './run.ts'
