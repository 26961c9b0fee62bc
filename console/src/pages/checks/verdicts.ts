// The verdicts of a check, gravest first, each with the shape it is shown by.

import type { Answer } from '../../api/client.ts'
import type { State } from '../../parts/status.tsx'

/** The result of one case. */
export type CheckResult = Answer<'GET /tenants/{tenant}/checks/{check}/results'>['results'][number]
/** What is known of an identity provider. */
export type CheckProvider = Answer<'GET /tenants/{tenant}/checks/{check}/results'>['providers'][number]
/** One of the verdicts. */
export type Verdict = CheckResult['verdict']

/** Every verdict; `isFinding`: somebody has to look at it. */
export const VERDICTS: readonly { readonly verdict: Verdict; readonly state: State; readonly isFinding: boolean }[] = [
  { verdict: 'must', state: 'fail', isFinding: true },
  { verdict: 'should', state: 'warn', isFinding: true },
  { verdict: 'differs', state: 'held', isFinding: true },
  { verdict: 'untested', state: 'wait', isFinding: true },
  { verdict: 'unadvertised', state: 'off', isFinding: false },
  { verdict: 'passed', state: 'ok', isFinding: false },
]

/** The shape of a verdict. */
export function stateOf(verdict: Verdict | undefined): State {
  return VERDICTS.find((one) => one.verdict === verdict)?.state ?? 'off'
}

/** Its place, gravest first. */
export function graveness(verdict: Verdict): number {
  return VERDICTS.findIndex((one) => one.verdict === verdict)
}

/** The groups of cases, in the order in which they are tried. */
export const GROUPS = [
  'discovery',
  'http',
  'create',
  'get',
  'data',
  'characteristics',
  'user',
  'groups',
  'filter',
  'filter-errors',
  'sort',
  'paging',
  'cursor',
  'attributes',
  'search',
  'put',
  'patch',
  'patch-add',
  'patch-replace',
  'patch-remove',
  'patch-errors',
  'delete',
  'etag',
  'bulk',
  'me',
  'errors',
  'i18n',
  'security',
] as const
