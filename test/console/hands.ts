// The two ways to use a page: by pointer, and by keyboard alone. Both count what a person would count.

import type { Locator, Page } from 'playwright-core'

/** Whoever walks through the console. */
export interface Hand {
  readonly by: 'pointer' | 'keyboard'
  /** Uses a link, a button, a tab, a choice or a line of a list: one click, or one Enter or Space. */
  readonly use: (target: Locator) => Promise<void>
  /** Presses Enter where the focus is: as good as a click. */
  readonly enter: () => Promise<void>
  readonly clicks: () => number
}

/** More stops than any page has: then the target can't be reached. */
const MOST_KEYS = 200

/** @example createHand(page, 'keyboard') */
export function createHand(page: Page, by: Hand['by']): Hand {
  let clicks = 0
  return {
    by,
    clicks: () => clicks,
    async enter() {
      await page.keyboard.press('Enter')
      clicks++
    },
    async use(target) {
      // What a choice is drawn with covers its radio button.
      await target.waitFor({ state: 'attached' })
      if (by === 'pointer') await (await labelOf(target)).click()
      else await reach(page, target)
      clicks++
    },
  }
}

async function labelOf(target: Locator): Promise<Pick<Locator, 'click'>> {
  const label = await target.evaluateHandle((element) =>
    element instanceof HTMLInputElement ? (element.labels?.[0] ?? element) : element,
  )
  return label.asElement() ?? target
}

/** Goes to a target by keys alone, and uses it. */
async function reach(page: Page, target: Locator): Promise<void> {
  const kind = await target.evaluate((element) =>
    element.getAttribute('role') === 'row' ? 'row' : element instanceof HTMLInputElement ? 'radio' : 'stop',
  )
  if (kind === 'row') {
    await tabTo(page, page.getByRole('grid').first())
    const isThere = () =>
      target.evaluate((row) => row.id === document.activeElement?.getAttribute('aria-activedescendant'), undefined, {
        timeout: 5_000,
      })
    for (let at = 0; !(await isThere()); at++) {
      if (at > MOST_KEYS) throw new Error('the line is not reached by j')
      await page.keyboard.press('j')
    }
    await page.keyboard.press('Enter')
    return
  }
  // Tabs and choices are one stop, and arrows go from one to the next.
  await tabTo(page, target)
  await page.keyboard.press(kind === 'radio' ? 'Space' : 'Enter')
}

async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let at = 0; at < MOST_KEYS; at++) {
    const where = await target.evaluate((element) => {
      const active = document.activeElement
      if (active === element) return 'there'
      if (active === null) return 'elsewhere'
      const list = element.getAttribute('role') === 'tab' ? element.closest('[role=tablist]') : null
      if (list?.contains(active) === true) return 'beside'
      const isChoice = element instanceof HTMLInputElement && element.type === 'radio'
      return isChoice && active instanceof HTMLInputElement && active.name === element.name ? 'beside' : 'elsewhere'
    })
    if (where === 'there') return
    await page.keyboard.press(where === 'beside' ? 'ArrowRight' : 'Tab')
  }
  throw new Error(`not reached in ${MOST_KEYS} keys: ${target}`)
}
