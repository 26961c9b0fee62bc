import { flushCompileCache } from 'node:module'
import { readSettings, SETTINGS, type SettingName, startServer } from '../server/index.ts'
import { type Options, textOption } from './usage.ts'

/** When what was compiled for the start is written, out of the way of the first requests. */
const FLUSH_AFTER_MS = 5_000

/** Starts the server and keeps it until it is told to stop. */
export async function serve(options: Options): Promise<void> {
  const names = Object.keys(SETTINGS) as SettingName[]
  const settings = readSettings(Object.fromEntries(names.map((name) => [name, textOption(options, name)])), process.env)
  const server = await startServer(settings)
  // Written now and not only at the end, which a crash would not reach.
  setTimeout(flushCompileCache, FLUSH_AFTER_MS).unref()
  await new Promise<void>((resolve, reject) => {
    let stopping = false
    const stop = () => {
      // Told twice: whoever says it doesn't want to wait.
      if (stopping) process.exit(1)
      stopping = true
      server.close().then(resolve, reject)
    }
    process.on('SIGTERM', stop)
    process.on('SIGINT', stop)
  })
  process.exit(0)
}
