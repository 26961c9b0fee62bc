// The hub's pages in a real browser, with an app that is really provisioned, and one that is broken.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { STRICT } from '../../src/protocol/index.ts'
import { createFakeApp, FAKE_PROFILES, type FakeApp, listen } from '../../src/testing/index.ts'
import { has, until } from '../hub-processes.ts'
import { type Serving, serve } from '../serve.ts'
import { vendorOf } from '../setup/customer.ts'
import { checkPage } from './check-page.ts'
import { hasBrowser, type OpenConsole, openConsole } from './open-console.ts'

const TOKEN = 'canary-9b1c'
const CONTEXT = { tenant: 'acme', actor: 'hr' }

describe.runIf(hasBrowser)('the pages of apps', () => {
  let console: OpenConsole
  let serving: Serving
  let app: FakeApp
  let url = ''
  const undo: (() => unknown)[] = []
  const people = new Map<string, string>()

  beforeAll(async () => {
    app = createFakeApp({ profile: FAKE_PROFILES.strict, token: TOKEN })
    const at = await listen(app)
    undo.push(at.close)
    url = at.base
    serving = await serve({ flags: { outboundAllow: '127.0.0.1' } })
    undo.push(serving.close)
    await serving.tenant('acme')
    for (const name of ['ada', 'bob', 'cleo', 'dora', '<b>eve</b>']) {
      const { stored } = await serving.directory.create({ ...CONTEXT, allow: STRICT }, 'User', {
        schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
        userName: name,
        displayName: name.toUpperCase(),
        active: true,
      })
      people.set(name, stored.id)
    }
    console = await openConsole({ serving })
    undo.push(console.close)
  })
  afterAll(async () => {
    for (const one of undo.reverse()) await one()
  })

  test('an app is added, planned and switched on, step by step', async () => {
    const { page, goto } = console
    await goto('/t/acme/apps')
    await page.getByText('Apps that follow this tenant are listed here').waitFor()
    await checkPage(console, 'apps-empty')
    await page.getByRole('button', { name: 'Add an app' }).first().click()
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('The Wiki')
    await page.getByRole('textbox', { name: 'SCIM base URL' }).fill(url)
    await page.getByLabel('Token', { exact: true }).fill(TOKEN)
    await checkPage(console, 'apps-new')
    await page.getByRole('button', { name: 'Add the app' }).click()
    await page.getByRole('heading', { name: 'What the app supports' }).waitFor()
    await page.getByRole('button', { name: 'Probe the app' }).click()
    await page.getByRole('columnheader', { name: 'Question' }).waitFor()
    await checkPage(console, 'apps-new-probe')
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('button', { name: 'Who would be included?' }).click()
    await page.getByRole('cell', { name: 'ada' }).first().waitFor()
    await checkPage(console, 'apps-new-scope')
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('button', { name: 'Try it on real people' }).waitFor()
    await page.getByRole('cell', { name: '<b>eve</b>' }).first().waitFor()
    await checkPage(console, 'apps-new-map')
    // The built-in map is shown, and is where one begins.
    await page.getByRole('button', { name: 'Start from this map' }).click()
    await page.getByRole('button', { name: 'Add a rule' }).waitFor()
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('combobox', { name: 'Accounts of leavers are' }).waitFor()
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('button', { name: 'Make a plan' }).click()
    await page.getByRole('cell', { name: 'Create' }).first().waitFor()
    expect(app.state().some(({ attributes }) => attributes.userName === 'ada')).toBe(false)
    await checkPage(console, 'apps-new-plan')
    await page.getByRole('button', { name: 'Switch on with this plan' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Switch on with this plan' }).click()
    await until(() => has(app, 'ada'))
  })

  test('an app shows its state, deliveries and drift, and is paused and resumed', async () => {
    const { page, goto } = console
    await goto('/t/acme/apps')
    await page.getByText('In lockstep').first().waitFor()
    await checkPage(console, 'apps')
    await page.getByRole('link', { name: 'The Wiki' }).click()
    await page.getByRole('heading', { name: 'How it is doing' }).waitFor()
    await checkPage(console, 'app')
    await page.getByRole('tab', { name: 'Deliveries' }).click()
    await page.getByRole('cell', { name: 'Create' }).first().waitFor()
    await checkPage(console, 'app-deliveries')
    const alien = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'alien' }
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/scim+json' }
    const ask = async (method: string, path: string, body?: object) =>
      (
        await fetch(`${url}${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
      ).json()
    await ask('POST', '/Users', alien)
    // And an account that somebody has changed in the app.
    const [changed] = (await ask('GET', '/Users')).Resources as { id: string; userName: string; displayName: string }[]
    const to = {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', value: { displayName: 'Somebody else' } }],
    }
    await ask('PATCH', `/Users/${changed?.id}`, to)
    await page.getByRole('tab', { name: 'Drift' }).click()
    await page.getByRole('button', { name: 'Check everything' }).click()
    await page.getByRole('heading', { name: 'What was found' }).waitFor()
    await page.getByRole('button', { name: `Fix ${changed?.userName}` }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Fix one' }).click()
    await expect.poll(async () => (await ask('GET', `/Users/${changed?.id}`)).displayName).toBe(changed?.displayName)
    await page.getByRole('row', { name: /alien/ }).getByRole('button', { name: 'Ignore…' }).click()
    await page
      .getByRole('dialog')
      .getByLabel(/Reason/)
      .fill('an account of their own')
    await page.getByRole('dialog').getByRole('button', { name: 'Ignore it' }).click()
    await page.getByRole('heading', { name: 'Ignored for now' }).waitFor()
    await checkPage(console, 'app-drift')
    await page.getByRole('tab', { name: 'Scope' }).click()
    await page.getByRole('textbox', { name: 'Filter' }).first().fill('userName ne "bob"')
    await page.getByRole('button', { name: 'Save the scope' }).click()
    await page.getByText(/One person loses access, of 5 accounts/).waitFor()
    await checkPage(console, 'app-scope-save')
    await page.keyboard.press('Escape')
    await page.getByRole('tab', { name: 'Settings' }).click()
    await page.getByRole('heading', { name: 'Credentials' }).waitFor()
    await checkPage(console, 'app-settings')
    // Somebody else changes the name while the form is open: both are shown, and one decides.
    const admin = await vendorOf(serving)
    const [, path = ''] = /\/console\/t(\/acme\/apps\/[^/]+)\//.exec(page.url()) ?? []
    await admin('PATCH', `/tenants${path}`, { label: 'Their wiki' })
    await page.getByRole('textbox', { name: 'Name' }).fill('My wiki')
    await page.getByRole('button', { name: 'Save the settings' }).click()
    const both = page.getByRole('alert').filter({ hasText: 'Their wiki' })
    await both.getByText('My wiki').waitFor()
    await both.getByRole('button', { name: 'Save mine over it' }).click()
    await both.waitFor({ state: 'detached' })
    await page.getByRole('heading', { name: 'My wiki', level: 1 }).waitFor()
    await admin('PATCH', `/tenants${path}`, { label: 'The Wiki' })
    // Being refused was meant.
    console.forgive()
    expect(await page.content()).not.toContain(TOKEN)
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByText('Paused').first().waitFor()
    await page.getByRole('button', { name: 'Resume' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Resume' }).click()
    await page.getByRole('button', { name: 'Pause' }).waitFor()
  })

  test('who may do what, and why', async () => {
    const { page, goto } = console
    await goto('/t/acme/access')
    const cell = page.getByRole('row', { name: /ada/ }).getByRole('button')
    await cell.click()
    await page.getByText('scope: all').waitFor()
    await checkPage(console, 'access')
    await page.getByRole('link', { name: 'Why?' }).click()
    await page.getByRole('heading', { name: /Why ada has what/ }).waitFor()
    await checkPage(console, 'why')
  })

  test('leavers have a receipt, and what the guard holds is decided', async () => {
    const { page, goto } = console
    await serving.directory.remove({ ...CONTEXT, allow: STRICT }, 'User', people.get('ada') ?? '')
    await until(() => has(app, 'ada', false) || !has(app, 'ada'))
    await goto('/t/acme/leavers')
    await page.getByText(/Out of one app/).waitFor()
    await checkPage(console, 'leavers')
    await page.getByRole('link', { name: 'ada' }).click()
    await page.getByRole('heading', { name: 'The signed receipt' }).waitFor()
    await checkPage(console, 'leaver')
    await goto('/t/acme/held')
    await page.getByText('Nothing is held').waitFor()
    await goto('/t/acme/apps/the-wiki/settings')
    await page.getByLabel('Removals per hour without approval').fill('1')
    await page.getByLabel('or this share of all accounts').fill('0')
    await page.getByRole('button', { name: 'Save the settings' }).click()
    await page.getByText('Saved.').waitFor()
    for (const name of ['bob', 'cleo'])
      await serving.directory.remove({ ...CONTEXT, allow: STRICT }, 'User', people.get(name) ?? '')
    await goto('/t/acme/held')
    await page
      .getByRole('main')
      .getByText(/would lose/)
      .waitFor()
    // Above every page, for those who may decide.
    await page
      .getByRole('region', { name: 'Needs attention' })
      .getByText(/would lose/)
      .waitFor()
    await page.getByRole('button', { name: 'Who is on the list' }).click()
    await page.getByRole('columnheader', { name: 'Account in the app' }).waitFor()
    await checkPage(console, 'held')
    await page.getByRole('button', { name: /^Approve/ }).click()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Approve/ })
      .click()
    await until(() => !has(app, 'bob') && !has(app, 'cleo'))
    await page.getByText('Nothing is held').waitFor()
  })
})
