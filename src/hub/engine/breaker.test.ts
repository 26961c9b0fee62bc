// The circuit breaker: what opens it, what closes it, and that it never stays open by itself.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  describeBreaker,
  type Health,
  type HealthEvent,
  type HealthNotice,
  hear,
  lastingSince,
  mayAsk,
} from './breaker.ts'

const NOW = 1_800_000_000_000
const HEALTHY: Health = { health: 'healthy' }
const ok: HealthEvent = { event: 'answered' }
const refusedUs: HealthEvent = { event: 'failed', trouble: 'credentials', status: 401, message: 'token expired' }
const down: HealthEvent = { event: 'failed', trouble: 'unavailable', message: 'getaddrinfo ENOTFOUND' }
const broken: HealthEvent = { event: 'failed', trouble: 'unknown', status: 500, message: 'oops' }

function after(events: readonly HealthEvent[], start = HEALTHY, now = NOW) {
  const notices: HealthNotice[] = []
  let health = start
  for (const event of events) {
    const heard = hear(health, event, now)
    health = heard.health
    if (heard.notice !== undefined) notices.push(heard.notice)
  }
  return { health, notices }
}

describe('it opens', () => {
  test.each([
    ['credentials refused three times running', [refusedUs, refusedUs, refusedUs], 'credentials'],
    ['credentials refused, with an answer between', [refusedUs, refusedUs, ok, refusedUs], undefined],
    ['no connection three times running', [down, down, down], 'unavailable'],
    ['a collection that is not there', [{ ...broken, status: 404, trouble: 'refused', collection: true }], 'not-found'],
    ['HTML for a collection', [{ ...broken, status: 200, collection: true }], 'not-found'],
    ['one account that is not there', [{ ...broken, status: 404, trouble: 'gone' }], undefined],
    ['19 failures', Array(19).fill(broken), undefined],
    ['20 failures', Array(20).fill(broken), 'failing'],
    ['10 failures of 20', Array(10).fill([ok, broken]).flat(), undefined],
    ['11 failures of 21', [broken, ...Array(10).fill([ok, broken]).flat()], 'failing'],
    [
      'a hundred refusals of single accounts',
      Array(100).fill({ ...broken, trouble: 'refused', status: 400 }),
      undefined,
    ],
  ] as [string, HealthEvent[], string | undefined][])('%s: %s', (_case, events, reason) => {
    const { health, notices } = after(events)
    expect(describeBreaker(health).reason).toBe(reason)
    expect(health.health).toBe(reason === undefined ? 'healthy' : 'open')
    expect(notices.map(({ notice }) => notice)).toEqual(reason === undefined ? [] : ['opened'])
  })

  test('on calls that hang, however few of them fit into a minute', () => {
    let health = HEALTHY
    for (let call = 0; call < 20; call++) health = hear(health, broken, NOW + call * 30_000).health
    expect(health.health).toBe('open')
  })
})

test('it tells once per opening and once per change of reason, and when it is over', () => {
  const opened = after([down, down, down])
  let health = opened.health
  const told: string[] = opened.notices.map(({ notice }) => notice)
  let now = NOW
  for (const event of [down, down, refusedUs, refusedUs, ok]) {
    const may = mayAsk(health, now)
    if (!may.go) now = may.at
    expect(mayAsk(health, now)).toEqual({ go: true, probe: true })
    health = hear(health, { event: 'probe' }, now).health
    expect(mayAsk(health, now).go).toBe(false)
    const heard = hear(health, event, now)
    health = heard.health
    if (heard.notice !== undefined) told.push(`${heard.notice.notice} ${heard.notice.reason}`)
  }
  expect(told).toEqual(['opened', 'reason-changed credentials', 'closed credentials'])
  expect(health.health).toBe('healthy')
  expect(mayAsk(health, now)).toEqual({ go: true, probe: false })
})

test('probes come after 15 s, then twice as late each time, and never later than 15 min', () => {
  let { health } = after([down, down, down])
  let now = NOW
  const waits: number[] = []
  for (let probe = 0; probe < 9; probe++) {
    const may = mayAsk(health, now)
    if (may.go) throw new Error('asked too soon')
    waits.push((may.at - now) / 1000)
    now = may.at
    health = hear(health, { event: 'probe' }, now).health
    health = hear(health, down, now).health
  }
  expect(waits).toEqual([15, 30, 60, 120, 240, 480, 900, 900, 900])
  expect(describeBreaker(health).first?.at).toBe(NOW)
})

