// Checks in a real browser: a server at fault is checked, followed, stopped, understood and saved.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createFakeApp, FAKE_PROFILES, listen } from '../../src/testing/index.ts'
import { type Serving, serve } from '../serve.ts'
import { checkPage } from './check-page.ts'
import { hasBrowser, type OpenConsole, openConsole } from './open-console.ts'

describe.runIf(hasBrowser)('the pages of checks', () => {
  let console: OpenConsole
  let serving: Serving
  const undo: (() => unknown)[] = []

  beforeAll(async () => {
    const app = createFakeApp({ profile: { ...FAKE_PROFILES.strict, rates: [] }, token: 'app-secret' })
    const at = await listen({
      ...app,
      // What is made is answered with 200, where the RFC asks for 201.
      async fetch(...request) {
        const answer = await app.fetch(...request)
        const { status, headers } = answer
        return status === 201 ? new Response(answer.body, { status: 200, headers }) : answer
      },
    })
    undo.push(at.close)
    serving = await serve({ flags: { outboundAllow: '127.0.0.1' } })
    undo.push(serving.close)
    await serving.tenant('acme')
    console = await openConsole({ serving })
    undo.push(console.close)
    const { page, goto } = console
    await goto('/t/acme/check?of=server')
    await page.getByRole('textbox', { name: 'SCIM base URL' }).fill(at.base)
    await page.getByLabel('Bearer token').fill('app-secret')
  })
  afterAll(async () => {
    for (const one of undo.reverse()) await one()
  })

  test('a server is checked for Okta; what is wrong says where and what would be right, and is saved', async () => {
    const { page, faults } = console
    await page.getByText('Test people and groups are created on that server').waitFor()
    await page.getByRole('checkbox', { name: 'Okta' }).check()
    await checkPage(console, 'check-new')
    await page.getByRole('button', { name: 'Check', exact: true }).click()
    await page.getByText(/^\d+ of \d+ cases$/).waitFor()
    // Findings come while it goes on.
    const finding = page.locator('details', { hasText: 'Fails a MUST' }).first()
    await finding.waitFor({ timeout: 60_000 })
    await page.getByRole('button', { name: 'Stop' }).click()
    await page.getByText('What it created was removed').waitFor({ timeout: 60_000 })
    await finding.locator('summary').click()
    await finding.getByText('Likely fix').waitFor()
    await finding.getByText('Bearer ***').first().waitFor()
    await checkPage(console, 'check-run')
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'JSON' }).click()
    expect((await download).suggestedFilename()).toMatch(/^scim-check-.*\.json$/)
    expect(faults()).toEqual([])
  })

  test('the list has every check with its outcome, and a good one says so', async () => {
    const { page, goto, faults } = console
    const { token } = await serving.tenancy.adminTokens.create({ role: 'owner' })
    const response = await fetch(`${serving.url}/admin/v1/tenants/acme/checks`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ for: ['google'], only: ['sort'] }),
    })
    const { check } = (await response.json()) as { readonly check: string }
    await goto(`/t/acme/check/${check}`)
    await page.getByText('There is nothing to look at.').waitFor({ timeout: 60_000 })
    await page.getByText('will work').waitFor()
    await checkPage(console, 'check-good')
    await page.getByRole('link', { name: 'All checks' }).click()
    await page.getByRole('cell', { name: 'Conforms' }).waitFor()
    await page.getByRole('cell', { name: /^Fails \d+ MUST/ }).waitFor()
    await checkPage(console, 'check-list')
    expect(faults()).toEqual([])
  })
})
