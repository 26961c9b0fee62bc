// Opens the built site in a real browser: every page loads without an error and fits, narrow and wide, light and dark.

//   node scripts/look.ts [--all]     screenshots of a few pages (or of all) go to website/looks

import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import chromium from '@sparticuz/chromium'
import { chromium as playwright } from 'playwright-core'

const HERE = join(import.meta.dirname, '..')
const LOOKS = join(HERE, 'looks')
const SHOWN = ['', 'start/', 'concepts/hub/', 'reference/quirks/', 'api/client/', 'proof/performance/']
/** Of Starlight itself: the label of its search button, and code blocks that scroll are regions without names. */
const OF_STARLIGHT: readonly string[] = ['label-content-name-mismatch', 'landmark-unique']
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

const server = spawn(
  process.execPath,
  ['node_modules/astro/bin/astro.mjs', 'preview', '--host', '127.0.0.1', '--port', '0'],
  {
    cwd: HERE,
    env: { ...process.env, ASTRO_TELEMETRY_DISABLED: '1' },
  },
)
const origin = await new Promise<string>((resolve, reject) => {
  let said = ''
  server.stdout.on('data', (chunk: Buffer) => {
    said += chunk
    const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said)
    if (found !== null) resolve(found[0])
  })
  server.once('exit', (code) => reject(new Error(`the preview ended with ${code}: ${said}`)))
})
const pages = readdirSync(join(HERE, 'dist'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('index.html'))
  .map((file) => file.slice(0, -'index.html'.length))
rmSync(LOOKS, { recursive: true, force: true })
mkdirSync(LOOKS)
const browser = await playwright.launch({
  executablePath: await chromium.executablePath(),
  args: ['--no-sandbox', '--disable-gpu', '--hide-scrollbars'],
  headless: true,
})
const faults: string[] = []
for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [360, 1440]) {
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 }, reducedMotion: 'reduce' })
    await context.route(
      (url) => url.origin !== origin,
      (route) => {
        faults.push(`${route.request().url()} is elsewhere`)
        return route.abort()
      },
    )
    const page = await context.newPage()
    let at = ''
    page.on('pageerror', (error) => faults.push(`${at}: ${error.message}`))
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(`${at}: ${message.text()}`)
    })
    for (at of process.argv.includes('--all') ? pages : SHOWN) {
      const response = await page.goto(`${origin}/${at}`)
      if (response?.status() !== 200) faults.push(`/${at}: ${response?.status()}`)
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
      if (wide > 0) faults.push(`/${at} at ${width} px is ${wide} px too wide`)
      // Starlight makes code blocks that scroll reachable by keyboard once it has measured them.
      await page.waitForFunction(() =>
        [...document.querySelectorAll('pre')].every((one) => one.scrollWidth <= one.clientWidth || one.tabIndex === 0),
      )
      await page.addScriptTag({ path: AXE })
      const found = await page.evaluate(async () => {
        const { violations } = await (
          globalThis as unknown as {
            axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
          }
        ).axe.run()
        return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 120)}`)
      })
      for (const one of found.filter((fault) => !OF_STARLIGHT.includes(fault.split(':')[0] as string)))
        faults.push(`/${at} ${colorScheme} ${width}: ${one}`)
      if (SHOWN.includes(at)) {
        await page.screenshot({ path: join(LOOKS, `${at.replaceAll('/', '-') || 'home-'}${colorScheme}-${width}.png`) })
      }
    }
    if (width === 1440 && colorScheme === 'light') {
      at = 'search'
      await page.goto(`${origin}/start/`)
      await page.keyboard.press('Control+k')
      await page.locator('dialog input').fill('leaver')
      await page.locator('.pagefind-ui__result-link').first().waitFor()
      await page.screenshot({ path: join(LOOKS, 'search.png') })
    }
    await context.close()
  }
}
await browser.close()
server.kill()
const shown = [...new Set(faults)]
console.log(shown.length === 0 ? `${pages.length} pages, no fault; pictures in website/looks` : shown.join('\n'))
process.exitCode = shown.length === 0 ? 0 : 1
