// Reads a request as the call of its route, after the checks of what the route needs.

import type { Context } from 'hono'
import type { Noted } from '../store/index.ts'
import { checked, objectOf, readBody } from './reading.ts'
import type { Call, Route } from './route.ts'
import type { Caller } from './sign-in/ways.ts'

/** A call, and the cookies that the route will set: a route that makes its whole answer doesn't know of them. */
export interface ReadCall {
  readonly call: Call
  readonly cookies: readonly string[]
  /** What changes, as it is noted in the log. */
  readonly changes: readonly Noted[]
}

/** Reads query and body by the shapes of the route. Refuses what they don't allow. */
export async function readCall(
  context: Context,
  route: Route,
  { administrator, session }: Caller,
  known: Pick<Call, 'visit' | 'origin' | 'isAllowed'>,
): Promise<ReadCall> {
  const { headers } = context.req.raw
  const query = checked(route.query, context.req.query(), 'query')
  const json = route.body === undefined ? {} : await readBody(context)
  const cookies: string[] = []
  const changes: Noted[] = []
  const { actor, role, tenants } = administrator
  const call: Call = {
    params: context.req.param() as { readonly [name: string]: string },
    query,
    body: checked(route.body, json, 'body'),
    json: objectOf(json),
    administrator,
    actor: administrator.actor,
    ...(session === undefined ? {} : { session }),
    ...known,
    giver: { actor, role, tenants, told: (noted) => void changes.push(noted) },
    facts: {},
    url: new URL(context.req.url),
    cookies: headers.get('cookie') ?? undefined,
    gone: context.req.raw.signal,
    lastEventId: headers.get('last-event-id') ?? undefined,
    agent: headers.get('user-agent') ?? '',
    setCookie: (line) => {
      cookies.push(line)
      context.header('Set-Cookie', line, { append: true })
    },
  }
  return { call, cookies, changes }
}
