// The harness finds what it is there to find: a harness that finds nothing is worth nothing.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { axeFindings, overflow } from './check-page.ts'
import { hasBrowser, type OpenConsole, openConsole } from './open-console.ts'
import { differentPixels } from './pictures.ts'

describe.runIf(hasBrowser)('the harness', () => {
  let console: OpenConsole
  beforeAll(async () => {
    console = await openConsole()
    await console.goto('/tenants')
  })
  afterAll(() => console.close())

  test('an inline style and markup made of text are refused, and told', async () => {
    const { page, faults, forgive } = console
    expect(faults()).toEqual([])
    await page.evaluate(() => {
      const style = document.createElement('style')
      style.textContent = 'main { display: none }'
      document.head.append(style)
    })
    const refused = await page.evaluate(() => {
      try {
        document.body.insertAdjacentHTML('beforeend', '<b>text</b>')
        return false
      } catch {
        return true
      }
    })
    expect(refused).toBe(true)
    expect(await page.locator('main').isVisible()).toBe(true)
    await expect.poll(faults).toContainEqual(expect.stringContaining('style-src-elem'))
    expect(faults()).toContainEqual(expect.stringContaining('require-trusted-types-for'))
    forgive()
  })

  test('a request to elsewhere is cut off, and told', async () => {
    const { page, faults, forgive } = console
    await page.evaluate(() => fetch('http://elsewhere.example/').catch(() => undefined))
    await expect.poll(faults).toContainEqual(expect.stringContaining('elsewhere'))
    forgive()
  })

  test('axe sees a picture without a text', async () => {
    const { page } = console
    expect(await axeFindings(page)).toEqual([])
    await page.evaluate(() => document.querySelector('main')?.append(document.createElement('img')))
    expect((await axeFindings(page)).some((one) => one.startsWith('image-alt'))).toBe(true)
    await page.evaluate(() => document.querySelector('main img')?.remove())
  })

  test('what is too wide is seen', async () => {
    const { page } = console
    await page.evaluate(() => {
      const wide = document.createElement('div')
      wide.style.width = '5000px'
      wide.textContent = 'wide'
      document.querySelector('main')?.append(wide)
    })
    expect(await overflow(page)).not.toEqual([])
    await page.evaluate(() => document.querySelector('main')?.lastElementChild?.remove())
    expect(await overflow(page)).toEqual([])
  })

  test('a picture that is one pixel off is another one', async () => {
    const { page } = console
    const before = await page.screenshot()
    expect(differentPixels(before, await page.screenshot())).toBe(0)
    await page.evaluate(() => {
      const dot = document.createElement('div')
      dot.style.cssText = 'position:fixed;left:700px;top:500px;width:1px;height:1px;background:red'
      document.body.append(dot)
    })
    expect(differentPixels(before, await page.screenshot())).toBe(1)
  })
})
