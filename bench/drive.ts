// Drives a server with closed loops over keep-alive connections, for a bounded time and number of requests.

import { type Answer, type Connection, openConnection } from './connection.ts'
import { cpuSince, cpuTimes, cpuUs } from './proc.ts'

/** The requests that one group of connections repeats. */
export interface Role {
  readonly name: string
  readonly connections: number
  /** The text of the next request, or undefined if there are no more. */
  readonly next: () => string | undefined
  /** Statuses that count as right. */
  readonly statuses: readonly number[]
  /** Receives each response; bodies are kept only if it is given. */
  readonly onAnswer?: (answer: Answer, request: string) => void
}

/** The results of a group of connections. Times in milliseconds. */
export interface Sample {
  readonly requests: number
  readonly rate: number
  readonly p50: number
  readonly p99: number
  readonly max: number
  /** CPU time of the server and its database server per request, over all roles together, in microseconds. */
  readonly cpuUs: number
  /** Mean size of a body in bytes. */
  readonly bytes: number
  /** Responses with an unexpected status, and the first such response. */
  readonly wrong: number
  readonly wrongSaid?: string
}

const MOST_TIMES = 2_000_000

/** Runs all roles at once until the time is over, each has had its number of requests, or `stopped()` says so. */
export async function drive(options: {
  readonly port: number
  readonly pid: number
  /** Its database server: the CPU time of all processes that it started is included. */
  readonly database?: number | undefined
  readonly roles: readonly Role[]
  readonly ms: number
  /** Most requests per role. */
  readonly most?: number
  readonly stopped?: () => boolean
  /**
   * Keeps the generator from sleeping. Otherwise a server slower than the generator would pay, with each response,
   * for waking its (virtual) CPU, up to half the cost of a GET, and a faster one would not: the ratio would compare two
   * kinds of work. Only for servers with one busy thread, since this takes a core.
   */
  readonly awake?: boolean
}): Promise<readonly Sample[]> {
  const loops = options.roles.map((role) => openLoop(role, options))
  await Promise.all(loops.map((loop) => loop.opened))
  const spent = countCpu(options.pid, options.database)
  const began = performance.now()
  let running = true
  const turn = () => {
    if (running) setImmediate(turn)
  }
  if (options.awake === true) turn()
  await Promise.all(loops.map((loop) => loop.run(began)))
  running = false
  const all = loops.reduce((sum, loop) => sum + loop.requests(), 0)
  // A server that was killed deliberately has no CPU time left to read.
  let cpu = Number.NaN
  try {
    cpu = spent()
  } catch {}
  return loops.map((loop) => loop.sample(cpu / all))
}

/** Counts the CPU time of a server from now on. Searching all processes takes milliseconds; reading one does not. */
function countCpu(pid: number, database: number | undefined): () => number {
  if (database === undefined) {
    const before = cpuUs(pid)
    return () => cpuUs(pid) - before
  }
  const before = cpuTimes([pid, database])
  return () => cpuSince(before, [pid, database])
}

function openLoop(role: Role, options: { port: number; ms: number; most?: number; stopped?: () => boolean }) {
  const times = new Float64Array(Math.min(options.most ?? MOST_TIMES, MOST_TIMES))
  const most = Math.min(options.most ?? MOST_TIMES, MOST_TIMES)
  let sent = 0
  let done = 0
  let bytes = 0
  let wrong = 0
  let wrongSaid: string | undefined
  let began = 0
  let ended = 0
  let open = 0
  let finish: () => void = () => {}
  const connections: { connection: Connection; ask: () => void }[] = []

  const opened = Promise.all(
    Array.from({ length: role.connections }, () => {
      return new Promise<void>((resolve, reject) => {
        let asked = ''
        let at = 0
        const connection = openConnection({
          port: options.port,
          keepBody: role.onAnswer !== undefined,
          onOpen: resolve,
          onError: (error) => {
            wrong++
            wrongSaid ??= error.message
            reject(error)
            stop()
          },
          onAnswer: (answer) => {
            const now = performance.now()
            times[done++] = now - at
            bytes += answer.length
            ended = now
            if (!role.statuses.includes(answer.status)) {
              wrong++
              wrongSaid ??= `${answer.status} to ${asked.slice(0, 300)}`
            }
            role.onAnswer?.(answer, asked)
            ask()
          },
        })
        const ask = () => {
          const over = performance.now() - began > options.ms || sent >= most || options.stopped?.()
          const request = over ? undefined : role.next()
          if (request === undefined) return stop()
          asked = request
          sent++
          at = performance.now()
          connection.send(request)
        }
        const stop = () => {
          connection.close()
          if (--open === 0) finish()
        }
        connections.push({ connection, ask })
      })
    }),
  )

  return {
    opened,
    requests: () => done,
    run: (start: number): Promise<void> => {
      began = start
      ended = start
      open = connections.length
      return new Promise((resolve) => {
        finish = resolve
        for (const one of connections) one.ask()
      })
    },
    sample: (cpu: number): Sample => {
      const sorted = times.subarray(0, done).sort()
      const at = (share: number) => sorted[Math.min(done - 1, Math.floor(done * share))] ?? Number.NaN
      return {
        requests: done,
        rate: done / ((ended - began) / 1000),
        p50: at(0.5),
        p99: at(0.99),
        max: at(1),
        cpuUs: cpu,
        bytes: bytes / done,
        wrong,
        ...(wrongSaid === undefined ? {} : { wrongSaid }),
      }
    },
  }
}
