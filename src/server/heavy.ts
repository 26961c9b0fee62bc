import { type MessagePort, Worker } from 'node:worker_threads'
import type { Answer, Call, Report } from '../provider/index.ts'
import type { FromHeavy, HeavyDatabase, ToHeavy } from './heavy-worker.ts'
import type { Skipped } from './scim.ts'
import type { Settings } from './settings.ts'

/** Threads that carry out heavy requests whole, so that the event loop stays free for the quick ones. */
export interface Heavy {
  run(call: Call, body: Uint8Array | undefined): Promise<Answer>
  /** How many threads there are, and how many requests they have not answered to the end. */
  load(): { readonly threads: number; readonly requests: number }
  close(): Promise<void>
}

/** Headers a request is carried out with; what else it holds decides nothing. */
const HEADERS = [
  'authorization',
  'accept',
  'content-type',
  'content-length',
  'if-match',
  'if-none-match',
  'prefer',
] as const
/** A thread with nothing to do for this long is let go. */
const IDLE_MS = 60_000
/** Pieces of a streamed answer that may be under way. */
const WINDOW = 4

interface Waiting {
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: Error) => void
  stream?: Stream
}

interface Stream {
  readonly pieces: (Uint8Array | undefined)[]
  error?: Error
  wake?: () => void
}

interface Thread {
  readonly worker: Worker
  readonly waiting: Map<number, Waiting>
  idle: NodeJS.Timeout | undefined
}

/** What a request gets whose thread has ended before it was answered: it may come again, a new thread carries it out. */
class ThreadEnded extends Error {
  readonly retryAfterMs = 1_000
  constructor(options: { readonly cause: unknown }) {
    super('the thread for heavy requests has ended; whether a write was done is unknown', options)
    this.name = 'ThreadEnded'
  }
}

/** Options of {@link createHeavy}. */
export interface HeavyOptions {
  /** Say which database it is. */
  readonly settings: Pick<Settings, 'database' | 'postgres'>
  /** Gives a way to the one writer of a SQLite file. */
  readonly writerPort: (() => MessagePort) | undefined
  /** Told of errors of ours in the threads. */
  readonly report: Report
  /** Told which attributes were left out in the threads. */
  readonly skipped: (note: Skipped) => void
  /** Most threads. Default 2. */
  readonly most?: number
  /** How long a thread with nothing to do is kept. */
  readonly idleMs?: number
}

