import { type MessagePort, Worker } from 'node:worker_threads'
import type { Answer, Call } from '../provider/index.ts'
import type { FromHeavy, ToHeavy } from './heavy-worker.ts'

/** Threads that carry out heavy requests whole, so that the event loop stays free for the quick ones. */
export interface Heavy {
  run(call: Call, body: Uint8Array | undefined): Promise<Answer>
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

/** Makes the threads; at most `most`, each begun when the others are busy. `writerPort` gives a way to the one writer. */
export function createHeavy(options: {
  readonly file: string
  readonly writerPort: () => MessagePort
  readonly most?: number
}): Heavy {
  const most = options.most ?? 2
  const threads: Thread[] = []
  let nextId = 1
  let closed = false

  function begin(): Thread {
    const port = options.writerPort()
    const source = new URL(import.meta.url.endsWith('.ts') ? './heavy-worker.ts' : './heavy-worker.js', import.meta.url)
    const worker = new Worker(source, { workerData: { file: options.file, port }, transferList: [port] })
    worker.unref()
    const thread: Thread = { worker, waiting: new Map(), idle: undefined }
    worker.on('message', (message: FromHeavy) => receive(thread, message))
    const fail = (error: Error) => {
      const at = threads.indexOf(thread)
      if (at >= 0) threads.splice(at, 1)
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
    worker.on('exit', () => fail(new Error('the thread for heavy requests has ended')))
    threads.push(thread)
    return thread
  }

  function receive(thread: Thread, message: FromHeavy): void {
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

  async function* read(thread: Thread, id: number, stream: Stream): AsyncIterable<Uint8Array> {
    let ended = false
    try {
      for (;;) {
        if (stream.error) throw stream.error
        if (stream.pieces.length === 0) {
          await new Promise<void>((wake) => {
            stream.wake = wake
          })
          continue
        }
        const piece = stream.pieces.shift()
        if (piece === undefined) {
          ended = true
          return
        }
        yield piece
        post(thread, { kind: 'more', id })
      }
    } finally {
      // Whoever asked has gone away, or it broke: the thread need not go on.
      if (!ended) post(thread, { kind: 'stop', id })
      settle(thread, id)
    }
  }

  function settle(thread: Thread, id: number): void {
    thread.waiting.delete(id)
    if (thread.waiting.size > 0 || closed) return
    thread.idle = setTimeout(() => {
      if (thread.waiting.size > 0) return
      const at = threads.indexOf(thread)
      if (at >= 0) threads.splice(at, 1)
      void thread.worker.terminate()
    }, IDLE_MS)
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
