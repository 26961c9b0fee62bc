import { expect, test } from 'vitest'
import { writeBadge, writeHtml } from '../../src/conformance/index.ts'
import { checkHere, createHere } from './here.ts'

test('page and badge say what could not be tested: without an answer no MUST is failed', async () => {
  const here = createHere()
  const report = await checkHere(async (request) => {
    if (request.method === 'PATCH') throw new TypeError('fetch failed')
    return here(request)
  })
  const { must, should, untested } = report.counts
  expect({ must, should }).toEqual({ must: 0, should: 0 })
  expect(untested).toBeGreaterThan(80)
  expect(writeHtml(report)).toContain(`Conformant; ${untested} could not be tested</p>`)
  expect(writeBadge(report)).toContain(`SCIM 2.0: conformant, ${untested} not tested"`)
  expect(writeBadge(report)).not.toContain('#2e7d32')
})
