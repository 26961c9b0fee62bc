// Runs one case and turns how it ends into a result.

import type { Case, Witness } from './case.ts'
import { CASE_GROUPS, CASES } from './cases.ts'
import { Blocked, Fault, type Level, NotOffered } from './fault.ts'
import { createProbe } from './probe.ts'
import { show } from './report/mask.ts'
import type { Result, Verdict } from './report/report.ts'
import type { Session } from './session.ts'
import type { ServerUnderTest } from './survey.ts'
import { NoAnswer } from './wire/exchange.ts'

/** How a case ended, without what all results have. */
type Outcome = Pick<Result, 'verdict' | 'reason' | 'expected' | 'fix' | 'exchanges'>

/**
 * Creates what runs a case and judges it. The cases that it needs run before it, and no case runs twice; `remove` deletes what a
 * case has created.
 */
export function createJudge(
  session: Session,
  server: ServerUnderTest,
  remove: (owner: string) => Promise<void>,
): (one: Case) => Promise<Result> {
  const running = new Map<string, Promise<Result>>()
  const byId = new Map(CASES.map((one) => [one.id, one]))
  const judge = async (one: Case): Promise<Result> => {
    const begun = Date.now()
    const needed = (one.needs ?? []).map((id) => {
      const found = byId.get(id)
      if (found === undefined) throw new Error(`${one.id} needs ${id}, which does not exist`)
      return found
    })
    const outcome = (await outcomeOfNeeds(needed, start)) ?? (await run(one, session, server, remove))
    return { ...about(one), ...outcome, ms: Date.now() - begun }
  }
  const start = (one: Case): Promise<Result> => {
    const result = running.get(one.id) ?? judge(one)
    running.set(one.id, result)
    return result
  }
  return start
}

/** Why a case is not tried: one that it needs has not passed. Undefined when all have. */
async function outcomeOfNeeds(
  needed: readonly Case[],
  start: (one: Case) => Promise<Result>,
): Promise<Outcome | undefined> {
  for (const one of needed) {
    const { id, verdict, reason, title } = await start(one)
    if (verdict === 'unadvertised' || verdict === 'untested') return { verdict, reason: reason ?? title }
    if (verdict === 'must') return { verdict: 'untested', reason: `${id} failed: ${title}` }
  }
  return undefined
}

async function run(
  one: Case,
  session: Session,
  server: ServerUnderTest,
  remove: (owner: string) => Promise<void>,
): Promise<Outcome> {
  try {
    await one.run(createProbe(session, server, one.id))
    return { verdict: 'passed' }
  } catch (error) {
    if (error instanceof Fault) return outcomeOf(error, one, session.prefix)
    if (error instanceof NotOffered) return { verdict: 'unadvertised', reason: error.message }
    if (error instanceof NoAnswer) return { verdict: 'untested', reason: error.message }
    if (!(error instanceof Blocked)) throw error
    const exchanges = error.exchanges.map((each) => show(each, session.prefix))
    return { verdict: 'untested', reason: error.message, exchanges }
  } finally {
    await remove(one.id)
  }
}

/** The result of a witness at the end of a run; `isMet` says whether any answer was of its kind. */
export function judgeWitness(one: Witness, fault: Fault | undefined, isMet: boolean, prefix: string): Result {
  const reason = 'no answer of this run was of the kind that this is about'
  const unfailed: Outcome = isMet ? { verdict: 'passed' } : { verdict: 'untested', reason }
  return { ...about(one), ...(fault === undefined ? unfailed : outcomeOf(fault, one, prefix)), ms: 0 }
}

function outcomeOf(fault: Fault, { level, fix }: Case | Witness, prefix: string): Outcome {
  return {
    verdict: VERDICT_OF[fault.level ?? level],
    expected: fault.message,
    fix,
    exchanges: fault.exchanges.map((each) => show(each, prefix)),
  }
}

const VERDICT_OF: { readonly [level in Level]: Verdict } = {
  MUST: 'must',
  SHOULD: 'should',
  MAY: 'differs',
  OWN: 'differs',
}

function about(one: Case | Witness): Pick<Result, 'id' | 'requirement' | 'group' | 'level' | 'section' | 'title'> {
  const { id, level, section, title } = one
  const group = CASE_GROUPS.find(({ cases, witnesses = [] }) =>
    ([...cases, ...witnesses] as readonly (Case | Witness)[]).includes(one),
  )
  return { id, requirement: id.split('/', 1)[0] ?? '', group: group?.name ?? '', level, section, title }
}
