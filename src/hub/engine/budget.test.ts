// The rate budget: no more than the app allows, a part kept for leavers, and no lane that starves.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RateBucket, Traits } from '../contract/index.ts'
import { drainBudget, hasSlot, nextLane, openBudget, savedBudget, takeToken } from './budget.ts'

const NOW = 1_800_000_000_000

function traitsOf(buckets: readonly RateBucket[], concurrency = 4): Traits {
  const accounts = { create: true, remove: true, match: [], unique: [], comparable: (one: object) => one as never }
  return {
    timeoutMs: 10_000,
    concurrency,
    leaverShare: 0.3,
    buckets,
    readLagMs: 0,
    users: accounts,
    members: { read: 'none', perRequest: 100, onCreate: 0, nested: false },
    off: { disableMeans: 'kept', disabledReads: true, reenable: 'update', removeMeans: 'removed' },
  }
}

const asks = fc.array(
  fc.record({
    after: fc.integer({ min: 0, max: 3_000 }),
    lane: fc.constantFrom(0, 1, 2, 5, 7, 9),
    step: fc.constantFrom('create' as const, 'update' as const, 'disable' as const, 'read' as const),
  }),
  { maxLength: 300 },
)

describe('P10: tokens', () => {
  test('in no span of time more are taken than it allows', () => {
    fc.assert(
      fc.property(asks, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 600 }), (list, burst, perMinute) => {
        const traits = traitsOf([{ perMinute, burst }])
        let budget = openBudget(traits, undefined, NOW, false)
        let now = NOW
        const taken: number[] = []
        for (const { after, ...ask } of list) {
          now += after
          const result = takeToken(budget, traits, { ...ask, type: 'User' }, now)
          budget = result.budget
          if (result.go) taken.push(now)
          else expect(result.at).toBeGreaterThan(now)
        }
        for (const [from, start] of taken.entries()) {
          for (const [more, end] of taken.slice(from).entries())
            expect(more + 1).toBeLessThanOrEqual(burst + ((end - start) * perMinute) / 60_000 + 1e-6)
        }
      }),
    )
  })

  test('the time that it names is the time when there is one', () => {
    fc.assert(
      fc.property(asks, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 600 }), (list, burst, perMinute) => {
        const traits = traitsOf([
          { perMinute, burst },
          { steps: ['create'], perMinute: 7, burst: 2 },
        ])
        let budget = openBudget(traits, undefined, NOW, false)
        let now = NOW
        for (const { after, ...ask } of list) {
          now += after
          const result = takeToken(budget, traits, { ...ask, type: 'User' }, now)
          budget = result.budget
          if (!result.go) expect(takeToken(budget, traits, { ...ask, type: 'User' }, result.at + 1).go).toBe(true)
        }
      }),
    )
  })

  test('a bucket counts only its steps and its type', () => {
    const traits = traitsOf([{ steps: ['create'], type: 'Group', perMinute: 1, burst: 1 }])
    let budget = openBudget(traits, undefined, NOW, false)
    budget = takeToken(budget, traits, { step: 'create', type: 'Group', lane: 0 }, NOW).budget
    expect(takeToken(budget, traits, { step: 'create', type: 'Group', lane: 0 }, NOW).go).toBe(false)
    expect(takeToken(budget, traits, { step: 'create', type: 'User', lane: 0 }, NOW).go).toBe(true)
    expect(takeToken(budget, traits, { step: 'update', type: 'Group', lane: 0 }, NOW).go).toBe(true)
  })
})

describe('P9: leavers', () => {
  test('find their share, whatever the others have taken', () => {
    fc.assert(
      fc.property(asks, fc.integer({ min: 4, max: 100 }), (list, burst) => {
        const traits = traitsOf([{ perMinute: 60, burst }])
        let budget = openBudget(traits, undefined, NOW, false)
        let now = NOW
        for (const { after, ...ask } of list.filter(({ lane }) => lane > 0)) {
          now += after
          budget = takeToken(budget, traits, { ...ask, type: 'User' }, now).budget
        }
        for (let leaver = 0; leaver < Math.floor(burst * 0.3); leaver++) {
          const result = takeToken(budget, traits, { step: 'disable', type: 'User', lane: 0 }, now)
          expect(result.go).toBe(true)
          budget = result.budget
        }
      }),
    )
  })

  test('come first whenever one is ready; sweeps get one in fifty of the rest', () => {
    const traits = traitsOf([])
    let budget = openBudget(traits, undefined, NOW, false)
    const sent: (number | undefined)[] = []
    for (let request = 0; request < 200; request++) {
      const lane = nextLane(budget, [9, 5, 7]) ?? -1
      sent.push(lane)
      budget = takeToken(budget, traits, { step: 'update', type: 'User', lane }, NOW).budget
      expect(nextLane(budget, [9, 0, 5])).toBe(0)
    }
    expect(sent.filter((lane) => lane === 9)).toHaveLength(4)
    expect(sent.filter((lane) => lane === 7)).toHaveLength(0)
    expect(nextLane(budget, [])).toBeUndefined()
  })

  test.each([
    [1, { all: 0, leaving: 0 }, 5, true],
    [1, { all: 1, leaving: 0 }, 0, false],
    [4, { all: 3, leaving: 0 }, 5, false],
    [4, { all: 3, leaving: 0 }, 0, true],
    [4, { all: 3, leaving: 1 }, 5, true],
    [4, { all: 4, leaving: 4 }, 0, false],
  ])('of %i slots with %o running, lane %i gets one: %s', (concurrency, running, lane, free) => {
    expect(hasSlot(traitsOf([], concurrency), running, lane)).toBe(free)
  })
})

describe('a new owner', () => {
  const traits = traitsOf([{ perMinute: 60, burst: 10 }])
  const ask = { step: 'update', type: 'User', lane: 0 } as const
  const spent = () => {
    let budget = openBudget(traits, undefined, NOW, false)
    for (let request = 0; request < 10; request++) budget = takeToken(budget, traits, ask, NOW).budget
    return budget
  }
  test('goes on where the last one has stopped', () => {
    expect(takeToken(openBudget(traits, savedBudget(spent()), NOW, false), traits, ask, NOW).go).toBe(false)
    expect(takeToken(openBudget(traits, savedBudget(spent()), NOW + 1000, false), traits, ask, NOW + 1000).go).toBe(
      true,
    )
  })
  test('begins with nothing after one that vanished', () => {
    expect(takeToken(openBudget(traits, undefined, NOW, true), traits, ask, NOW).go).toBe(false)
  })
  test('trusts the app more than its own count', () => {
    const drained = drainBudget(openBudget(traits, undefined, NOW, false), traits, ask, NOW)
    expect(takeToken(drained, traits, ask, NOW).go).toBe(false)
    expect(takeToken(drained, traits, ask, NOW + 1000).go).toBe(true)
  })
})
