// Signing in and out in a real browser.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkPage } from './check-page.ts'
import { hasBrowser, type OpenConsole, openConsole } from './open-console.ts'

describe.runIf(hasBrowser)('signing in', () => {
  let console: OpenConsole
  beforeAll(async () => {
    console = await openConsole()
  })
  afterAll(() => console.close())

  test('a page asks for it at its own address, and is there afterwards; nothing is kept in the browser', async () => {
    const { page, context, serving, forgive } = console
    await context.clearCookies()
    await page.goto(`${serving.url}/console/tenants`)
    await page.getByLabel('Admin token', { exact: true }).waitFor()
    await checkPage(console, 'sign-in')
    await page.getByLabel('Admin token', { exact: true }).fill('lka_wrong')
    await page.keyboard.press('Enter')
    await page.getByText(/token/i).nth(1).waitFor()
    forgive()
    const { token } = await serving.tenancy.adminTokens.create({ label: 'ada' })
    await page.getByLabel('Admin token', { exact: true }).fill(token)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Tenants', level: 1 }).waitFor()
    const kept = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
    )
    expect(kept).not.toContain(token)
    expect(kept).not.toContain('lockstep_')
  })

  test('when the session ends, a sheet asks again over the page, which stays', async () => {
    const { page, goto, context, serving, forgive } = console
    await goto('/tenants')
    await page.getByLabel('Find by name').fill('nothing')
    await context.clearCookies()
    await page.getByLabel('Find by name').fill('nothing else')
    await page.getByRole('dialog').getByLabel('Admin token', { exact: true }).waitFor()
    forgive()
    const { token } = await serving.tenancy.adminTokens.create({ label: 'ada' })
    await page.getByRole('dialog').getByLabel('Admin token', { exact: true }).fill(token)
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await page.getByLabel('Find by name').inputValue()).toBe('nothing else')
  })

  test('signing out ends the session and asks again', async () => {
    const { page, goto, serving } = console
    await goto('/tenants')
    await page.getByRole('button', { name: /Account/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByLabel('Admin token', { exact: true }).waitFor()
    expect((await page.request.get(`${serving.url}/admin/v1/tenants`)).status()).toBe(401)
  })
})
