// What proves that apps were told: who was told what, kills, receipts and the keys that sign them.

import type { Environment } from '../../environment.ts'
import type { ListPage, Store, Work } from '../../store/index.ts'
import type { Leaver, Told } from '../contract/index.ts'
import { type Forgotten, forgetPerson } from './forget.ts'
import { type KillDeps, type Killed, type KillResult, killPerson, lastKill, revokeKill } from './kill.ts'
import { type LeaverRow, type LeaversRequest, leaverList } from './leaver-list.ts'
import { issueReceipt, leavingsOf, type SignedReceipt, standingLeaving } from './receipts.ts'
import { createSigningKeys, type Sealing, type SigningKeys } from './signing-keys.ts'
import { sinceLeaving, told } from './told.ts'

/** What proofs are made with. */
export interface ProofDeps {
  readonly store: Store & Work
  readonly environment: Environment
  readonly sealing: Sealing
  /** The address of the installation: who vouches. */
  readonly issuer: () => Promise<string>
}

/** What administrators and auditors ask the hub about a person. */
export interface Proof {
  /** What each app of the tenant was told of a person. */
  readonly told: (tenant: string, user: string) => Promise<readonly Told[]>
  /** The last kill of a person, and whether it was taken back. */
  readonly killed: (tenant: string, user: string) => Promise<Killed | undefined>
  readonly kill: (tenant: string, user: string) => Promise<KillResult>
  readonly revokeKill: (tenant: string, user: string) => Promise<boolean>
  /** A receipt as of now, signed. */
  readonly receipt: (tenant: string, user: string) => Promise<SignedReceipt>
  /** Whether the hub noticed that somebody of this id left. */
  readonly hasLeft: (tenant: string, user: string) => Promise<boolean>
  /** Each time that somebody left, and when the receipt of it was signed. */
  readonly leavings: (
    tenant: string,
    user: string,
  ) => Promise<readonly Pick<Leaver, 'how' | 'at' | 'place' | 'signedAt'>[]>
  /** Who left, the last one first. */
  readonly leavers: (tenant: string, request: LeaversRequest) => Promise<ListPage<LeaverRow>>
  /** Takes an erased person out of what the hub remembers. */
  readonly forget: (tenant: string, user: string) => Promise<Forgotten>
  readonly keys: SigningKeys
}

/** Creates the proofs, for an administrator of this name in the log. */
export function createProof(
  deps: ProofDeps,
  requireTenant: (tenant: string) => Promise<unknown>,
  actor: string,
): Proof {
  const { store, environment, sealing, issuer } = deps
  const keys = createSigningKeys({ store, environment, sealing })
  const receipts = { store, environment, keys, issuer }
  const kills: KillDeps = { store, environment, actor }
  const within = <T>(ask: (tenant: string, user: string) => Promise<T>) => {
    return async (tenant: string, user: string) => {
      await requireTenant(tenant)
      return ask(tenant, user)
    }
  }
  return {
    told: within(async (tenant, user) => {
      const [rows, left] = await Promise.all([told(store, tenant, user), standingLeaving(store, tenant, user)])
      return sinceLeaving(rows, left?.at)
    }),
    killed: within((tenant, user) => lastKill(store, tenant, user)),
    kill: within((tenant, user) => killPerson(kills, tenant, user)),
    revokeKill: within((tenant, user) => revokeKill(kills, tenant, user)),
    receipt: within((tenant, user) => issueReceipt(receipts, tenant, user)),
    hasLeft: within(async (tenant, user) => (await leavingsOf(store, tenant, user)).length > 0),
    leavings: within(async (tenant, user) => (await leavingsOf(store, tenant, user)).map(({ leaver }) => leaver)),
    leavers: async (tenant, request) => {
      await requireTenant(tenant)
      return leaverList(store, tenant, request)
    },
    forget: within((tenant, user) => forgetPerson(store, tenant, user)),
    keys,
  }
}
