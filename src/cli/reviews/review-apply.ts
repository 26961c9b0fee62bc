// `lockstep review apply`: shows what takes access away, and carries it out.

import type { LineFate } from '../../hub/index.ts'
import { tenantOf, withLocal } from '../database/local.ts'
import { confirm } from '../terminal/confirmation.ts'
import { flagOption, type Options } from '../terminal/options.ts'
import { cut, printJson, printLine, printTable } from '../terminal/print.ts'
import { printReview } from './review.ts'

/** Lines of the plan that are shown to people. */
const SHOWN = 200
const PAGE = 200

/** `lockstep review apply REVIEW`. */
export async function applyReview([id = '']: readonly string[], options: Options): Promise<void> {
  const alongside = flagOption(options, 'alongside')
  const isJson = flagOption(options, 'json')
  await withLocal(options, async (local) => {
    const tenant = await tenantOf(local, options)
    const { reviews } = await local.hub()
    const fates: LineFate[] = []
    for (let after: string | undefined; ; ) {
      const page = await reviews.plan(tenant, id, { after, limit: PAGE, alongside })
      fates.push(...page.items)
      after = page.next
      if (after === undefined) break
    }
    if (flagOption(options, 'dry')) {
      if (isJson)
        return printJson({ review: id, plan: fates.map(({ value, ...fate }) => ({ ...fate, user: value.user })) })
      return printPlan(fates)
    }
    if (!isJson) printPlan(fates)
    const leaving = fates.filter(({ does }) => does === 'leave').length
    await confirm(options, () => `Carry it out: ${leaving} lines of ${fates.length}?`, 'Nothing was changed')
    const review = await reviews.apply(tenant, id, { alongside, directory: await local.directory() })
    const { txn } = review.work ?? {}
    if (isJson) return printJson({ review: id, counts: review.counts, txn })
    printReview(review)
  })
}

function printPlan(fates: readonly LineFate[]): void {
  if (fates.length === 0) printLine('Nothing is marked to be removed.')
  printTable(fates.slice(0, SHOWN), [
    ['LINE', ({ line }) => line],
    ['PERSON', ({ value }) => cut(value.name, 40)],
    ['APP', ({ value }) => value.app],
    ['WHICH', ({ value }) => cut(value.value, 40)],
    ['DOES', ({ does }) => WORDS[does]],
    ['WHY', ({ why }) => cut(why, 160)],
  ])
  if (fates.length > SHOWN) printLine(`… and ${fates.length - SHOWN} more; all with --dry --json`)
}

const WORDS = { leave: 'leaves', gone: 'gone already', rule: 'OPEN: a rule', tied: 'OPEN: tied' } as const
