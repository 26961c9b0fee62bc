// The declaration of a route, from which it is checked, documented and tested.

import type { z } from 'zod'
import type { Administrator, Capability, Role } from '../access/index.ts'
import type { Directory } from '../directory/index.ts'
import type { HubAdministration } from '../hub/index.ts'
import type { JsonObject } from '../protocol/index.ts'
import type { Setup } from '../setup/index.ts'
import type { ListPage, Store } from '../store/index.ts'
import type { Administration, Audit, AuditDraft, Giver, Tenancy } from '../tenancy/index.ts'
import type { AskScim, Handle } from './ask-scim.ts'
import type { Checks } from './checks/checks.ts'
import type { OpenOutbound } from './checks/targets.ts'
import type { Streams } from './event-stream.ts'
import type { HistoryReader } from './history/reader.ts'
import type { Lists } from './lists.ts'
import type { RecordAccess } from './record-access.ts'
import type { Visit } from './sign-in/browser.ts'
import type { Caller, Ways } from './sign-in/ways.ts'

/** What an administrator needs to use a route. */
export interface Needs {
  /** `session`: whoever has signed in, by session or token. `nothing`: anybody, so that there is a way to sign in. */
  readonly capability: Capability | 'session' | 'nothing'
  /**
   * What it must reach: the `tenant` in the path (any other looks as if it didn't exist), the `database` as a whole, or only `own`
   * tenants, of which the answer is made.
   */
  readonly reach: 'tenant' | 'database' | 'own'
  /**
   * `true`: what can't be undone, so the administrator must have signed in within the last ten minutes; a token is always fresh.
   * `forced`: only with `?force=true`.
   */
  readonly fresh?: true | 'forced'
  /** A role that may, too, although it lacks the capability. */
  readonly also?: Role
}

/** One route of the admin API. */
export interface Route {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** Below `/admin/v1`, as OpenAPI writes it: `/tenants/{tenant}`. */
  readonly path: string
  /** Unique name for generated clients. */
  readonly id: string
  readonly does: string
  readonly needs: Needs
  /** Whether it is a line of the audit; absent: unless it only reads. */
  readonly audited?: boolean
  /** A browser comes here from another site, as from an identity provider: then nothing but its own secret is believed. */
  readonly fromElsewhere?: true
  readonly query?: z.ZodType
  readonly body?: z.ZodType
  /** What the version of the thing is made of: told as ETag where it is read, asked for by If-Match where it is changed. */
  readonly present?: (call: Call, deps: RouteDeps) => Promise<unknown>
  /** Takes an Idempotency-Key: the same request twice is done once, and answered twice. */
  readonly once?: true
  /** `stream`: an answer that goes on, of this media type; then `run` returns the whole response. */
  readonly gives: {
    readonly status: 200 | 201 | 202 | 204 | 303
    readonly body?: z.ZodType
    readonly stream?: 'text/event-stream' | 'application/octet-stream'
  }
  readonly run: (call: Call, deps: RouteDeps) => Promise<unknown>
  /** With `?dry=true`: says with 200 what it would do, changes nothing, and is no line of the audit. */
  readonly dry?: { readonly body: z.ZodType; readonly run: (call: Call, deps: RouteDeps) => Promise<unknown> }
}

/** What a route adds to its line of the audit: who has just signed in, and how it ended where that is no error. */
export type AuditFacts = { -readonly [Name in keyof AuditDraft]?: AuditDraft[Name] }

