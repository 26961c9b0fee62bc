// Opens the console in the browser of the run, signed in, on a server and database of its own.

import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { inject } from 'vitest'
import type { Role } from '../../src/access/index.ts'
import { type Serving, serve } from '../serve.ts'

/** Whether there is a browser: `test.runIf(hasBrowser)` where a file opens one by itself. */
export const hasBrowser = inject('browser') !== undefined

/** Where screenshots are kept, as artefacts of a run. */
export const LOOKS = join(import.meta.dirname, 'looks')

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/** How a console is opened. */
export interface Opening {
  /** Absent: owner. */
  readonly role?: Role
  /** The tenants it is limited to. Absent: all. */
  readonly tenants?: readonly string[]
  /** Whose server it is. Absent: one is started, and closed with the console. */
  readonly serving?: Serving
  readonly width?: number
  readonly height?: number
  readonly scheme?: 'light' | 'dark'
  readonly locale?: string
}

/** An open console. */
export interface OpenConsole {
  readonly page: Page
  readonly context: BrowserContext
  readonly serving: Serving
  /** Opens a page by its path below /console, like `/t/acme/people`, and waits until it is there. */
  readonly goto: (path: string) => Promise<void>
  /** What went wrong since the last look. */
  readonly faults: () => readonly string[]
  /** Forgets what went wrong: for tests in which something has to. */
  readonly forgive: () => void
  readonly close: () => Promise<void>
}

let browser: Browser | undefined

/** The browser of the run. */
export async function theBrowser(): Promise<Browser> {
  const endpoint = inject('browser')
  if (endpoint === undefined) throw new Error('There is no browser: set CHROME_PATH')
  browser ??= await chromium.connect(endpoint)
  return browser
}

/** Opens the console as somebody with a role. */
export async function openConsole(opening: Opening = {}): Promise<OpenConsole> {
  const { role = 'owner', tenants, width = 1440, height = 900, scheme = 'light', locale = 'en-GB' } = opening
  const serving = opening.serving ?? (await serve())
  const draft = { role, label: role, ...(tenants === undefined ? {} : { tenants }) }
  const { token } = await serving.tenancy.adminTokens.create(draft)
  const context = await (await theBrowser()).newContext({
    locale,
    timezoneId: 'UTC',
    colorScheme: scheme,
    viewport: { width, height },
    reducedMotion: 'reduce',
  })
  // What is not there by then does not come, even on a busy machine.
  context.setDefaultTimeout(15_000)
  const { page, faults, forgive } = await watchedPage(context, serving.url)
  await signIn(context, serving.url, token)
  return {
    page,
    context,
    serving,
    faults,
    forgive,
    goto: async (path) => {
      await page.goto(`${serving.url}/console${path}`)
      await page.locator('main h1').first().waitFor()
    },
    close: async () => {
      await context.close()
      if (opening.serving === undefined) await serving.close()
    },
  }
}

/** A page that notes what goes wrong in it: violations of the policy, errors, failed requests, requests to elsewhere. */
export async function watchedPage(
  context: BrowserContext,
  origin: string,
): Promise<{ readonly page: Page; readonly faults: () => readonly string[]; readonly forgive: () => void }> {
  const faults: string[] = []
  await context.route(
    (url) => url.origin !== origin,
    (route) => {
      faults.push(`a request to elsewhere: ${route.request().url()}`)
      return route.abort()
    },
  )
  // An init script, so that the policy stays in force while it runs.
  await context.addInitScript({ path: AXE })
  await context.exposeFunction('noteViolation', (text: string) => void faults.push(text))
  await context.addInitScript(() => {
    document.addEventListener(
      'securitypolicyviolation',
      ({ violatedDirective, blockedURI, sample, sourceFile, lineNumber }) => {
        const note = (globalThis as unknown as { noteViolation(text: string): void }).noteViolation
        note(`the policy was violated: ${violatedDirective} ${blockedURI} ${sample} (${sourceFile}:${lineNumber})`)
      },
    )
  })
  const page = await context.newPage()
  page.on('pageerror', (error) => faults.push(`an error in the page: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(`the console says: ${message.text()}`)
  })
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText
    // A page that is left gives up what it was asking for.
    if (why !== 'net::ERR_ABORTED') faults.push(`a request failed: ${request.url()} ${why}`)
  })
  page.on('response', (response) => {
    if (response.status() >= 400)
      faults.push(`${response.request().method()} ${response.url()} was answered ${response.status()}`)
  })
  return {
    page,
    faults: () => [...faults],
    forgive: () => {
      faults.length = 0
    },
  }
}

/** Signs in as the form does. The cookie is for all pages of the context. */
async function signIn(context: BrowserContext, url: string, token: string): Promise<void> {
  const headers = { 'X-Lockstep': '1', Origin: url }
  const answer = await context.request.post(`${url}/admin/v1/session`, { data: { token }, headers })
  if (!answer.ok()) throw new Error(`signing in was answered ${answer.status()}: ${await answer.text()}`)
}

mkdirSync(LOOKS, { recursive: true })
