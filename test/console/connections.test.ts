// Connections in a real browser: made with the clicks and the live test, rotated, asked what a change would do.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkPage } from './check-page.ts'
import { hasBrowser, type OpenConsole, openConsole } from './open-console.ts'

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const NOBODY = '00000000-0000-4000-8000-000000000001'

describe.runIf(hasBrowser)('connections', () => {
  let console: OpenConsole
  let token = ''
  let base = ''
  beforeAll(async () => {
    console = await openConsole()
    await console.serving.tenant('acme')
    base = `${console.serving.url}/tenants/acme/scim/v2`
  })
  afterAll(() => console.close())

  const send = (path: string, body?: object) =>
    fetch(`${base}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })

  test('one is made: the token once, the clicks with the values in place, and what arrives', async () => {
    const { page, goto } = console
    await goto('/t/acme/connections')
    await page.getByText('None has been made yet.').waitFor()
    await checkPage(console, 'connections-empty')
    await page.getByRole('button', { name: 'Make a connection' }).first().click()
    await page.getByLabel('Name').fill('Head office')
    await page.getByRole('button', { name: 'Make the connection' }).click()
    token = (await page.locator('code').filter({ hasText: /^lk_/ }).first().textContent()) ?? ''
    expect(token).toMatch(/^lk_acme_/)
    await page.getByText(`${base}?aadOptscim062020`).first().waitFor()
    await page.getByText('Waiting for Entra').waitFor()
    await send(`/Users?filter=userName+eq+%22${NOBODY}%22`)
    await send(`/Groups?excludedAttributes=members&filter=displayName+eq+%22${NOBODY}%22`)
    await page.getByText('Connected').waitFor()
    await page.getByText('Done: the request that proves it has arrived').first().waitFor()
    await checkPage(console, 'connection-new')
  })

  test('one is shown with its tokens side by side: the second waits, is used, and the first is revoked', async () => {
    const { page } = console
    await page.getByRole('button', { name: 'Open the connection' }).click()
    await page.getByRole('heading', { name: 'Head office' }).waitFor()
    await page.getByRole('button', { name: 'Make the second token' }).click()
    await page.getByText('The second token waits for its first use.').waitFor()
    token = (await page.locator('code').filter({ hasText: /^lk_/ }).first().textContent()) ?? ''
    expect((await send('/Users?count=1')).status).toBe(200)
    await page.getByText(/The second token was used/).waitFor({ timeout: 30_000 })
    await page.getByRole('button', { name: 'Record values…' }).click()
    await page.getByLabel(/Reason/).fill('a customer asked')
    await page.getByRole('button', { name: 'Record values', exact: true }).click()
    await page.getByText('Reason: a customer asked').waitFor()
    await page
      .getByRole('region', { name: 'Needs attention' })
      .getByText(/recorded with people's values until/)
      .waitFor()
    await checkPage(console, 'connection')
    await page.getByRole('button', { name: 'End the recording' }).click()
    await page.getByText('Bodies are kept as shapes').waitFor()
    await page.getByRole('region', { name: 'Needs attention' }).waitFor({ state: 'detached' })
    await page
      .getByRole('button', { name: /^Revoke [0-9a-f]/ })
      .first()
      .click()
    await page.getByRole('button', { name: 'Revoke the token' }).click()
    await page.getByText('One token is live.').waitFor()
  })

  test('what if its rights were fewer is shown before anything is changed', async () => {
    const { page } = console
    expect((await send('/Users', { schemas: [USER], userName: 'ada' })).status).toBe(201)
    await page.getByLabel('Rights').fill('read:users')
    await page.getByRole('button', { name: 'Show what would differ' }).click()
    await page.getByText(/requests would be answered differently/).waitFor()
    await page
      .getByText(/its connection may not do/)
      .first()
      .waitFor()
    await checkPage(console, 'connection-what-if')
  })

  test('the list shows it, with its state', async () => {
    const { page, goto } = console
    await goto('/t/acme/connections')
    await page.getByRole('link', { name: 'Head office' }).waitFor()
    // A use is written within a minute.
    await page.getByText(/^(?:Last heard|Never used)/).waitFor()
    await checkPage(console, 'connections')
  })
})
