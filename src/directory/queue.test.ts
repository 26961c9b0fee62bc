// What happens to a write that others outrun.

import { expect, test } from 'vitest'
import { environment } from '../environment.ts'
import { Conflict, StoreUnavailable } from '../store/index.ts'
import { createQueue } from './queue.ts'

const ref = { tenant: 'acme', type: 'User', id: 'u' }

/** Work that somebody else is quicker with so many times. */
function losing(times: number) {
  let tries = 0
  return {
    tries: () => tries,
    work: async () => {
      if (++tries <= times) throw new Conflict('version', 0, 'u')
      return tries
    },
  }
}

test('whoever loses twice takes a turn that other processes requireSameSchemas, and loses to none of them from then on', async () => {
  const turns: string[] = []
  const queue = createQueue(
    {
      runExclusive: async (ref, work) => {
        turns.push(ref.id)
        return work()
      },
    },
    environment,
  )
  const once = losing(1)
  expect(await queue.inTurn(ref, once.work)).toBe(2)
  expect(turns).toEqual([])
  const often = losing(12)
  expect(await queue.inTurn(ref, often.work)).toBe(13)
  expect(turns).toEqual(['u'])
  // The next one has it at once, for there is a crowd.
  await queue.inTurn(ref, losing(0).work)
  expect(turns).toEqual(['u', 'u'])
  await queue.inTurn({ ...ref, id: 'v' }, losing(0).work)
  expect(turns).toEqual(['u', 'u'])
})

test('whoever loses for good is told to come again, by an error that is counted and logged', async () => {
  const queue = createQueue({}, environment)
  const always = losing(1_000)
  const error = await queue.inTurn(ref, always.work).catch((error: unknown) => error)
  expect(error).toBeInstanceOf(StoreUnavailable)
  expect(error).toMatchObject({ busy: true, message: expect.stringContaining('User u is being changed by too many') })
  expect(always.tries()).toBe(8)
})

test('what is missing is said at once', async () => {
  const queue = createQueue({}, environment)
  await expect(
    queue.inTurn(ref, async () => {
      throw new Conflict('missing', 0, 'u')
    }),
  ).rejects.toMatchObject({ status: 404 })
})
