// An access review in a real browser: started from who has what, decided by keys, closed and carried out.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { STRICT } from '../../src/protocol/index.ts'
import { type Serving, serve } from '../serve.ts'
import { checkPage } from './check-page.ts'
import { hasBrowser, type OpenConsole, openConsole } from './open-console.ts'

const CONTEXT = { tenant: 'acme', actor: 'hr', allow: STRICT }

describe.runIf(hasBrowser)('access reviews', () => {
  let console: OpenConsole
  let serving: Serving
  let admins = ''
  const people: string[] = []

  beforeAll(async () => {
    serving = await serve()
    await serving.tenant('acme')
    for (const userName of ['ada', 'bob', 'cleo', '<b>dora</b>']) {
      const body = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName }
      people.push((await serving.directory.create(CONTEXT, 'User', body)).stored.id)
    }
    const group = async (displayName: string, members: readonly string[]) => {
      const schemas = ['urn:ietf:params:scim:schemas:core:2.0:Group']
      const body = { schemas, displayName, members: members.map((value) => ({ value })) }
      return (await serving.directory.create(CONTEXT, 'Group', body)).stored.id
    }
    const staff = await group('Staff', people)
    admins = await group('Admins', people.slice(0, 2))
    const { token } = await serving.tenancy.adminTokens.create({ label: 'test' })
    const send = (path: string, body: object) =>
      fetch(`${serving.url}/admin/v1/tenants/acme/apps${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    await send('', {
      app: 'crm',
      options: { url: 'https://crm.example/scim' },
      scope: { users: { memberOf: [staff] } },
      grants: [{ group: admins, attribute: 'roles', value: 'admin' }],
    })
    await send('/crm/switch-on', { withoutPlan: true })
    console = await openConsole({ serving })
  })
  afterAll(async () => {
    await console.close()
    await serving.close()
  })

  test('is started, decided by keys and in bulk, closed, and carried out', async () => {
    const { page, goto } = console
    await goto('/t/acme/access')
    await page.getByRole('link', { name: 'Start a review' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'Name' }).fill('First quarter')
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('Every quarter')
    await checkPage(console, 'reviews-new')
    await dialog.getByRole('button', { name: 'Start the review' }).click()
    await page.getByRole('heading', { name: 'First quarter' }).waitFor()

    // Everything is kept but what the keys say.
    const grid = page.getByRole('grid')
    await grid.getByText('Undecided').first().waitFor()
    await page.getByRole('button', { name: 'Keep', exact: true }).click()
    await grid.getByText('Undecided').first().waitFor({ state: 'detached' })
    await grid.focus()
    await page.keyboard.press('Home')
    const names = await grid.getByRole('row').allInnerTexts()
    const at = names.findIndex((text) => text.includes('admin')) - 1
    for (let line = 0; line < at; line++) await page.keyboard.press('ArrowDown')
    await page.keyboard.press('r')
    await grid.getByText('Remove').first().waitFor()
    await checkPage(console, 'review-open')

    await page.getByRole('button', { name: 'Close the review' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).last().click()
    await page.getByText('Leaves Admins').waitFor()
    await page.getByRole('button', { name: 'Carry it out' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Carry it out' }).click()
    await page.getByText('Remove · Taken away').first().waitFor()
    await checkPage(console, 'review-closed')
    await goto('/t/acme/reviews')
    await page.getByRole('link', { name: 'First quarter' }).waitFor()
    await checkPage(console, 'reviews')
    const left = await serving.directory.membersAmong({ tenant: 'acme', type: 'Group', id: admins }, people)
    expect(left).toHaveLength(1)
  }, 120_000)
})
