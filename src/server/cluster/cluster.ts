// The primary process of a cluster: starts workers on one port, restarts those that die, adds up their numbers.

import cluster, { type Worker } from 'node:cluster'
import { localUrl, openSite, type Settings } from '../../site/index.ts'
import { firstLink } from '../first-link.ts'
import { startGreeting } from '../first-start.ts'
import { createLog, type Log } from '../monitoring/log.ts'
import { joinNumbers } from '../monitoring/metrics.ts'
import type { FromWorker, ToWorker } from './messages.ts'
import { createRounds, type Rounds } from './rounds.ts'

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

/**
 * Starts the workers on one port, and restarts those that die. Resolves when the first one listens. If that one can't, it has said why
 * itself, and this process ends with the same code.
 */
export async function superviseWorkers(settings: Settings, print: (text: string) => void): Promise<Workers> {
  // What is done once is done here: the tables, and on a first start the default tenant.
  const { store, tenancy, close } = await openSite(settings)
  const log = createLog(settings.logLevel)
  let workers: Workers | undefined
  try {
    workers = await start(settings, log)
    const { close: end, ...others } = workers
    const greeting = await startGreeting(tenancy, workers.url, {
      print,
      log,
      settings,
      firstLink: () => firstLink(store),
    })
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

/** The state of the primary process. */
interface Cluster {
  readonly log: Log
  readonly rounds: Rounds
  /** Workers that accept connections. */
  readonly listening: WeakSet<Worker>
  /** Whether the first worker has begun to listen. */
  started: boolean
  stopping: boolean
  /** The pause before the next restart. */
  waitMs: number
}

async function start(settings: Settings, log: Log): Promise<Workers> {
  const state: Cluster = {
    log,
    rounds: createRounds(),
    listening: new WeakSet(),
    started: false,
    stopping: false,
    waitMs: FIRST_WAIT_MS,
  }
  const port = await firstPort(fork(state))
  state.started = true
  for (let at = 1; at < settings.workers; at++) fork(state)
  return {
    url: settings.publicUrl ?? localUrl(settings.host, port),
    async close() {
      state.stopping = true
      await Promise.all(allWorkers().map((worker) => end(state, worker)))
    },
    kill() {
      state.stopping = true
      for (const worker of allWorkers()) worker.process.kill('SIGKILL')
    },
  }
}

/** The port of the first worker. Ends this process if the worker can't listen. */
function firstPort(worker: Worker): Promise<number> {
  return new Promise((resolve) => {
    const failed = (code: number) => process.exit(code || 1)
    worker.once('exit', failed)
    worker.once('listening', ({ port }) => {
      worker.off('exit', failed)
      resolve(port)
    })
  })
}

/** Starts a worker, and another one when it dies. */
function fork(state: Cluster): Worker {
  const worker = cluster.fork()
  const born = Date.now()
  worker.on('message', (message: FromWorker) => {
    receive(state, worker, message).catch((error) =>
      state.log.error({ err: error }, 'the numbers could not be added up'),
    )
  })
  worker.once('listening', () => state.listening.add(worker))
  // Messages to a worker that is ending are lost; it doesn't need them.
  worker.on('error', () => undefined)
  worker.on('exit', (code, signal) => {
    if (state.stopping || !state.started) return
    const pause = Date.now() - born >= SOUND_MS ? FIRST_WAIT_MS : state.waitMs
    state.waitMs = Math.min(pause * 2, LONGEST_WAIT_MS)
    const { pid } = worker.process
    state.log.error({ pid, code, signal, restartInMs: pause }, 'a worker has died; a new one is started')
    setTimeout(() => {
      if (!state.stopping) fork(state)
    }, pause)
  })
  return worker
}

async function receive({ rounds, listening }: Cluster, worker: Worker, message: FromWorker): Promise<void> {
  if (message.kind === 'numbers') return rounds.receive(message.round, message.numbers)
  const workers = allWorkers().filter((one) => listening.has(one) && one.isConnected())
  const numbers = await rounds.collect(workers.length, (round) => {
    for (const one of workers) post(one, { kind: 'collect', round })
  })
  post(worker, { kind: 'answer', call: message.call, text: await joinNumbers(numbers) })
}

/** Lets a worker finish its requests, and resolves when it has ended. */
function end({ listening }: Cluster, worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    if (worker.isDead()) return resolve()
    worker.once('exit', () => resolve())
    // A worker that is starting doesn't listen to messages yet.
    if (listening.has(worker)) post(worker, { kind: 'stop' })
    else worker.process.kill()
  })
}

function post(worker: Worker, message: ToWorker): void {
  if (worker.isConnected()) worker.send(message, () => undefined)
}

function allWorkers(): readonly Worker[] {
  return Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined)
}
