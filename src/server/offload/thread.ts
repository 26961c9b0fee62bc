// One offload thread as the main thread sees it: starts it, sends it requests, reads its answers, ends it.

import { type MessagePort, Worker } from 'node:worker_threads'
import type { About } from '../../call.ts'
import type { Answer, Call, Report } from '../../provider/index.ts'
import type { Settings, Skipped } from '../../site/index.ts'
import {
  COMMITS,
  DONE,
  type FromThread,
  type OffloadCall,
  SEALED,
  STOP,
  type ThreadData,
  type ToThread,
  WORDS,
} from './messages.ts'

/** The headers that decide anything about a request. */
const HEADERS = [
  'authorization',
  'accept',
  'content-type',
  'content-length',
  'if-match',
  'if-none-match',
  'prefer',
] as const
/** How many pieces of a streamed answer may be in flight. */
const WINDOW = 4

/** What a request gets whose thread has ended before it was answered: it may be sent again, and a new thread will carry it out. */
export class ThreadEnded extends Error {
  readonly retryAfterMs = 1_000
  /** Commits that the request had completed by then. */
  readonly commits: number
  constructor(commits: number, options: { readonly cause: unknown }) {
    super('The thread of an offloaded request has ended; whether a write was done is unknown', options)
    this.name = 'ThreadEnded'
    this.commits = commits
  }
}

/** Options of {@link startOffloadThread}. */
export interface ThreadOptions {
  /** Names the database. */
  readonly settings: Pick<Settings, 'database' | 'postgres'>
  /** Opens a channel to the one writer of a SQLite file. */
  readonly writerPort: (() => MessagePort) | undefined
  /** Receives errors of ours in the thread. */
  readonly report: Report
  /** Receives attributes that were left out in the thread. */
  readonly skipped: (note: Skipped) => void
  /** How long a request may take. */
  readonly seconds: number
}

/** One thread. It carries out one request at a time, and streams earlier answers in between. */
export interface OffloadThread {
  /** Whether it can't take a request: it is starting, carrying one out, or has ended. An answer that is being sent doesn't count. */
  readonly busy: () => boolean
  /** How many answers it is sending. */
  readonly sending: () => number
  /**
   * Carries out a request; one at a time. Resolves with its answer, which has only begun if it is streamed. `sent` is called when
   * nothing is left of a streamed one.
   */
  readonly run: (call: Call, body: Uint8Array | undefined, sent: () => void) => Promise<Answer>
  /** Asks it to give up the present request as soon as it can; the request is answered all the same. */
  readonly stop: () => void
  /** Ends it at once, unless a commit is in flight, whose answer must not be lost. Returns whether it did. */
  readonly kill: () => boolean
  readonly end: () => Promise<unknown>
}

/** What a thread calls back. */
export interface ThreadEvents {
  /** It takes requests from now on. */
  readonly ready: () => void
  /** It has ended; with the reason if it has never been ready. */
  readonly ended: (failure: ThreadEnded | undefined) => void
}

interface Waiting {
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: Error) => void
  readonly sent: () => void
  readonly about: About | undefined
  stream?: Stream
}

interface Stream {
  readonly pieces: (Uint8Array | undefined)[]
  error?: Error
  wake?: () => void
}

/** The state of one thread. */
interface Running {
  readonly options: ThreadOptions
  readonly events: ThreadEvents
  readonly worker: Worker
  readonly words: Int32Array
  readonly waiting: Map<number, Waiting>
  present: number | undefined
  state: 'starting' | 'ready' | 'ending'
  failure: ThreadEnded | undefined
  nextId: number
}

/** Starts a thread. */
export function startOffloadThread(options: ThreadOptions, events: ThreadEvents): OffloadThread {
  const words = new Int32Array(new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT))
  const running: Running = {
    options,
    events,
    worker: startWorker(options, words),
    words,
    waiting: new Map(),
    present: undefined,
    state: 'starting',
    failure: undefined,
    nextId: 1,
  }
  const { worker, waiting } = running
  worker.on('message', (message: FromThread) => receive(running, message))
  worker.on('error', (cause) => fail(running, cause))
  worker.on('exit', () => {
    fail(running)
    events.ended(running.failure)
  })
  const end = () => {
    running.state = 'ending'
    return worker.terminate()
  }
  return {
    busy: () => running.state !== 'ready' || running.present !== undefined,
    sending: () => waiting.size - (running.present === undefined ? 0 : 1),
    run: (call, body, sent) => run(running, call, body, sent),
    stop() {
      const { present } = running
      if (present === undefined) return
      // Seen by a thread that is in the middle of something; the message is for one that waits for its database.
      Atomics.store(words, STOP, present)
      post(worker, { kind: 'stop', id: present })
    },
    kill() {
      if (Atomics.compareExchange(words, COMMITS, 0, SEALED) > 0) return false
      void end()
      return true
    },
    end,
  }
}

