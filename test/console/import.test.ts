// An import in a real browser: a file, its columns, what each row would do, and the people afterwards.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkPage } from './check-page.ts'
import { hasBrowser, type OpenConsole, openConsole } from './open-console.ts'
import { seed } from './seed.ts'

const FILE = [
  'Login;First name;Surname;E-mail;Abteilung;Shoe size',
  'barbara.jensen0@acme.example;Babs;Jensen;barbara.jensen0@acme.example;Sales;38',
  'new.person@acme.example;New;Person;new.person@acme.example;Support;41',
  'new.person@acme.example;New;Twice;;;',
  ';No;Name;;;',
].join('\n')

describe.runIf(hasBrowser)('an import', () => {
  let console: OpenConsole
  beforeAll(async () => {
    console = await openConsole()
    await seed(console.serving, 'acme')
  })
  afterAll(() => console.close())

  test('shows what every row would do, does it, and finds it done when asked again', async () => {
    const { page, goto, faults, serving } = console
    await goto('/t/acme/import')
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(FILE) })
    await page.getByRole('heading', { name: /4 rows/ }).waitFor()
    await page.getByRole('button', { name: 'Show what it would do' }).click()
    await page.getByRole('button', { name: 'Import 2 people' }).waitFor()
    await page.getByText('Babs').last().waitFor()
    await page.getByText('An earlier row is the same person').waitFor()
    await checkPage(console, 'import')
    // A large file is more than a session may ask at once: it is told to slow down, and does.
    const slower = new Set<string>()
    await page.route(/Users\/\.search$|Bulk$/, (asked) => {
      const { pathname } = new URL(asked.request().url())
      if (slower.has(pathname)) return asked.continue()
      slower.add(pathname)
      return asked.fulfill({ status: 429, headers: { 'retry-after': '0' }, json: { status: '429' } })
    })
    await page.getByRole('button', { name: 'Import 2 people' }).click()
    await page.getByText('2 done, 0 refused').waitFor()
    await page.getByRole('button', { name: 'Look again' }).click()
    await page.getByRole('button', { name: /^Import / }).waitFor({ state: 'detached' })
    expect(slower.size).toBe(2)
    // The browser itself says of each that it was refused.
    expect(faults().filter((fault) => !fault.includes('429'))).toEqual([])
    const { resources } = await serving.tenancy.tenants.show('acme')
    expect(resources.User).toBe(41)
  })
})
