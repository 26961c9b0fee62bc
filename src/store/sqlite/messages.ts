import { Conflict, type LogDraft, StoreUnavailable, type Written } from '../contract/index.ts'
import type { AnyWrite } from './work.ts'

/** A list of writes with the number that its answer will carry. */
export type Numbered = readonly [call: number, writes: readonly AnyWrite[]]

/**
 * What goes to the writer thread over a port: the lists as JSON text, and apart from it, in order, the texts in them that are
 * JSON already and only stored there. Text crosses threads several times cheaper than objects would be cloned, and what is
 * never taken apart is cheaper still.
 */
export type CommitMessage = readonly string[]

/** Lists of writes made ready to travel. Throws when something in them can't be written as JSON. */
export function pack(commits: readonly Numbered[]): CommitMessage {
  const texts: string[] = []
  const light = commits.map(([call, writes]) => [call, writes.map((write) => lighten(write, texts))])
  return [JSON.stringify(light), ...texts]
}

function lighten(write: AnyWrite, texts: string[]): unknown {
  switch (write.write) {
    case 'create':
    case 'update': {
      const { draft, log } = write
      texts.push(draft.text, JSON.stringify(log.paths))
      return { ...write, draft: { ...draft, text: '' }, log: { ...log, paths: undefined } }
    }
    case 'remove':
      texts.push(JSON.stringify(write.log.paths))
      return { ...write, log: { ...write.log, paths: undefined } }
    default:
      return write
  }
}

/** The lists that travelled; their log drafts hold the paths as text. */
export function unpack(message: CommitMessage): readonly Numbered[] {
  let at = 1
  const next = () => message[at++] ?? ''
  const weigh = (write: AnyWrite): AnyWrite => {
    if (write.write === 'create' || write.write === 'update') {
      const draft = { ...write.draft, text: next() }
      return { ...write, draft, log: { ...write.log, paths: [], pathsText: next() } as TextDraft }
    }
    if (write.write !== 'remove') return write
    return { ...write, log: { ...write.log, paths: [], pathsText: next() } as TextDraft }
  }
  const commits = JSON.parse(message[0] ?? '[]') as Numbered[]
  return commits.map(([call, writes]) => [call, writes.map(weigh)])
}

/** A log draft whose paths are finished JSON. */
export interface TextDraft extends LogDraft {
  readonly pathsText?: string
}

/** What comes back, after the COMMIT. */
export interface AnswerMessage {
  readonly answers: readonly (
    | { readonly call: number; readonly written: readonly Written[] }
    | { readonly call: number; readonly fault: Fault }
  )[]
}

/** What the thread that made the writer tells it. `port`: one more thread hands in writes. */
export type ControlMessage = { readonly port: MessagePort } | { readonly close: true }

type MessagePort = import('node:worker_threads').MessagePort

/** An error as it travels between threads, where classes get lost. */
export type Fault =
  | {
      readonly kind: 'conflict'
      readonly reason: Conflict['reason']
      readonly at: number
      readonly what: string
      readonly found: string | undefined
    }
  | {
      readonly kind: 'unavailable'
      readonly message: string
      readonly retryAfterMs: number
      /** What the system or SQLite said, by which the reason is told in words. */
      readonly cause: { readonly message: string; readonly code?: unknown; readonly errcode?: unknown } | undefined
    }
  | { readonly kind: 'other'; readonly message: string; readonly stack: string | undefined }

/** An error made ready to travel. */
export function toFault(error: unknown): Fault {
  if (error instanceof Conflict) {
    const { reason, at, what, found } = error
    return { kind: 'conflict', reason, at, what, found }
  }
  if (error instanceof StoreUnavailable) {
    const { message, retryAfterMs, cause } = error
    return { kind: 'unavailable', message, retryAfterMs, cause: cause instanceof Error ? codesOf(cause) : undefined }
  }
  const one = error instanceof Error ? error : new Error(String(error))
  return { kind: 'other', message: one.message, stack: one.stack }
}

function codesOf(error: Error): { readonly message: string; readonly code?: unknown; readonly errcode?: unknown } {
  const { message } = error
  return {
    message,
    ...('code' in error ? { code: error.code } : {}),
    ...('errcode' in error ? { errcode: error.errcode } : {}),
  }
}

/** The error that travelled. */
export function fromFault(fault: Fault): Error {
  switch (fault.kind) {
    case 'conflict':
      return new Conflict(fault.reason, fault.at, fault.what, fault.found)
    case 'unavailable':
      return new StoreUnavailable(
        fault.message,
        fault.retryAfterMs,
        fault.cause && { cause: Object.assign(new Error(fault.cause.message), fault.cause) },
      )
    case 'other': {
      const error = new Error(fault.message)
      if (fault.stack !== undefined) error.stack = fault.stack
      return error
    }
  }
}