function startWorker({ settings, writerPort, seconds }: ThreadOptions, words: Int32Array): Worker {
  const port = writerPort?.()
  const { database, postgres } = settings
  const data: ThreadData = {
    settings: { database, ...(postgres === undefined ? {} : { postgres }) },
    port,
    words,
    seconds,
  }
  const source = new URL(import.meta.url.endsWith('.ts') ? './run.ts' : './run.js', import.meta.url)
  const worker = new Worker(source, { workerData: data, transferList: port === undefined ? [] : [port] })
  worker.unref()
  return worker
}

function run(running: Running, call: Call, body: Uint8Array | undefined, sent: () => void): Promise<Answer> {
  const id = running.nextId++
  running.present = id
  const bytes = body === undefined ? undefined : owned(body)
  return new Promise<Answer>((resolve, reject) => {
    running.waiting.set(id, { resolve, reject, sent, about: call.about })
    post(running.worker, messageOf(id, call, bytes), bytes === undefined ? [] : [bytes.buffer])
  })
}

/** Rejects everything that waits for a thread that has ended. */
function fail(running: Running, cause?: unknown): void {
  const error = new ThreadEnded(Atomics.load(running.words, DONE), { cause })
  if (running.state === 'starting') running.failure = error
  running.state = 'ending'
  running.present = undefined
  for (const one of running.waiting.values()) {
    one.reject(error)
    if (one.stream === undefined) continue
    one.stream.error = error
    one.stream.wake?.()
  }
  running.waiting.clear()
}

function receive(running: Running, message: FromThread): void {
  const { options, worker } = running
  switch (message.kind) {
    case 'ready':
      if (running.state === 'starting') running.state = 'ready'
      running.events.ready()
      return
    case 'problem':
      options.report(message.problem)
      return
    case 'skipped':
      options.skipped(message.note)
      return
    case 'port': {
      const port = options.writerPort?.()
      if (port !== undefined) post(worker, { kind: 'port', port }, [port])
      return
    }
    default: {
      const one = running.waiting.get(message.id)
      if (one !== undefined) receiveAnswer(running, one, message)
    }
  }
}

function receiveAnswer(
  running: Running,
  one: Waiting,
  message: Extract<FromThread, { readonly kind: 'about' | 'answer' | 'begin' | 'piece' | 'end' | 'broken' }>,
): void {
  const { stream } = one
  switch (message.kind) {
    case 'about':
      if (one.about !== undefined) Object.assign(one.about, message.about)
      return
    case 'answer': {
      const { status, headers, body } = message
      running.waiting.delete(message.id)
      running.present = undefined
      one.resolve({ status, headers, ...(body === undefined ? {} : { body }) })
      return
    }
    case 'begin': {
      const begun: Stream = { pieces: [] }
      one.stream = begun
      running.present = undefined
      const body = piecesOf(running, message.id, one, begun)
      one.resolve({ status: message.status, headers: message.headers, body })
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

/** The pieces of a streamed answer, each requested when the one before has been taken. */
function piecesOf(
  { worker, waiting }: Running,
  id: number,
  { sent }: Waiting,
  stream: Stream,
): AsyncIterable<Uint8Array> {
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
      if (taken) post(worker, { kind: 'more', id })
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
    // The client has gone, perhaps before the first piece: the thread need not go on.
    async return() {
      if (!over) post(worker, { kind: 'stop', id })
      end()
      return { done: true, value: undefined }
    },
  }
  return { [Symbol.asyncIterator]: () => iterator }
}

function post(worker: Worker, message: ToThread, transfer: readonly (ArrayBuffer | MessagePort)[] = []): void {
  worker.postMessage(message, transfer as (ArrayBuffer | MessagePort)[])
}

function messageOf(id: number, call: Call, body: Uint8Array | undefined): OffloadCall {
  const headers: Record<string, string> = {}
  for (const name of HEADERS) {
    const value = call.header(name)
    if (value !== undefined) headers[name] = value
  }
  const { method, path, search, base, tenant = '', txn, vouched } = call
  const isRecorded = call.about !== undefined
  return {
    kind: 'call',
    id,
    window: WINDOW,
    method,
    path,
    search,
    base,
    tenant,
    txn,
    vouched,
    headers,
    body,
    isRecorded,
  }
}

/** Bytes that may be transferred: a body with memory of its own as it is, one within a pool as a copy. */
function owned(body: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteLength } = body
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength
    ? new Uint8Array(buffer)
    : new Uint8Array(body)
}
