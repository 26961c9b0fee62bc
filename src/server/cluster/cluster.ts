// The primary process of a cluster: starts workers on one port, restarts those that die, adds up their numbers.

import cluster, { type Worker } from 'node:cluster'
import { localUrl, openSite, type Settings } from '../../site/index.ts'
import { startGreeting } from '../greet.ts'
import { createLog, type Log } from '../monitoring/log.ts'
import { joinNumbers, type Numbers } from '../monitoring/metrics.ts'
import type { FromWorker, ToWorker } from './messages.ts'

/** Workers that share a port. */
export interface Workers {
  /** The public URL, without a slash at its end. */
  readonly url: string
  /** Lets each worker finish its requests in flight and end. */
  readonly close: () => Promise<void>
  /** Kills all workers. */
  readonly kill: () => void
}

/** The pause before a worker that has died early is restarted: twice as long each time, up to a limit. */
const FIRST_WAIT_MS = 200
const LONGEST_WAIT_MS = 30_000
/** A worker that has lived this long was sound. */
const SOUND_MS = 60_000
/** How long to wait for the numbers of workers: a busy worker is left out. */
const NUMBERS_MS = 2_000

/**
 * Starts the workers on one port, and restarts those that die. Resolves when the first one listens. If that one can't, it has said why
 * itself, and this process ends with the same code.
 */
export async function superviseWorkers(settings: Settings, print: (text: string) => void): Promise<Workers> {
  // What is done once is done here: the tables, and on a first start the default tenant.
  const { tenancy, close } = await openSite(settings)
  const log = createLog(settings.logLevel)
  let workers: Workers | undefined
  try {
    workers = await start(settings, log)
    const { close: end, ...others } = workers
    const greeting = await startGreeting(tenancy, workers.url, { print, log, settings })
    const closed = greeting.done.then(close)
    closed.catch((error) => log.error({ err: error }, 'the database could not be closed'))
    return {
      ...others,
      async close() {
        greeting.stop()
        await Promise.allSettled([closed, end()])
      },
    }
  } catch (error) {
    workers?.kill()
    await close()
    throw error
  }
}

async function start(settings: Settings, log: Log): Promise<Workers> {
  let stopping = false
  let wait = FIRST_WAIT_MS
  const rounds = new Map<number, { readonly got: Numbers[]; waiting: number; readonly done: () => void }>()
  let round = 0
  const listening = new WeakSet<Worker>()

  const post = (worker: Worker, message: ToWorker) => {
    if (worker.isConnected()) worker.send(message, () => undefined)
  }
  const all = () => Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined)

  async function numbersOfAll(): Promise<readonly Numbers[]> {
    const workers = all().filter((worker) => listening.has(worker) && worker.isConnected())
    const number = ++round
    const got: Numbers[] = []
    await new Promise<void>((resolve) => {
      const late = setTimeout(resolve, NUMBERS_MS)
      const done = () => {
        clearTimeout(late)
        resolve()
      }
      rounds.set(number, { got, waiting: workers.length, done })
      for (const worker of workers) post(worker, { kind: 'collect', round: number })
    })
    rounds.delete(number)
    return got
  }

  async function receive(worker: Worker, message: FromWorker): Promise<void> {
    if (message.kind === 'ask') {
      post(worker, { kind: 'answer', call: message.call, text: await joinNumbers(await numbersOfAll()) })
      return
    }
    const collecting = rounds.get(message.round)
    if (collecting === undefined) return
    collecting.got.push(message.numbers)
    collecting.waiting--
    if (collecting.waiting <= 0) collecting.done()
  }

  function begin(): Worker {
    const worker = cluster.fork()
    const born = Date.now()
    worker.on('message', (message: FromWorker) => {
      receive(worker, message).catch((error) => log.error({ err: error }, 'the numbers could not be added up'))
    })
    worker.once('listening', () => listening.add(worker))
    // Messages to a worker that is ending are lost; it doesn't need them.
    worker.on('error', () => undefined)
    worker.on('exit', (code, signal) => {
      if (stopping || !started) return
      const pause = Date.now() - born >= SOUND_MS ? FIRST_WAIT_MS : wait
      wait = Math.min(pause * 2, LONGEST_WAIT_MS)
      const { pid } = worker.process
      log.error({ pid, code, signal, restartInMs: pause }, 'a worker has died; a new one is started')
      setTimeout(() => {
        if (!stopping) begin()
      }, pause)
    })
    return worker
  }

  let started = false
  const first = begin()
  const port = await new Promise<number>((resolve) => {
    const failed = (code: number) => process.exit(code || 1)
    first.once('exit', failed)
    first.once('listening', ({ port }) => {
      first.off('exit', failed)
      resolve(port)
    })
  })
  started = true
  for (let at = 1; at < settings.workers; at++) begin()

  return {
    url: settings.publicUrl ?? localUrl(settings.host, port),
    async close() {
      stopping = true
      const ending = all().map(
        (worker) =>
          new Promise<void>((resolve) => {
            if (worker.isDead()) return resolve()
            worker.once('exit', () => resolve())
            // A worker that is starting doesn't listen to messages yet.
            if (listening.has(worker)) post(worker, { kind: 'stop' })
            else worker.process.kill()
          }),
      )
      await Promise.all(ending)
    },
    kill() {
      stopping = true
      for (const worker of all()) worker.process.kill('SIGKILL')
    },
  }
}
