// What page, badge and JUnit file say of a check as a whole.

import { describe, expect, test } from 'vitest'
import { describeCount, isGood, type Report, writeBadge, writeHtml, writeJunit } from '../../src/conformance/index.ts'
import { checkHere, createHere } from './here.ts'

describe('a server that breaks off at every PATCH', () => {
  const broken = async (): Promise<Report> => {
    const here = createHere()
    return checkHere(async (request) => {
      if (request.method === 'PATCH') throw new TypeError('fetch failed')
      return here(request)
    })
  }

  test('page and badge say how many cases could not be tested, since without an answer no MUST is failed', async () => {
    const report = await broken()
    const { must, should, untested } = report.counts
    expect({ must, should }).toEqual({ must: 0, should: 0 })
    expect(untested).toBeGreaterThan(80)
    expect(writeHtml(report)).toContain(`Conformant; ${untested} could not be tested</p>`)
    expect(writeBadge(report)).toContain(`SCIM 2.0: conformant, ${untested} not tested"`)
    expect(writeBadge(report)).not.toContain('#2e7d32')
  })

  test('does not pass where SHOULDs count, nor in the JUnit file', async () => {
    const report = await broken()
    const failures = (xml: string) => xml.split('<failure ').length - 1
    expect([isGood(report), isGood(report, true)]).toEqual([true, false])
    expect(failures(writeJunit(report))).toBe(0)
    const strict = writeJunit(report, { strict: true })
    expect(failures(strict)).toBe(report.counts.untested)
    expect(strict).toContain('<failure type="untested" message="could not be tested: PATCH ')
    expect(strict).not.toMatch(/<testsuite name="patch" tests="\d+" failures="0"/)
  })
})

test('a check that was stopped is an error in the JUnit file, though nothing had failed until then', async () => {
  const stop = new AbortController()
  const report = await checkHere(createHere(), {
    only: ['create'],
    concurrency: 1,
    signal: stop.signal,
    onResult: () => stop.abort(new Error('stopped')),
  })
  expect(report.stopped).toBe(true)
  expect(report.counts).toMatchObject({ passed: 1, must: 0 })
  expect(writeJunit(report)).toMatch(
    /<testsuite name="check" tests="1" failures="0" errors="1" [\s\S]*<error message="stopped before the end"\/>/,
  )
  expect(writeJunit(await checkHere(createHere(), { only: ['P-060'] }))).not.toContain('<error')
})

test.each([
  ['must', 0, '0 MUST requirements failed'],
  ['must', 1, '1 MUST requirement failed'],
  ['must', 2, '2 MUST requirements failed'],
  ['should', 1, '1 SHOULD requirement missed'],
  ['should', 3, '3 SHOULD requirements missed'],
  ['differs', 1, '1 differs where the RFC leaves it open'],
  ['differs', 2, '2 differ where the RFC leaves it open'],
  ['untested', 2, '2 could not be tested'],
  ['passed', 1, '1 passed'],
] as const)('%s, %i: %s', (verdict, count, words) => {
  expect(describeCount(verdict, count)).toBe(words)
})
