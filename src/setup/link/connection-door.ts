// What setup links need of the connections of tenants; tenancy and embedded apps both have it.

import type { Rights } from '../../access/index.ts'
import type { Kind } from '../../quirks/index.ts'

/** A connection, as far as links look at it. */
export interface LinkedConnection {
  readonly id: string
  readonly label: string
  readonly kind: Kind
  readonly profile?: Kind
  readonly rights: Rights
  readonly tokens: readonly {
    readonly id: string
    readonly created: number
    readonly expires?: number
    readonly lastUsed?: number
  }[]
}

/** A token just made, with its connection. */
export interface LinkedToken {
  readonly connection: LinkedConnection
  readonly token: string
}

/** The connections of tenants. */
export interface ConnectionDoor {
  readonly show: (tenant: string, id: string) => Promise<LinkedConnection>
  readonly create: (tenant: string, draft: { readonly kind: Kind; readonly label?: string }) => Promise<LinkedToken>
  readonly change: (
    tenant: string,
    id: string,
    draft: { readonly kind: Kind; readonly label: string; readonly rights: Rights },
  ) => Promise<unknown>
  readonly rotate: (tenant: string, id: string, options: { readonly revokeOthers: boolean }) => Promise<LinkedToken>
  readonly revoke: (tenant: string, id: string, token?: string) => Promise<void>
}
