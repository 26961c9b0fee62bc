// The messages between the writer thread and the threads that send it writes.

import { Conflict, type LogDraft, StoreUnavailable, type Written } from '../contract/index.ts'
import type { AnyWrite, TextItem } from './work.ts'

/** A list of writes with the number that its answer will carry. */
export type Numbered = readonly [call: number, writes: readonly AnyWrite[]]

/**
 * What is sent to the writer thread: the lists as JSON text and, separately and in order, the texts in them that are JSON already and
 * only stored there. Sending text to a thread costs a fraction of cloning objects, and text that is never parsed costs even less.
 */
export type CommitMessage = readonly string[]

/** Packs lists of writes into a message. Throws when something in them can't be written as JSON. */
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
    case 'item': {
      const { set } = write
      if (set?.value === undefined) return write
      texts.push(JSON.stringify(set.value))
      return { ...write, set: { ...set, value: null } }
    }
    default:
      return write
  }
}

/** The lists of a message; their log drafts hold the paths as text, their items the values. */
export function unpack(message: CommitMessage): readonly Numbered[] {
  let at = 1
  const next = () => message[at++] ?? ''
  const weigh = (write: AnyWrite): AnyWrite => {
    if (write.write === 'create' || write.write === 'update') {
      const draft = { ...write.draft, text: next() }
      return { ...write, draft, log: { ...write.log, paths: [], pathsText: next() } as TextDraft }
    }
    if (write.write === 'item') {
      const { set } = write
      return set?.value === undefined ? write : { ...write, set: { ...set, valueText: next() } as TextItem }
    }
    if (write.write !== 'remove') return write
    return { ...write, log: { ...write.log, paths: [], pathsText: next() } as TextDraft }
  }
  const commits = JSON.parse(message[0] ?? '[]') as Numbered[]
  return commits.map(([call, writes]) => [call, writes.map(weigh)])
}

/** A log draft whose paths are JSON text. */
export interface TextDraft extends LogDraft {
  readonly pathsText?: string
}

/** The answers of the writer thread, after the COMMIT. */
export interface AnswerMessage {
  readonly answers: readonly (
    | { readonly call: number; readonly written: readonly Written[] }
    | { readonly call: number; readonly fault: Fault }
  )[]
}

/** What the thread that has started the writer sends it. `port`: one more thread will send writes. */
export type ControlMessage = { readonly port: MessagePort } | { readonly close: true }

type MessagePort = import('node:worker_threads').MessagePort

/** An error as it is sent between threads, which do not preserve classes. */
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
      /** The error of the system or of SQLite, from which the reason is explained to people. */
      readonly cause: { readonly message: string; readonly code?: unknown; readonly errcode?: unknown } | undefined
    }
  | { readonly kind: 'other'; readonly message: string; readonly stack: string | undefined }

/** Packs an error into a message. */
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

/** The error of a message. */
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
