// How judges' findings are compared with the expected ones.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { compare, type Deviation, isGood } from '../conformance/compare.ts'
import type { Finding } from '../conformance/judge.ts'
import { tell } from '../conformance/report.ts'

const judge = { name: 'someone', about: 'someone 1.0', atLeast: 1 }
const passed: Finding = { check: 'create', outcome: 'passed', detail: '' }
const failed: Finding = { check: 'patch a group', outcome: 'failed', detail: 'Expected 200, got 204' }
const known: Deviation = {
  judge: 'someone',
  profiles: ['strict'],
  checks: ['patch a group'],
  says: 'got 204',
  why: 'RFC 7644 allows both',
  source: 'RFC 7644, section 3.5.2; P-347',
}

describe('what judges by others find, beside what is expected of them', () => {
  test('a failure that the list has is good', () => {
    const verdict = compare(judge, 'strict', [passed, failed], [known], 1)
    expect(verdict).toMatchObject({ passed: 1, expected: 1, unexpected: [], gone: [] })
    expect(isGood(verdict)).toBe(true)
  })

  test('a failure that it has not is not, nor one that fails in another way, or in another profile', () => {
    const other = { ...failed, detail: 'Expected 200, got 500' }
    expect(compare(judge, 'strict', [passed, failed], [], 1).unexpected).toEqual([failed])
    expect(compare(judge, 'strict', [passed, other], [known], 1).unexpected).toEqual([other])
    expect(compare(judge, 'generic', [passed, failed], [known], 1).unexpected).toEqual([failed])
    expect(isGood(compare(judge, 'strict', [passed, failed], [], 1))).toBe(false)
  })

  test('an expected failure that no longer happens is not good either', () => {
    const verdict = compare(judge, 'strict', [passed, { ...failed, outcome: 'passed' }], [known], 1)
    expect(verdict.gone).toEqual(['patch a group: got 204'])
    expect(isGood(verdict)).toBe(false)
  })

  test('a run that breaks off early is not taken for a good one', () => {
    const verdict = compare({ ...judge, atLeast: 20 }, 'strict', [passed], [], 1)
    expect(verdict.broken).toMatch(/only 1 checks passed, 20 at least/)
    expect(isGood(verdict)).toBe(false)
  })

  test('the table says who was left out and why, and what was found', () => {
    const text = tell(
      [compare(judge, 'strict', [passed, failed], [], 1)],
      [{ judge: 'pythonic', why: 'python3 not found' }],
    )
    expect(text).toMatch(/^pythonic {2}skipped: python3 not found$/m)
    expect(text).toMatch(/unexpected {2}patch a group\n +Expected 200, got 204/)
  })

  test('the command loads with nothing of the tests around it, and knows its judges', () => {
    const command = fileURLToPath(new URL('../conformance/run.ts', import.meta.url))
    const { status, stderr } = spawnSync(process.execPath, [command, '--only', 'nobody'], { encoding: 'utf8' })
    expect(stderr).toMatch(/^Unknown name: nobody; known names are scim2-tester, /)
    expect(status).toBe(2)
  })

  test('each entry of the list says why, and which requirement makes ours right', () => {
    const list = JSON.parse(
      readFileSync(new URL('../conformance/expected.json', import.meta.url), 'utf8'),
    ) as readonly Deviation[]
    expect(list.length).toBeGreaterThan(0)
    for (const { why, source, checks, says, profiles } of list) {
      expect(why.length, says).toBeGreaterThan(20)
      expect(source, says).toMatch(/^RFC 764[34], section.*; [SPA]-\d+/)
      expect(checks.length, says).toBeGreaterThan(0)
      expect(profiles.length, says).toBeGreaterThan(0)
    }
  })
})
