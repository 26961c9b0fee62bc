// The requests to all apps, newest first: every one once, however they are cut into pages.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { memoryStore } from '../../store/index.ts'
import { QUEUES, timeKey } from '../contract/index.ts'
import { deliveriesOf } from './deliveries.ts'

const TENANT = 't'
const APPS = [{ id: 'crm' }, { id: 'erp' }, { id: 'wiki' }]

test('pages of any size give every request once, the newest first', async () => {
  const attempt = fc.record({
    app: fc.constantFrom('crm', 'erp', 'wiki'),
    at: fc.integer({ min: 0, max: 5 }),
    number: fc.integer({ min: 0, max: 3 }),
    outcome: fc.constantFrom('done', 'refused'),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(attempt, { maxLength: 30 }),
      fc.integer({ min: 1, max: 7 }),
      fc.boolean(),
      async (attempts, limit, failed) => {
        const store = memoryStore()
        await store.commit([{ write: 'tenant', tenant: TENANT, as: 'new', at: 1 }])
        const sent = new Map<string, string>()
        for (const { app, at, number, outcome } of attempts) {
          const key = `${timeKey(at)}-1-${number}`
          sent.set(`${key} ${app}`, outcome)
          await store.commit([
            { write: 'item', item: { tenant: TENANT, queue: QUEUES.attempts(app), key }, set: { value: { outcome } } },
          ])
        }
        const wanted = [...sent]
          .filter(([, outcome]) => !failed || outcome !== 'done')
          .map(([key]) => key.split(' ') as [string, string])
          .sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a > b ? -1 : 1))
        const seen: string[] = []
        for (let after: string | undefined; ; ) {
          const page = await deliveriesOf(store, TENANT, APPS, {
            limit,
            failed,
            ...(after === undefined ? {} : { after }),
          })
          seen.push(...page.items.map(({ id, app }) => `${id} ${app}`))
          if (page.next === undefined) break
          after = page.next
        }
        expect(seen).toEqual(wanted.map((one) => one.join(' ')))
      },
    ),
    { numRuns: 200 },
  )
})
