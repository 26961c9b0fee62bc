// What goes wrong around a page: a slow network, none, a restart, a session that ends, a quicker colleague.

import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { emptyPlace } from '../database-under-test.ts'
import { type Serving, serve } from '../serve.ts'
import { axeFindings, checkPage, overflow } from './check-page.ts'
import { hasBrowser, LOOKS, type OpenConsole, openConsole } from './open-console.ts'

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

describe.runIf(hasBrowser)('a page stays, and what was typed', () => {
  let place: Awaited<ReturnType<typeof emptyPlace>>
  let serving: Serving
  let console: OpenConsole
  let person = ''
  let elsewhere = ''
  beforeAll(async () => {
    place = await emptyPlace()
    serving = await serve({ database: place.database })
    await serving.connection('entra', { tenant: await serving.tenant('acme') })
    const { token } = await serving.tenancy.adminTokens.create({ role: 'owner', label: 'somebody else' })
    elsewhere = token
    const made = { schemas: [USER], userName: 'bjensen@acme.example', title: 'Engineer' }
    person = String((await asSomebodyElse('POST', '/tenants/acme/scim/v2/Users', made)).id)
    console = await openConsole({ serving })
  })
  afterAll(async () => {
    await console?.close()
    await serving.close()
    await place.remove()
  })

  async function asSomebodyElse(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const response = await fetch(`${serving.url}/admin/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${elsewhere}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    expect(response.ok).toBe(true)
    return response.status === 204 ? {} : ((await response.json()) as Record<string, unknown>)
  }
  const title = () => console.page.getByRole('textbox', { name: 'title', exact: true })
  const save = () => console.page.getByRole('button', { name: /^Save \d/ })
  const kept = async () => (await asSomebodyElse('GET', `/tenants/acme/scim/v2/Users/${person}`)).title

  test('on a slow network: the title first, grey lines, and a hurried second click makes no second thing', async () => {
    const { page, goto, context } = console
    let release = () => {}
    const held = new Promise<void>((done) => {
      release = done
    })
    await page.route(/\/tenants\/acme\/settings$/, (route) => held.then(() => route.continue()))
    await goto('/t/acme/settings')
    await page.getByRole('main').getByRole('status', { name: 'Loading' }).waitFor()
    release()
    await page.getByLabel('PATCH').waitFor()
    const wire = await context.newCDPSession(page)
    const slow = { offline: false, latency: 400, downloadThroughput: 150_000, uploadThroughput: 150_000 }
    await wire.send('Network.emulateNetworkConditions', slow)
    await goto('/settings/tokens')
    await page.getByRole('button', { name: 'Make a token' }).click()
    await page.getByLabel('Label').fill('twice')
    await page.getByRole('button', { name: 'Make the token' }).dblclick()
    await page.getByText(/^lka_/).waitFor()
    await wire.send('Network.emulateNetworkConditions', { ...slow, latency: 0, downloadThroughput: -1 })
    await wire.detach()
    const made = (await serving.tenancy.adminTokens.list()).filter(({ label }) => label === 'twice')
    expect(made.length).toBe(1)
  })

  test('without a network: a bar says since when, and goes by itself', async () => {
    const { page, context, forgive } = console
    await openForm('Offline')
    await context.setOffline(true)
    // What a browser says when the cable is pulled; the one of the test is only made deaf.
    await page.evaluate(() => dispatchEvent(new Event('offline')))
    const bar = page.getByText(/^The server has not answered since/)
    await bar.waitFor()
    expect(await title().inputValue()).toBe('Offline')
    await page.setViewportSize({ width: 360, height: 740 })
    expect([...(await overflow(page)), ...(await axeFindings(page))]).toEqual([])
    await page.screenshot({ path: join(LOOKS, 'silent-light-360.png') })
    await page.setViewportSize({ width: 1440, height: 900 })
    await context.setOffline(false)
    await bar.waitFor({ state: 'detached' })
    expect(await title().inputValue()).toBe('Offline')
    forgive()
  })

  test('the server restarts beneath it: the stream is told lost and comes back, nothing in between is missing', async () => {
    const { page, goto, forgive } = console
    await goto('/t/acme/requests')
    await page.getByRole('banner').getByText('Live', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByText(/^Paused/).waitFor()
    await page.getByRole('button', { name: 'Follow' }).click()
    const { port } = serving
    await serving.close()
    await page
      .getByText(/^Not live since/)
      .first()
      .waitFor()
    serving = await serve({ database: place.database, flags: { port: String(port) } })
    const { base, token } = await serving.connection('okta', { tenant: 'acme' })
    await fetch(`${base}/Groups?count=71`, { headers: { authorization: `Bearer ${token}` } })
    await page.getByRole('banner').getByText('Live', { exact: true }).waitFor()
    await page.getByText('/Groups?count=71').waitFor()
    forgive()
  })

  test('the server restarts beneath a form: it is told, and saved when the server is there again', async () => {
    const { page, forgive } = console
    await openForm('Restarted')
    const { port } = serving
    await serving.close()
    await save().click()
    await page.getByText('The server did not answer.').waitFor()
    serving = await serve({ database: place.database, flags: { port: String(port) } })
    await page.getByText(/^The server has not answered since/).waitFor({ state: 'detached' })
    expect(await title().inputValue()).toBe('Restarted')
    forgive()
    await save().click()
    await save().waitFor({ state: 'detached' })
    expect(await kept()).toBe('Restarted')
  })

  test('the session ends within a form: signed in again over it, and saved', async () => {
    const { page, forgive } = console
    await openForm('Signed in again')
    await asSomebodyElse('DELETE', '/sessions')
    await save().click()
    const sheet = page.getByRole('dialog', { name: 'Your session has ended' })
    const { token } = await serving.tenancy.adminTokens.create({ role: 'owner', label: 'again' })
    await sheet.getByLabel('Admin token').fill(token)
    await sheet.getByRole('button', { name: 'Sign in' }).click()
    await sheet.waitFor({ state: 'detached' })
    expect(await title().inputValue()).toBe('Signed in again')
    forgive()
    await save().click()
    await save().waitFor({ state: 'detached' })
    expect(await kept()).toBe('Signed in again')
  })

  test('somebody else is quicker: both changes side by side, and one decides', async () => {
    const { page, goto, forgive } = console
    await openForm('Mine')
    await asSomebodyElse('PATCH', `/tenants/acme/scim/v2/Users/${person}`, {
      schemas: [PATCH],
      Operations: [{ op: 'replace', path: 'title', value: 'Theirs' }],
    })
    await save().click()
    await page.getByRole('region', { name: 'What they changed' }).getByText('Theirs').waitFor()
    await page.getByRole('region', { name: 'What you changed' }).getByText('Mine').waitFor()
    forgive()
    await checkPage(console, 'quicker')
    await page.getByRole('button', { name: 'Save mine over it' }).click()
    await save().waitFor({ state: 'detached' })
    expect(await kept()).toBe('Mine')
    await goto('/t/acme/settings')
    const days = page.getByLabel('Days that the change log is kept')
    await days.fill('30')
    await asSomebodyElse('PATCH', '/tenants/acme/settings', { logDays: 90 })
    await page.getByRole('button', { name: 'Save the settings' }).click()
    await page.getByRole('region', { name: 'What they changed' }).getByText('90').waitFor()
    await page.getByRole('button', { name: 'Take theirs' }).click()
    expect(await days.inputValue()).toBe('90')
    forgive()
  })

  /** Opens the form of the person and types a title. */
  async function openForm(typed: string): Promise<void> {
    const { page, goto } = console
    await goto(`/t/acme/people/${person}`)
    await page.getByRole('button', { name: 'Edit' }).click()
    await title().fill(typed)
  }
})
