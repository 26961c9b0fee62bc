// The frame in a real browser: ⌘K, keys, languages, schemes, and what is said when the server has trouble.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkPage } from './check-page.ts'
import { hasBrowser, type OpenConsole, openConsole } from './open-console.ts'

const TENANTS = /\/admin\/v1\/tenants(?:\?|$)/

describe.runIf(hasBrowser)('the frame', () => {
  let console: OpenConsole
  beforeAll(async () => {
    console = await openConsole()
    await console.serving.tenant('acme')
  })
  afterAll(() => console.close())

  test('⌘K finds a tenant and a page, by keyboard alone', async () => {
    const { page, goto } = console
    await goto('/')
    // Nothing is lost while the dialog is loaded: some comes before, some after.
    const released = Promise.withResolvers<void>()
    await page.route(/\/find-[^/]*\.js$/, async (route) => {
      // With Control still held they would be no letters.
      await released.promise
      await page.keyboard.type('ac')
      await route.fallback()
    })
    await page.keyboard.press('Control+k')
    released.resolve()
    await page.getByRole('dialog').waitFor()
    await page.keyboard.type('m')
    await page.getByRole('dialog').getByText('acme').waitFor()
    expect(await page.getByRole('dialog').getByRole('textbox').inputValue()).toBe('acm')
    await page.unroute(/\/find-[^/]*\.js$/)
    await checkPage(console, 'find')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'acme' }).waitFor()
    await page.keyboard.press('/')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.type('schem')
    await page.getByRole('dialog').getByText('Schemas').waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Schemas' }).waitFor()
  })

  test('? lists the keys, g goes, and letters can be switched off', async () => {
    const { page, goto } = console
    await goto('/tenants')
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
    await checkPage(console, 'keys')
    await page.getByLabel('Use single letters as shortcuts').click()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.keyboard.press('g')
    await page.keyboard.press('o')
    expect(new URL(page.url()).pathname).toBe('/console/tenants')
    await page.evaluate(() => localStorage.removeItem('lockstep-keys'))
    await page.keyboard.press('g')
    await page.keyboard.press('o')
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
  })

  test('German, dark and roomy are chosen, and stay', async () => {
    const { page, goto, faults } = console
    await goto('/tenants')
    await page.getByRole('button', { name: /Account/ }).click()
    await page.getByRole('menuitemradio', { name: 'Dark' }).click()
    await page.getByRole('menuitemradio', { name: 'Comfortable' }).click()
    await page.getByRole('menuitemradio', { name: 'Deutsch' }).click()
    await page.keyboard.press('Escape')
    await page.getByRole('heading', { level: 1, name: 'Mandanten' }).waitFor()
    await page.reload()
    await page.getByRole('heading', { level: 1, name: 'Mandanten' }).waitFor()
    expect(
      await page.evaluate(() => ({ ...document.documentElement.dataset, lang: document.documentElement.lang })),
    ).toMatchObject({
      mantineColorScheme: 'dark',
      density: 'comfortable',
      lang: 'de',
    })
    expect(faults()).toEqual([])
    await page.evaluate(() => localStorage.clear())
  })

  test('a server that is gone is said in three sentences, and what was read stays', async () => {
    const { page, goto, forgive } = console
    await goto('/tenants')
    await page.getByRole('link', { name: 'acme' }).waitFor()
    await page.route(TENANTS, (route) => route.abort())
    await page.getByLabel('Find by name').fill('a')
    await page.getByText('The server did not answer.').waitFor()
    await page.unroute(TENANTS)
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByText('The server did not answer.').waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'acme' }).waitFor()
    forgive()
  })

  test('503 with Retry-After is tried again by itself', async () => {
    const { page, goto, forgive } = console
    let refused = 0
    await page.route(TENANTS, (route) => {
      refused++
      if (refused > 1) return route.fallback()
      return route.fulfill({
        status: 503,
        headers: { 'Retry-After': '1' },
        json: { error: { code: 'ERR_UNAVAILABLE', message: 'busy' } },
      })
    })
    await goto('/tenants')
    await page.getByRole('link', { name: 'acme' }).waitFor()
    expect(refused).toBe(2)
    await page.unroute(TENANTS)
    forgive()
  })

  test('an address where there is nothing says so', async () => {
    const { page, goto } = console
    await goto('/nothing/here')
    await page.getByRole('heading', { level: 1, name: 'There is nothing here' }).waitFor()
    await checkPage(console, 'not-found')
  })
})
