// The setup page in a real browser: a customer connects an identity provider alone, with every mistake on the way.

import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Serving, serve } from '../serve.ts'
import { scim, type Vendor, vendorOf } from '../setup/customer.ts'
import { checkPage } from './check-page.ts'
import { hasBrowser, theBrowser, watchedPage } from './open-console.ts'

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'

describe.runIf(hasBrowser)('the setup page', () => {
  let serving: Serving
  let vendor: Vendor
  let open: BrowserContext[] = []

  beforeAll(async () => {
    serving = await serve()
    vendor = await vendorOf(serving)
    const logo = Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" fill="#7a1fa2"/></svg>',
    )
    await vendor('PATCH', '/setup-page', {
      name: 'Acme App',
      colour: '#7a1fa2',
      support: 'it@acme.example',
      text: { en: 'Welcome from Acme.', de: 'Willkommen von Acme.' },
      logo: logo.toString('base64'),
    })
  })
  afterAll(async () => {
    for (const context of open) await context.close()
    open = []
    await serving.close()
  })

  /** A link, opened in a browser of its own. */
  async function opened(draft: object = {}, locale = 'en-GB') {
    const tenant = await serving.tenant()
    const { body } = await vendor('POST', `/tenants/${tenant}/setup-links`, draft)
    const context = await (await theBrowser()).newContext({
      locale,
      timezoneId: 'UTC',
      viewport: { width: 1440, height: 900 },
      reducedMotion: 'reduce',
    })
    open.push(context)
    const watched = await watchedPage(context, serving.url)
    await watched.page.goto(body.url)
    await watched.page.locator('main h1').waitFor()
    return { ...watched, tenant, link: body }
  }

  const click = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
  const title = (page: Page, name: string) => page.getByRole('heading', { name, exact: true, level: 1 }).waitFor()

  test('leads from the link to done, and says what is wrong on the way', { timeout: 120_000 }, async () => {
    const { page, faults, tenant, link } = await opened({ kinds: ['okta', 'entra', 'google', 'generic'] })
    const look = (name: string) => checkPage({ page, faults }, `setup-${name}`)
    await page.getByText('Welcome from Acme.').waitFor()
    await look('welcome')
    await click(page, 'Begin')
    await title(page, 'Identity provider')
    expect(page.url()).not.toContain('#k=')
    await page.getByText('Microsoft Entra ID', { exact: true }).click()
    await page.getByRole('heading', { name: 'What you need' }).waitFor()
    await look('provider')
    await click(page, 'Make the token')
    await title(page, 'URL and token')
    await page.getByLabel('How many people').fill('3')
    const token = (await page.locator('.copyable code').nth(1).textContent()) ?? ''
    const base = `${serving.url}/tenants/${tenant}/scim/v2`
    expect(token).toMatch(new RegExp(`^lk_${tenant}_`))
    await look('paste')
    const kept = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
    )
    expect(kept).not.toContain(token.slice(-20))
    await click(page, 'Continue')
    await title(page, 'Steps in Entra')
    await look('clicks')
    await click(page, 'This looks different')
    await page.getByText('Thank you.', { exact: false }).waitFor()
    while (await page.getByRole('button', { name: 'Next step', exact: true }).isVisible())
      await click(page, 'Next step')
    await click(page, 'Continue')
    await title(page, 'Test')
    await page.getByText('Waiting for Entra', { exact: true }).waitFor()
    await scim(base, `Bearer ${token.slice(0, -9)}`)
    await page.locator('.notice').getByText('cut off after', { exact: false }).waitFor()
    await fetch(`${serving.url}/scim/v2/Users?count=1`, { headers: { authorization: `Bearer ${token}` } })
    await page.locator('.notice').getByText(`without /tenants/${tenant}`, { exact: false }).waitFor()
    await look('wrong')
    await scim(base, `Bearer ${token}`)
    await page.getByText('Connected', { exact: true }).waitFor()
    await page.locator('.notice.fail').waitFor({ state: 'detached' })
    await look('test')
    await click(page, 'Continue')
    await title(page, 'First people')
    const id = await provision(base, token, {
      userName: 'bjensen',
      name: { givenName: 'Barbara', familyName: 'Jensen' },
    })
    await provision(base, token, { userName: 'ada@acme.example', displayName: '<img src=x onerror=alert(1)>' })
    await page.getByText('2 people', { exact: true }).waitFor()
    await page.getByText('The user name (userName) is not an e-mail address (1 of 2).').waitFor()
    await page.locator('.card summary').first().click()
    await page.getByText('name.familyName', { exact: true }).first().waitFor()
    expect(await page.getByText('<img src=x onerror=alert(1)>', { exact: true }).count()).toBeGreaterThan(0)
    await look('people')
    await click(page, 'Continue')
    await title(page, 'Leaver test')
    await click(page, 'Start the test')
    await page.getByText('Waiting for somebody to leave').waitFor()
    await look('leaver')
    const off = {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', path: 'active', value: false }],
    }
    await scim(base, `Bearer ${token}`, `/Users/${id}`, { method: 'PATCH', body: JSON.stringify(off) })
    await page.getByText('It works').waitFor()
    await click(page, 'Continue')
    await title(page, 'Done')
    await page.getByText('passed: arrived after', { exact: false }).waitFor()
    await page.getByText(`${base}?aadOptscim062020`, { exact: true }).waitFor()
    await look('done')
    const shown = await vendor('GET', `/tenants/${tenant}/setup-links/${link.link}`)
    expect(shown.body).toMatchObject({ step: 'done', chosen: 'entra', looksDifferent: [{ click: 'entra.app' }] })
    await page.reload()
    await title(page, 'Done')
    expect(await page.content()).not.toContain(token.slice(-20))
  })

  async function provision(base: string, token: string, person: object): Promise<string> {
    const body = JSON.stringify({ schemas: [USER], ...person })
    const made = await scim(base, `Bearer ${token}`, '/Users', { method: 'POST', body })
    return ((await made.json()) as { readonly id: string }).id
  }

  test('speaks German, by the browser and by choice, and works by keyboard alone', async () => {
    const { page, faults } = await opened({ kinds: ['okta', 'google'] }, 'de-DE')
    await page.getByText('Willkommen von Acme.').waitFor()
    await checkPage({ page, faults }, 'setup-welcome-de')
    await page.getByRole('button', { name: 'Beginnen' }).focus()
    await page.keyboard.press('Enter')
    await title(page, 'Identitätsanbieter')
    await page.getByRole('radio').first().focus()
    await page.keyboard.press('Space')
    await page.getByRole('heading', { name: 'Was Sie brauchen' }).waitFor()
    for (let tabs = 0; tabs < 20; tabs++) {
      await page.keyboard.press('Tab')
      if ((await page.evaluate(() => document.activeElement?.textContent)) === 'Token erstellen') break
    }
    await page.keyboard.press('Enter')
    await title(page, 'URL und Token')
    await page.getByLabel('Sprache').selectOption('en')
    await title(page, 'URL and token')
  })

  test('asks for the code, and shows nothing of a link that is over', async () => {
    const { page, faults, forgive, link, tenant } = await opened({ code: true })
    await click(page, 'Begin')
    await page.getByLabel('The six digits').fill('abc')
    forgive()
    await click(page, 'Begin')
    await page.getByText('tries are left', { exact: false }).waitFor()
    forgive()
    await checkPage({ page, faults }, 'setup-code')
    await page.getByLabel('The six digits').fill(link.code ?? '')
    await click(page, 'Begin')
    await title(page, 'Identity provider')
    await vendor('DELETE', `/tenants/${tenant}/setup-links/${link.link}`)
    await title(page, 'This link opens nothing')
    // The page may have asked once more before it heard.
    forgive()
    await checkPage({ page, faults }, 'setup-over')
  })

  test('a scanner that presses every button of the first page sees no secret, and spoils nothing', async () => {
    const { page, context, link } = await opened().then((one) => ({ ...one, context: one.page.context() }))
    const answers: string[] = []
    page.on(
      'response',
      (response) =>
        void response.text().then(
          (text) => answers.push(text),
          () => undefined,
        ),
    )
    for (const button of await page.locator('button').all()) await button.click()
    await title(page, 'Identity provider')
    expect(answers.join('\n')).not.toMatch(/"token":"lk_/)
    await context.clearCookies()
    const again = await context.newPage()
    await again.goto(link.url)
    await again.getByRole('button', { name: 'Begin' }).click()
    await title(again, 'Identity provider')
  })
})