/** A request that has passed the checks of its route. */
export interface Call<Params = { readonly [name: string]: string }, Query = unknown, Body = unknown> {
  /** The parameters of the path. */
  readonly params: Params
  readonly query: Query
  readonly body: Body
  /** The body as it was sent, for routes whose body the protocol checks. */
  readonly json: JsonObject
  readonly administrator: Administrator
  /** The name in the change log. */
  readonly actor: string
  /** Scheme and host that the client sees, without a slash at the end. */
  readonly origin: string
  /** Whether the token or session of this request still has what its route needs: for answers that go on. */
  readonly isAllowed: () => Promise<boolean>
  /** The session, with who it belongs to; absent with a token. */
  readonly session?: NonNullable<Caller['session']>
  /** How the request came. */
  readonly visit: Visit
  /** Who changes operators and the like; what it is told of goes to the audit. */
  readonly giver: Giver
  /** What the route adds to its line of the audit. */
  readonly facts: AuditFacts
  /** The whole URL, and the Cookie header, for the way back from an identity provider. */
  readonly url: URL
  readonly cookies: string | undefined
  /** Aborted when the client leaves, for answers that go on. */
  readonly gone: AbortSignal
  /** The id of the last event that a client has seen of a stream that broke off. */
  readonly lastEventId?: string | undefined
  /** What the client says it is. */
  readonly agent: string
  /** Adds a Set-Cookie header to the answer. */
  readonly setCookie: (line: string) => void
}

/** What browsers report of the policy of pages: how often something was blocked, and what. Times in milliseconds since 1970. */
export type PolicyTold = () => {
  readonly count: number
  readonly violations: readonly {
    readonly directive: string
    readonly blocked: string
    readonly count: number
    readonly last: number
  }[]
}

/** What routes work with. */
export interface RouteDeps {
  readonly tenancy: Tenancy
  readonly directory: Directory
  readonly lists: Lists
  /** Tenancy, with changes noted in the log under the caller's name. */
  readonly administration: Administration
  /** The hub, with changes noted in the log under the caller's name. */
  readonly hub: HubAdministration
  /** Setup links, and how their page looks. */
  readonly setup: Pick<Setup, 'links' | 'settings' | 'address'>
  readonly streams: Streams
  readonly ways: Ways
  readonly audit: Audit
  readonly store: Store
  /** Where resources are named in the log, and who is gone. */
  readonly history: HistoryReader
  /** SCIM requests as the caller. */
  readonly scim: AskScim
  /** What browsers report of the policy of pages; absent where nobody listens. */
  readonly policy: PolicyTold | undefined
  /** The record of requests; absent where none is kept. */
  readonly record: RecordAccess | undefined
  /** The server's own provider, which sends what is heavy to threads. */
  readonly provider: Handle
  /** Conformance checks that go on in the background. */
  readonly checks: Checks
  /** Opens a way out to addresses that people typed. */
  readonly openOutbound: OpenOutbound
}

/** The names of the parameters in a path. */
type ParamsOf<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? { readonly [key in Name]: string } & ParamsOf<Rest>
  : object

/** Declares a route, so that `run` knows the types of its parameters, query and body. */
export function route<
  const Path extends string,
  Query extends z.ZodType = z.ZodUndefined,
  Body extends z.ZodType = z.ZodUndefined,
>(
  declaration: Omit<Route, 'path' | 'query' | 'body' | 'run' | 'present' | 'dry'> & {
    readonly path: Path
    readonly query?: Query
    readonly body?: Body
    readonly run: (call: Call<ParamsOf<Path>, z.output<Query>, z.output<Body>>, deps: RouteDeps) => Promise<unknown>
    readonly present?: (call: Call<ParamsOf<Path>>, deps: RouteDeps) => Promise<unknown>
    readonly dry?: {
      readonly body: z.ZodType
      readonly run: (call: Call<ParamsOf<Path>, z.output<Query>, z.output<Body>>, deps: RouteDeps) => Promise<unknown>
    }
  },
): Route {
  // The checks in `admin.ts` have made query and body what the shapes say before `run` sees them.
  return declaration as unknown as Route
}

/** The same page with other items. */
export function pageWith<From, To>({ items, ...rest }: ListPage<From>, toJson: (item: From) => To): ListPage<To> {
  return { items: items.map(toJson), ...rest }
}
