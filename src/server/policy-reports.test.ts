// Tests what is kept of reports of browsers: both forms, no addresses, and no more than fits.

import { expect, test } from 'vitest'
import { createPolicyReports } from './policy-reports.ts'

const NOW = Date.UTC(2026, 10, 12)

test('both forms are counted by what was blocked, without paths', () => {
  const reports = createPolicyReports()
  const body = { effectiveDirective: 'script-src-elem', blockedURL: 'https://evil.example/x.js?who=bjensen' }
  reports.take(
    JSON.stringify([
      { type: 'csp-violation', body },
      { type: 'deprecation', body: {} },
    ]),
    NOW,
  )
  reports.take(JSON.stringify([{ type: 'csp-violation', body }]), NOW + 1)
  reports.take(
    JSON.stringify({ 'csp-report': { 'violated-directive': 'style-src-attr', 'blocked-uri': 'inline' } }),
    NOW,
  )
  expect(reports.told()).toEqual({
    count: 3,
    violations: [
      { directive: 'script-src-elem', blocked: 'https://evil.example', count: 2, last: NOW + 1 },
      { directive: 'style-src-attr', blocked: 'inline', count: 1, last: NOW },
    ],
  })
})

test('a flood of them is counted, and takes no memory', () => {
  const reports = createPolicyReports()
  const send = (at: number, now: number) =>
    reports.take(
      JSON.stringify({ 'csp-report': { 'violated-directive': 'img-src', 'blocked-uri': `https://h${at}` } }),
      now,
    )
  for (let at = 0; at < 1_000; at++) send(at, NOW)
  expect(reports.told().count).toBe(1_000)
  expect(reports.told().violations).toHaveLength(50)
  for (const wrong of ['', '[]', '{', '[1,null]', '{"csp-report":5}', '"x"']) reports.take(wrong, NOW + 3_600_000)
  expect(reports.told().count).toBe(1_000)
  send(0, NOW + 3_600_000)
  expect(reports.told().violations[0]).toMatchObject({ blocked: 'https://h0', count: 2, last: NOW + 3_600_000 })
})
