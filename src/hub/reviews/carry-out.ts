// Carries a review out: takes people out of groups, and keeps what became of each line.

import type { Context, Directory } from '../../directory/index.ts'
import type { Environment } from '../../environment.ts'
import { PATCH_OP, ScimError, STRICT } from '../../protocol/index.ts'
import type { Store, Work } from '../../store/index.ts'
import type { Access } from '../proof/access.ts'
import { allLines, linesOf, lineWrite } from './lines.ts'
import { type LineFate, type PersonPlan, planPerson } from './plan-person.ts'
import type { GroupName, NumberedLine, Review, ReviewLine, ReviewOutcome } from './review.ts'

/** What is carried out with. */
export interface CarryOutDeps {
  readonly store: Store & Work
  readonly environment: Environment
  readonly tenant: string
  readonly directory: Pick<Directory, 'patch' | 'membersAmong'>
  /** Reads who has what as it is now. */
  readonly access: () => Promise<Access>
  readonly actor: string
  readonly signal: AbortSignal
}

/** People whose memberships are taken away together: a line of the log for each group. */
const PEOPLE = 50

/**
 * Looks at every line to be removed that is not done yet, and takes its memberships away. Each step is planned from what is so just then, so
 * it can be broken off, and done again: what is gone is not taken away twice. Returns how many memberships were taken away.
 */
export async function carryOut(
  deps: CarryOutDeps,
  review: Review,
  { txn, alongside }: { readonly txn: string; readonly alongside: boolean },
  advance: (done: number) => void,
): Promise<number> {
  const { store, tenant, signal } = deps
  let left = 0
  let looked = 0
  let last: string | undefined
  for await (const page of allLines(store, tenant, review.id)) {
    const open = page.filter(({ value }) => value.verdict === 'remove' && value.outcome?.state !== 'done')
    // A person whose lines end in the next page was looked at with all of them.
    const people = [...new Set(open.map(({ value }) => value.user))].filter((user) => user !== last)
    last = people.at(-1) ?? last
    for (let from = 0; from < people.length; from += PEOPLE) {
      signal.throwIfAborted()
      left += await carryOutSome(deps, review, people.slice(from, from + PEOPLE), { txn, alongside })
    }
    looked += page.length
    advance(looked)
  }
  return left
}

interface Planned {
  readonly user: string
  readonly plan: PersonPlan
}

async function carryOutSome(
  deps: CarryOutDeps,
  { id }: Review,
  people: readonly string[],
  { txn, alongside }: { readonly txn: string; readonly alongside: boolean },
): Promise<number> {
  const { store, environment, tenant } = deps
  const access = await deps.access()
  const planned: Planned[] = []
  for (const user of people) {
    const lines = (await linesOf(store, tenant, id, user)).filter(
      ({ value }) => value.outcome?.state !== 'done' || value.verdict !== 'remove',
    )
    planned.push({ user, plan: await planPerson(await access.person(user), lines, alongside) })
  }
  const fates = planned.flatMap(({ plan }) => plan.fates)
  const keep = async (lines: readonly NumberedLine[]) => {
    if (lines.length > 0) await store.commit(lines.map((one) => lineWrite(tenant, id, one)))
  }
  // Said before it is done: whoever goes on after a break knows that it was this review, and nobody else, who took it away.
  const going: ReviewOutcome = { state: 'going', at: environment.now(), txn }
  await keep(
    fates.filter(({ does }) => does === 'leave').map((fate) => withOutcome(fate, { ...going, left: fate.groups })),
  )
  const { left, refused } = await leaveGroups(deps, planned, txn)
  const at = environment.now()
  await keep(fates.map((fate) => withOutcome(fate, outcomeOf(fate, refused, { at, txn }))))
  return left
}

/** Takes people out of groups, one write for each group. What a group refuses is told by person and group. */
async function leaveGroups(
  { directory, tenant, actor }: CarryOutDeps,
  planned: readonly Planned[],
  txn: string,
): Promise<{ readonly left: number; readonly refused: ReadonlyMap<string, string> }> {
  const context: Context = { tenant, actor, allow: STRICT, txn }
  const byGroup = new Map<string, string[]>()
  for (const { user, plan } of planned)
    for (const group of plan.leave) byGroup.set(group.id, [...(byGroup.get(group.id) ?? []), user])
  const refused = new Map<string, string>()
  let left = 0
  for (const [group, users] of byGroup) {
    const there = await directory.membersAmong({ tenant, type: 'Group', id: group }, users)
    if (there.length === 0) continue
    try {
      await directory.patch(context, 'Group', group, {
        schemas: [PATCH_OP],
        Operations: there.map((member) => ({ op: 'remove', path: `members[value eq ${JSON.stringify(member.id)}]` })),
      })
      left += there.length
    } catch (error) {
      if (!(error instanceof ScimError) || error.status >= 500) throw error
      for (const { id } of there) refused.set(`${group} ${id}`, error.detail)
    }
  }
  return { left, refused }
}

function outcomeOf(
  { does, why, groups, value }: LineFate,
  refused: ReadonlyMap<string, string>,
  { at, txn }: { readonly at: number; readonly txn: string },
): ReviewOutcome {
  const before = value.outcome
  if (does === 'gone') {
    // It was this review that began to take it away.
    if (before?.state === 'going') return { ...before, state: 'done', at }
    return before?.state === 'gone' ? before : { state: 'gone', why, at }
  }
  if (does !== 'leave') return { state: 'open', why, at }
  const failed = groups.map(({ id, name }: GroupName) => [name, refused.get(`${id} ${value.user}`)] as const)
  const first = failed.find(([, detail]) => detail !== undefined)
  if (first !== undefined) return { state: 'open', why: `Group "${first[0]}" could not be left: ${first[1]}`, at }
  return { state: 'done', at, txn, left: groups }
}

function withOutcome({ line, value }: LineFate, outcome: ReviewOutcome): NumberedLine {
  const next: ReviewLine = { ...value, outcome }
  return { line, value: next }
}