/** Makes the threads, each begun when the others are busy. */
export function createHeavy(options: HeavyOptions): Heavy {
  const most = options.most ?? 2
  const threads: Thread[] = []
  let nextId = 1
  let closed = false

  function begin(): Thread {
    const port = options.writerPort?.()
    const { database, postgres } = options.settings
    const workerData: HeavyDatabase = { settings: { database, ...(postgres === undefined ? {} : { postgres }) }, port }
    const source = new URL(import.meta.url.endsWith('.ts') ? './heavy-worker.ts' : './heavy-worker.js', import.meta.url)
    const worker = new Worker(source, { workerData, transferList: port === undefined ? [] : [port] })
    worker.unref()
    const thread: Thread = { worker, waiting: new Map(), idle: undefined }
    worker.on('message', (message: FromHeavy) => receive(thread, message))
    const fail = (cause?: Error) => {
      const at = threads.indexOf(thread)
      if (at >= 0) threads.splice(at, 1)
      clearTimeout(thread.idle)
      const error = new ThreadEnded({ cause })
      for (const waiting of thread.waiting.values()) {
        waiting.reject(error)
        if (waiting.stream) {
          waiting.stream.error = error
          waiting.stream.wake?.()
        }
      }
      thread.waiting.clear()
    }
    worker.on('error', fail)
    worker.on('exit', () => fail())
    threads.push(thread)
    return thread
  }

  function receive(thread: Thread, message: FromHeavy): void {
    if (message.kind === 'problem') {
      options.report(message.problem)
      return
    }
    if (message.kind === 'skipped') {
      options.skipped(message.note)
      return
    }
    const waiting = thread.waiting.get(message.id)
    if (!waiting) return
    switch (message.kind) {
      case 'answer':
        settle(thread, message.id)
        waiting.resolve({
          status: message.status,
          headers: message.headers,
          ...(message.body === undefined ? {} : { body: message.body }),
        })
        return
      case 'begin': {
        const stream: Stream = { pieces: [] }
        waiting.stream = stream
        waiting.resolve({ status: message.status, headers: message.headers, body: read(thread, message.id, stream) })
        return
      }
      case 'piece':
        waiting.stream?.pieces.push(message.bytes)
        break
      case 'end':
        waiting.stream?.pieces.push(undefined)
        break
      case 'broken':
        if (waiting.stream) waiting.stream.error = new Error(message.reason)
        break
    }
    waiting.stream?.wake?.()
  }

  function read(thread: Thread, id: number, stream: Stream): AsyncIterable<Uint8Array> {
    let over = false
    let taken = false
    const end = () => {
      over = true
      settle(thread, id)
      stream.wake?.()
    }
    const iterator: AsyncIterator<Uint8Array> = {
      async next() {
        if (taken) post(thread, { kind: 'more', id })
        taken = false
        for (;;) {
          if (over) return { done: true, value: undefined }
          if (stream.error) {
            end()
            throw stream.error
          }
          if (stream.pieces.length > 0) break
          await new Promise<void>((wake) => {
            stream.wake = wake
          })
        }
        const value = stream.pieces.shift()
        if (value === undefined) {
          end()
          return { done: true, value }
        }
        taken = true
        return { done: false, value }
      },
      // Whoever asked has gone away, perhaps before the first piece: the thread need not go on.
      async return() {
        if (!over) post(thread, { kind: 'stop', id })
        end()
        return { done: true, value: undefined }
      },
    }
    return { [Symbol.asyncIterator]: () => iterator }
  }

  function settle(thread: Thread, id: number): void {
    thread.waiting.delete(id)
    clearTimeout(thread.idle)
    if (thread.waiting.size > 0 || closed || !threads.includes(thread)) return
    thread.idle = setTimeout(() => {
      threads.splice(threads.indexOf(thread), 1)
      void thread.worker.terminate()
    }, options.idleMs ?? IDLE_MS)
    thread.idle.unref()
  }

  function post(thread: Thread, message: ToHeavy, transfer: readonly ArrayBuffer[] = []): void {
    thread.worker.postMessage(message, transfer as ArrayBuffer[])
  }

  return {
    async run(call, body) {
      const free = threads.find((thread) => thread.waiting.size === 0)
      const least = () => threads.reduce((a, b) => (a.waiting.size <= b.waiting.size ? a : b))
      const thread = free ?? (threads.length < most ? begin() : least())
      clearTimeout(thread.idle)
      const headers: Record<string, string> = {}
      for (const name of HEADERS) {
        const value = call.header(name)
        if (value !== undefined) headers[name] = value
      }
      const { method, path, search, base, tenant } = call
      const id = nextId++
      // A copy of its own, so that it can be handed over without the pool around it.
      const bytes = body === undefined ? undefined : new Uint8Array(body)
      return new Promise<Answer>((resolve, reject) => {
        thread.waiting.set(id, { resolve, reject })
        post(
          thread,
          { kind: 'call', id, window: WINDOW, method, path, search, base, tenant: tenant ?? '', headers, body: bytes },
          bytes === undefined ? [] : [bytes.buffer],
        )
      })
    },
    load: () => ({ threads: threads.length, requests: threads.reduce((sum, { waiting }) => sum + waiting.size, 0) }),
    async close() {
      closed = true
      const ending = threads.map((thread) => {
        clearTimeout(thread.idle)
        return thread.worker.terminate()
      })
      await Promise.all(ending)
    },
  }
}
