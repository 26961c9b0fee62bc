// Finds out who a session's holder is at this moment: role and tenants, or nobody any more.

import type { Administrator } from '../../access/index.ts'
import type { Operators, RoleGrant, Tenancy } from '../../tenancy/index.ts'
import type { Holder } from './holder.ts'

/** Somebody who is let in. */
export interface Identity extends RoleGrant {
  /** The name in the change log. */
  readonly actor: string
  /** The name for people. */
  readonly name: string
}

/** Looks up who a holder is now; undefined: nobody any more. */
export type IdentityOf = (holder: Holder) => Promise<Identity | undefined>

/** Creates the look-up. */
export function createIdentityOf(tenancy: Pick<Tenancy, 'adminTokens'>, operators: Operators): IdentityOf {
  return async (holder) => {
    switch (holder.by) {
      case 'link': {
        const operator = await operators.find(holder.operator)
        return operator === undefined ? undefined : { ...operator, actor: `console:${operator.id}` }
      }
      case 'token': {
        const token = await tenancy.adminTokens.find(holder.token)
        return token === undefined ? undefined : { ...grantOf(token), actor: `admin:${token.id}`, name: token.label }
      }
      default:
        return undefined
    }
  }
}

function grantOf({ role, tenants }: RoleGrant): RoleGrant {
  return { role, ...(tenants === undefined ? {} : { tenants }) }
}

/** An identity as the administrator of a session. */
export function administratorOf({ actor, role, tenants }: Identity, since: number): Administrator {
  return { actor, role, tenants, signedIn: 'session', since }
}
