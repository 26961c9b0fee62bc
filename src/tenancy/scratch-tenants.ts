// Empty tenants that live for minutes, with the settings, schemas, types and indexes of another.

import type { Environment } from '../environment.ts'
import { allRecords, type LeaseKey, type Store } from '../store/index.ts'
import type { Administration } from './administration.ts'
import { TenancyError } from './errors.ts'
import { RECORDS } from './model.ts'

/** A scratch tenant. */
export interface ScratchTenant {
  readonly name: string
  /** A token for each kind of connection that was asked for. */
  readonly tokens: ReadonlyMap<string, string>
  /** Says that it is still in use: without a word for a minute, {@link sweepScratchTenants} removes it. */
  readonly keep: () => Promise<void>
  /** Removes it with everything in it. */
  readonly remove: () => Promise<void>
}

/** What scratch tenants are made with. */
export interface ScratchDeps {
  readonly store: Store
  readonly administration: Pick<Administration, 'tenants' | 'connections'>
  readonly environment: Pick<Environment, 'random'>
}

const PREFIX = 'lockstep-check-'
const NAME = /^lockstep-check-[0-9a-f]{16}$/
/** Says of a tenant that it is one: nothing else with such a name is ever removed. */
const MARK = { queue: 'check/scratch', key: 'scratch' } as const
const LEASE = 'check-scratch'
const LEASE_MS = 60_000
/** What it takes over from the tenant that it is like. */
const COPIED = [RECORDS.schema, RECORDS.type, RECORDS.index, RECORDS.settings] as const
/** Tenants that one sweep looks at. */
const SWEPT = 100

/** Makes a scratch tenant like another one, with a connection of each of these kinds. Nobody's resources are in it. */
export async function makeScratchTenant(
  { store, administration, environment }: ScratchDeps,
  like: string,
  kinds: readonly string[],
): Promise<ScratchTenant> {
  const bytes = environment.random(new Uint8Array(8))
  const name = `${PREFIX}${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`
  const { tenants, connections } = administration
  await tenants.show(like)
  await tenants.create(name)
  const lease = { tenant: name, name: LEASE }
  const keep = async () => void (await store.lease(lease, name, LEASE_MS))
  const remove = () => removeIfThere(administration, name)
  try {
    await keep()
    await store.commit([{ write: 'item', item: { tenant: name, ...MARK }, set: { value: { like } } }])
    for (const kind of COPIED) {
      const records = await allRecords(store, like, kind)
      if (records.length === 0) continue
      await store.commit(
        records.map(({ key, tag, value }) => ({
          write: 'record' as const,
          record: { tenant: name, kind, key },
          ...(tag === undefined ? {} : { tag }),
          value,
        })),
      )
    }
    const tokens = new Map<string, string>()
    for (const kind of new Set(kinds)) {
      const { token } = await connections.create(name, { kind, label: `Check of ${like}`, lifetimeMs: 86_400_000 })
      tokens.set(kind, token)
    }
    return { name, tokens, keep, remove }
  } catch (error) {
    await remove()
    throw error
  }
}

/** Removes scratch tenants whose process has ended without a word. */
export async function sweepScratchTenants({ store, administration, environment }: ScratchDeps): Promise<void> {
  const bytes = environment.random(new Uint8Array(8))
  const owner = `sweep-${Array.from(bytes, (byte) => byte.toString(16)).join('')}`
  for (const { tenant } of await store.tenants({ prefix: PREFIX, limit: SWEPT })) {
    if (!NAME.test(tenant)) continue
    const [mark] = await store.items(tenant, MARK.queue, { keys: [MARK.key] })
    const lease: LeaseKey = { tenant, name: LEASE }
    if (mark === undefined || (await store.lease(lease, owner, LEASE_MS)) === undefined) continue
    await removeIfThere(administration, tenant)
  }
}

async function removeIfThere({ tenants }: ScratchDeps['administration'], name: string): Promise<void> {
  try {
    await tenants.delete(name)
  } catch (error) {
    if (!(error instanceof TenancyError && error.code === 'ERR_NOT_FOUND')) throw error
  }
}
