// The options of a check.

import type { ProviderKind } from './needs.ts'
import type { ProviderReport, Result } from './report/report.ts'

/** What to check, and how. */
export interface CheckOptions {
  /** Base URL of the SCIM server, like `https://scim.example.com/scim/v2`. */
  readonly url: string
  /** A bearer token. */
  readonly token?: string | undefined
  /** `user:password`, for HTTP Basic. */
  readonly basic?: string | undefined
  /** Further headers of every request; one named `authorization` goes before token and basic. */
  readonly headers?: { readonly [name: string]: string } | undefined
  /** Only these: ids (`P-375`, `P-375/add`), beginnings of ids (`P-37`), groups (`patch`), or sections (`7644 §3.5.2`). */
  readonly only?: readonly string[] | undefined
  /** Not these; given in the same way. */
  readonly skip?: readonly string[] | undefined
  /** Identity providers whose needs are tried as well. */
  readonly for?: readonly ProviderKind[] | undefined
  /** Requests per second. Default: as fast as answers come. */
  readonly rate?: number | undefined
  /** Cases at the same time. Default 4. */
  readonly concurrency?: number | undefined
  /** Milliseconds to wait for one answer. Default 20,000. */
  readonly timeoutMs?: number | undefined
  /** Removes what earlier runs left behind before it begins. */
  readonly clean?: boolean | undefined
  /** Also sends what could destroy more than the check has created, on a server that is at fault: DELETE of an endpoint. */
  readonly destructive?: boolean | undefined
  /** Stops the check; what it has created is removed all the same. */
  readonly signal?: AbortSignal | undefined
  /** Called with each result as it comes, and with how many there will be. */
  readonly onResult?: ((result: Result, total: number) => void) | undefined
  /** Called with what is known of each identity provider of `for` as it comes, after the cases. */
  readonly onProvider?: ((report: ProviderReport) => void) | undefined
  /** Sends the requests. Default: the global fetch. */
  readonly fetch?: ((request: Request) => Promise<Response>) | undefined
}
