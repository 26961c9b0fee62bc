// Tests of requests that are on their way when a turn ends early: nobody sends again before they have arrived.

import { expect, test } from 'vitest'
import type { Calm } from '../../simulation/calm.ts'
import { startHub } from './harness.ts'
import { createMemoryApp, type MemoryApp } from './memory-app.ts'

const SLOW = { timeoutMs: 11_000 }
const creates = ({ requests }: MemoryApp, name: string) => requests.filter((one) => one === `create User ${name}`)

/** Makes creates of "slow" take this long. */
function slow(app: MemoryApp, ms: number): void {
  app.fault = (request) => {
    app.ms = request === 'create User slow' ? ms : 5
    return undefined
  }
}

/** A store that fails while `fails` says so. */
function failing(fails: (isOfApp: boolean) => boolean) {
  return (store: Calm['store']): Calm['store'] => ({
    ...store,
    async commit(writes) {
      const hasFence = writes.some((one) => one.write === 'fence' && one.lease.name.startsWith('work/'))
      if (fails(hasFence)) throw new Error('The store is out of reach')
      return store.commit(writes)
    },
  })
}

test('a commit that fails does not let others send while a request is on its way', async () => {
  const crm = createMemoryApp(SLOW)
  let fails = false
  const wrap = failing((isOfApp) => fails && isOfApp)
  const { people, pass, errors } = await startHub({}, { crm }, 1_000, wrap)
  await people.create('a')
  await pass(1_500)
  slow(crm, 8_000)
  await people.create('slow')
  await pass(1_500)
  expect(creates(crm, 'slow')).toHaveLength(1)
  await people.create('b')
  fails = true
  await pass(1_500)
  fails = false
  await pass(60_000)
  expect(errors.length).toBeGreaterThan(0)
  expect(creates(crm, 'slow')).toHaveLength(1)
  expect([...crm.users.values()].map(({ userName }) => userName).sort()).toEqual(['a', 'b', 'slow'])
})

test('a process that is stopped with a request on its way leaves its lease to expire', async () => {
  const crm = createMemoryApp(SLOW)
  const { people, pass, first, start } = await startHub({}, { crm })
  await people.create('a')
  await pass(1_500)
  slow(crm, 10_500)
  await people.create('slow')
  await pass(1_500)
  expect(creates(crm, 'slow')).toHaveLength(1)
  void first.hub.stop(100)
  start('b')
  await pass(60_000)
  expect(creates(crm, 'slow')).toHaveLength(1)
  expect([...crm.users.values()].map(({ userName }) => userName).sort()).toEqual(['a', 'slow'])
})
