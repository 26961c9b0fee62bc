import { type MessagePort, Worker } from 'node:worker_threads'
import type { Answer, Call, Report } from '../provider/index.ts'
import {
  COMMITS,
  DONE,
  type FromHeavy,
  type HeavyCall,
  type HeavyDatabase,
  SEALED,
  STOP,
  type ToHeavy,
  WORDS,
} from './heavy-messages.ts'
import type { Skipped } from './scim.ts'
import type { Settings } from './settings.ts'

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
/** Pieces of a streamed answer that may be under way. */
const WINDOW = 4

/** What a request gets whose thread has ended before it was answered: it may come again, a new thread carries it out. */
export class ThreadEnded extends Error {
  readonly retryAfterMs = 1_000
  /** Commits that the request had done by then. */
  readonly commits: number
  constructor(commits: number, options: { readonly cause: unknown }) {
    super('the thread for heavy requests has ended; whether a write was done is unknown', options)
    this.name = 'ThreadEnded'
    this.commits = commits
  }
}

/** Options of {@link startHeavyThread}. */
export interface ThreadOptions {
  /** Say which database it is. */
  readonly settings: Pick<Settings, 'database' | 'postgres'>
  /** Gives a way to the one writer of a SQLite file. */
  readonly writerPort: (() => MessagePort) | undefined
  /** Told of errors of ours in the threads. */
  readonly report: Report
  /** Told which attributes were left out in the threads. */
  readonly skipped: (note: Skipped) => void
  /** How long a request may take. */
  readonly seconds: number
}

/** One thread: it carries out one request after the other, and sends streamed answers in between. */
export interface HeavyThread {
  /** Whether it can't take a request: it is not there yet, at work on one, or has ended. An answer that is being sent does not count. */
  readonly busy: () => boolean
  /** How many answers it is sending. */
  readonly sending: () => number
  /**
   * Carries out a request; one at a time. Resolves with its answer, which for a streamed one has only begun. `sent` is told
   * when nothing is left of a streamed one.
   */
  readonly run: (call: Call, body: Uint8Array | undefined, sent: () => void) => Promise<Answer>
  /** Has it give up the present request as soon as it can; that one is answered all the same. */
  readonly stop: () => void
  /** Ends it at once, unless a commit is under way, whose answer must not be lost. Says whether it did. */
  readonly kill: () => boolean
  readonly end: () => Promise<unknown>
}

interface Waiting {
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: Error) => void
  readonly sent: () => void
  stream?: Stream
}

interface Stream {
  readonly pieces: (Uint8Array | undefined)[]
  error?: Error
  wake?: () => void
}

/** Who is told how a thread does. */
export interface Hearing {
  /** It takes requests from now on. */
  readonly ready: () => void
  /** It is no more; with the reason when it has never been ready. */
  readonly ended: (failure: ThreadEnded | undefined) => void
}

