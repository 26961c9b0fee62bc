// Who administers, with what role, and which tenants: what each route of the admin API is checked against.

/**
 * What an administrator may do. `see`: names, settings, counts. `values`: people's data, the change log included. `edit`: resources
 * and schemas. `connect`: connections and their tokens. `own`: tenants, administrators, everything that can't be undone.
 */
export const CAPABILITIES = ['see', 'values', 'edit', 'connect', 'own'] as const
/** One of {@link CAPABILITIES}. */
export type Capability = (typeof CAPABILITIES)[number]

/** The roles of administrators, each with its capabilities. */
export const ROLES = {
  owner: CAPABILITIES,
  operator: ['see', 'values', 'edit', 'connect'],
  auditor: ['see', 'values'],
  support: ['see'],
} as const satisfies { readonly [role: string]: readonly Capability[] }
/** One of {@link ROLES}. */
export type Role = keyof typeof ROLES

/** An administrator who has signed in. */
export interface Administrator {
  /** The name in the change log. */
  readonly actor: string
  readonly role: Role
  /** Names of the tenants it is limited to; undefined: all tenants, and the database as a whole. */
  readonly tenants: readonly string[] | undefined
}

/** Whether a text names a role. */
export function isRole(name: string): name is Role {
  return Object.hasOwn(ROLES, name)
}

/** Whether an administrator has a capability. */
export function hasCapability({ role }: Administrator, capability: Capability): boolean {
  const own: readonly Capability[] = ROLES[role]
  return own.includes(capability)
}

/** Whether a tenant is one of an administrator's. To other administrators it looks as if it didn't exist. */
export function reaches({ tenants }: Administrator, tenant: string): boolean {
  return tenants === undefined || tenants.includes(tenant)
}
