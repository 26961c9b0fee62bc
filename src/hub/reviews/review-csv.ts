// A review as comma-separated values: the bytes that its signed document vouches for. RFC 4180.

import type { Work } from '../../store/index.ts'
import { allLines } from './lines.ts'
import type { NumberedLine, Review } from './review.ts'

const COLUMNS = [
  'line',
  'user',
  'name',
  'app',
  'account',
  'kind',
  'value',
  'through',
  'decision',
  'decided_by',
  'decided_at',
  'comment',
  'outcome',
  'outcome_at',
  'left',
  'why',
] as const

/** Every line of a review, in pieces of whole lines. */
export async function* reviewCsv(store: Pick<Work, 'items'>, tenant: string, review: Review): AsyncGenerator<string> {
  yield `${COLUMNS.join(',')}\r\n`
  for await (const page of allLines(store, tenant, review.id)) yield page.map((line) => csvOf(review, line)).join('')
}

function csvOf({ undecided }: Review, { line, value }: NumberedLine): string {
  const { verdict, by, decidedAt, comment, outcome } = value
  const decision = verdict ?? (undecided === 'keep' ? 'keep' : 'open')
  const cells = [
    line,
    value.user,
    value.name,
    value.app,
    value.account,
    value.kind,
    value.value,
    value.through,
    decision,
    verdict === undefined ? 'nobody' : by,
    isoText(decidedAt),
    comment,
    verdict === 'remove' ? (outcome?.state ?? 'open') : undefined,
    isoText(outcome?.at),
    outcome?.left?.map(({ name }) => name).join('; '),
    outcome?.why,
  ]
  return `${cells.map((cell) => cellOf(cell ?? '')).join(',')}\r\n`
}

function isoText(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString()
}

/** A spreadsheet must not take a name for a formula. */
function cellOf(text: string): string {
  const safe = /^\s*[=+\-@|%]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
