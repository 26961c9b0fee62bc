// SCIM for administrators: the provider below the admin API, with the rights of a role's capabilities.

import type { Context } from 'hono'
import { type Administrator, type Capability, hasCapability } from '../access/index.ts'
import { LIMITS } from '../protocol/index.ts'
import { fetchThrough } from '../provider/index.ts'
import type { Handle } from './ask-scim.ts'
import type { Needs } from './route.ts'
import { BODY_BYTES } from './shapes.ts'

/** Path of SCIM in the admin API, below `/admin/v1`. */
export const SCIM_PATH = '/tenants/{tenant}/scim/v2'

/** What tells SCIM's discovery endpoints, which hold nobody's data, from all others. RFC 7644 §4. */
const DISCOVERY = /^\/(?:ServiceProviderConfig|ResourceTypes|Schemas)(?:\/|$)/

/** What a request below {@link SCIM_PATH} needs: `see` for discovery, `values` to read, `edit` to write. */
export function needsOfScim(method: string, path: string): Needs {
  return { capability: capabilityOf(method, path), reach: 'tenant' }
}

function capabilityOf(method: string, path: string): Capability {
  const reads = method === 'GET' || method === 'HEAD'
  if (reads && DISCOVERY.test(path)) return 'see'
  return reads || (method === 'POST' && path.endsWith('/.search')) ? 'values' : 'edit'
}

/** Where SCIM is answered, by a request's target. */
const AT_SCIM = /^\/admin\/v1\/tenants\/[^/?]+\/scim\/v2(?:[/?]|$)/

/** The longest body, in bytes, that a request to this target may have: SCIM has a limit of its own, as it has for tokens. */
export function longestBodyAt(target: string): number {
  return AT_SCIM.test(target) ? LIMITS.BODY_BYTES : BODY_BYTES
}

/** The part of a URL's path below the base URL of SCIM, with its slash: `/Users/2819`. */
export function pathBelowScim(url: string): string {
  const { pathname } = new URL(url)
  const base = '/scim/v2'
  return pathname.slice(pathname.indexOf(base) + base.length) || '/'
}

/** Answers a SCIM request as an administrator that has signed in and has what the request needs. */
export async function answerScim(
  handle: Handle,
  context: Context,
  {
    tenant,
    origin,
    administrator,
  }: { readonly tenant: string; readonly origin: string; readonly administrator: Administrator },
): Promise<Response> {
  const { actor } = administrator
  const located = {
    path: pathBelowScim(context.req.url),
    base: `${origin}/admin/v1/tenants/${tenant}/scim/v2`,
    tenant,
    vouched: { actor, mayWrite: hasCapability(administrator, 'edit') },
  }
  return fetchThrough({ handle, locate: () => located }, context.req.raw)
}
