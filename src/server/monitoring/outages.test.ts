// Tests that an outage is logged once, then counted.

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { StoreUnavailable } from '../../store/index.ts'
import { fromFault, toFault } from '../../store/sqlite/messages.ts'
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
  const outages = createOutages(
    createLog('info', { write: (text) => written.push(text) }),
    { database: 'data/lockstep.db' },
    5_000,
  )
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
  expect(line.msg).toMatch(/: no connection \(data\/lockstep.db\); 999 requests refused in the last 5 s$/)
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

test('a write that fails says so, with the reason in words', () => {
  const written: string[] = []
  const outages = createOutages(createLog('info', { write: (text) => written.push(text) }), {
    database: 'data/lockstep.db',
  })
  const full = Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 })
  const error = new StoreUnavailable("the database can't be used at the moment: disk", 1_000, { cause: full })
  outages({ id: 'x', error: fromFault(toFault(error)), method: 'PATCH' })
  expect(JSON.parse(written[0] ?? '').msg).toBe('writes fail: the disk is full (data/lockstep.db)')
})
