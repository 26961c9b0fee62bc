// What a review says beside how things are now: what is gone, what came, and what would be done.

import type { Work } from '../../store/index.ts'
import type { AccessRow } from '../contract/index.ts'
import type { Access } from '../proof/access.ts'
import { type LinesPage, linesOf, readLines } from './lines.ts'
import { type LineFate, planPerson } from './plan-person.ts'
import { isGiven, type NumberedLine, type Review, rightOf } from './review.ts'

/**
 * How a line stands now. `same`: by the same rules; `changed`: by others, see `through`; `leaving`: no rule gives it any more, and the app
 * has not confirmed; `gone`: nobody has it.
 */
export interface LineNow extends NumberedLine {
  readonly now: 'same' | 'changed' | 'leaving' | 'gone'
  readonly throughNow?: string
}

/** Something that came since the copy. */
export type CameRow = Omit<AccessRow, 'confirmed'>

interface PageRequest {
  readonly after?: string | undefined
  readonly limit: number
}

/** Holds a page of lines against how things are now. */
export async function linesNow(
  access: Access,
  page: LinesPage,
): Promise<{ readonly items: readonly LineNow[]; readonly next?: string }> {
  const people = new Map<string, ReadonlyMap<string, AccessRow>>()
  for (const { value } of page.items) {
    if (people.has(value.user)) continue
    const rows = (await access.person(value.user))?.rows ?? []
    people.set(value.user, new Map(rows.map((row) => [rightOf(row), row])))
  }
  const items = page.items.map(({ line, value }): LineNow => {
    const row = people.get(value.user)?.get(rightOf(value))
    if (row === undefined) return { line, value, now: 'gone' }
    if (row.through === value.through) return { line, value, now: 'same' }
    return { line, value, now: isGiven(row) ? 'changed' : 'leaving', throughNow: row.through }
  })
  return { ...page, items }
}

/** What people have now that was not copied, of the same subject. `limit`: people that are looked at. */
export async function cameSince(
  store: Pick<Work, 'items'>,
  tenant: string,
  access: Access,
  { id, subject, exceptions }: Review,
  { after, limit }: PageRequest,
): Promise<{ readonly items: readonly CameRow[]; readonly next?: string }> {
  const page = await access.ruled(subject, { limit, ...(after === undefined ? {} : { after }) })
  const known = new Map<string, ReadonlySet<string>>()
  const came: CameRow[] = []
  for (const row of page.rows) {
    if (exceptions && isGiven(row) && row.confirmed !== false) continue
    const lines =
      known.get(row.user) ?? new Set((await linesOf(store, tenant, id, row.user)).map(({ value }) => rightOf(value)))
    known.set(row.user, lines)
    const { groups: _groups, confirmed: _confirmed, ...shown } = row
    if (!lines.has(rightOf(row))) came.push(shown)
  }
  return { items: came, ...(page.next === undefined ? {} : { next: page.next }) }
}

/** What would be done now about lines that are to be removed, in their order. */
export async function planLines(
  store: Pick<Work, 'items'>,
  tenant: string,
  access: Access,
  id: string,
  { after, limit, alongside }: PageRequest & { readonly alongside: boolean },
): Promise<{ readonly items: readonly LineFate[]; readonly next?: string }> {
  const page = await readLines(store, tenant, id, { verdict: 'remove' }, { after, limit })
  const fates = new Map<string, LineFate>()
  for (const user of new Set(page.items.map(({ value }) => value.user))) {
    const lines = await linesOf(store, tenant, id, user)
    const plan = await planPerson(await access.person(user), lines, alongside)
    for (const fate of plan.fates) fates.set(fate.line, fate)
  }
  const items = page.items.flatMap(({ line }) => fates.get(line) ?? [])
  return { items, ...(page.next === undefined ? {} : { next: page.next }) }
}
