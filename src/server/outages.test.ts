import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { StoreUnavailable } from '../store/index.ts'
import { createLog } from './log.ts'
import { createOutages } from './outages.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function start() {
  const written: string[] = []
  const outages = createOutages(createLog('info', { write: (text) => written.push(text) }), undefined, 5_000)
  let count = 0
  const fail = (times: number) => {
    for (let at = 0; at < times; at++) {
      outages({ id: `id-${++count}`, error: new StoreUnavailable('no connection', 1_000), method: 'GET' })
    }
  }
  const lines = () => written.splice(0).map((line) => JSON.parse(line))
  return { fail, lines }
}

test('the first of an outage is logged whole, the others as one line every few seconds', () => {
  const { fail, lines } = start()
  fail(1_000)
  expect(lines()).toMatchObject([
    { level: 'error', msg: 'the database does not answer', id: 'id-1', err: { stack: expect.stringContaining('at ') } },
  ])
  vi.advanceTimersByTime(4_999)
  expect(lines()).toEqual([])
  vi.advanceTimersByTime(1)
  const [line, ...others] = lines()
  expect(others).toEqual([])
  expect(line).toMatchObject({ level: 'error', requests: 999, reason: 'no connection' })
  expect(line).not.toHaveProperty('err')
  fail(2)
  vi.advanceTimersByTime(5_000)
  expect(lines()).toMatchObject([{ requests: 2 }])
})

test('after a while without one an outage is over: the next is logged whole again', () => {
  const { fail, lines } = start()
  fail(1)
  vi.advanceTimersByTime(5_000)
  expect(vi.getTimerCount()).toBe(0)
  fail(1)
  expect(lines()).toMatchObject([{ id: 'id-1' }, { id: 'id-2', err: { stack: expect.any(String) } }])
})
