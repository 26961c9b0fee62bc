// Builds the console and starts the one browser of a run, which all files of tests share.

import { existsSync } from 'node:fs'
import chromium from '@sparticuz/chromium'
import { chromium as playwright } from 'playwright-core'
import type { TestProject } from 'vitest/node'
import { buildConsole } from '../../scripts/console.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the browser of the run is reached; absent where there is none. */
    readonly browser?: string
  }
}

/**
 * Starts Chromium from npm, or the one that CHROME_PATH names. Elsewhere than on Linux the one from npm does not run: then tests in
 * the browser are skipped, and say so.
 */
export default async function setup({ provide }: TestProject): Promise<(() => Promise<void>) | undefined> {
  const own = process.env.CHROME_PATH
  if (own === undefined && process.platform !== 'linux') return undefined
  if (own !== undefined && !existsSync(own)) throw new Error(`CHROME_PATH names ${own}, which is not there`)
  buildConsole()
  const executablePath = own ?? (await chromium.executablePath())
  const server = await playwright.launchServer({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--hide-scrollbars'],
    headless: true,
    host: '127.0.0.1',
  })
  provide('browser', server.wsEndpoint())
  return () => server.close()
}
