import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { ConfigError } from '../../protocol/index.ts'
import { StoreUnavailable, type Written } from '../contract/index.ts'
import { type Committer, closedStore } from './committer-inline.ts'
import { type AnswerMessage, type ControlMessage, fromFault, type Numbered, pack } from './messages.ts'
import type { AnyWrite } from './work.ts'
import type { WriterThreadOptions } from './writer-thread.ts'

/** The thread that writes, and ways to it. */
export interface WriterThread {
  /** One more way to the writer, for this thread or to be sent to another. */
  readonly port: () => MessagePort
  readonly close: () => Promise<void>
}

/**
 * Starts the writer thread of a file. It ends with the process, and keeps it alive only while somebody waits. Should it die,
 * whoever waits hears of it through the closed port, and the next way is one to a new thread; `died` is told why.
 */
export function startWriterThread(options: WriterThreadOptions, died: (cause: Error) => void = () => {}): WriterThread {
  // The source runs as it is, the built package as JavaScript.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'

  function start(): { readonly worker: Worker; readonly exited: Promise<void>; gone: boolean } {
    const worker = new Worker(new URL(`./writer-thread.${extension}`, import.meta.url), { workerData: options })
    const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
    const thread = { worker, exited, gone: false }
    // 'error' is followed by 'exit'; without a listener it would end the process.
    let cause: unknown
    worker.on('error', (error) => {
      cause = error
      thread.gone = true
    })
    worker.on('exit', (code) => {
      thread.gone = true
      if (!closing) died(writerEnded(cause, code))
    })
    worker.unref()
    return thread
  }

  let closing = false
  let thread = start()
  return {
    port() {
      if (thread.gone) thread = start()
      const { port1, port2 } = new MessageChannel()
      thread.worker.postMessage({ port: port1 } satisfies ControlMessage, [port1])
      return port2
    },
    close() {
      closing = true
      thread.worker.ref()
      thread.worker.postMessage({ close: true } satisfies ControlMessage)
      return thread.exited
    },
  }
}

function writerEnded(cause: unknown, code: number): Error {
  const why = cause instanceof Error ? cause.message : cause === undefined ? `exit code ${code}` : String(cause)
  return new Error(`The thread that writes the database has ended: ${why}`, { cause })
}

/**
 * So many commits go to the thread without waiting for the end of the turn: when many connections are ready at once, a turn is long,
 * and the thread would have nothing to do until all of them are read.
 */
const LOT = 16

interface Waiting {
  readonly resolve: (written: readonly Written[]) => void
  readonly reject: (error: unknown) => void
}

/**
 * A committer that sends its writes to the writer thread; those of one turn of the event loop go together. `connect` gives
 * a way to the thread: at first, and again after that one was closed from the other side, where it may throw StoreUnavailable,
 * or take its time, for which commits wait.
 */
export function createThreadCommitter<Tx>(
  connect: () => MessagePort | Promise<MessagePort>,
  committed: (commits: number) => void,
): Committer<Tx> {
  const waiting = new Map<number, Waiting>()
  /** Absent until there is a way. */
  let port: MessagePort | undefined
  let lost = false
  let outbox: Numbered[] = []
  let calls = 0
  let closed = false
  let idle: (() => void) | undefined

  open()

  function open(): void {
    const way = connect()
    if (way instanceof Promise) way.then(listen, lose)
    else listen(way)
  }

  function listen(opened: MessagePort): void {
    opened.on('message', ({ answers }: AnswerMessage) => {
      for (const answer of answers) {
        const one = waiting.get(answer.call)
        waiting.delete(answer.call)
        if ('written' in answer) one?.resolve(answer.written)
        else one?.reject(fromFault(answer.fault))
      }
      // Callers go on when this turn ends; whoever they read from must have heard by then.
      committed(answers.length)
      rest()
    })
    opened.on('close', () => {
      lose(
        closed
          ? closedStore()
          : new StoreUnavailable(
              'the thread that writes the database has ended; whether the write was done is unknown',
              1_000,
            ),
      )
    })
    port = opened
    if (waiting.size === 0) opened.unref()
    post()
  }

  function lose(reason: unknown): void {
    lost = true
    port = undefined
    for (const { reject } of waiting.values()) reject(reason)
    waiting.clear()
    outbox = []
    rest()
  }

  function post(): void {
    if (port === undefined) return
    const commits = outbox
    outbox = []
    if (commits.length === 0) return
    try {
      port.postMessage(pack(commits))
    } catch {
      // Something in it can't be written as JSON: whoever handed that in is told, the others go on.
      for (const one of commits) postOne(one)
    }
  }

  function postOne(commit: Numbered): void {
    try {
      port?.postMessage(pack([commit]))
    } catch (error) {
      waiting.get(commit[0])?.reject(error)
      waiting.delete(commit[0])
      rest()
    }
  }

  function rest(): void {
    if (waiting.size > 0) return
    port?.unref()
    idle?.()
  }

  return {
    commit(writes: readonly AnyWrite[], inside) {
      if (inside !== undefined) {
        return Promise.reject(
          new ConfigError(
            'hooks.commit',
            'needs the store on the same thread: open it with sqliteStore(file), without threads',
          ),
        )
      }
      if (closed) return Promise.reject(closedStore())
      if (lost) {
        try {
          open()
        } catch (error) {
          return Promise.reject(error)
        }
        lost = false
      }
      return new Promise((resolve, reject) => {
        calls++
        waiting.set(calls, { resolve, reject })
        if (waiting.size === 1) port?.ref()
        if (outbox.length === 0) setImmediate(post)
        outbox.push([calls, writes])
        if (outbox.length >= LOT) post()
      })
    },
    async close() {
      closed = true
      post()
      if (waiting.size > 0) {
        await new Promise<void>((resolve) => {
          idle = resolve
        })
      }
      port?.close()
    },
  }
}
