// Makes the three screenshots of the README, and holds those that are kept against them.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { PNG } from 'pngjs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { settled } from './check-page.ts'
import { hasBrowser, type OpenConsole, openConsole } from './open-console.ts'
import { seed } from './seed.ts'

const IMAGES = join(import.meta.dirname, '../../docs/images')
const NOON = new Date('2026-12-01T12:00:00Z')

/** The pictures: what they show, and in which scheme. `LOOKS=keep` writes them anew. */
const PICTURES = [
  { name: 'tenant', path: '/t/acme', scheme: 'light' },
  { name: 'schema', path: '/t/acme/schemas/new', scheme: 'dark' },
  { name: 'api', path: '/api', scheme: 'light' },
] as const

describe.runIf(hasBrowser)('the pictures of the README', () => {
  let console: OpenConsole
  beforeAll(async () => {
    console = await openConsole({ width: 1200, height: 750 })
    await console.page.clock.setFixedTime(NOON)
    await seed(console.serving, 'acme', 60)
  })
  afterAll(() => console.close())

  test.each(PICTURES)('$name', async ({ name, path, scheme }) => {
    const { page, goto, faults } = console
    await page.emulateMedia({ colorScheme: scheme })
    await goto(path)
    await page.waitForLoadState('networkidle')
    await settled(page)
    const picture = await shot(page)
    const file = join(IMAGES, `console-${name}.png`)
    if (process.env.LOOKS === 'keep') writeFileSync(file, picture)
    expect(faults()).toEqual([])
    expect(existsSync(file), `${file}: LOOKS=keep makes it`).toBe(true)
    // What is in it changes from run to run (times, ports): it must be a picture of that page, of that size, and small.
    const kept = readFileSync(file)
    const { width, height } = PNG.sync.read(kept)
    expect([width, height]).toEqual([1200, 750])
    expect(kept.length).toBeLessThan(160_000)
  })
})

async function shot(page: Page): Promise<Uint8Array> {
  return page.screenshot({ animations: 'disabled' })
}
