// Setup links and the looks of the setup page, in the console in a real browser.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { begin } from '../setup/customer.ts'
import { checkPage } from './check-page.ts'
import { hasBrowser, type OpenConsole, openConsole } from './open-console.ts'

describe.runIf(hasBrowser)('setup links in the console', () => {
  let console: OpenConsole
  beforeAll(async () => {
    console = await openConsole()
    await console.serving.tenant('acme')
  })
  afterAll(() => console.close())

  test('are made, shown once, followed and revoked', async () => {
    const { page, goto, serving } = console
    await goto('/t/acme/setup-links')
    await page.getByText('Links with which a customer', { exact: false }).waitFor()
    await page.getByRole('button', { name: 'Make a setup link' }).first().click()
    await page.getByLabel('For', { exact: true }).fill('Globex')
    await page.getByRole('switch', { name: 'Ask for a code' }).click()
    await page.getByRole('button', { name: 'Make the link' }).click()
    await page.getByRole('heading', { name: 'The setup link' }).waitFor()
    const [url = '', code = ''] = await page.getByRole('dialog').locator('code').allTextContents()
    await checkPage(console, 'setup-link-made')
    await page.getByRole('button', { name: 'I have it' }).click()
    const customer = await begin(serving.url, url, code)
    await customer.step({ step: 'clicks', kind: 'okta' })
    await page.getByRole('cell', { name: 'Steps in their provider' }).waitFor()
    expect(await page.content()).not.toContain(url.slice(-20))
    await checkPage(console, 'setup-links')
    await page.getByRole('button', { name: 'Actions of Globex' }).click()
    await page.getByRole('menuitem', { name: 'Revoke the link' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke the link' }).click()
    await page.getByText('Revoked', { exact: true }).waitFor()
    expect((await customer.ask('GET', '/state')).status).toBe(401)
  })

  test('the looks of the page are changed, and a colour that cannot be read on is refused at its field', async () => {
    const { page, goto, faults, forgive, serving } = console
    await goto('/settings/setup-page')
    await page.getByLabel('Name', { exact: true }).fill('Acme App')
    await page.getByLabel('Colour', { exact: true }).fill('#f1bd62')
    await page.getByRole('button', { name: 'Save the changes' }).click()
    await page.getByText('it takes 4.5 : 1', { exact: false }).waitFor()
    expect(faults().length).toBeGreaterThan(0)
    forgive()
    await checkPage(console, 'setup-page-settings')
    await page.getByLabel('Colour', { exact: true }).fill('#7a1fa2')
    await page.getByRole('button', { name: 'Save the changes' }).click()
    const shown = async () => {
      const answer = await fetch(`${serving.url}/setup/v1/page`)
      return ((await answer.json()) as { readonly vendor: object }).vendor
    }
    await expect.poll(shown).toEqual({ name: 'Acme App', colour: '#7a1fa2' })
  })
})
