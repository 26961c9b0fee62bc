// Requests per second and at the same time.

import { expect, test } from 'vitest'
import { createPace } from './pace.ts'

/** A environment whose time goes on only when everybody waits. */
function slowWorld() {
  let now = 0
  const sleepers: { at: number; wake: () => void }[] = []
  return {
    now: () => now,
    wait: (ms: number) => new Promise<void>((wake) => sleepers.push({ at: now + ms, wake })),
    /** Lets time pass until nobody sleeps. */
    async run(until: () => boolean) {
      for (let turn = 0; !until(); turn++) {
        if (turn > 10_000) throw new Error('nobody wakes')
        await new Promise((resolve) => setImmediate(resolve))
        const next = sleepers.sort((a, b) => a.at - b.at).shift()
        if (next === undefined) continue
        now = Math.max(now, next.at)
        next.wake()
      }
    },
  }
}

test('so many a second, after a burst, in the order of asking', async () => {
  const environment = slowWorld()
  const pace = createPace({ perSecond: 2, burst: 2, concurrency: 100 }, environment)
  const started: [number, number][] = []
  for (let at = 0; at < 6; at++) {
    void pace.run('https://app.example', async () => {
      started.push([at, environment.now()])
    })
  }
  await environment.run(() => started.length === 6)
  expect(started).toEqual([
    [0, 0],
    [1, 0],
    [2, 500],
    [3, 1_000],
    [4, 1_500],
    [5, 2_000],
  ])
})

test('so many at the same time, each host apart', async () => {
  const environment = slowWorld()
  const pace = createPace({ concurrency: 3 }, environment)
  let running = 0
  let most = 0
  let other = false
  const work = Array.from({ length: 20 }, () =>
    pace.run('https://a.example', async () => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setImmediate(resolve))
      running -= 1
    }),
  )
  await pace.run('https://b.example', async () => {
    other = true
  })
  expect(other && running === 3).toBe(true)
  await Promise.all(work)
  expect(most).toBe(3)
})

test('a host that had enough is left alone, and what fails frees its place', async () => {
  const environment = slowWorld()
  const pace = createPace({ concurrency: 1 }, environment)
  pace.pause('https://a.example', 5_000)
  let at = -1
  const failing = pace.run('https://a.example', () => {
    at = environment.now()
    return Promise.reject(new Error('no'))
  })
  const next = pace.run('https://a.example', async () => 'next')
  failing.catch(() => undefined)
  await environment.run(() => at >= 0)
  await expect(failing).rejects.toThrow('no')
  expect(at).toBe(5_000)
  expect(await next).toBe('next')
})

test('who gives up leaves the queue', async () => {
  const pace = createPace({ concurrency: 1 }, slowWorld())
  let free = () => {}
  const first = pace.run('h', () => new Promise<void>((resolve) => (free = resolve)))
  const controller = new AbortController()
  const second = pace.run('h', async () => 'never', controller.signal)
  controller.abort(new Error('enough'))
  await expect(second).rejects.toThrow('enough')
  free()
  await first
  expect(await pace.run('h', async () => 'third')).toBe('third')
})
