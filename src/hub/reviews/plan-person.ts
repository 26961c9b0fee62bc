// What must be done so that one person loses what is to be removed, and nothing else.

import type { PersonAccess } from '../proof/person-access.ts'
import { type GroupName, isGiven, type NumberedLine, type ReviewLine, rightOf } from './review.ts'

/** What takes a line's access away, or why nothing here does. */
export interface LineFate {
  readonly line: string
  readonly value: ReviewLine
  /**
   * `leave`: the person is taken out of `groups`; `gone`: no rule gives it any more; `rule`: a rule without a group gives it, which has to
   * be changed; `tied`: something that was not to be removed hangs on the same groups, see `alongside`.
   */
  readonly does: 'leave' | 'gone' | 'rule' | 'tied'
  readonly groups: readonly GroupName[]
  /** In words. */
  readonly why: string
  /** What else would come or go with it. */
  readonly alongside: readonly string[]
  /** Another rule gives it than when it was copied. */
  readonly changed: boolean
}

/** What is to be done about one person. */
export interface PersonPlan {
  readonly leave: readonly GroupName[]
  readonly fates: readonly LineFate[]
}

const UNCONFIRMED = 'No rule gives it any more; the app has not confirmed yet'

/** Things that are named in one sentence. */
const NAMED = 10

/**
 * Plans the lines of one person that are marked to be removed. Access goes by leaving the groups that give it. A line whose groups give
 * something else, too, is left open, unless what hangs on them may go `alongside`. `lines`: all lines of the person. Pure but for reading.
 */
export async function planPerson(
  person: PersonAccess | undefined,
  lines: readonly NumberedLine[],
  alongside: boolean,
): Promise<PersonPlan> {
  const wanted = lines.filter(({ value }) => value.verdict === 'remove')
  const has = new Map((person?.rows ?? []).filter(isGiven).map((row) => [rightOf(row), row]))
  const left = new Set((person?.rows ?? []).filter((row) => !isGiven(row)).map(rightOf))
  const removing = new Set(wanted.map(({ value }) => rightOf(value)))
  let leave: ReadonlySet<string> = new Set()
  const fates: LineFate[] = []
  // What somebody has in an app goes with the account.
  const accountsFirst = wanted.toSorted(
    (a, b) => Number(b.value.kind === 'account') - Number(a.value.kind === 'account'),
  )
  for (const { line, value } of accountsFirst) {
    const right = rightOf(value)
    const row = has.get(right)
    const fate = (does: LineFate['does'], why: string, more: Partial<LineFate> = {}): void => {
      const changed = row !== undefined && row.through !== value.through
      fates.push({ line, value, does, why, groups: [], alongside: [], changed, ...more })
    }
    if (person === undefined || row === undefined) {
      const why =
        value.outcome?.state === 'done'
          ? 'This review took it away'
          : left.has(right)
            ? UNCONFIRMED
            : 'It is gone already'
      fate('gone', why)
      continue
    }
    const own = person.through(row.groups)
    const next = new Set([...leave, ...own.map(({ id }) => id)])
    const then = rightsOf(await person.without(next))
    if (own.length === 0 || then.has(right)) {
      fate('rule', ruleWords(value, row.through))
      continue
    }
    const others = [
      ...[...has].filter(([one]) => !then.has(one) && !removing.has(one)).map(([, gone]) => `loses ${words(gone)}`),
      ...[...then].filter(([one]) => !has.has(one)).map(([, came]) => `gets ${words(came)}`),
    ]
    const names = own.map(({ name }) => `"${name}"`).join(', ')
    if (others.length > 0 && !alongside) {
      const shown = others.slice(0, NAMED).join('; ')
      fate('tied', `Whoever leaves ${names} also ${shown}`, { groups: own, alongside: others })
      continue
    }
    leave = next
    fate('leave', `Leaves ${names}`, { groups: own, alongside: others })
  }
  const chosen = person === undefined ? [] : person.named(leave)
  if (person === undefined || leave.size === 0) return { leave: chosen, fates }
  const after = rightsOf(await person.without(leave))
  // What no group of its own takes away goes with another line: a role with its account.
  const swept = fates.map((fate): LineFate => {
    const stays = fate.does === 'leave' || fate.does === 'gone' || after.has(rightOf(fate.value))
    return stays ? fate : { ...fate, does: 'leave', groups: chosen, why: 'Goes with what else the person loses' }
  })
  return { leave: chosen, fates: swept }
}

function rightsOf(rows: PersonAccess['rows']): ReadonlyMap<string, PersonAccess['rows'][number]> {
  return new Map(rows.filter(isGiven).map((row) => [rightOf(row), row]))
}

function words({ app, kind, value }: Pick<ReviewLine, 'app' | 'kind' | 'value'>): string {
  return kind === 'account' ? `the account in ${app}` : `${kind} ${value} in ${app}`
}

/** Where no group gives it: which setting has to be changed. */
function ruleWords({ app, kind }: ReviewLine, through: string): string {
  if (kind === 'account') return `The scope of app ${app} gives it, without a group: change the scope (${through})`
  return `The map or a rule of app ${app} gives it, without a group: change it (${through})`
}
