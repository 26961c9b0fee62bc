// What the trial of the console stands on: a real server in a process of its own, and the browser.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import chromium from '@sparticuz/chromium'
import { type Browser, type BrowserContext, type Page, chromium as playwright } from 'playwright-core'
import { lockstep, type RunningLockstep, startLockstep } from '../demo/lockstep.ts'

/** A measured row of docs/console.md. */
export interface Measured {
  readonly row: number
  readonly what: string
  readonly limit: string
  readonly measured: string
  readonly met: boolean
}

/** A server with its browser, and where its files are. */
export interface Trial {
  readonly folder: string
  readonly url: string
  readonly server: RunningLockstep
  readonly token: string
  readonly browser: Browser
  readonly people: number
  readonly minutes: number
  /** A new context, signed in: its cache is cold. */
  readonly signedIn: () => Promise<BrowserContext>
  /** Asks the admin API. */
  readonly admin: (method: string, path: string, body?: unknown) => Promise<Record<string, unknown>>
  readonly add: (measured: Measured) => void
  readonly say: (text: string) => void
}

/** Starts both. */
export async function startTrial(
  folder: string,
  options: Pick<Trial, 'people' | 'minutes' | 'add' | 'say'>,
): Promise<Trial & { readonly end: () => Promise<void> }> {
  const server = await startLockstep(folder)
  const { url } = server
  const made = await lockstep(folder, ['admin', 'token', '--label', 'trial', '--json'])
  const token = /lka_[\w-]+/.exec(made)?.[0] ?? ''
  const own = process.env.CHROME_PATH
  if (own !== undefined && !existsSync(own)) throw new Error(`CHROME_PATH names ${own}, which is not there`)
  const browser = await playwright.launch({
    executablePath: own ?? (await chromium.executablePath()),
    args: ['--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--enable-precise-memory-info'],
  })
  return {
    folder,
    url,
    server,
    token,
    browser,
    ...options,
    async signedIn() {
      const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1440, height: 900 } })
      context.setDefaultTimeout(30_000)
      const headers = { 'X-Lockstep': '1', Origin: url }
      const answer = await context.request.post(`${url}/admin/v1/session`, { data: { token }, headers })
      if (!answer.ok()) throw new Error(`signing in was answered ${answer.status()}`)
      return context
    },
    async admin(method, path, body) {
      const response = await fetch(`${url}/admin/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text.slice(0, 300)}`)
      return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
    },
    async end() {
      await browser.close()
      await server.stop()
    },
  }
}

/** A file of people, as the import takes it. */
export function peopleFile(folder: string, people: number): string {
  const file = join(folder, 'people.csv')
  const lines = ['userName,externalId,name.givenName,name.familyName,displayName,emails[type eq "work"].value']
  for (let at = 0; at < people; at++) {
    const name = `person${String(at).padStart(7, '0')}`
    lines.push(
      `${name}@acme.example,x${at},Given${at % 997},Family${at % 1_009},${name} Family${at % 1_009},${name}@acme.example`,
    )
  }
  writeFileSync(file, `${lines.join('\n')}\n`)
  return file
}

/** The time that something takes, in milliseconds. */
export async function timed(run: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await run()
  return performance.now() - begun
}

/** Reads the processor seconds that a page has used, and the bytes of its heap after what nobody holds is gone. */
export async function meterOf(page: Page): Promise<() => Promise<{ readonly seconds: number; readonly heap: number }>> {
  // One session for all readings: the browser counts while it is there.
  const wire = await page.context().newCDPSession(page)
  await wire.send('Performance.enable')
  return async () => {
    await wire.send('HeapProfiler.collectGarbage')
    const { metrics } = await wire.send('Performance.getMetrics')
    const of = (name: string) => metrics.find((one) => one.name === name)?.value ?? Number.NaN
    return { seconds: of('TaskDuration'), heap: of('JSHeapUsedSize') }
  }
}

/** How busy the machine was, so that a figure can be judged: waiting processes for each core. */
export function load(): string {
  return readFileSync('/proc/loadavg', 'utf8').split(' ')[0] ?? '?'
}

/** The median. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
