// The messages between a process and the thread that keeps its record.

import type { RecordStore } from '../contract.ts'

/** What a thread is started with. */
export interface RecordThreadData {
  readonly file: string
  readonly mostPages: number | undefined
}

/** A call of the store. */
export interface RecordCall {
  readonly id: number
  readonly name: keyof RecordStore
  readonly given: readonly unknown[]
}

/** What came of a call, or why the file can't be opened. */
export type RecordReply =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly failed: string }
