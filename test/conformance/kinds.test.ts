// Each kind of connection deviates from the RFCs exactly where its quirks say so.

import { describe, expect, test } from 'vitest'
import { checkServer } from '../../src/conformance/index.ts'
import { deviationsOf, KINDS, profileOf } from '../../src/quirks/index.ts'
import { createClient } from '../rfc/client.ts'
import { BADGE_SCHEMA, declare, userType } from '../rfc/custom.ts'
import { site } from '../rfc/site.ts'

const served = site()

/** In CI every third, and the two with the most quirks: each takes some seconds. */
const TRIED = KINDS.filter(
  (kind, at) => process.env.CI === undefined || at % 3 === 0 || kind === 'entra' || kind === 'okta',
)

describe('every kind of connection deviates from what its quirks declare, and from nothing else', () => {
  test.each(TRIED)(
    '%s',
    async (kind) => {
      const { base, token } = await served.server.connection(kind)
      // An attribute of every type and characteristic: some quirks are about types that the core schemas lack.
      const client = createClient({ base, token })
      await declare(served.server, client, {
        schemas: [BADGE_SCHEMA],
        types: [userType([{ schema: BADGE_SCHEMA.id }])],
      })
      const report = await checkServer({ url: base, token, concurrency: 8 })
      const found = report.results.filter(({ verdict }) => ['must', 'should', 'differs'].includes(verdict))
      expect([...new Set(found.map(({ requirement }) => requirement))].sort()).toEqual(deviationsOf(profileOf(kind)))
      expect(report.counts.untested).toBe(0)
      expect(report.left).toEqual([])
    },
    120_000,
  )
})
