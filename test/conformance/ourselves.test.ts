// Our own server passes every case and is left as it was found.

import { beforeAll, describe, expect, test } from 'vitest'
import { CASE_GROUPS, checkServer, type Report } from '../../src/conformance/index.ts'
import { createClient } from '../rfc/client.ts'
import { BADGE_SCHEMA, declare, userType } from '../rfc/custom.ts'
import { site } from '../rfc/site.ts'

const at = site()

/** The faults in a report, as lines that a failing test shows in full. */
function found(report: Report): readonly string[] {
  return report.results
    .filter(({ verdict }) => !['passed', 'unadvertised'].includes(verdict))
    .map(({ id, verdict, expected, reason }) => `${id} ${verdict}: ${expected ?? reason ?? ''}`)
}

/** A connection of a kind in a new tenant, with an attribute of every type and characteristic when `badge` is set. */
async function connect(kind: string, badge: boolean): Promise<{ readonly url: string; readonly token: string }> {
  const { base, token } = await at.server.connection(kind)
  if (badge) {
    const client = createClient({ base, token })
    await declare(at.server, client, { schemas: [BADGE_SCHEMA], types: [userType([{ schema: BADGE_SCHEMA.id }])] })
  }
  return { url: base, token }
}

describe.each([
  ['with the schemas of the RFC', false],
  ['with an attribute of every kind', true],
] as const)('strict, %s', (_, badge) => {
  let report: Report
  let server: Awaited<ReturnType<typeof connect>>
  beforeAll(async () => {
    server = await connect('strict', badge)
    report = await checkServer(server)
  })

  test('fails nothing, misses nothing, differs nowhere, and leaves nothing untested', () => {
    expect(found(report)).toEqual([])
  })

  test('most cases really run', () => {
    expect(report.counts.passed).toBeGreaterThan(badge ? 455 : 440)
  })

  test('leaves nothing behind', async () => {
    expect(report.left).toEqual([])
    const client = createClient({ base: server.url, token: server.token })
    for (const endpoint of ['/Users', '/Groups']) expect((await client.get(endpoint)).body.totalResults).toBe(0)
  })

  test('shows no token anywhere', () => {
    expect(JSON.stringify(report)).not.toContain(server.token)
  })
})

test('each case has an id that --only and --skip accept', () => {
  const ids = CASE_GROUPS.flatMap(({ cases, witnesses = [] }) => [...cases, ...witnesses].map(({ id }) => id))
  expect(ids.filter((id) => !/^[SPC]-\d+(\/[\w.-]+)?$/.test(id))).toEqual([])
  expect(new Set(ids).size).toBe(ids.length)
})
