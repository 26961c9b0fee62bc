// A caller that the host vouches for, an administrator who has signed in: its principal, and what it is offered.

import { ALL_FEATURES, type Features, type Principal } from '../access/index.ts'
import type { Call, Vouched } from '../call.ts'
import { isKind, profileOf } from '../quirks/index.ts'

/** The principal of a call that the host vouches for, once the tenant's catalog is in memory. */
export function vouchedPrincipal(
  { actor, mayWrite, dialect = 'strict' }: Vouched,
  call: Call,
  ready: ((tenant: string) => void | Promise<void>) | undefined,
): Principal | Promise<Principal> {
  const { tenant = '' } = call
  const principal: Principal = {
    tenant,
    actor,
    profile: profileOf(isKind(dialect) ? dialect : 'strict'),
    rights: { '*': { read: true, write: mayWrite } },
  }
  const loading = ready?.(tenant)
  return loading instanceof Promise ? loading.then(() => principal) : principal
}

/** What a call is offered. What a tenant does not offer its clients, its administrators have all the same. */
export function offered(call: Call, ofTenant: Features): Features {
  return call.vouched === undefined ? ofTenant : { ...ALL_FEATURES, sensitive: ofTenant.sensitive }
}
