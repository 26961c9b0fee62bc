// Each identity provider works with a connection of its kind, and what a strict one lacks.

import { describe, expect, test } from 'vitest'
import { checkServer, PROVIDER_KINDS, type ProviderReport } from '../../src/conformance/index.ts'
import { site } from '../rfc/site.ts'

const at = site()

/** Checks what an identity provider needs on a connection of a kind. */
async function judge(kind: string, provider: (typeof PROVIDER_KINDS)[number]): Promise<ProviderReport> {
  const { base, token } = await at.server.connection(kind)
  const { providers, left } = await checkServer({ url: base, token, only: ['P-060'], for: [provider] })
  expect(left).toEqual([])
  const [report] = providers
  if (report === undefined) throw new Error('no report')
  return report
}

const failing = (report: ProviderReport) =>
  report.needs.filter(({ verdict }) => verdict !== 'works').map(({ title, reason }) => `${title}: ${reason}`)

describe('each identity provider works with a connection of its kind', () => {
  test.each(PROVIDER_KINDS)('%s', async (kind) => {
    const report = await judge(kind, kind)
    expect(failing(report)).toEqual([])
    expect(report.works).toBe(true)
    expect(report.needs.length).toBeGreaterThanOrEqual(8)
  })
})

describe('what a strict server lacks', () => {
  test('Entra does not work with it, and the report says why', async () => {
    const report = await judge('strict', 'entra')
    expect(report.works).toBe(false)
    const wrong = report.needs.filter(({ verdict, optional }) => verdict === 'fails' && optional !== true)
    expect(wrong.map(({ title }) => title)).toEqual([
      'the default dialect disables by Replace with the text "False"',
      'an element that is not there yet is made from the filter',
      'an unknown attribute among known ones is left out and the rest is done',
      'a group is created from what it sends',
    ])
    for (const { reason, fix, exchanges } of wrong) {
      expect(reason).toMatch(/^expected /)
      expect(fix).toBeTruthy()
      expect(exchanges?.length).toBeGreaterThan(0)
    }
  })

  test('authentik searches without quotes', async () => {
    const report = await judge('strict', 'authentik')
    expect(report.needs.filter(({ verdict }) => verdict === 'fails').map(({ title }) => title)).toEqual([
      'after a 409 the user is found by a userName without quotes',
    ])
  })

  test.each(['okta', 'onelogin', 'ping', 'jumpcloud', 'google', 'auth0', 'keycloak', 'rippling'] as const)(
    '%s works with it nevertheless',
    async (kind) => {
      expect((await judge('strict', kind)).works).toBe(true)
    },
  )
})
