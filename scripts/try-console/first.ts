// Rows 1 and 27: the first paint and what it costs the page, and what the console costs at the start.

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { median, type Trial, timed } from './trial.ts'

const ROUNDS = 5

/** Row 1: cold cache, over loopback, until the page can be used. */
export async function firstPaint({ signedIn, url, add }: Trial): Promise<void> {
  const paints: number[] = []
  const works: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const context = await signedIn()
    const page = await context.newPage()
    const wire = await context.newCDPSession(page)
    await wire.send('Performance.enable')
    await page.goto(`${url}/console/tenants`)
    await page.locator('main h1').first().waitFor()
    const { metrics } = await wire.send('Performance.getMetrics')
    works.push((metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1_000)
    paints.push(
      await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN),
    )
    await context.close()
  }
  const [paint, work] = [median(paints), median(works)]
  const range = (of: readonly number[]) => `${Math.min(...of).toFixed(0)} – ${Math.max(...of).toFixed(0)}`
  add({
    row: 1,
    what: 'first paint, cold; main thread until usable',
    limit: '600 ms; 400 ms',
    measured: `${paint.toFixed(0)} ms (${range(paints)}); ${work.toFixed(0)} ms (${range(works)})`,
    met: paint <= 600 && work <= 400,
  })
}

/** Row 27: from the start of the process to its first answer, with the console and without, in turn. */
export async function firstAnswer({ add }: Trial): Promise<void> {
  const taken: { readonly [way in 'with' | 'without']: number[] } = { with: [], without: [] }
  for (let round = 0; round < 2 * ROUNDS; round++) {
    const way = round % 2 === 0 ? 'with' : 'without'
    taken[way].push(await startAndAsk(way === 'with' ? [] : ['--no-console']))
  }
  const later = median(taken.with) - median(taken.without)
  add({
    row: 27,
    what: 'first answer of the server later than without the console',
    limit: '10 ms',
    measured: `${later.toFixed(0)} ms (${median(taken.with).toFixed(0)} against ${median(taken.without).toFixed(0)})`,
    met: later <= 10,
  })
}

async function startAndAsk(flags: readonly string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-first-'))
  const main = join(import.meta.dirname, '../../src/cli/main.ts')
  const args = ['serve', '--port', '0', '--database', `sqlite:${join(folder, 'a.db')}`, '--first-token', 'never']
  const child = spawn(process.execPath, [main, ...args, ...flags], { stdio: ['ignore', 'pipe', 'ignore'] })
  try {
    return await timed(async () => {
      const url = await new Promise<string>((resolve, reject) => {
        let text = ''
        child.stdout.on('data', (chunk: Buffer) => {
          text += chunk.toString('utf8')
          const [found] = /http:\/\/127\.0\.0\.1:\d+/.exec(text) ?? []
          if (found !== undefined) resolve(found)
        })
        child.once('exit', () => reject(new Error(`The server has ended: ${text}`)))
      })
      await (await fetch(`${url}/readyz`)).text()
    })
  } finally {
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
}
