// Who administers, with what role, and which tenants: what each route of the admin API is checked against.

/**
 * What an administrator may do. `see`: names, settings, counts. `values`: people's data, the change log included. `edit`: resources
 * and schemas. `connect`: connections and their tokens. `apps`: what the hub keeps in lockstep, and how. `approve`: what the guard has
 * held, and putting people out at once. `own`: tenants, administrators, everything that can't be undone.
 */
export const CAPABILITIES = ['see', 'values', 'edit', 'connect', 'apps', 'approve', 'own'] as const
/** One of {@link CAPABILITIES}. */
export type Capability = (typeof CAPABILITIES)[number]

/** The roles of administrators, each with its capabilities. */
export const ROLES = {
  owner: CAPABILITIES,
  operator: ['see', 'values', 'edit', 'connect', 'apps', 'approve'],
  administrator: ['see', 'values', 'edit', 'connect', 'apps', 'approve'],
  auditor: ['see', 'values'],
  support: ['see'],
} as const satisfies { readonly [role: string]: readonly Capability[] }
/** One of {@link ROLES}. */
export type Role = keyof typeof ROLES

/** Roles that are only for tenants that are named: never for the database as a whole. */
const OF_TENANTS: readonly Role[] = ['administrator']

/** How long a sign-in counts as fresh, for what can't be undone. */
export const FRESH_MS = 600_000

/** An administrator who has signed in. */
export interface Administrator {
  /** The name in the change log. */
  readonly actor: string
  readonly role: Role
  /** Names of the tenants it is limited to; undefined: all tenants, and the database as a whole. */
  readonly tenants: readonly string[] | undefined
  /** `token`: each request carries a token. `session`: a browser signed in, and its cookie says so. */
  readonly signedIn: 'token' | 'session'
  /** When the session began, in milliseconds since 1970; absent with a token, which proves itself with each request. */
  readonly since?: number
}

/** Whether a text names a role. */
export function isRole(name: string): name is Role {
  return Object.hasOwn(ROLES, name)
}

/** Whether a role is only for tenants that are named. */
export function needsTenants(role: Role): boolean {
  return OF_TENANTS.includes(role)
}

/** Whether an administrator has a capability. */
export function hasCapability({ role }: Pick<Administrator, 'role'>, capability: Capability): boolean {
  const own: readonly Capability[] = ROLES[role]
  return own.includes(capability)
}

/** Whether a tenant is one of an administrator's. To other administrators it looks as if it didn't exist. */
export function reaches({ tenants }: Pick<Administrator, 'tenants'>, tenant: string): boolean {
  return tenants === undefined || tenants.includes(tenant)
}

/** Whether an administrator has proved who it is just now: by a token, or by signing in within the last ten minutes. */
export function isFresh({ signedIn, since }: Pick<Administrator, 'signedIn' | 'since'>, now: number): boolean {
  return signedIn === 'token' || (since !== undefined && now - since <= FRESH_MS)
}
