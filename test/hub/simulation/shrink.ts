// Makes a failing run smaller: leaves out operations, faults, apps and processes while it still fails.

import type { Faults } from '../../simulation/faults.ts'
import { NO_FAULTS } from '../../simulation/faults.ts'
import { NO_APP_FAULTS } from './habits.ts'
import type { Plan } from './scenario.ts'
import { describe } from './workload.ts'

/** Whether a plan still fails. */
export type Fails = (plan: Plan) => Promise<string | undefined>

/** Runs that are tried at most. */
const TRIES = 300

/** The smallest plan found that still fails, with its failure. */
export async function shrink(
  plan: Plan,
  failure: string,
  fails: Fails,
): Promise<{ readonly plan: Plan; readonly failure: string }> {
  let best = { plan, failure }
  let tries = 0
  const kind = kindOf(failure)
  const attempt = async (smaller: Plan): Promise<boolean> => {
    if (tries++ >= TRIES) return false
    const found = await fails(smaller)
    // Another failure is another story.
    if (found === undefined || kindOf(found) !== kind) return false
    best = { plan: smaller, failure: found }
    return true
  }
  await dropOperations(() => best.plan, attempt)
  for (const name of Object.keys(NO_FAULTS) as (keyof Faults)[]) {
    if (best.plan.faults[name] !== NO_FAULTS[name])
      await attempt({ ...best.plan, faults: { ...best.plan.faults, [name]: NO_FAULTS[name] } })
  }
  for (let at = 0; at < best.plan.apps.length; at++) {
    for (const name of Object.keys(NO_APP_FAULTS) as (keyof typeof NO_APP_FAULTS)[]) {
      const apps = best.plan.apps.map((app, n) =>
        n === at ? { ...app, faults: { ...app.faults, [name]: NO_APP_FAULTS[name] } } : app,
      )
      if (best.plan.apps[at]?.faults[name] !== NO_APP_FAULTS[name]) await attempt({ ...best.plan, apps })
    }
  }
  while (best.plan.processes > 1 && (await attempt({ ...best.plan, processes: best.plan.processes - 1 })));
  while (best.plan.apps.length > 1 && (await attempt({ ...best.plan, apps: best.plan.apps.slice(0, -1) })));
  await dropOperations(() => best.plan, attempt)
  return best
}

/** Delta debugging: leaves out halves, then quarters, down to single operations. */
async function dropOperations(plan: () => Plan, attempt: (smaller: Plan) => Promise<boolean>): Promise<void> {
  for (let size = Math.ceil(plan().operations.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < plan().operations.length; ) {
      const operations = plan().operations.toSpliced(from, size)
      if (!(await attempt({ ...plan(), operations }))) from += size
    }
  }
}

/** What a failure says without ids, names and values: failures that say the same count as the same. */
function kindOf(failure: string): string {
  const [first = ''] = failure.split('\n')
  return first.replaceAll(/"[^"]*"|\([^)]*\)|[^ ]*\d{2}[^ ]*|app\d+[^ ]*|\b(?:null|undefined)\b/g, '_')
}

/** A plan as a failing test prints it. */
export function printPlan({ seed, processes, apps, faults, operations }: Plan): string {
  const set = (given: object, none: object) =>
    Object.entries(given)
      .filter(([name, value]) => value !== (none as { [name: string]: unknown })[name])
      .map(([name, value]) => `${name} ${typeof value === 'number' ? Number(value.toFixed(4)) : value}`)
      .join(', ')
  return [
    `seed ${seed}, ${processes} processes; ${set(faults, NO_FAULTS)}`,
    ...apps.map(({ habits, faults: own }, at) => `app${at}: ${JSON.stringify(habits)}; ${set(own, NO_APP_FAULTS)}`),
    ...operations.map(describe),
  ].join('\n')
}
