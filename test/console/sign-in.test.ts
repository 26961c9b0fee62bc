// Signing in and out in a real browser.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createOneTimeLinks, LINK_MS } from '../../src/admin/index.ts'
import { environment } from '../../src/environment.ts'
import { checkPage } from './check-page.ts'
import { hasBrowser, type OpenConsole, openConsole, theBrowser } from './open-console.ts'

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
    // The label and what is below it speak of tokens as well.
    await page.getByText(/does not let anybody in/).waitFor()
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

  test('a link makes the first owner on a click, not by being opened, and the three steps can be taken or left', async () => {
    const { page, context, serving, forgive } = console
    await context.clearCookies()
    const links = createOneTimeLinks(serving.store, environment)
    const { secret } = await links.make({ first: true }, LINK_MS.first, { actor: 'test' })
    await page.goto(`${serving.url}/console/first#k=${secret}`)
    await page.getByText('It works once').waitFor()
    await checkPage(console, 'first')
    await page.reload()
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('Signed in as Owner').waitFor()
    expect(page.url()).not.toContain(secret)
    await checkPage(console, 'first-steps')
    await page.getByLabel('Your name').fill('Ada Lovelace')
    await page.keyboard.press('Enter')
    await page.getByText('Saved: Ada Lovelace').waitFor()
    await page.getByRole('link', { name: 'Make the first tenant' }).click()
    await page.getByRole('heading', { name: 'Tenants', level: 1 }).waitFor()
    // Used: whoever finds it later is not let in.
    const other = await (await theBrowser()).newContext()
    const found = await other.newPage()
    await found.goto(`${serving.url}/console/first#k=${secret}`)
    await found.getByRole('button', { name: 'Sign in' }).click()
    await found.getByRole('alert').waitFor()
    await other.close()
    forgive()
  })

  test('a link can be pasted where a token can, and what went wrong at the identity provider is said', async () => {
    const { page, context, serving, forgive } = console
    await context.clearCookies()
    await page.goto(`${serving.url}/console/sign-in?problem=no-role`)
    await page.getByText('no rule gives you a role here').waitFor()
    await checkPage(console, 'sign-in-problem')
    const { secret } = await createOneTimeLinks(serving.store, environment).make({ operator: 'owner' }, 60_000, {
      actor: 'test',
    })
    await page.getByLabel('Admin token', { exact: true }).fill(`${serving.url}/console/first#k=${secret}`)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
    forgive()
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
