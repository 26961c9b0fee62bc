import type { z } from 'zod'

/** One route of the admin API: what it takes and gives, checked and documented from the same shapes. */
export interface Route {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** Below `/admin/v1`, as OpenAPI writes it: `/tenants/{tenant}`. */
  readonly path: string
  /** Unique name for generated clients. */
  readonly id: string
  readonly does: string
  readonly query?: z.ZodType
  readonly body?: z.ZodType
  readonly gives: { readonly status: 200 | 201 | 204; readonly body?: z.ZodType }
  readonly run: (call: Call) => Promise<unknown>
}

/** A request that has passed its route's checks. */
export interface Call {
  readonly params: { readonly [name: string]: string }
  readonly query: unknown
  readonly body: unknown
  /** What the log says did it. */
  readonly actor: string
  /** Scheme and host that the client sees, without a slash at the end. */
  readonly origin: string
}

/** Declares a route, so that `run` knows the types of its query and body. */
export function route<Query extends z.ZodType = z.ZodUndefined, Body extends z.ZodType = z.ZodUndefined>(declaration: {
  readonly method: Route['method']
  readonly path: string
  readonly id: string
  readonly does: string
  readonly query?: Query
  readonly body?: Body
  readonly gives: Route['gives']
  readonly run: (
    call: Omit<Call, 'query' | 'body'> & { readonly query: z.output<Query>; readonly body: z.output<Body> },
  ) => Promise<unknown>
}): Route {
  // The checks of `admin.ts` have made query and body what the shapes say before `run` sees them.
  return declaration as unknown as Route
}
