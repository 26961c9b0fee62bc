import { Conflict, StoreUnavailable, type Write, type Written } from '../contract.ts'

/**
 * What goes to the writer thread over a port, as JSON text: lists of writes, each with the number its answer will carry. Text
 * crosses threads several times cheaper than the objects would be cloned.
 */
export interface CommitMessage {
  readonly commits: readonly (readonly [call: number, writes: readonly Write[]])[]
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
  | { readonly kind: 'unavailable'; readonly message: string; readonly retryAfterMs: number }
  | { readonly kind: 'other'; readonly message: string; readonly stack: string | undefined }

/** An error made ready to travel. */
export function toFault(error: unknown): Fault {
  if (error instanceof Conflict) {
    const { reason, at, what, found } = error
    return { kind: 'conflict', reason, at, what, found }
  }
  if (error instanceof StoreUnavailable) {
    return { kind: 'unavailable', message: error.message, retryAfterMs: error.retryAfterMs }
  }
  const one = error instanceof Error ? error : new Error(String(error))
  return { kind: 'other', message: one.message, stack: one.stack }
}

/** The error that travelled. */
export function fromFault(fault: Fault): Error {
  switch (fault.kind) {
    case 'conflict':
      return new Conflict(fault.reason, fault.at, fault.what, fault.found)
    case 'unavailable':
      return new StoreUnavailable(fault.message, fault.retryAfterMs)
    case 'other': {
      const error = new Error(fault.message)
      if (fault.stack !== undefined) error.stack = fault.stack
      return error
    }
  }
}