/** Starts a thread. */
export function startHeavyThread(options: ThreadOptions, { ready, ended }: Hearing): HeavyThread {
  const words = new Int32Array(new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT))
  const waiting = new Map<number, Waiting>()
  let present: number | undefined
  let state: 'starting' | 'ready' | 'ending' = 'starting'
  let failure: ThreadEnded | undefined
  let nextId = 1
  const port = options.writerPort?.()
  const { database, postgres } = options.settings
  const workerData: HeavyDatabase = {
    settings: { database, ...(postgres === undefined ? {} : { postgres }) },
    port,
    words,
    seconds: options.seconds,
  }
  const source = new URL(import.meta.url.endsWith('.ts') ? './heavy-worker.ts' : './heavy-worker.js', import.meta.url)
  const worker = new Worker(source, { workerData, transferList: port === undefined ? [] : [port] })
  worker.unref()
  worker.on('message', receive)
  worker.on('error', fail)
  worker.on('exit', () => {
    fail()
    ended(failure)
  })

  function fail(cause?: unknown): void {
    const error = new ThreadEnded(Atomics.load(words, DONE), { cause })
    if (state === 'starting') failure = error
    state = 'ending'
    present = undefined
    for (const one of waiting.values()) {
      one.reject(error)
      if (one.stream === undefined) continue
      one.stream.error = error
      one.stream.wake?.()
    }
    waiting.clear()
  }

  function post(message: ToHeavy, transfer: readonly (ArrayBuffer | MessagePort)[] = []): void {
    worker.postMessage(message, transfer as (ArrayBuffer | MessagePort)[])
  }

  function receive(message: FromHeavy): void {
    switch (message.kind) {
      case 'ready':
        if (state === 'starting') state = 'ready'
        ready()
        return
      case 'problem':
        options.report(message.problem)
        return
      case 'skipped':
        options.skipped(message.note)
        return
      case 'port': {
        const again = options.writerPort?.()
        if (again !== undefined) post({ kind: 'port', port: again }, [again])
        return
      }
    }
    const one = waiting.get(message.id)
    if (one === undefined) return
    const { stream } = one
    switch (message.kind) {
      case 'answer': {
        const { status, headers, body } = message
        waiting.delete(message.id)
        present = undefined
        one.resolve({ status, headers, ...(body === undefined ? {} : { body }) })
        return
      }
      case 'begin': {
        const begun: Stream = { pieces: [] }
        one.stream = begun
        present = undefined
        one.resolve({ status: message.status, headers: message.headers, body: read(message.id, one, begun) })
        return
      }
      case 'piece':
        stream?.pieces.push(message.bytes)
        break
      case 'end':
        stream?.pieces.push(undefined)
        break
      case 'broken':
        if (stream) stream.error = new Error(message.reason)
        break
    }
    stream?.wake?.()
  }

  function read(id: number, { sent }: Waiting, stream: Stream): AsyncIterable<Uint8Array> {
    let over = false
    let taken = false
    const end = () => {
      if (over) return
      over = true
      waiting.delete(id)
      sent()
      stream.wake?.()
    }
    const iterator: AsyncIterator<Uint8Array> = {
      async next() {
        if (taken) post({ kind: 'more', id })
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
        if (!over) post({ kind: 'stop', id })
        end()
        return { done: true, value: undefined }
      },
    }
    return { [Symbol.asyncIterator]: () => iterator }
  }

  function end(): Promise<unknown> {
    state = 'ending'
    return worker.terminate()
  }

  return {
    busy: () => state !== 'ready' || present !== undefined,
    sending: () => waiting.size - (present === undefined ? 0 : 1),
    run(call, body, sent) {
      const id = nextId++
      present = id
      const bytes = body === undefined ? undefined : owned(body)
      return new Promise<Answer>((resolve, reject) => {
        waiting.set(id, { resolve, reject, sent })
        post(messageOf(id, call, bytes), bytes === undefined ? [] : [bytes.buffer])
      })
    },
    stop() {
      if (present === undefined) return
      // Seen by a thread that is in the middle of something; the message is for one that waits for its database.
      Atomics.store(words, STOP, present)
      post({ kind: 'stop', id: present })
    },
    kill() {
      if (Atomics.compareExchange(words, COMMITS, 0, SEALED) > 0) return false
      void end()
      return true
    },
    end,
  }
}

function messageOf(id: number, call: Call, body: Uint8Array | undefined): HeavyCall {
  const headers: Record<string, string> = {}
  for (const name of HEADERS) {
    const value = call.header(name)
    if (value !== undefined) headers[name] = value
  }
  const { method, path, search, base, tenant = '' } = call
  return { kind: 'call', id, window: WINDOW, method, path, search, base, tenant, headers, body }
}

/** Bytes that may be handed over: a body with memory of its own as it is, one within a pool as a copy. */
function owned(body: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteLength } = body
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength
    ? new Uint8Array(buffer)
    : new Uint8Array(body)
}
