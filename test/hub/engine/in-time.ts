// Lets virtual time pass until something that was begun has ended.

import type { Calm } from '../../simulation/calm.ts'

/** Resolves with the outcome of work that waits in virtual time. */
export async function inTime<T>(calm: Pick<Calm, 'pass'>, work: Promise<T>): Promise<T> {
  let isDone = false
  const end = work.finally(() => {
    isDone = true
  })
  end.catch(() => {})
  while (!isDone) await calm.pass(50)
  return end
}
