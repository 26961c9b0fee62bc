// Tenants in a real browser: found, made, deleted, by pointer and by keyboard alone.

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

  test('one is made, its token is shown once and nowhere else', async () => {
    const { page, goto, serving, faults } = console
    await goto('/tenants')
    await page.getByRole('button', { name: 'New tenant' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('No Good Name')
    await dialog.getByRole('button', { name: 'Make the tenant' }).click()
    await dialog.getByText(/a-z/).nth(1).waitFor()
    console.forgive()
    await dialog.getByLabel('Name').fill('initech')
    // Escape closes the commands, and not the form below them.
    await dialog.getByRole('button', { name: 'As command' }).click()
    await page.getByText("lockstep tenant create 'initech'").waitFor()
    await page.keyboard.press('Escape')
    await page.getByText("lockstep tenant create 'initech'").waitFor({ state: 'detached' })
    await checkPage(console, 'tenant-new')
    await dialog.getByRole('button', { name: 'Make the tenant' }).click()
    const token = await dialog.locator('code').filter({ hasText: 'lk_' }).textContent()
    await page.keyboard.press('Escape')
    expect(await dialog.isVisible()).toBe(true)
    await checkPage(console, 'tenant-issued')
    await dialog.getByRole('button', { name: 'I have copied the token' }).click()
    await page.getByRole('heading', { level: 1, name: 'initech' }).waitFor()
    expect(await page.content()).not.toContain(token)
    const answer = await fetch(`${serving.url}/tenants/initech/scim/v2/Users`, {
      headers: { Authorization: `Bearer ${token}` },
    })
    expect(answer.status).toBe(200)
    expect(faults()).toEqual([])
  })

  test('one is deleted when its name has been typed', async () => {
    const { page, goto, serving, faults } = console
    await serving.tenant('umbrella')
    await goto('/tenants')
    await page.getByRole('button', { name: 'What can be done with umbrella' }).click()
    await page.getByRole('menuitem', { name: 'Delete …' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('0 people and 0 groups').waitFor()
    const button = dialog.getByRole('button', { name: 'Delete umbrella' })
    expect(await button.isDisabled()).toBe(true)
    await dialog.getByLabel('Type umbrella to confirm').fill('umbrella')
    await checkPage(console, 'tenant-delete')
    await button.click()
    await dialog.waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'umbrella' }).waitFor({ state: 'detached' })
    expect(faults()).toEqual([])
  })

  test('a list is one tab stop that points at its line, and opens it', async () => {
    const { page, goto } = console
    await goto('/tenants')
    const grid = page.getByRole('grid', { name: 'Tenants' })
    await page.getByRole('link', { name: 'acme' }).waitFor()
    await page.getByRole('button', { name: 'New tenant' }).focus()
    await page.keyboard.press('Tab')
    expect(await grid.evaluate((element) => element === document.activeElement)).toBe(true)
    await page.keyboard.press('j')
    const pointed = () =>
      grid.evaluate(
        (element) => document.getElementById(element.getAttribute('aria-activedescendant') ?? '')?.textContent ?? '',
      )
    expect(await pointed()).toContain('default')
    await page.keyboard.press('k')
    expect(await pointed()).toContain('acme')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'acme' }).waitFor()
  })

  test('what a role may not do is not shown', async () => {
    const support = await openConsole({ role: 'support', serving: console.serving, tenants: ['acme'] })
    await support.goto('/t/acme')
    expect(await support.page.getByRole('link', { name: 'Tenants' }).count()).toBe(0)
    expect(await support.page.getByRole('heading', { name: 'Last changes' }).count()).toBe(0)
    await support.goto('/tenants')
    expect(await support.page.getByRole('button', { name: 'New tenant' }).count()).toBe(0)
    expect(await support.page.getByText('globex').count()).toBe(0)
    expect(support.faults()).toEqual([])
    await support.close()
  })
})
