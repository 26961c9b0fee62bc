// Every page of the table opens, on every store, for whoever may open it: in both schemes and widths.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { onPostgres } from '../database-under-test.ts'
import { checkPage } from './check-page.ts'
import { hasBrowser, type OpenConsole, openConsole } from './open-console.ts'
import { seed, seedDevices } from './seed.ts'

/** Paths of pages that need nothing but a tenant. */
const PATHS = [
  '/',
  '/tenants',
  '/t/acme',
  '/t/acme/settings',
  '/t/acme/setup-links',
  '/settings/setup-page',
  '/system',
  '/t/acme/schemas',
  '/t/acme/schemas?tab=indexes',
  '/t/acme/schemas?tab=lists',
  '/t/acme/schemas/new',
  '/t/acme/schemas/urn:ietf:params:scim:schemas:core:2.0:User',
  '/t/acme/types/User',
  '/t/acme/import',
  '/t/acme/check',
  '/t/acme/people',
  '/t/acme/groups',
  '/t/acme/changes',
  '/t/acme/r/Device',
  '/t/acme/r/Device/new',
  '/api',
]

describe.runIf(hasBrowser)('every page', () => {
  let console: OpenConsole
  beforeAll(async () => {
    console = await openConsole()
    await seed(console.serving, 'acme')
    await seedDevices(console.serving, 'acme')
  })
  afterAll(() => console.close())

  test.each(PATHS)('%s', async (path) => {
    const { page, goto, faults } = console
    await goto(path)
    await page.waitForLoadState('networkidle')
    const name =
      path === '/'
        ? 'overview'
        : path
            .slice(1)
            .replaceAll(/[/:?=.]/g, '-')
            .replace('t-acme', 'tenant')
    // What is drawn is the same on every store; here it is only asked whether it comes.
    if (onPostgres) expect(faults()).toEqual([])
    else await checkPage(console, name)
  })
})
