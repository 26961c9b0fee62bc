// The system in a real browser: what its page says is what the server found, and the diagnosis names nobody.

import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HUB_READER } from '../../src/hub/index.ts'
import { serve } from '../serve.ts'
import { checkPage } from './check-page.ts'
import { hasBrowser, type OpenConsole, openConsole } from './open-console.ts'
import { seed } from './seed.ts'

describe.runIf(hasBrowser)('the system', () => {
  let console: OpenConsole
  beforeAll(async () => {
    // Without a hub nothing reads on, so the reader below stays where it is.
    console = await openConsole({ serving: await serve({ flags: { hub: 'off' } }) })
    await seed(console.serving, 'acme')
  })
  afterAll(async () => {
    await console.close()
    await console.serving.close()
  })

  /** The value beside a name in a panel. */
  async function fact(panel: string, name: string): Promise<string> {
    const section = console.page
      .locator('section')
      .filter({ has: console.page.getByRole('heading', { level: 2, name: panel }) })
    const pair = section.locator('dl > div').filter({ has: console.page.getByText(name, { exact: true }) })
    return (await pair.locator('dd').textContent()) ?? ''
  }

  test('shows the process, the database, the record and who is behind', async () => {
    const { page, goto, serving, faults } = console
    await goto('/system')
    await page.getByRole('heading', { level: 2, name: 'Process that answers' }).waitFor()
    expect(await fact('Process that answers', 'Node')).toBe(process.version)
    expect(await fact('Process that answers', 'Process id')).toBe(String(process.pid))
    expect(await fact('Process that answers', 'Memory')).toMatch(/^\d.* MiB$/)
    expect(await fact('Database', 'Answers in')).toMatch(/^[\d.]+ m?s$/)
    expect(await page.getByRole('row', { name: 'User 40' }).count()).toBe(1)
    expect(await page.getByRole('row', { name: 'Group 5' }).count()).toBe(1)
    await page.getByText('It is being written').waitFor()
    expect(await fact('Record of requests', 'Requests kept')).toMatch(/of 5,000,000 at most$/)
    expect(await fact('Record of requests', 'Kept for')).toBe('14 days at most')
    await page.getByText('All have read to the end').waitFor()

    const { place = 0 } = (await serving.store.tenant('acme')) ?? {}
    await serving.store.commit([{ write: 'cursor', tenant: 'acme', reader: HUB_READER, place: place - 7 }])
    await goto('/system')
    await page.getByText('1 reader is behind, by 7 lines').waitFor()
    expect(await page.getByRole('row', { name: `acme ${HUB_READER} 7` }).count()).toBe(1)
    expect(faults()).toEqual([])
    await checkPage(console, 'system')
  })

  test('the diagnosis is downloaded, and names neither tenants nor people', async () => {
    const { page, goto, faults } = console
    await goto('/system')
    const coming = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download the diagnosis' }).click()
    const file = await coming
    expect(file.suggestedFilename()).toMatch(/^lockstep-diagnosis-\d{4}-\d\d-\d\d\.json$/)
    const told = await text(await file.createReadStream())
    expect(JSON.parse(told)).toMatchObject({ process: { version: process.version }, readers: { behind: 1, lines: 7 } })
    for (const word of ['acme', 'barbara', 'example']) expect(told.toLowerCase()).not.toContain(word)
    expect(faults()).toEqual([])
  })

  test('whoever does not own everything is not shown it', async () => {
    const support = await openConsole({ role: 'support', serving: console.serving })
    await support.goto('/')
    expect(await support.page.getByRole('link', { name: 'Requests' }).count()).toBe(1)
    expect(await support.page.getByRole('link', { name: 'System' }).count()).toBe(0)
    await support.goto('/system')
    await support.page.getByText('You may not open this page').waitFor()
    expect(support.faults()).toEqual([])
    await support.close()
  })
})
