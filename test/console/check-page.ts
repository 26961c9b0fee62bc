// What holds on every page: no violation, no error, nothing from elsewhere, no overflow, no finding of axe.

import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { LOOKS, type OpenConsole } from './open-console.ts'

/** The widths that every page is looked at in. */
export const WIDTHS = [360, 1440] as const
/** The schemes that every page is looked at in. */
export const SCHEMES = ['light', 'dark'] as const
/** In CI each width in one scheme: what depends on both at once is rare, and each look takes half a second. */
const LOOKS_OF_CI = ['dark 360', 'light 1440']

interface Finding {
  readonly id: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[]
}

/** What axe finds wrong with a page. WCAG 2.2, A and AA. */
export async function axeFindings(page: Page): Promise<readonly string[]> {
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(context: unknown, options: unknown): Promise<{ violations: Finding[] }> }
    }
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
    return (await axe.run(document, { runOnly: { type: 'tag', values: tags } })).violations
  })
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(
      ({ html, failureSummary = '' }) =>
        `${id}: ${html.slice(0, 200)} ${failureSummary.split('\n').slice(1, 2).join('').trim()}`,
    ),
  )
}

/** What is wider than the window, apart from what may scroll by itself. */
export async function overflow(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const wide: string[] = []
    const { clientWidth } = document.documentElement
    if (document.documentElement.scrollWidth > clientWidth)
      wide.push(`the page is ${document.documentElement.scrollWidth} px wide`)
    const main = document.querySelector('main')
    if (main !== null && main.scrollWidth > main.clientWidth + 1) {
      const culprit = [...main.querySelectorAll('*')].find((one) => one.getBoundingClientRect().right > clientWidth + 1)
      wide.push(`the page scrolls sideways: ${main.scrollWidth} px, ${culprit?.outerHTML.slice(0, 160) ?? ''}`)
    }
    return wide
  })
}

/**
 * Checks the page that is open, in both schemes and widths, and keeps a screenshot of each in `test/console/looks`.
 *
 * @example await checkPage(console, 'people')
 */
export async function checkPage({ page, faults }: Pick<OpenConsole, 'page' | 'faults'>, name: string): Promise<void> {
  const found: string[] = []
  const before = page.viewportSize()
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: width === 360 ? 740 : 900 })
    for (const scheme of SCHEMES) {
      if (process.env.CI !== undefined && !LOOKS_OF_CI.includes(`${scheme} ${width}`)) continue
      await page.emulateMedia({ colorScheme: scheme })
      await settled(page)
      const wrong = [...(await overflow(page)), ...(await axeFindings(page))]
      found.push(...wrong.map((one) => `${name} ${scheme} ${width}: ${one}`))
      await page.screenshot({ path: join(LOOKS, `${name}-${scheme}-${width}.png`) })
    }
  }
  if (before !== null) await page.setViewportSize(before)
  expect([...new Set([...faults(), ...found])]).toEqual([])
}

/** Waits until fonts are there and nothing is asked for any more. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await document.fonts.ready
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
  })
}
