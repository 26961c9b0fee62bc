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

/** Starts the writer thread of a file. It ends with the process, and keeps it alive only while somebody waits. */
export function startWriterThread(options: WriterThreadOptions): WriterThread {
  // The source runs as it is, the built package as JavaScript.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const worker = new Worker(new URL(`./writer-thread.${extension}`, import.meta.url), { workerData: options })
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  // Whoever waits hears of a failure through the closed port.
  worker.on('error', () => {})
  worker.unref()
  return {
    port() {
      const { port1, port2 } = new MessageChannel()
      worker.postMessage({ port: port1 } satisfies ControlMessage, [port1])
      return port2
    },
    close() {
      worker.ref()
      worker.postMessage({ close: true } satisfies ControlMessage)
      return exited
    },
  }
}

interface Waiting {
  readonly resolve: (written: readonly Written[]) => void
  readonly reject: (error: unknown) => void
}

/** A committer that sends its writes to the writer thread; those of one turn of the event loop go in one message. */
export function createThreadCommitter(port: MessagePort, committed: (commits: number) => void): Committer {
  const waiting = new Map<number, Waiting>()
  let outbox: Numbered[] = []
  let calls = 0
  let closed = false
  let idle: (() => void) | undefined

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

  port.on('message', ({ answers }: AnswerMessage) => {
    committed(answers.length)
    for (const answer of answers) {
      const one = waiting.get(answer.call)
      waiting.delete(answer.call)
      if ('written' in answer) one?.resolve(answer.written)
      else one?.reject(fromFault(answer.fault))
    }
    rest()
  })
  port.on('close', () => {
    const gone = closed
      ? closedStore()
      : new StoreUnavailable(
          'the thread that writes the database has ended; whether the write was done is unknown',
          1_000,
        )
    closed = true
    for (const { reject } of waiting.values()) reject(gone)
    waiting.clear()
    rest()
  })
  port.unref()

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
      return new Promise((resolve, reject) => {
        calls++
        waiting.set(calls, { resolve, reject })
        if (waiting.size === 1) port.ref()
        if (outbox.length === 0) setImmediate(post)
        outbox.push([calls, writes])
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
