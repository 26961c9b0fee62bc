// Every page for every role: what it may not do is neither in the bar nor answered, and the page says why.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PageEntry } from '../../console/src/page-entry.ts'
import { PAGES } from '../../console/src/pages.ts'
import { ROLES, type Role } from '../../src/access/index.ts'
import { type Serving, serve } from '../serve.ts'
import { checkPage } from './check-page.ts'
import { hasBrowser, type OpenConsole, openConsole } from './open-console.ts'

/** Pages that one address shows as well as another; those with a parameter of their own are opened by other tests. */
const PLAIN = PAGES.filter(({ path }) => !path.replace('$tenant', '').includes('$'))

/** In CI those that lack most, and the one of a single tenant: the others may open all. */
const ASKED: readonly Role[] =
  process.env.CI === undefined ? (Object.keys(ROLES) as Role[]) : ['administrator', 'auditor', 'support']

describe.runIf(hasBrowser).each(ASKED)('the pages of the role %s', (role) => {
  let serving: Serving
  let console: OpenConsole
  beforeAll(async () => {
    serving = await serve()
    await serving.tenant('acme')
    await serving.tenant('globex')
    await serving.connection('entra', { tenant: 'acme' })
    console = await openConsole({ serving, role, ...(role === 'administrator' ? { tenants: ['acme'] } : {}) })
  })
  afterAll(async () => {
    await console.close()
    await serving.close()
  })

  const capabilities: readonly string[] = ROLES[role]
  const may = ({ needs, also }: PageEntry) => capabilities.includes(needs) || also === role
  // In CI those that are shut, and every fourth of the others: each takes more than a second.
  const opened = PLAIN.filter((entry, at) => process.env.CI === undefined || !may(entry) || at % 4 === 0)

  // An owner may open all of them, each for some seconds on a busy machine.
  test('those it may open are in the bar and open, the others say what is missing and ask for nothing', {
    timeout: 240_000,
  }, async () => {
    const { page, goto, faults } = console
    for (const entry of opened) {
      const path = entry.path.replace('$tenant', 'acme')
      await goto(path)
      await page.waitForLoadState('networkidle')
      const refused = page.getByRole('heading', { level: 1, name: 'You may not open this page' })
      expect([path, await refused.count()]).toEqual([path, may(entry) ? 0 : 1])
      if (!may(entry)) await page.getByText(`It needs the right “${entry.needs}”`).waitFor()
      if (entry.group === undefined || (entry.ofAll === true && role === 'administrator')) continue
      const links = page.locator(`nav[aria-label=Pages] a[href="/console${path === '/' ? '/' : path}"]`)
      expect([path, await links.count()]).toEqual([path, may(entry) ? 1 : 0])
    }
    // A refusal by the server would be among these.
    expect(faults()).toEqual([])
  })

  test.runIf(role === 'administrator')('a tenant of others does not exist', async () => {
    const { page, goto, forgive } = console
    await goto('/t/globex')
    await page.getByText('This is gone, or never existed.').first().waitFor()
    await goto('/t/no-such-tenant')
    await page.getByText('This is gone, or never existed.').first().waitFor()
    forgive()
  })

  test.runIf(role === 'support')('the page that says what is missing is as sound as any other', async () => {
    await console.goto('/t/acme/import')
    await checkPage(console, 'not-allowed')
  })
})
