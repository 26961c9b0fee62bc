// Requests in a real browser: followed, paused, filtered, opened, explained, tried.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Json } from '../../src/protocol/json.ts'
import { checkPage } from './check-page.ts'
import { hasBrowser, type OpenConsole, openConsole } from './open-console.ts'

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

describe.runIf(hasBrowser)('requests', () => {
  let console: OpenConsole
  let made: Awaited<ReturnType<OpenConsole['serving']['connection']>>
  let refused = ''
  beforeAll(async () => {
    console = await openConsole()
    made = await console.serving.connection('entra', { tenant: await console.serving.tenant('acme') })
    const { body } = await send('POST', '/Users', { schemas: [USER], userName: 'ada@example.com' })
    await send('PATCH', `/Users/${body.id}`, {
      schemas: [PATCH],
      Operations: [{ op: 'Replace', path: '', value: { title: 'x' } }],
    })
    await send('GET', '/Users?filter=userName%20eq%20%22ada%22')
    refused = (await send('POST', '/Users', { schemas: [USER], title: 'without a name' })).id
    await send('POST', '/Users', { schemas: [USER], title: 'without a name either' })
  })
  afterAll(() => console.close())

  async function send(method: string, path: string, body?: Json) {
    const response = await fetch(`${made.base}${path}`, {
      method,
      headers: { authorization: `Bearer ${made.token}`, 'content-type': 'application/scim+json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { id: response.headers.get('x-request-id') ?? '', body: text === '' ? {} : JSON.parse(text) }
  }

  test('come as they are answered, and wait while the list is paused', async () => {
    const { page, goto } = console
    await goto('/t/acme/requests')
    await page.getByText('/Users?filter=userName eq').waitFor()
    await page.getByRole('button', { name: 'Pause' }).click()
    await send('GET', '/Groups?count=7')
    await page.getByText(/Paused, [1-9]/).waitFor()
    expect(await page.getByText('/Groups?count=7').count()).toBe(0)
    await page.getByRole('button', { name: 'Follow' }).click()
    await page.getByText('/Groups?count=7').waitFor()
    await checkPage(console, 'requests')
  })

  test('come by the list while there is no stream, and it is said; by the stream again, nothing is missing', async () => {
    const { page, goto, forgive } = console
    await page.route(/\/admin\/v1\/stream/, (route) => route.abort())
    await goto('/t/acme/requests')
    await page.getByText(/^Not live since .* asks every 10 s$/).waitFor()
    await send('GET', '/Groups?count=8')
    await page.getByText('/Groups?count=8').waitFor()
    await send('GET', '/Groups?count=9')
    await page.unroute(/\/admin\/v1\/stream/)
    await page.getByText(/asks every 10 s$/).waitFor({ state: 'detached' })
    await page.getByText('/Groups?count=9').waitFor()
    expect(await page.getByText('/Groups?count=8').count()).toBe(1)
    forgive()
  })

  test('are filtered by words, and the address says so', async () => {
    const { page } = console
    const filter = page.getByLabel(/^Filter/)
    await filter.fill('status:400 -method:GET')
    await filter.press('Enter')
    await page.getByText('/Groups?count=7').waitFor({ state: 'detached' })
    expect(new URL(page.url()).searchParams.get('filter')).toBe('status:400 -method:GET')
    await filter.fill('colour:blue')
    await filter.press('Enter')
    await page.getByText('Not understood: colour:blue').waitFor()
  })

  test('one is opened beside the list: why, what was sent, and whether it would pass now', async () => {
    const { page, goto } = console
    await goto(`/t/acme/requests?filter=status:400&open=${refused}`)
    const aside = page.getByRole('complementary', { name: 'One request' })
    await aside.getByText(/Entra sent somebody or something without/).waitFor()
    await aside.getByText(/In Entra:/).waitFor()
    await aside.getByRole('button', { name: 'Ask whether' }).click()
    await aside.getByText('It would be refused: 400').waitFor()
    expect(await aside.getByText('without a name').count()).toBe(0)
    await checkPage(console, 'requests-open')
  })

  test('like failures are one line, and lead to a page of their own', async () => {
    const { page, goto } = console
    await goto('/t/acme/requests?show=alike')
    await page.getByRole('row').filter({ hasText: 'SCIM_INVALID_VALUE' }).getByRole('link').click()
    await page.getByRole('heading', { name: 'Similar failures' }).waitFor()
    await page.getByText(/Entra sent somebody/).waitFor()
    await checkPage(console, 'fault')
  })

  test('one has a page of its own, in German too', async () => {
    const german = await openConsole({ serving: console.serving, locale: 'de-DE' })
    await german.goto(`/t/acme/requests/${refused}`)
    await german.page.getByText(/Entra sandte jemanden oder etwas/).waitFor()
    await checkPage(german, 'request-de')
    await german.close()
  })

  test('⌘K: the error text of Okta leads to its request; an address says whether it ever arrived', async () => {
    const { page, goto } = console
    await goto('/')
    await page.keyboard.press('Control+k')
    const dialog = page.getByRole('dialog')
    const field = dialog.getByRole('textbox')
    await field.fill(
      `Automatic provisioning of user Bo to app Acme failed: Errors reported by remote server: userName [${refused}]`,
    )
    await dialog.getByText('400 POST /Users').waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: `Request ${refused}` }).waitFor()
    await page.keyboard.press('Control+k')
    await field.fill('nobody@example.com')
    await dialog.getByText(/^Never arrived in acme/).waitFor()
    await field.fill('ada@example.com')
    await dialog.getByText(/^Here since/).waitFor()
    await checkPage(console, 'find-address')
    await page.keyboard.press('Escape')
  })

  test('are tried dry as Entra would send them, with what bends them and what would change', async () => {
    const { page, goto, serving } = console
    const before = (await serving.directory.changes('acme', 0, 1_000)).length
    await goto('/t/acme/try?method=POST&path=/Users&as=kind:entra')
    await page.getByRole('button', { name: 'Try the request' }).click()
    await page.getByText('Entra sent a second person').waitFor()
    await checkPage(console, 'try')
    await goto('/t/acme/try?method=DELETE&path=/Users/none&as=kind:entra')
    await page.getByRole('button', { name: 'Try the request' }).click()
    await page.getByText(/asked for somebody or something that is not here/).waitFor()
    expect((await serving.directory.changes('acme', 0, 1_000)).length).toBe(before)
  })
})
