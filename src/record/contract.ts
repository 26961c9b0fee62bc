// What keeps the record of requests: one contract for memory, SQLite and PostgreSQL.

import type { Count } from './counts.ts'
import type { AnswerClass, PlacedLine, RequestKind, RequestLine } from './line.ts'
import type { Heard } from './quiet.ts'

/** What is written at once. */
export interface RecordBatch {
  readonly lines: readonly RequestLine[]
  readonly counts: readonly Count[]
}

/** Which lines are wanted; what is absent does not matter. */
export interface LineFilter {
  /** Absent: of all tenants; otherwise of these. */
  readonly tenants?: readonly string[] | undefined
  readonly connection?: string | undefined
  readonly kind?: string | undefined
  readonly method?: string | undefined
  readonly asks?: RequestKind | undefined
  readonly outcomes?: readonly AnswerClass[] | undefined
  /** Statuses, like 409. */
  readonly statuses?: readonly number[] | undefined
  readonly code?: string | undefined
  readonly print?: string | undefined
  /** Whether a rewrite changed the message: `any`, or the name of one. */
  readonly bent?: string | undefined
  readonly type?: string | undefined
  readonly resource?: string | undefined
  /** A keyed hash of what a request named. */
  readonly about?: string | undefined
  /** A part of the masked path, in any letter case. */
  readonly text?: string | undefined
  /** Shortest time to answer, in microseconds. */
  readonly took?: number | undefined
  /** Milliseconds since 1970, inclusive and exclusive. */
  readonly from?: number | undefined
  readonly until?: number | undefined
}

/** Which page of lines. */
export interface LineQuery extends LineFilter {
  readonly order: 'newest' | 'oldest'
  /** Lines beyond this place, in the given order. */
  readonly after?: number | undefined
  readonly limit: number
}

/** A page of lines. */
export interface LinePage {
  readonly items: readonly PlacedLine[]
  /** Where to read on; absent at the end. A page may have fewer lines than asked for although there are more. */
  readonly next?: number
}

/** Which counts are wanted. */
export interface CountQuery {
  readonly tenants?: readonly string[] | undefined
  readonly connection?: string | undefined
  /** Milliseconds since 1970, inclusive and exclusive. */
  readonly from: number
  readonly until: number
  /** Minutes, or hours that were added up when their minutes were removed. */
  readonly by: 'minute' | 'hour'
}

/** Failures that are alike. */
export interface Fault {
  readonly tenant: string
  readonly print: string
  readonly count: number
  /** Milliseconds since 1970. */
  readonly first: number
  readonly last: number
  /** How many resources they concerned, as far as that is known. */
  readonly resources: number
  /** The newest of them. */
  readonly newest: PlacedLine
}

/** How much is kept. */
export interface Retention {
  /** Lines that were answered before are removed. Milliseconds since 1970. */
  readonly before: number
  /** Counts of minutes before this are added up to hours, and hours before `hoursBefore` removed. */
  readonly minutesBefore: number
  readonly hoursBefore: number
  /** Recorded values before this become nothing; the line stays. */
  readonly valuesBefore: number
  /** Most lines in all; beyond, the oldest go, but of no tenant its last `fair` ones. */
  readonly most: number
  /** Most bytes on disk, likewise. */
  readonly mostBytes: number
  readonly fair: number
  /** Most lines that one step removes. */
  readonly step: number
}

/** How much of a tenant is forgotten at once. */
export interface Forgetting {
  /** Lines that were answered before are removed, and counts of minutes and hours that ended before. Milliseconds since 1970. */
  readonly before: number
  /** About how many lines, and how many counts, one step removes at most. */
  readonly step: number
}

/** How much there is. */
export interface RecordSize {
  readonly lines: number
  /** Most lines that fit, where that is less than what is kept elsewhere: in memory. */
  readonly most?: number
  /** Milliseconds since 1970 of the oldest line; absent where there is none. */
  readonly oldest?: number
  /** Bytes on disk; absent in memory. */
  readonly bytes?: number
}

/**
 * Keeps lines and counts beside the directory. Nothing in it is needed to answer SCIM, so each call may fail without harm: the recorder
 * says since when nothing is kept. Several processes write to it at once.
 */
export interface RecordStore {
  /** Appends lines in this order, and adds counts to those that are there. All or nothing. */
  readonly append: (batch: RecordBatch) => Promise<void>
  readonly page: (query: LineQuery) => Promise<LinePage>
  /** A line by its id, of any tenant or of one. */
  readonly line: (id: string, tenants?: readonly string[]) => Promise<PlacedLine | undefined>
  /** The place of the newest line, and 0 where there is none. A line that comes later has a higher one, whichever process wrote it. */
  readonly place: () => Promise<number>
  readonly counts: (query: CountQuery) => Promise<readonly Count[]>
  /** Failures by their print, those with the newest first, at most `limit`. */
  readonly faults: (query: {
    readonly tenants?: readonly string[] | undefined
    readonly print?: string | undefined
    readonly from: number
    readonly limit: number
  }) => Promise<readonly Fault[]>
  /** When connections were heard since a moment, as counts tell. */
  readonly heard: (query: {
    readonly tenants?: readonly string[] | undefined
    readonly from: number
  }) => Promise<readonly Heard[]>
  /** Removes one step of what is no longer kept. Returns whether there is more. */
  readonly trim: (retention: Retention) => Promise<boolean>
  /** The tenants of which there is anything. `oldest`: when its first line was answered, or its first minute or hour ended. */
  readonly tenants: () => Promise<readonly { readonly tenant: string; readonly oldest: number }[]>
  /**
   * Removes one step of what there is of a tenant from before a moment. The sums of all tenants stay: they name none. Returns whether
   * there is more.
   */
  readonly forget: (tenant: string, terms: Forgetting) => Promise<boolean>
  readonly size: () => Promise<RecordSize>
  /** How many lines were answered before a moment, in milliseconds since 1970; so many at most. */
  readonly older: (before: number, most: number) => Promise<number>
  readonly close: () => Promise<void>
}
