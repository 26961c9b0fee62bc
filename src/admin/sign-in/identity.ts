// Finds out who a session's holder is at this moment: role and tenants, or nobody any more.

import type { Administrator } from '../../access/index.ts'
import type { Operators, RoleGrant, SignIn, Tenancy } from '../../tenancy/index.ts'
import type { Holder } from './holder.ts'
import { roleByClaims, type Staff } from './roles.ts'

/** Somebody who is let in. */
export interface Identity extends RoleGrant {
  /** The name in the change log. */
  readonly actor: string
  /** The name for people. */
  readonly name: string
}

/** Looks up who a holder is now; undefined: nobody any more. */
export type IdentityOf = (holder: Holder) => Promise<Identity | undefined>

/** Where people are looked up. */
export interface IdentityDeps {
  readonly tenancy: Pick<Tenancy, 'adminTokens'>
  readonly operators: Operators
  readonly settings: Pick<SignIn, 'read'>
  readonly staff: Staff
}

/** Creates the look-up. */
export function createIdentityOf({ tenancy, operators, settings, staff }: IdentityDeps): IdentityOf {
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
      case 'oidc': {
        const own = await settings.read()
        if (own.oidc?.issuer !== holder.issuer) return undefined
        const role = roleByClaims(holder.claims, own)
        return role === undefined ? undefined : { ...role, actor: `console:${holder.subject}`, name: holder.name }
      }
      case 'person': {
        const { oidc, staff: own } = await settings.read()
        if (oidc?.issuer !== holder.issuer || own?.tenant !== holder.tenant) return undefined
        const found = await staff.role(own, holder.person)
        return found === undefined ? undefined : { ...found, actor: `console:${holder.tenant}/${holder.person}` }
      }
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
