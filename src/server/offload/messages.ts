// The messages between the main thread and the threads that run offloaded requests.

import type { MessagePort } from 'node:worker_threads'
import type { About, Vouched } from '../../call.ts'
import type { Report } from '../../provider/index.ts'
import type { Settings, Skipped } from '../../site/index.ts'

/** A request on its way to a thread. */
export interface OffloadCall {
  readonly kind: 'call'
  readonly id: number
  /** How many pieces of a streamed answer may be in flight. */
  readonly window: number
  readonly method: string
  readonly path: string
  readonly search: string
  readonly base: string
  readonly tenant: string
  readonly txn: string | undefined
  readonly vouched: Vouched | undefined
  readonly headers: { readonly [name: string]: string }
  readonly body: Uint8Array | undefined
  /** Whether requests are recorded: then `about` comes back before the answer. */
  readonly isRecorded: boolean
}

/** To a thread. */
export type ToThread =
  | OffloadCall
  /** One more piece may be sent. */
  | { readonly kind: 'more'; readonly id: number }
  /** No one reads this streamed answer any more, or the request is to be given up: see {@link STOP}. */
  | { readonly kind: 'stop'; readonly id: number }
  /** Another channel to the one writer of a SQLite file, as the thread has requested. */
  | { readonly kind: 'port'; readonly port: MessagePort }

/** From a thread. */
export type FromThread =
  /** The database is open: requests may be sent. */
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'answer'
      readonly id: number
      readonly status: number
      readonly headers: readonly string[]
      readonly body?: Uint8Array
    }
  /** What the provider has noted of a request that is recorded. */
  | { readonly kind: 'about'; readonly id: number; readonly about: About }
  | { readonly kind: 'begin'; readonly id: number; readonly status: number; readonly headers: readonly string[] }
  | { readonly kind: 'piece'; readonly id: number; readonly bytes: Uint8Array }
  | { readonly kind: 'end'; readonly id: number }
  | { readonly kind: 'broken'; readonly id: number; readonly reason: string }
  | { readonly kind: 'problem'; readonly problem: Parameters<Report>[0] }
  | { readonly kind: 'skipped'; readonly note: Skipped }
  /** The writer has ended, and the channel to it with it: another one is requested. */
  | { readonly kind: 'port' }

/** What a thread is started with. */
export interface ThreadData {
  readonly settings: Pick<Settings, 'database' | 'postgres'>
  /** The channel to the one writer of a SQLite file. */
  readonly port: MessagePort | undefined
  /** Words of shared memory, visible to both sides even while the thread is in the middle of a scan. */
  readonly words: Int32Array
  /** How long a request may take. */
  readonly seconds: number
}

/** Index of the word with the number of the call that is to stop. */
export const STOP = 0
/** Index of the word that counts the commits in flight; {@link SEALED} when none may begin any more. */
export const COMMITS = 1
/** Index of the word that counts the commits that the present call has completed. */
export const DONE = 2
/** How many words there are. */
export const WORDS = 3
/** What the main thread writes in place of zero commits in flight before it ends a thread. */
export const SEALED = -1
