// The fake app that keeps the RFCs passes our own conformance checker, although it shares no code with our server.

import { expect, test } from 'vitest'
import { checkServer } from '../../src/conformance/index.ts'
import { createFakeApp } from '../../src/testing/index.ts'

/** SHOULDs that it misses: formats, values that are there twice, display names that it would have to look up. */
const MISSED = ['S-085', 'S-103/form', 'S-104/form', 'S-111/form', 'S-115', 'S-119/form', 'S-119/two', 'S-131/ref']

test('the strict fake app fails nothing that it claims to do', { timeout: 240_000 }, async () => {
  const app = createFakeApp({ token: 'secret' })
  const report = await checkServer({ url: app.base, token: 'secret', fetch: app.fetch })
  const faults = report.results.filter(({ verdict }) => ['must', 'untested'].includes(verdict))
  expect(faults.map(({ id, verdict, expected, reason }) => `${id} ${verdict}: ${expected ?? reason ?? ''}`)).toEqual([])
  const missed = report.results.filter(({ verdict }) => verdict === 'should').map(({ id }) => id)
  expect(missed).toEqual(MISSED)
  expect(report.counts.passed).toBeGreaterThan(300)
  expect(report.left).toEqual([])
  expect(app.state()).toEqual([])
})
