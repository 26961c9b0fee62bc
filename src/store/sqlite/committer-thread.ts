// Commits through the writer thread: starts the thread, sends it lists of writes and takes its answers.

import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import type { Environment } from '../../environment.ts'
import { ConfigError } from '../../protocol/index.ts'
import { StoreUnavailable, type Written } from '../contract/index.ts'
import { type Committer, closedStore } from './committer-inline.ts'
import { type AnswerMessage, type ControlMessage, fromFault, type Numbered, pack } from './messages.ts'
import { threadFile } from './thread-file.ts'
import type { WriterThreadOptions } from './writer-thread.ts'

/** The thread that writes, and ports to it. */
export interface WriterThread {
  /** One more port to the writer, for this thread or to be sent to another. */
  readonly port: () => MessagePort
  readonly close: () => Promise<void>
}

/**
 * Starts the writer thread of a file. It ends with the process, and keeps the process alive only while a commit waits. If it dies, its
 * ports close, which fails the commits that wait; `died` gets the reason, and the next port leads to a new thread. Throws ConfigError in a
 * bundle, which lacks its file.
 */
export function startWriterThread(options: WriterThreadOptions, died: (cause: Error) => void = () => {}): WriterThread {
  const file = requireFile()

  function start(): { readonly worker: Worker; readonly exited: Promise<void>; gone: boolean } {
    const worker = new Worker(file, { workerData: options })
    const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
    const thread = { worker, exited, gone: false }
    // 'exit' follows 'error'; without a listener for it, 'error' would end the process.
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

function requireFile(): URL {
  const file = threadFile('writer-thread')
  if (file !== undefined) return file
  const instead = 'keep the package lockstep out of the bundle, as an external module'
  throw new ConfigError('threads', `can’t be true in a bundle, which lacks the file that the thread runs; ${instead}`)
}

function writerEnded(cause: unknown, code: number): Error {
  const why = cause instanceof Error ? cause.message : cause === undefined ? `exit code ${code}` : String(cause)
  return new Error(`The thread that writes the database has ended: ${why}`, { cause })
}

/**
 * After this many commits they are sent without waiting for the end of the turn: when many connections are ready at once a turn is
 * long, and the thread would be idle until all of them are read.
 */
const LOT = 16

/** What a committer through the writer thread works with. */
export interface ThreadCommitterDeps {
  /**
   * Gives a port to the thread: at first, and again after the other side has closed it. It may throw StoreUnavailable, or take a
   * while, for which commits wait.
   */
  readonly connect: () => MessagePort | Promise<MessagePort>
  /** Called after each answer of the thread, with the number of commits in it. */
  readonly committed: (commits: number) => void
  readonly environment: Pick<Environment, 'afterTurn'>
}

interface Waiting {
  readonly resolve: (written: readonly Written[]) => void
  readonly reject: (error: unknown) => void
}

/** The connection to the thread, with the commits that have no answer yet. */
interface Link {
  readonly deps: ThreadCommitterDeps
  readonly waiting: Map<number, Waiting>
  /** Absent until there is one. */
  port: MessagePort | undefined
  lost: boolean
  outbox: Numbered[]
  closed: boolean
  /** Called when no commit waits any more. */
  idle: (() => void) | undefined
}

/** A committer that sends its writes to the writer thread; those of one turn of the event loop go together. */
export function createThreadCommitter<Tx>(deps: ThreadCommitterDeps): Committer<Tx> {
  const link: Link = {
    deps,
    waiting: new Map(),
    port: undefined,
    lost: false,
    outbox: [],
    closed: false,
    idle: undefined,
  }
  let calls = 0
  const postLater = () => post(link)
  open(link)

  return {
    commit(writes, inside) {
      if (inside !== undefined) return Promise.reject(noHooks())
      if (link.closed) return Promise.reject(closedStore())
      if (link.lost) {
        try {
          open(link)
        } catch (error) {
          return Promise.reject(error)
        }
        link.lost = false
      }
      return new Promise((resolve, reject) => {
        calls++
        link.waiting.set(calls, { resolve, reject })
        if (link.waiting.size === 1) link.port?.ref()
        if (link.outbox.length === 0) deps.environment.afterTurn(postLater)
        link.outbox.push([calls, writes])
        if (link.outbox.length >= LOT) post(link)
      })
    },
    async close() {
      link.closed = true
      post(link)
      if (link.waiting.size > 0) {
        await new Promise<void>((resolve) => {
          link.idle = resolve
        })
      }
      link.port?.close()
    },
  }
}

function open(link: Link): void {
  const port = link.deps.connect()
  if (port instanceof Promise)
    port.then(
      (one) => listen(link, one),
      (reason) => lose(link, reason),
    )
  else listen(link, port)
}

function listen(link: Link, port: MessagePort): void {
  port.on('message', ({ answers }: AnswerMessage) => {
    for (const answer of answers) {
      const one = link.waiting.get(answer.call)
      link.waiting.delete(answer.call)
      if ('written' in answer) one?.resolve(answer.written)
      else one?.reject(fromFault(answer.fault))
    }
    // Callers continue when this turn ends; by then the watchers must have been notified.
    link.deps.committed(answers.length)
    rest(link)
  })
  port.on('close', () => lose(link, link.closed ? closedStore() : threadEnded()))
  link.port = port
  if (link.waiting.size === 0) port.unref()
  post(link)
}

/** The port is gone: what was sent may have been written or not. */
function lose(link: Link, reason: unknown): void {
  link.lost = true
  link.port = undefined
  for (const { reject } of link.waiting.values()) reject(reason)
  link.waiting.clear()
  link.outbox = []
  rest(link)
}

function post(link: Link): void {
  if (link.port === undefined) return
  const commits = link.outbox
  link.outbox = []
  if (commits.length === 0) return
  try {
    link.port.postMessage(pack(commits))
  } catch {
    // One of them cannot be written as JSON: only its caller gets the error.
    for (const one of commits) postOne(link, one)
  }
}

function postOne(link: Link, commit: Numbered): void {
  try {
    link.port?.postMessage(pack([commit]))
  } catch (error) {
    link.waiting.get(commit[0])?.reject(error)
    link.waiting.delete(commit[0])
    rest(link)
  }
}

/** Lets the process end when no commit waits. */
function rest(link: Link): void {
  if (link.waiting.size > 0) return
  link.port?.unref()
  link.idle?.()
}

function threadEnded(): StoreUnavailable {
  return new StoreUnavailable(
    'The thread that writes the database has ended; whether the write was done is unknown',
    1_000,
  )
}

function noHooks(): ConfigError {
  return new ConfigError(
    'hooks.commit',
    'needs the store on the same thread: open it with sqliteStore(file), without threads',
  )
}
