// People, groups and changes in a real browser, on a served database.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Group, type JsonObject, STRICT, User } from '../../src/protocol/index.ts'
import { checkPage } from './check-page.ts'
import { hasBrowser, type OpenConsole, openConsole } from './open-console.ts'

const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const patch = (op: string, path: string, value?: unknown): JsonObject =>
  JSON.parse(JSON.stringify({ schemas: [PATCH], Operations: [{ op, path, value }] }))

describe.runIf(hasBrowser)('the directory', () => {
  let console: OpenConsole
  const context = { tenant: 'acme', actor: 'entra-x7k2mp', allow: STRICT }
  let barbara = ''
  let field = ''

  beforeAll(async () => {
    console = await openConsole()
    const { tenancy, directory } = console.serving
    await tenancy.tenants.create('acme')
    await tenancy.ready('acme')
    const body = {
      schemas: [User.schema.id, ENTERPRISE],
      userName: 'bjensen@acme.example',
      displayName: 'Barbara Jensen',
      name: { givenName: 'Barbara', familyName: 'Jensen' },
      emails: [{ value: 'bjensen@acme.example', type: 'work', primary: true }],
      title: 'Engineer',
      [ENTERPRISE]: { department: 'Field' },
    }
    barbara = (await directory.create(context, 'User', body)).stored.id
    const ids = [barbara]
    for (let at = 0; at < 250; at++) {
      const userName = `user${String(at).padStart(3, '0')}@acme.example`
      const other = { schemas: [User.schema.id], userName, displayName: `Person ${at}` }
      ids.push((await directory.create(context, 'User', other)).stored.id)
    }
    const members = ids.slice(0, 230).map((value) => ({ value }))
    field = (await directory.create(context, 'Group', { schemas: [Group.schema.id], displayName: 'Field', members }))
      .stored.id
    const all = { schemas: [Group.schema.id], displayName: 'Everyone', members: [{ value: field }] }
    await directory.create(context, 'Group', all)
    await directory.patch({ ...context, actor: 'okta-9qwd3f' }, 'User', barbara, patch('replace', 'title', 'Manager'))
    await directory.remove(context, 'User', ids[250] ?? '')
  })
  afterAll(() => console.close())

  test('people are listed however many, found as one types, and those who are gone with them', async () => {
    const { page, goto } = console
    await goto('/t/acme/people')
    await page.getByText('250 people').waitFor()
    const grid = page.getByRole('grid')
    expect(await grid.getAttribute('aria-rowcount')).toBe('251')
    await grid.focus()
    await page.keyboard.press('End')
    await page.getByText('Person 248').waitFor()
    expect(await page.getByRole('row').count()).toBeLessThan(70)
    await checkPage(console, 'people')
    await page.getByLabel('Name, userName').fill('jens')
    await page.getByRole('link', { name: 'Barbara Jensen' }).waitFor()
    await page
      .getByText('name.familyName begins so')
      .or(page.getByText('displayName contains it'))
      .or(page.getByText('contains it'))
      .first()
      .waitFor()
    await goto('/t/acme/people?view=departed')
    await page.getByRole('link', { name: 'Person 249' }).click()
    await page.getByText(/^Deleted .* by entra-x7k2mp. What follows/).waitFor()
    await checkPage(console, 'person-gone')
  })

  test('a filter is checked by the grammar as one types, and filters', async () => {
    const { page, goto } = console
    await goto('/t/acme/people?view=filter')
    const filter = page.getByLabel('SCIM filter')
    await filter.fill('userName eqq "user00"')
    await page.getByText(/at character 10 of the filter/).waitFor()
    const place = page.locator('[class*=under] [class*=wrong]')
    expect(await place.textContent()).toBe('e')
    await checkPage(console, 'people-filter-fault')
    expect(await page.getByRole('button', { name: 'Filter', exact: true }).isDisabled()).toBe(true)
    await filter.fill('userName sw "user00"')
    await filter.press('Enter')
    await page.getByText('10 people').waitFor()
    expect(await place.count()).toBe(0)
    await page.getByRole('button', { name: 'userName' }).click()
    await page.getByRole('button', { name: 'userName' }).click()
    await page.getByText('Sorted by userName, descending.').waitFor()
    await page.getByRole('row').nth(1).getByText('user009@acme.example').waitFor()
    expect(new URL(page.url()).search).toContain('sort=userName&order=descending')
  })

  test('a person is shown, edited, and the edit undone', async () => {
    const { page, goto, serving } = console
    await goto(`/t/acme/people/${barbara}`)
    await page.getByText('Manager').waitFor()
    await page
      .getByText(/okta-9qwd3f/)
      .first()
      .waitFor()
    await checkPage(console, 'person')
    await page.getByRole('button', { name: 'Edit' }).click()
    await page.getByLabel('title', { exact: true }).fill('Director')
    await page.getByRole('button', { name: 'Save 1 change' }).click()
    await page.getByText('Director').waitFor()
    await page.getByRole('link', { name: 'Timeline' }).click()
    await page.getByText('Added to a group by entra-x7k2mp:').waitFor()
    await checkPage(console, 'person-timeline')
    await page.getByRole('button', { name: 'Undo', exact: true }).first().click()
    await page.getByRole('button', { name: 'Undo 1 change' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    const stored = await serving.directory.get({ tenant: 'acme', type: 'User', id: barbara })
    expect(stored?.text).toContain('"Manager"')
    for (const tab of ['Groups', 'Access', 'Raw']) {
      await page.getByRole('link', { name: tab, exact: true }).last().click()
      await page.getByRole('heading', { name: tab, exact: true }).waitFor()
    }
    await page.locator('.cm-content').first().waitFor()
    await checkPage(console, 'person-raw')
    await page.getByRole('button', { name: 'Remove from every app' }).click()
    await page.getByRole('dialog').getByRole('textbox').fill('Barbara Jensen')
    await page.getByRole('dialog').getByRole('button', { name: 'Remove from every app' }).click()
    await page.getByText(/Removed from every app by .*; this stands/).waitFor()
    await page.reload()
    await page.getByText(/Removed from every app by .*; this stands/).waitFor()
    await page.getByRole('link', { name: 'Attributes', exact: true }).click()
    await checkPage(console, 'person-killed')
    await page.getByRole('button', { name: 'Take it back' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Take it back' }).click()
    await page.getByText(/took it back on/).waitFor()
  })

  test('groups are found; members are listed, pasted and removed', async () => {
    const { page, goto } = console
    await goto('/t/acme/groups')
    await page.getByRole('link', { name: 'Field' }).waitFor()
    await checkPage(console, 'groups')
    await goto(`/t/acme/groups/${field}`)
    await page.getByRole('link', { name: 'Barbara Jensen' }).waitFor()
    await checkPage(console, 'group')
    await page.getByRole('button', { name: 'Add members' }).click()
    await page.getByLabel('Names or ids').fill('user240@acme.example\nnobody@acme.example')
    await page.getByRole('button', { name: 'Find 2 people' }).click()
    await page.getByText('1 was found.').waitFor()
    await page.getByText('nobody@acme.example').last().waitFor()
    await page.getByRole('button', { name: 'Add 1 member' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    // What contains it comes after what begins so.
    await page.getByLabel('Find a member').fill('ser240')
    await page.getByRole('link', { name: 'Person 240' }).waitFor()
    await page.getByRole('link', { name: 'Groups inside and above' }).click()
    await page.getByRole('link', { name: 'Everyone' }).waitFor()
    await checkPage(console, 'group-nested')
  })

  test('changes are listed newest first, filtered, opened, and undone', async () => {
    const { page, goto } = console
    const { directory } = console.serving
    const add = async (userName: string) =>
      (await directory.create(context, 'User', { schemas: [User.schema.id], userName })).stored.id
    await goto('/t/acme/changes')
    await page.getByRole('grid').waitFor()
    // What comes is on top; whoever has scrolled down is told how much.
    await add('comes-live')
    await page.getByText('comes-live').waitFor()
    await page.getByRole('grid').focus()
    await page.keyboard.press('End')
    const second = await add('comes-later')
    await page.getByText('Paused, 1 new').waitFor()
    await checkPage(console, 'changes')
    await page.getByRole('button', { name: 'Follow' }).click()
    await page.getByText('comes-later').waitFor()
    const download = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Export as CSV' }).click()
    expect((await download).suggestedFilename()).toMatch(/^acme-changes-.*\.csv$/)
    // A change leads to the request that made it.
    const { token } = await console.serving.tenancy.connections.create('acme', { kind: 'okta' })
    const url = `${console.serving.url}/tenants/acme/scim/v2/Users/${second}`
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' }
    await fetch(url, { method: 'PATCH', headers, body: JSON.stringify(patch('replace', 'title', 'Caused')) })
    await page.getByText(/^User .+: title: – → Caused$/).click()
    await page.getByRole('link', { name: /PATCH .*r_[0-9a-z]{13}/ }).waitFor()
    await checkPage(console, 'change-cause')
    await goto('/t/acme/changes?actor=okta-9qwd3f')
    await page.getByText(/^User .+: title: Engineer → Manager$/).click()
    await page.getByRole('button', { name: 'Undo this change' }).waitFor()
    await checkPage(console, 'change')
    await page.getByRole('button', { name: 'Undo this change' }).click()
    await page.getByRole('button', { name: 'Undo 1 change' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })

  test('whoever may not see values is told so, and sees changes without them', async () => {
    const support = await openConsole({ role: 'support', serving: console.serving })
    try {
      await support.goto('/t/acme/people')
      await support.page.getByText("Your role may not see people's data").waitFor()
      await support.goto('/t/acme/changes?actor=okta-9qwd3f')
      await support.page.getByText('User: title', { exact: false }).first().waitFor()
      // Of somebody who is here one line says so, and Enter leads to no page that may not be opened.
      await support.page.keyboard.press('Control+k')
      await support.page.keyboard.type('bjensen@acme.example')
      await support.page.getByRole('dialog').getByText('bjensen@acme.example', { exact: true }).waitFor()
      await support.page.getByText(/^Looking/).waitFor({ state: 'detached' })
      expect(await support.page.getByRole('dialog').getByText('bjensen@acme.example').count()).toBe(1)
      await support.page.keyboard.press('Enter')
      expect(await support.page.getByText('You may not open this page').count()).toBe(0)
      await checkPage(support, 'find-support')
      await support.page.keyboard.press('Escape')
      expect(await support.page.getByText('Manager').count()).toBe(0)
      expect(support.faults()).toEqual([])
    } finally {
      await support.close()
    }
  })
})
