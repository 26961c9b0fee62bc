// Tests that each break is found by the cases it names and by no others.

import { describe, expect, test } from 'vitest'
import { CASE_GROUPS } from '../../src/conformance/index.ts'
import { type Break, breakProvider } from './broken.ts'
import { checkHere, createHere, faults } from './here.ts'

/** In CI one break of three: each costs a whole check, and what finds one is seldom changed without its neighbours. */
const EVERY = process.env.CI === undefined ? 1 : 3

/** Tests that each break is found by the cases that it names, and by no others; and that without one nothing is found. */
export function testBreaks(breaks: readonly Break[]): void {
  describe('a server with one fault', { timeout: 120_000 }, () => {
    test('without a break nothing is found', async () => {
      const whole: Break = { name: 'nothing', caught: [], wrap: (real) => real }
      expect(faults(await checkHere(breakProvider(createHere({ badge: true }), whole)))).toEqual([])
    })

    test('each break names existing cases and has a unique name', () => {
      const known = new Set(
        CASE_GROUPS.flatMap(({ cases, witnesses = [] }) => [...cases, ...witnesses].map(({ id }) => id)),
      )
      expect(breaks.flatMap(({ caught }) => caught).filter((id) => !known.has(id))).toEqual([])
      expect(breaks.filter(({ caught }) => caught.length === 0)).toEqual([])
      expect(new Set(breaks.map(({ name }) => name)).size).toBe(breaks.length)
      expect(breaks.length).toBeGreaterThanOrEqual(60)
    })

    test.each(breaks.filter((_, at) => at % EVERY === 0))('$name', async (one) => {
      const report = await checkHere(breakProvider(createHere({ badge: true }), one), { destructive: true })
      expect(faults(report).toSorted()).toEqual([...one.caught].toSorted())
      expect(report.left).toEqual([])
    })
  })
}
