// The guard: limits, causes, the hour, and what passes.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { APP_DEFAULTS } from '../contract/index.ts'
import { describeHeld, type GuardState, guardLimits, judgeCause, judgeRemoval, removedWithinHour } from './guard.ts'

const { guard } = APP_DEFAULTS
const NOW = 1_800_000_000_000
const HOUR = 3_600_000

test.each([
  [0, 10, 'the floor'],
  [100, 10, 'the floor is the percentage'],
  [1000, 100, 'the percentage'],
])('of %i accounts %i may go within an hour (%s)', (managed, accounts) => {
  expect(guardLimits(guard, { managed }, NOW).accounts).toBe(accounts)
})

test('the limit does not sink while it is used up', () => {
  expect(guardLimits(guard, { managed: 900, removals: [[NOW / 60_000, 100, 0]] }, NOW).accounts).toBe(100)
})

describe('a cause is judged as a whole', () => {
  const state: GuardState = { managed: 118, memberships: 400 }
  test.each([
    [{ accounts: 11, memberships: 0 }, undefined, 'at the limit'],
    [{ accounts: 12, memberships: 0 }, 'accounts', 'one past it'],
    [{ accounts: 0, memberships: 50 }, undefined, 'memberships at their own limit'],
    [{ accounts: 0, memberships: 51 }, 'memberships', 'one membership past it'],
    [{ accounts: 0, memberships: 10, emptiedFrom: 10 }, undefined, 'a group of as many as the floor is emptied'],
    [{ accounts: 0, memberships: 11, emptiedFrom: 11 }, 'emptied', 'a larger group is emptied'],
  ])('%o: %s (%s)', (count, what, _case) => {
    const verdict = judgeCause(guard, state, { cause: 'configuration', ...count }, NOW)
    expect(verdict.go ? undefined : verdict.held.what).toBe(what)
  })
  test('which leaves nobody is held below the floor too', () => {
    const verdict = judgeCause(guard, { managed: 8 }, { cause: 'configuration', accounts: 8, memberships: 0 }, NOW)
    expect(verdict).toEqual({ go: false, held: { what: 'everyone', cause: 'configuration', count: 8, limit: 7 } })
  })
  test('is one or two people: no mass, though nobody is left', () => {
    for (const accounts of [1, 2])
      expect(judgeCause(guard, { managed: accounts }, { cause: 'x', accounts, memberships: 0 }, NOW).go).toBe(true)
  })
})

const steps = fc.array(
  fc.record({
    after: fc.integer({ min: 0, max: 20 * 60_000 }),
    accounts: fc.integer({ min: 0, max: 3 }),
    memberships: fc.integer({ min: 0, max: 40 }),
    pass: fc.constantFrom(undefined, undefined, undefined, 'approved' as const, 'kill' as const),
  }),
  { maxLength: 200 },
)

describe('P8: removals one by one', () => {
  test('in no hour more take effect than the limit without approval, and none is held while it would fit', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 400 }), (list, managed) => {
        const sent: { readonly at: number; readonly accounts: number; readonly memberships: number }[] = []
        let state: GuardState = { managed, memberships: 300 }
        let now = NOW
        for (const { after, accounts, memberships, pass } of list) {
          now += after
          const before = removedWithinHour(state.removals, now)
          const limits = guardLimits(guard, state, now)
          const verdict = judgeRemoval(guard, state, { accounts, memberships, ...(pass ? { pass } : {}) }, now)
          const fits =
            (accounts === 0 || before.accounts + accounts <= limits.accounts) &&
            (memberships === 0 || before.memberships + memberships <= limits.memberships)
          expect(verdict.go).toBe(fits || pass !== undefined)
          if (!verdict.go) continue
          state = {
            managed: Math.max(0, (state.managed ?? 0) - accounts),
            memberships: Math.max(0, (state.memberships ?? 0) - memberships),
            removals: verdict.removals,
          }
          if (pass === undefined) sent.push({ at: now, accounts, memberships })
        }
        // The limit of any hour is at most that of the accounts that there ever were.
        const most = Math.max(guard.floor, Math.floor((managed * guard.percent) / 100))
        for (const { at } of sent) {
          const hour = sent.filter((one) => one.at > at - HOUR && one.at <= at)
          expect(hour.reduce((sum, one) => sum + one.accounts, 0)).toBeLessThanOrEqual(most)
          expect(hour.reduce((sum, one) => sum + one.memberships, 0)).toBeLessThanOrEqual(guard.membersFloor)
        }
      }),
    )
  })

  test('the count stays small, however long it goes on', () => {
    let state: GuardState = { managed: 10_000 }
    for (let minute = 0; minute < 500; minute++) {
      const verdict = judgeRemoval(guard, state, { accounts: 1, memberships: 0 }, NOW + minute * 60_000)
      if (verdict.go) state = { ...state, removals: verdict.removals }
    }
    expect(state.removals?.length).toBeLessThanOrEqual(61)
  })

  test('a clock that is set back does not make room', () => {
    let state: GuardState = {}
    let sent = 0
    for (let back = 0; back < 30; back++) {
      const verdict = judgeRemoval(guard, state, { accounts: 1, memberships: 0 }, NOW - back * 600_000)
      if (!verdict.go) continue
      sent++
      state = { removals: verdict.removals }
    }
    expect(sent).toBe(guard.floor)
  })

  test('a group is not emptied one step at a time without asking either', () => {
    const verdict = judgeRemoval(guard, { managed: 50 }, { accounts: 0, memberships: 3, emptiedFrom: 40 }, NOW)
    expect(verdict.go ? '' : describeHeld(verdict.held)).toMatch(/^A group of 40 members would be emptied/)
  })
})
