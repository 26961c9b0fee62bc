// `lockstep review`: starts, lists, shows, decides, closes and deletes access reviews.

import type { AccessSubject, LinesWhere, NumberedLine, Review, ReviewRow } from '../../hub/index.ts'
import { subjectOf, timeOption } from '../access/access.ts'
import { tenantOf, withLocal } from '../database/local.ts'
import { confirmDeletion } from '../terminal/confirmation.ts'
import { flagOption, listOption, numberOption, type Options, textOption, UsageError } from '../terminal/options.ts'
import { cut, formatTime, printFacts, printJson, printLine, printTable } from '../terminal/print.ts'

/** Lines that are shown to people, unless they ask for more. */
const SHOWN = 50
const VERDICTS = ['keep', 'remove', 'undecided'] as const
const CLI = { actor: 'cli', isLocal: true, people: [] }

/** `lockstep review start [WHO]`. */
export async function startReview([who]: readonly string[], options: Options): Promise<void> {
  const [name, reason] = ['name', 'reason'].map((one) => required(options, one))
  const undecided = textOption(options, 'undecided') ?? 'open'
  if (undecided !== 'keep' && undecided !== 'open')
    throw new UsageError(`--undecided must be keep or open, not "${undecided}"`)
  const endsAt = Date.parse(required(options, 'until'))
  if (Number.isNaN(endsAt)) throw new UsageError('--until must be a date or a time, like 2026-04-15')
  await withLocal(options, async (local) => {
    const tenant = await tenantOf(local, options)
    const subject: AccessSubject =
      who === undefined ? { everybody: true } : await subjectOf(local, tenant, who, options)
    const review = await (await local.hub()).reviews.start(tenant, {
      name: name ?? '',
      reason: reason ?? '',
      subject,
      endsAt,
      undecided,
      at: timeOption(options),
      exceptions: flagOption(options, 'exceptions'),
      reviewer: textOption(options, 'reviewer'),
    })
    if (flagOption(options, 'json')) return printJson(reviewJson(review))
    printLine(`Review ${review.id} has ${review.lines} lines, to be decided until ${formatTime(review.endsAt)}.`)
    for (const doubt of review.doubts) printLine(doubt)
  })
}

/** `lockstep review list`. */
export async function listReviews(options: Options): Promise<void> {
  await withLocal(options, async (local) => {
    const rows = await (await local.hub()).reviews.list(await tenantOf(local, options))
    if (flagOption(options, 'json')) {
      for (const row of rows) await printJson(reviewJson(row))
      return
    }
    if (rows.length === 0) return printLine('There is no access review.')
    printTable(rows, [
      ['REVIEW', ({ id }) => id],
      ['NAME', ({ name }) => cut(name, 40)],
      ['STATE', ({ state }) => state],
      ['LINES', ({ lines }) => lines],
      ['UNDECIDED', ({ counts }) => counts.undecided],
      ['REMOVE', ({ counts }) => counts.remove],
      ['OPEN', ({ counts }) => counts.open],
      ['DUE', ({ endsAt }) => formatTime(endsAt)],
    ])
  })
}

/** `lockstep review show REVIEW`. */
export async function showReview([id = '']: readonly string[], options: Options): Promise<void> {
  const verdict = verdictOption(textOption(options, 'verdict'))
  const most = numberOption(options, 'limit', 1) ?? SHOWN
  await withLocal(options, async (local) => {
    const tenant = await tenantOf(local, options)
    const { reviews } = await local.hub()
    const review = await reviews.get(tenant, id)
    const isJson = flagOption(options, 'json')
    const lines: NumberedLine[] = []
    for (let after: string | undefined; ; ) {
      const limit = isJson ? 1_000 : Math.min(1_000, most + 1 - lines.length)
      const page = await reviews.lines(tenant, id, { verdict }, { after, limit })
      lines.push(...page.items)
      after = page.next
      if (after === undefined || (!isJson && lines.length > most)) break
    }
    if (isJson) return printJson({ ...reviewJson(review), items: lines.map(lineJson) })
    printReview(review)
    printLines(lines.slice(0, most))
    if (lines.length > most) printLine('… and more; see them with --limit, or all with --json')
  })
}

