// Every page at twice the size and with the spacing of WCAG 1.4.12: nothing is cut, nothing scrolls sideways.

import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PAGES } from '../../console/src/pages.ts'
import { overflow, settled } from './check-page.ts'
import { hasBrowser, type OpenConsole, openConsole } from './open-console.ts'
import { seed } from './seed.ts'

const ALL = PAGES.map(({ path }) => path).filter((path) => !path.replace('$tenant', '').includes('$'))
/** In CI one of each kind: tiles, a list that scrolls by itself, forms, and what is long. */
const PATHS = process.env.CI === undefined ? ALL : ALL.filter((path) => /^\/$|people$|import$|settings$/.test(path))

/** Line height, and the spaces after paragraphs, letters and words. */
const SPACING = `* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
p { margin-bottom: 2em !important }`

describe.runIf(hasBrowser)('every page, larger and wider set', () => {
  let console: OpenConsole
  beforeAll(async () => {
    console = await openConsole()
    await seed(console.serving, 'acme', 20)
  })
  afterAll(() => console.close())

  test.each(PATHS)('%s', async (path) => {
    const { page, goto } = console
    const found: string[] = []
    await page.setViewportSize({ width: 1440, height: 900 })
    await goto(path.replace('$tenant', 'acme'))
    await page.waitForLoadState('networkidle')
    // Twice the size in a window of 1440 px is a window of 720 px; 360 px is more than four times.
    for (const [width, height] of [
      [720, 450],
      [360, 740],
      [1440, 900],
    ] as const) {
      await page.setViewportSize({ width, height })
      await settled(page)
      found.push(...(await overflow(page)).map((one) => `${width} px: ${one}`))
      const undo = await spaced(page)
      await settled(page)
      found.push(...[...(await overflow(page)), ...(await cut(page))].map((one) => `${width} px, spaced: ${one}`))
      await undo()
    }
    expect(found).toEqual([])
  })
})

/** Sets the spacing, by a sheet of the browser's that the policy has no say in. */
async function spaced(page: Page): Promise<() => Promise<void>> {
  await page.evaluate((css) => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(css)
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]
  }, SPACING)
  return () =>
    page.evaluate(() => {
      document.adoptedStyleSheets = document.adoptedStyleSheets.slice(0, -1)
    })
}

/** Texts of buttons, tabs, labels and headings that are cut off. */
function cut(page: Page): Promise<readonly string[]> {
  return page.evaluate(() =>
    [
      ...document.querySelectorAll<HTMLElement>(
        'main h1, main h2, main button, main label, main [role=tab], main legend',
      ),
    ]
      .filter((one) => {
        const { overflowX, overflowY } = getComputedStyle(one)
        const isCut =
          (overflowX !== 'visible' && one.scrollWidth > one.clientWidth + 1) ||
          (overflowY !== 'visible' && one.scrollHeight > one.clientHeight + 1)
        return isCut && one.clientWidth > 1 && one.clientHeight > 1
      })
      .map((one) => `cut off: ${one.outerHTML.slice(0, 120)}`),
  )
}
