// Carries a request out as its route says: once by its key, if it is still the version that was read.

import type { Once } from './once.ts'
import type { Call, Route, RouteDeps } from './route.ts'
import { requireMatch, tagOf } from './tags.ts'

/** The answer to a request, and the version of what it shows. */
export interface CarriedOut {
  readonly answer: unknown
  readonly tag?: string
}

/** The route as a request asks for it: with `?dry=true` the one that only says what it would do. */
export function asAsked(route: Route, { query }: Pick<Call, 'query'>): Route {
  const { dry, once: _once, ...rest } = route
  if (dry === undefined || (query as { readonly dry?: string } | undefined)?.dry !== 'true') return route
  return { ...rest, audited: false, gives: { status: 200, body: dry.body }, run: dry.run }
}

/** Runs a route. */
export async function carryOut(
  { route, call, deps }: { readonly route: Route; readonly call: Call; readonly deps: RouteDeps },
  headers: Headers,
  once: Once,
): Promise<CarriedOut> {
  const { present } = route
  if (route.method === 'get') {
    // The version first: changed in between, it is older than what is shown, and a change based on that is refused, not lost.
    const tag = present === undefined ? undefined : tagOf(await present(call, deps))
    const answer = await route.run(call, deps)
    return tag === undefined ? { answer } : { answer, tag }
  }
  if (present !== undefined) await requireMatch(headers.get('if-match') ?? undefined, () => present(call, deps))
  const key = headers.get('idempotency-key')
  if (route.once !== true || key === null) return { answer: await route.run(call, deps) }
  const what = [route.id, call.params, call.json]
  return { answer: await once.run(`${call.actor} ${key}`, what, () => route.run(call, deps)) }
}