/** `lockstep review decide REVIEW VERDICT`. */
export async function decideReview([id = '', said = '']: readonly string[], options: Options): Promise<void> {
  const verdict = verdictOption(said)
  if (verdict === undefined) throw new UsageError('Say keep, remove or undecided')
  const lines = listOption(options, 'lines')
  const where: LinesWhere = {
    user: textOption(options, 'user'),
    app: textOption(options, 'app'),
    text: textOption(options, 'text'),
    ...(flagOption(options, 'rest') ? { verdict: 'undecided' as const } : {}),
  }
  const isFilter = Object.values(where).some((one) => one !== undefined)
  if (isFilter === lines.length > 0)
    throw new UsageError('Name either --lines, or which ones with --user, --app, --text and --rest')
  await withLocal(options, async (local) => {
    const tenant = await tenantOf(local, options)
    const { reviews } = await local.hub()
    const wanted = { verdict, comment: textOption(options, 'comment'), ...(isFilter ? { where } : { lines }) }
    let decided = 0
    for (let after: string | undefined; ; ) {
      const page = await reviews.decide(tenant, id, CLI, { ...wanted, after })
      decided += page.decided
      after = page.next
      if (after === undefined) break
    }
    const { counts } = await reviews.get(tenant, id)
    if (flagOption(options, 'json')) return printJson({ review: id, decided, counts })
    printLine(`${decided} lines: ${verdict}. ${counts.undecided} are undecided still.`)
  })
}

/** `lockstep review close REVIEW`. */
export async function closeReview([id = '']: readonly string[], options: Options): Promise<void> {
  await withLocal(options, async (local) => {
    const tenant = await tenantOf(local, options)
    const review = await (await local.hub()).reviews.close(tenant, id)
    if (flagOption(options, 'json')) return printJson(reviewJson(review))
    printReview(review)
    printLine(`See what takes access away with: lockstep review apply ${id} --dry --tenant ${tenant}`)
  })
}

/** `lockstep review delete REVIEW`. */
export async function deleteReview([id = '']: readonly string[], options: Options): Promise<void> {
  await withLocal(options, async (local) => {
    const tenant = await tenantOf(local, options)
    const { reviews } = await local.hub()
    const { name, lines } = await reviews.get(tenant, id)
    await confirmDeletion(options, () => `Permanently delete review "${name}" with its ${lines} lines?`)
    await reviews.remove(tenant, id)
    if (flagOption(options, 'json')) return printJson({ review: id, deleted: true })
    printLine(`Review "${name}" is deleted.`)
  })
}

/** Prints the head of a review. */
export function printReview({
  id,
  name,
  reason,
  state,
  message,
  endsAt,
  reviewer,
  lines,
  counts,
  at,
  startedAt,
}: ReviewRow) {
  printFacts([
    ['Review', `${name} (${id})`],
    ['Reason', reason],
    ['State', message === undefined ? state : `${state}: ${message}`],
    ['Copied', formatTime(at ?? startedAt)],
    ['Due', formatTime(endsAt)],
    ...(reviewer === undefined ? [] : ([['Reviewer', reviewer]] as const)),
    ['Lines', `${lines}: ${counts.keep} keep, ${counts.remove} remove, ${counts.undecided} undecided`],
    ['Removed', `${counts.done} done, ${counts.gone} gone already, ${counts.open} open`],
  ])
  printLine('')
}

function printLines(lines: readonly NumberedLine[]): void {
  printTable(lines, [
    ['LINE', ({ line }) => line],
    ['PERSON', ({ value }) => cut(value.name, 40)],
    ['APP', ({ value }) => value.app],
    ['HAS', ({ value }) => value.kind],
    ['WHICH', ({ value }) => cut(value.value, 40)],
    ['DECIDED', ({ value }) => value.verdict ?? ''],
    ['BY', ({ value }) => value.by ?? ''],
    ['BECAME', ({ value }) => (value.verdict === 'remove' ? (value.outcome?.state ?? '') : '')],
    ['THROUGH', ({ value }) => cut(value.through, 60)],
  ])
}

function verdictOption(text: string | undefined): (typeof VERDICTS)[number] | undefined {
  if (text === undefined) return undefined
  const verdict = VERDICTS.find((one) => one === text)
  if (verdict === undefined) throw new UsageError(`A decision is keep, remove or undecided, not "${text}"`)
  return verdict
}

function required(options: Options, name: string): string {
  const text = textOption(options, name)
  if (text === undefined || text.trim() === '') throw new UsageError(`--${name} is needed`)
  return text
}

function reviewJson({ id, at, startedAt, endsAt, closedAt, seenAt: _seenAt, ...review }: Review): object {
  const iso = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString())
  return { review: id, ...review, at: iso(at), started: iso(startedAt), endsAt: iso(endsAt), closed: iso(closedAt) }
}

function lineJson({ line, value: { decidedAt, ...value } }: NumberedLine): object {
  return { line, ...value, ...(decidedAt === undefined ? {} : { decided: new Date(decidedAt).toISOString() }) }
}
