// Tests that something is opened once, at its first use, and again after a failure.

import { expect, test } from 'vitest'
import { environment } from '../environment.ts'
import { createOpening } from './opening.ts'

function made(results: (() => string | Promise<string>)[]) {
  let now = 0
  const events: string[] = []
  const opening = createOpening<string>({
    open: async () => {
      events.push('open')
      return (results.shift() ?? (() => 'more'))()
    },
    close: async (one) => void events.push(`close ${one}`),
    failed: (error) => events.push(String(error)),
    environment: { ...environment, monotonic: () => now },
  })
  return { opening, events, later: (ms: number) => (now += ms) }
}

const fails = () => {
  throw new Error('down')
}

test('nothing is opened before it is needed, and then once for all', async () => {
  const { opening, events } = made([() => 'one'])
  expect([opening.now(), events]).toEqual([undefined, []])
  expect(await Promise.all([opening.open(), opening.open()])).toEqual(['one', 'one'])
  expect([opening.now(), await opening.open(), events]).toEqual(['one', 'one', ['open']])
})

test('a failure is told once, answers for a second, and is followed by another attempt', async () => {
  const { opening, events, later } = made([fails, () => 'two'])
  const both = await Promise.allSettled([opening.open(), opening.open()])
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  later(999)
  await expect(opening.open()).rejects.toThrow('down')
  expect(events).toEqual(['open', 'Error: down'])
  later(1)
  expect(await opening.open()).toBe('two')
})

test('closing closes what is open, once', async () => {
  const { opening, events } = made([() => 'one'])
  await opening.open()
  await Promise.all([opening.close(), opening.close()])
  expect([opening.now(), events]).toEqual([undefined, ['open', 'close one']])
  await expect(opening.open()).rejects.toThrow('closed')
})

test('closing closes what is being opened', async () => {
  let give: (one: string) => void = () => undefined
  const { opening, events } = made([() => new Promise((resolve) => (give = resolve))])
  const asked = opening.open()
  const closed = opening.close()
  give('late')
  await Promise.all([asked, closed])
  expect([opening.now(), events]).toEqual([undefined, ['open', 'close late']])
})

test('closing what was never opened is nothing', async () => {
  const { opening, events } = made([])
  await opening.close()
  expect(events).toEqual([])
})
