import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { ConfigError } from '../../protocol/index.ts'
import { StoreUnavailable, type Write, type Written } from '../contract.ts'
import { type Committer, closedStore } from './commit-inline.ts'
import { type AnswerMessage, type ControlMessage, fromFault, type Numbered, pack } from './messages.ts'
import type { WriterThreadOptions } from './writer-thread.ts'

/** The thread that writes, and ways to it. */
export interface WriterThread {
  /** One more way to the writer, for this thread or to be sent to another. */
  readonly port: () => MessagePort
  readonly close: () => Promise<void>
}

/**
 * Starts the writer thread of a file. It ends with the process, and keeps it alive only while somebody waits. Should it die,
 * whoever waits hears of it through the closed port, and the next way is one to a new thread.
 */
export function startWriterThread(options: WriterThreadOptions): WriterThread {
  // The source runs as it is, the built package as JavaScript.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'

  function start(): { readonly worker: Worker; readonly exited: Promise<void>; gone: boolean } {
    const worker = new Worker(new URL(`./writer-thread.${extension}`, import.meta.url), { workerData: options })
    const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
    const thread = { worker, exited, gone: false }
    // 'error' is followed by 'exit'; without a listener it would end the process.
    worker.on('error', () => {})
    worker.on('exit', () => {
      thread.gone = true
    })
    worker.unref()
    return thread
  }

  let thread = start()
  return {
    port() {
      if (thread.gone) thread = start()
      const { port1, port2 } = new MessageChannel()
      thread.worker.postMessage({ port: port1 } satisfies ControlMessage, [port1])
      return port2
    },
    close() {
      thread.worker.ref()
      thread.worker.postMessage({ close: true } satisfies ControlMessage)
      return thread.exited
    },
  }
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
 * a way to the thread: at first, and again after that one was closed from the other side, where it may throw StoreUnavailable.
 */
export function createThreadCommitter(connect: () => MessagePort, committed: (commits: number) => void): Committer {
  const waiting = new Map<number, Waiting>()
  let port = open()
  let lost = false
  let outbox: Numbered[] = []
  let calls = 0
  let closed = false
  let idle: (() => void) | undefined

  function open(): MessagePort {
    const opened = connect()
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
      lost = true
      const gone = closed
        ? closedStore()
        : new StoreUnavailable(
            'the thread that writes the database has ended; whether the write was done is unknown',
            1_000,
          )
      for (const { reject } of waiting.values()) reject(gone)
      waiting.clear()
      outbox = []
      rest()
    })
    opened.unref()
    return opened
  }

  function post(): void {
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
      port.postMessage(pack([commit]))
    } catch (error) {
      waiting.get(commit[0])?.reject(error)
      waiting.delete(commit[0])
      rest()
    }
  }

  function rest(): void {
    if (waiting.size > 0) return
    port.unref()
    idle?.()
  }

  return {
    commit(writes: readonly Write[], inside) {
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
          port = open()
        } catch (error) {
          return Promise.reject(error)
        }
        lost = false
      }
      return new Promise((resolve, reject) => {
        calls++
        waiting.set(calls, { resolve, reject })
        if (waiting.size === 1) port.ref()
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
      port.close()
    },
  }
}
