// The lines of a review: read page by page, and of one person.

import type { Item, Work, WorkWrite } from '../../store/index.ts'
import { type AccessRow, QUEUES } from '../contract/index.ts'
import { type NumberedLine, REVIEW_LIMITS, type ReviewLine, stateOf } from './review.ts'

/** Which lines are wanted. */
export interface LinesWhere {
  readonly verdict?: 'keep' | 'remove' | 'undecided' | undefined
  /** What became of those to be removed. */
  readonly outcome?: 'done' | 'gone' | 'open' | undefined
  readonly user?: string | undefined
  readonly app?: string | undefined
  readonly kind?: AccessRow['kind'] | undefined
  /** A part of the person's name, the value or the rule, in any letter case. */
  readonly text?: string | undefined
}

/** A page of lines. `next`: there may be more behind it, even if there are none in this one. */
export interface LinesPage {
  readonly items: readonly NumberedLine[]
  readonly next?: string
}

/** Lines in one read. */
const PAGE = 1_000

/** Lines that fit, in their order, from behind `after` on. */
export async function readLines(
  store: Pick<Work, 'items'>,
  tenant: string,
  review: string,
  where: LinesWhere,
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<LinesPage> {
  const found: NumberedLine[] = []
  const fits = fitting(where)
  let last = after
  for (let scanned = 0; scanned < REVIEW_LIMITS.SCANNED; ) {
    const items = await store.items(tenant, QUEUES.reviewLines(review), {
      limit: PAGE,
      ...(where.user === undefined ? {} : { tag: tagOf(where.user) }),
      ...(last === undefined ? {} : { after: last }),
    })
    for (const item of items) {
      const one = numbered(item)
      last = one.line
      if (fits(one.value)) found.push(one)
      if (found.length === limit) return { items: found, next: last }
    }
    scanned += items.length
    if (items.length < PAGE) return { items: found }
  }
  return { items: found, ...(last === undefined ? {} : { next: last }) }
}

/** All lines of a review, page by page, in their order. */
export async function* allLines(
  store: Pick<Work, 'items'>,
  tenant: string,
  review: string,
): AsyncGenerator<readonly NumberedLine[]> {
  for (let after: string | undefined; ; ) {
    const items = await store.items(tenant, QUEUES.reviewLines(review), {
      limit: PAGE,
      ...(after === undefined ? {} : { after }),
    })
    if (items.length > 0) yield items.map(numbered)
    after = items.at(-1)?.key
    if (items.length < PAGE) return
  }
}

/** Every line of one person. */
export async function linesOf(
  store: Pick<Work, 'items'>,
  tenant: string,
  review: string,
  user: string,
): Promise<readonly NumberedLine[]> {
  const all: NumberedLine[] = []
  for (let after: string | undefined; ; ) {
    const page = await readLines(store, tenant, review, { user }, { after, limit: PAGE })
    all.push(...page.items)
    if (page.next === undefined) return all
    after = page.next
  }
}

/** Some lines by their numbers. */
export async function linesAt(
  store: Pick<Work, 'items'>,
  tenant: string,
  review: string,
  lines: readonly string[],
): Promise<readonly NumberedLine[]> {
  if (lines.length === 0) return []
  return (await store.items(tenant, QUEUES.reviewLines(review), { keys: lines })).map(numbered)
}

/** The write of a line. */
export function lineWrite(tenant: string, review: string, { line, value }: NumberedLine): WorkWrite {
  const item = { tenant, queue: QUEUES.reviewLines(review), key: line }
  return { write: 'item', item, set: { tag: tagOf(value.user), state: stateOf(value), value: value as never } }
}

function tagOf(user: string): string {
  return user.slice(-200)
}

function numbered({ key, value }: Item): NumberedLine {
  return { line: key, value: value as unknown as ReviewLine }
}

function fitting({ verdict, outcome, user, app, kind, text }: LinesWhere): (line: ReviewLine) => boolean {
  const word = text?.toLowerCase()
  return (line) => {
    if (verdict !== undefined && (line.verdict ?? 'undecided') !== verdict) return false
    if (outcome !== undefined && outcomeOf(line) !== outcome) return false
    if (user !== undefined && line.user !== user) return false
    if (app !== undefined && line.app !== app) return false
    if (kind !== undefined && line.kind !== kind) return false
    if (word === undefined) return true
    return [line.name, line.value, line.through].some((one) => one.toLowerCase().includes(word))
  }
}

function outcomeOf({ verdict, outcome }: ReviewLine): 'done' | 'gone' | 'open' | undefined {
  if (verdict !== 'remove') return undefined
  return outcome?.state === 'done' || outcome?.state === 'gone' ? outcome.state : 'open'
}
