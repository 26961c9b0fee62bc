// Which role the claims of an identity provider, or the groups of a person, give: the first rule that fits.

import { type Directory, documentOf } from '../../directory/index.ts'
import { readQuery, STRICT } from '../../protocol/index.ts'
import type { RoleGrant, SignInSettings, StaffSettings, Tenancy } from '../../tenancy/index.ts'

/** Longest claim value that is looked at, and most values of one. */
const VALUE_LENGTH = 500
const VALUES = 2_000

/** The claims of an ID token. */
export type Claims = { readonly [claim: string]: unknown }

/**
 * The values of a claim: one text, or a list of them. An address counts only if the identity provider has checked it: with some of them
 * anybody may give any.
 */
export function valuesOf(claims: Claims, claim: string): readonly string[] {
  if (claim === 'email' && claims.email_verified !== true) return []
  const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined
  const all = Array.isArray(value) ? value.slice(0, VALUES) : [value]
  return all.flatMap((one) => {
    const text = typeof one === 'number' || typeof one === 'boolean' ? String(one) : one
    return typeof text === 'string' && text.length <= VALUE_LENGTH ? [text] : []
  })
}

/** Of the claims those values alone that some rule asks for: nothing else is kept. */
export function askedFor(
  claims: Claims,
  { rules }: Pick<SignInSettings, 'rules'>,
): { readonly [claim: string]: readonly string[] } {
  const asked: { [claim: string]: string[] } = {}
  for (const { claim, value } of rules) {
    if (valuesOf(claims, claim).includes(value)) asked[claim] = [...(asked[claim] ?? []), value]
  }
  return asked
}

/** The role that kept claims give; undefined: none. */
export function roleByClaims(
  kept: { readonly [claim: string]: readonly string[] },
  { rules }: Pick<SignInSettings, 'rules'>,
): RoleGrant | undefined {
  const rule = rules.find(({ claim, value }) => Object.hasOwn(kept, claim) && kept[claim]?.includes(value) === true)
  return rule === undefined ? undefined : grantOf(rule)
}

/** Looks people of a tenant up. */
export interface Staff {
  /** The id of the person whom a claim names; undefined: nobody, or more than one. */
  readonly find: (staff: StaffSettings, claims: Claims) => Promise<string | undefined>
  /** The name and the role of a person at this moment; undefined: inactive, gone, or in no group that gives one. */
  readonly role: (staff: StaffSettings, person: string) => Promise<(RoleGrant & { readonly name: string }) | undefined>
}

/** Creates the look-up. It asks the directory each time, so that whoever leaves is out. */
export function createStaff(tenancy: Pick<Tenancy, 'ready' | 'catalog' | 'tenants'>, directory: Directory): Staff {
  const search = async (tenant: string, filter: string) => {
    // A tenant that is gone has nobody.
    const known = await tenancy.tenants.show(tenant).catch(() => undefined)
    if (known === undefined) return []
    await tenancy.ready(tenant)
    const type = tenancy.catalog(tenant).types.find(({ name }) => name === 'User')
    if (type === undefined) return []
    const query = readQuery({ count: '2', filter })
    const context = { tenant, actor: '', allow: STRICT }
    const { resources } = await directory.find(
      directory.plan(context, [type], query, '', { groups: true, total: false }),
    )
    return resources
  }
  return {
    async find({ tenant, claim, attribute }, claims) {
      const [value, ...more] = valuesOf(claims, claim)
      if (value === undefined || value === '' || more.length > 0) return undefined
      const [person, ...others] = await search(tenant, `${attribute} eq ${JSON.stringify(value)}`)
      return others.length === 0 ? person?.id : undefined
    },
    async role({ tenant, groups }, id) {
      const [person] = await search(tenant, `id eq ${JSON.stringify(id)}`)
      if (person === undefined || documentOf(person).active === false) return undefined
      const own = new Set((person.groups ?? []).map((group) => group.id))
      const rule = groups.find(({ group }) => own.has(group))
      return rule === undefined ? undefined : { ...grantOf(rule), name: person.display }
    },
  }
}

function grantOf({ role, tenants }: RoleGrant): RoleGrant {
  return { role, ...(tenants === undefined ? {} : { tenants }) }
}
