// Resources of a tenant's own types in a real browser, and what a change of their schema would do.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { STRICT } from '../../src/protocol/index.ts'
import { checkPage } from './check-page.ts'
import { hasBrowser, type OpenConsole, openConsole } from './open-console.ts'
import { DEVICE, seedDevices } from './seed.ts'

describe.runIf(hasBrowser)('types of its own', () => {
  let console: OpenConsole
  let first = ''

  beforeAll(async () => {
    console = await openConsole()
    await console.serving.tenant('acme')
    await console.serving.tenant('globex')
    first = (await seedDevices(console.serving, 'acme'))[0] ?? ''
  })
  afterAll(() => console.close())

  test('the bar names a type where there is one; its resources are listed by its schema, filtered and sorted', async () => {
    const { page, goto } = console
    const bar = page.getByRole('navigation', { name: 'Pages' })
    await goto('/t/globex/people')
    await page.waitForLoadState('networkidle')
    expect(await bar.getByRole('link', { name: 'Device' }).count()).toBe(0)
    await goto('/t/acme')
    await bar.getByRole('link', { name: 'Device' }).click()
    await page.getByText('12 resources').waitFor()
    const headings = await page.getByRole('columnheader').allTextContents()
    expect(headings.map((one) => one.trim())).toEqual(['displayName', 'serial', 'model', 'slots', 'managed', 'Changed'])
    await page.getByRole('button', { name: 'serial' }).click()
    await page.getByRole('row').nth(1).getByText('SN-889').waitFor()
    await checkPage(console, 'devices')
    await page.getByLabel('SCIM filter').fill('model eq "X1" and managed eq true')
    await page.getByLabel('SCIM filter').press('Enter')
    await expect.poll(() => page.getByRole('grid').getAttribute('aria-rowcount')).toBe('5')
  })

  test('one resource is shown, edited as a form and as JSON, and not over what somebody else has saved', async () => {
    const { page, goto, forgive, serving } = console
    await goto(`/t/acme/r/Device/${first}`)
    await page.getByRole('heading', { name: 'Laptop A' }).waitFor()
    await page.getByText('SN-900').waitFor()
    await checkPage(console, 'device')
    await page.getByRole('button', { name: 'Edit' }).click()
    await page.getByLabel('model', { exact: true }).fill('T16')
    await page.getByRole('button', { name: 'Save 1 change' }).click()
    await page.getByText('T16').waitFor()
    await page.getByRole('button', { name: 'Edit' }).click()
    await page.getByText('As JSON', { exact: true }).click()
    const editor = page.locator('.cm-content').first()
    await editor.getByText('"T16"').waitFor()
    const context = { tenant: 'acme', actor: 'okta-9qwd3f', allow: STRICT }
    const Operations = [{ op: 'replace', path: 'slots', value: 7 }]
    const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp']
    await serving.directory.patch(context, 'Device', first, { schemas, Operations })
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('slots: 0 → 7').or(page.getByLabel('What they changed')).first().waitFor()
    await checkPage({ page, faults: () => [] }, 'device-quicker')
    forgive()
    await page.getByRole('button', { name: 'Save mine over it' }).click()
    await page.getByRole('link', { name: 'Timeline' }).click()
    await page.getByText('slots', { exact: false }).first().waitFor()
    await page.getByText('Replaced by', { exact: false }).first().waitFor()
    const stored = await serving.directory.get({ tenant: 'acme', type: 'Device', id: first })
    expect(JSON.parse(stored?.text ?? '{}')).toMatchObject({ model: 'T16', slots: 0 })
    await page.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByText('11 resources').waitFor()
    await goto(`/t/acme/r/Device/${first}`)
    await page.getByText('There is no Device with this id').waitFor()
    expect(console.faults()).toEqual([])
  })

  test('before a schema is saved it is said which resources no longer fit; what loses nothing is saved', async () => {
    const { page, goto, serving } = console
    await goto(`/t/acme/schemas/${encodeURIComponent(DEVICE)}`)
    await page.getByRole('button', { name: 'Remove slots' }).click()
    await page.getByRole('button', { name: 'Save the schema' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('11 resources would lose values.').waitFor()
    expect(await dialog.getByRole('link').count()).toBe(3)
    expect(await dialog.getByRole('button', { name: 'Save it and lose the values' }).isDisabled()).toBe(true)
    await checkPage(console, 'schema-effects')
    await page.keyboard.press('Escape')
    await goto(`/t/acme/schemas/${encodeURIComponent(DEVICE)}`)
    await page.getByRole('button', { name: 'Add an attribute' }).click()
    await page.getByRole('button', { name: 'Save the schema' }).click()
    await dialog.getByText('No resource is affected.').waitFor()
    await dialog.getByRole('button', { name: 'Save the schema' }).click()
    await page.waitForURL(/\/schemas$/)
    const entry = (await serving.tenancy.schemas.list('acme')).find(({ schema }) => schema.id === DEVICE)
    expect(entry?.schema.attributes.map(({ name }) => name)).toContain('attribute8')
    expect(entry?.schema.attributes.map(({ name }) => name)).toContain('slots')
  })
})
