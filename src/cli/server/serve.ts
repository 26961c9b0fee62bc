import cluster from 'node:cluster'
import * as modules from 'node:module'
import { setFlagsFromString } from 'node:v8'
import { readSettings, SETTINGS, type Server, type SettingName, startServer, startWorkers } from '../../server/index.ts'
import { type Options, textOption } from '../terminal/options.ts'

/** When what was compiled for the start is written, out of the way of the first requests. */
const FLUSH_AFTER_MS = 5_000

/** By how much a heap may grow between two full collections, in percent of what lives in it: decision 21. */
const HEAP_GROWTH = 50

/** Starts the server and keeps it until it is told to stop. */
export async function serve(options: Options): Promise<void> {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH}`)
  const names = Object.keys(SETTINGS) as SettingName[]
  const settings = readSettings(Object.fromEntries(names.map((name) => [name, textOption(options, name)])), process.env)
  if (settings.workers > 1 && cluster.isPrimary) {
    const workers = await startWorkers(settings)
    await untilStopped(workers.close, workers.kill)
  } else {
    const worker = cluster.isWorker
    const server = await startServer(settings, { worker }).catch((error) => {
      // The wire to the process that has started this one would keep it alive.
      cluster.worker?.disconnect()
      throw error
    })
    // Written now and not only at the end, which a crash would not reach.
    // Node 20 has no such cache.
    setTimeout(() => modules.flushCompileCache?.(), FLUSH_AFTER_MS).unref()
    if (worker) await untilTold(server)
    else await untilStopped(server.close, () => undefined)
  }
  process.exit(0)
}

/** A worker ends when the process that has started it says so, or by a SIGTERM of its own. */
async function untilTold({ stopped, close }: Server): Promise<void> {
  // Ctrl+C goes to every process of a terminal; the one that has started this one passes it on.
  process.on('SIGINT', () => undefined)
  await Promise.race([stopped, new Promise<void>((resolve) => process.once('SIGTERM', () => resolve()))])
  await close()
}

/** Resolves when a signal has come and what it asks for is done. */
function untilStopped(close: () => Promise<void>, kill: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    let stopping = false
    const stop = () => {
      // Told twice: whoever says it doesn't want to wait.
      if (stopping) {
        kill()
        process.exit(1)
      }
      stopping = true
      close().then(resolve, reject)
    }
    process.on('SIGTERM', stop)
    process.on('SIGINT', stop)
  })
}