test('it lasts since the first failure after the last answer, however often it is tried again', () => {
  let health = hear(HEALTHY, ok, NOW - 60_000).health
  for (const at of [0, 5_000, 9_000]) health = hear(health, down, NOW + at).health
  expect(lastingSince(health)).toBe(NOW)
  for (const at of [30_000, 90_000]) {
    health = hear(health, { event: 'probe' }, NOW + at).health
    expect(lastingSince(health)).toBe(NOW)
    health = hear(health, refusedUs, NOW + at + 100).health
    expect(lastingSince(health)).toBe(NOW)
  }
  health = hear(hear(health, { event: 'probe' }, NOW + 200_000).health, ok, NOW + 200_100).health
  expect(lastingSince(health)).toBe(NOW + 200_100)
  for (const at of [0, 1, 2]) health = hear(health, down, NOW + 300_000 + at).health
  expect(lastingSince(health)).toBe(NOW + 300_000)
})

test('a pause that the app asks for holds everybody, and is believed up to an hour', () => {
  const slow = (retryAfterMs?: number): HealthEvent => ({
    event: 'failed',
    trouble: 'throttled',
    status: 429,
    message: 'too many requests',
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  })
  expect(mayAsk(after([slow(5_000)]).health, NOW + 4_999)).toEqual({ go: false, at: NOW + 5_000 })
  expect(mayAsk(after([slow(5_000)]).health, NOW + 5_000).go).toBe(true)
  expect(mayAsk(after([slow(5_000), slow(10)]).health, NOW + 4_999).go).toBe(false)
  expect(after([slow(1e12)]).health.pausedUntil).toBe(NOW + 3_600_000)
  expect(after([slow(), slow(), slow()]).health.pausedUntil).toBe(NOW + 4_000)
  expect(after([slow(5_000), ok]).health.health).toBe('healthy')
})

test('a probe whose outcome nobody knows is made again', () => {
  let { health } = after([down, down, down])
  health = hear(health, { event: 'probe' }, NOW + 15_000).health
  expect(mayAsk(health, NOW + 60_000).go).toBe(false)
  expect(mayAsk(health, NOW + 135_000)).toEqual({ go: true, probe: true })
})

test('a person who mended it does not wait for the next probe', () => {
  let { health } = after([refusedUs, refusedUs, refusedUs])
  health = hear(health, { event: 'retry' }, NOW + 1).health
  expect(mayAsk(health, NOW + 1)).toEqual({ go: true, probe: true })
})

const events = fc.array(
  fc.record({
    after: fc.integer({ min: 0, max: 120_000 }),
    event: fc.constantFrom<HealthEvent>(ok, refusedUs, down, broken, {
      event: 'failed',
      trouble: 'throttled',
      message: '',
      retryAfterMs: 40_000,
    }),
  }),
  { maxLength: 120 },
)

describe('P10, whatever happens', () => {
  test('nothing is sent during a pause, and there is always a next time within 15 minutes or the pause', () => {
    fc.assert(
      fc.property(events, (list) => {
        let health = HEALTHY
        let now = NOW
        for (const one of list) {
          now += one.after
          const may = mayAsk(health, now)
          if (!may.go) {
            expect(may.at).toBeGreaterThan(now)
            expect(may.at - now).toBeLessThanOrEqual(900_000)
            // Nothing is asked, so nothing is heard: the state says itself when it goes on.
            expect(mayAsk(health, may.at).go).toBe(true)
            continue
          }
          expect(health.pausedUntil ?? 0).toBeLessThanOrEqual(now)
          if (may.probe) health = hear(health, { event: 'probe' }, now).health
          health = hear(health, one.event, now).health
          // It is kept as JSON.
          expect(JSON.parse(JSON.stringify(health))).toEqual(health)
          if (one.event === ok) expect(health.health).toBe('healthy')
        }
      }),
    )
  })

  test('an app that only fails is asked a bounded number of times', () => {
    fc.assert(
      fc.property(fc.constantFrom(refusedUs, down, broken), (event) => {
        let health = HEALTHY
        let now = NOW
        let asked = 0
        while (now < NOW + 24 * 3_600_000) {
          const may = mayAsk(health, now)
          if (!may.go) {
            now = may.at
            continue
          }
          if (may.probe) health = hear(health, { event: 'probe' }, now).health
          health = hear(health, event, now).health
          asked++
          now += 100
        }
        expect(asked).toBeLessThan(20 + 7 + 24 * 4)
        expect(asked).toBeGreaterThan(24 * 4 - 2)
      }),
    )
  })
})
