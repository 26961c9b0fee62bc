// `lockstep serve`: runs the server until a signal ends it.

import cluster from 'node:cluster'
import * as modules from 'node:module'
import { setFlagsFromString } from 'node:v8'
import { type Server, startHub, startServer, startWorkers } from '../../server/index.ts'
import { readSettings, SETTINGS, type SettingName } from '../../site/index.ts'
import { type Options, textOption } from '../terminal/options.ts'

/** When the compile cache is written: after the first requests, to stay out of their way. */
const FLUSH_AFTER_MS = 5_000

/** How much the heap may grow between two full collections, in percent of the live objects (docs/decisions/0021). */
const HEAP_GROWTH = 50

/** Starts the server, and runs until a signal ends it. */
export async function serve(options: Options): Promise<void> {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH}`)
  const names = Object.keys(SETTINGS) as SettingName[]
  const given = Object.fromEntries(names.map((name) => [name, textOption(options, name)]))
  const off = (['hub', 'console'] as const).filter((name) => options[name] === false)
  const settings = readSettings({ ...given, ...Object.fromEntries(off.map((name) => [name, 'off'])) }, process.env)
  if (settings.workers > 1 && cluster.isPrimary) {
    const workers = await startWorkers(settings)
    await untilStopped(workers.close, workers.kill)
  } else {
    const worker = cluster.isWorker
    const server = await startServer(settings, { worker }).catch((error) => {
      // The channel to the primary process would keep this one alive.
      cluster.worker?.disconnect()
      throw error
    })
    // Written now, because a crash would prevent it at the end. Node 20 has no such cache.
    setTimeout(() => modules.flushCompileCache?.(), FLUSH_AFTER_MS).unref()
    if (worker) await untilDisconnected(server)
    else await untilStopped(server.close, () => undefined)
  }
  process.exit(0)
}

/** Runs the hub alone, until a signal ends it. */
export async function serveHub(options: Options): Promise<void> {
  const names = Object.keys(SETTINGS) as SettingName[]
  const settings = readSettings(Object.fromEntries(names.map((name) => [name, textOption(options, name)])), process.env)
  const stop = await startHub(settings)
  // Nothing else may keep the process alive: connections to a database needn't.
  const alive = setInterval(() => undefined, FLUSH_AFTER_MS)
  await untilStopped(stop, () => undefined)
  clearInterval(alive)
  process.exit(0)
}

/** A worker ends when the primary process says so, or by SIGTERM. */
async function untilDisconnected({ stopped, close }: Server): Promise<void> {
  // Ctrl+C goes to every process of a terminal; the primary process passes it on.
  process.on('SIGINT', () => undefined)
  await Promise.race([stopped, new Promise<void>((resolve) => process.once('SIGTERM', () => resolve()))])
  await close()
}

/** Resolves when a signal has arrived and `close` is done. */
function untilStopped(close: () => Promise<void>, kill: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    let stopping = false
    const stop = () => {
      // A second signal means that the operator doesn't want to wait.
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
