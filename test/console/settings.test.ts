// The settings of the installation and the audit, in a real browser.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkPage } from './check-page.ts'
import { hasBrowser, type OpenConsole, openConsole } from './open-console.ts'

describe.runIf(hasBrowser)('the settings of the installation', () => {
  let console: OpenConsole
  beforeAll(async () => {
    console = await openConsole()
  })
  afterAll(() => console.close())

  test('requests are kept for so many days, and what would go is said first', async () => {
    const { page, goto } = console
    await goto('/settings/retention')
    await page.getByRole('heading', { name: 'Recorded requests' }).waitFor()
    await page.getByRole('textbox', { name: 'Days' }).fill('3')
    await page.getByText('Nothing would be removed.').waitFor()
    await page.getByRole('button', { name: 'Keep them this long' }).click()
    await page.getByRole('button', { name: 'Back to 14 days' }).waitFor()
    await checkPage(console, 'settings-retention')
  })

  test('an operator is made, gets a link that is shown once, and is removed', async () => {
    const { page, goto } = console
    await goto('/settings/people')
    await page.getByRole('button', { name: 'Make an operator' }).click()
    await page.getByLabel('Id', { exact: true }).fill('ada')
    await page.getByLabel('Name', { exact: true }).fill('<b>Ada</b>')
    await page.getByRole('button', { name: 'Make the operator' }).click()
    await page.getByRole('cell', { name: '<b>Ada</b>' }).waitFor()
    await checkPage(console, 'settings-people')
    await page.getByRole('button', { name: 'Make a link' }).click()
    await page.getByRole('button', { name: 'Make the link' }).click()
    await page.getByText('/console/first#k=').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Remove' }).click()
    await page.getByRole('button', { name: 'Remove the operator' }).click()
    await page.getByText('Operators are listed here').waitFor()
  })

  test('a token is made, shown once, and revoked', async () => {
    const { page, goto } = console
    await goto('/settings/tokens')
    await page.getByRole('button', { name: 'Make a token' }).click()
    await page.getByLabel('Label').fill('reports')
    await page.getByRole('button', { name: 'Make the token' }).click()
    await page.getByText(/^lka_/).waitFor()
    await page.getByRole('button', { name: 'I have it' }).click()
    await page.getByRole('cell', { name: 'reports' }).waitFor()
    await checkPage(console, 'settings-tokens')
    await page
      .getByRole('row', { name: /reports/ })
      .getByRole('button', { name: 'Revoke' })
      .click()
    await page.getByRole('button', { name: 'Revoke the token' }).click()
    await page.getByRole('cell', { name: 'reports' }).waitFor({ state: 'detached' })
  })

  test('sign-in is set, with rules, and its secret is never shown again', async () => {
    const { page, goto, forgive } = console
    await goto('/settings/sign-in')
    await page.getByLabel('Issuer').fill('ftp://x')
    await page.getByLabel('Client id').fill('console')
    await page.getByLabel('Client secret', { exact: true }).fill('the-secret')
    await page.getByRole('button', { name: 'Save the settings' }).click()
    await page.getByText('The issuer is an https URL').waitFor()
    forgive()
    await page.getByLabel('Issuer').fill('https://login.example.com')
    await page.getByRole('button', { name: 'Add a rule' }).click()
    await page.getByLabel('Value', { exact: true }).fill('owners')
    await page.getByRole('button', { name: 'Save the settings' }).click()
    await page.getByText('Saved').waitFor()
    await checkPage(console, 'settings-sign-in')
    await page.reload()
    await page.getByText('One is stored, encrypted.').waitFor()
    expect(await page.content()).not.toContain('the-secret')
    expect(await page.getByLabel('Value', { exact: true }).inputValue()).toBe('owners')
  })

  test('the audit says what was done, by whom, and that its chain holds', async () => {
    const { page, goto } = console
    await goto('/audit')
    await page.getByRole('cell', { name: 'createOperator' }).waitFor()
    await page.getByRole('button', { name: 'Verify the chain' }).click()
    await page.getByText('It holds:').waitFor()
    await checkPage(console, 'audit')
    await page.getByLabel('Action', { exact: true }).fill('putSignIn')
    await page.getByRole('cell', { name: 'createOperator' }).waitFor({ state: 'detached' })
    expect(page.url()).toContain('action=putSignIn')
  })

  test('an auditor reads the audit and no settings; support sees neither', async () => {
    for (const [role, seen] of [
      ['auditor', 1],
      ['support', 0],
    ] as const) {
      const other = await openConsole({ role, serving: console.serving })
      await other.goto('/')
      expect(await other.page.getByRole('link', { name: 'Audit' }).count()).toBe(seen)
      expect(await other.page.getByRole('link', { name: 'Settings' }).count()).toBe(0)
      await other.close()
    }
  })
})
