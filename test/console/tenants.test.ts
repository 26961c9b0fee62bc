// The page of tenants in a real browser.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkPage } from './check-page.ts'
import { hasBrowser, type OpenConsole, openConsole } from './open-console.ts'

describe.runIf(hasBrowser)('tenants', () => {
  let console: OpenConsole
  beforeAll(async () => {
    console = await openConsole()
    await console.serving.tenant('acme')
    await console.serving.tenant('globex')
  })
  afterAll(() => console.close())

  test('are listed and found by name, and the address says so', async () => {
    const { page, goto } = console
    await goto('/tenants')
    await page.getByRole('link', { name: 'globex' }).waitFor()
    await page.getByLabel('Find by name').fill('ac')
    await page.getByRole('link', { name: 'globex' }).waitFor({ state: 'detached' })
    expect(await page.getByRole('link', { name: 'acme' }).count()).toBe(1)
    expect(new URL(page.url()).search).toBe('?search=ac')
    await checkPage(console, 'tenants')
  })
})
