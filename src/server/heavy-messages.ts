import type { MessagePort } from 'node:worker_threads'
import type { Report } from '../provider/index.ts'
import type { Skipped } from './scim.ts'
import type { Settings } from './settings.ts'

/** A request on its way to a thread for heavy requests. */
export interface HeavyCall {
  readonly kind: 'call'
  readonly id: number
  /** Pieces of a streamed answer that may be under way. */
  readonly window: number
  readonly method: string
  readonly path: string
  readonly search: string
  readonly base: string
  readonly tenant: string
  readonly headers: { readonly [name: string]: string }
  readonly body: Uint8Array | undefined
}

/** To a thread for heavy requests. */
export type ToHeavy =
  | HeavyCall
  /** One more piece may come. */
  | { readonly kind: 'more'; readonly id: number }
  /** Nobody takes any more of this streamed answer, or what was asked is to be given up: see {@link STOP}. */
  | { readonly kind: 'stop'; readonly id: number }
  /** A new way to the one writer of a SQLite file, which was asked for. */
  | { readonly kind: 'port'; readonly port: MessagePort }

/** From a thread for heavy requests. */
export type FromHeavy =
  /** It has opened the database and takes calls from now on. */
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'answer'
      readonly id: number
      readonly status: number
      readonly headers: readonly string[]
      readonly body?: Uint8Array
    }
  | { readonly kind: 'begin'; readonly id: number; readonly status: number; readonly headers: readonly string[] }
  | { readonly kind: 'piece'; readonly id: number; readonly bytes: Uint8Array }
  | { readonly kind: 'end'; readonly id: number }
  | { readonly kind: 'broken'; readonly id: number; readonly reason: string }
  | { readonly kind: 'problem'; readonly problem: Parameters<Report>[0] }
  | { readonly kind: 'skipped'; readonly note: Skipped }
  /** The writer has ended, and with it the way there: another one is asked for. */
  | { readonly kind: 'port' }

/** What a thread is started with. */
export interface HeavyDatabase {
  readonly settings: Pick<Settings, 'database' | 'postgres'>
  /** The way to the one writer of a SQLite file. */
  readonly port: MessagePort | undefined
  /** The words that both sides see at any time, even while the thread is in the middle of a scan. */
  readonly words: Int32Array
  /** How long a request may take. */
  readonly seconds: number
}

/** The word with the number of the call that is to be stopped. */
export const STOP = 0
/** The word that counts the commits under way; {@link SEALED} when none may begin any more. */
export const COMMITS = 1
/** The word that counts the commits which the present call has done. */
export const DONE = 2
/** How many words there are. */
export const WORDS = 3
/** What the main thread puts in the place of no commits under way before it ends a thread. */
export const SEALED = -1
