// Imports a tenant from another database, row by row, resumable and invisible until it is complete.

import {
  Conflict,
  type ExportRow,
  factsOf,
  numberOf,
  oneRecord,
  type Store,
  textOf,
  type Write,
} from '../store/index.ts'
import { exists, invalid } from './errors.ts'
import { IMPORT_RECORD } from './require-imported.ts'
import { DEFAULT_TENANT, isTenantName, type Tenants } from './tenants.ts'

type Fence = Extract<Write, { write: 'fence' }>

/** The lease of a tenant's import, and how long it outlives a process that ends without a word. */
const LEASE = 'import'
const LEASE_MS = 60_000

/** How far the import of a tenant has got. */
export interface ImportProgress {
  /** Checksum of its file: only the same file can continue the import. */
  readonly checksum: string
  /** Bytes and lines of the file that have been imported. */
  readonly offset: number
  readonly line: number
}

/** Who imports a tenant. */
export interface ImportingProcess {
  /** Names this process on the database; none before or after it has the same name. */
  readonly name: string
  /** Whether the process of such a name is known to have ended. */
  readonly hasEnded: (name: string) => boolean
}

/** Imports of tenants from another database. */
export interface TenantImports {
  /**
   * Makes the tenant, not served yet, or returns how far its import has got. Refuses a tenant that exists already, and one that another
   * process is importing, unless that has ended.
   */
  readonly begin: (
    tenant: string,
    from: { readonly checksum: string; readonly created: number; readonly offset: number; readonly line: number },
    by: ImportingProcess,
  ) => Promise<ImportProgress>
  /** Writes rows and the progress in one transaction. */
  readonly put: (tenant: string, rows: readonly ExportRow[], now: ImportProgress) => Promise<void>
  /** The rows of the tenant as an export would have them. */
  readonly rows: (tenant: string, after?: ExportRow) => AsyncIterable<readonly ExportRow[]>
  /** Ends the import: from now on the tenant is served. `also`: written in the same commit. */
  readonly finish: (tenant: string, also?: readonly Write[]) => Promise<void>
}

/** Creates the imports part of tenancy. */
export function createTenantImports(store: Store, tenants: Tenants): TenantImports {
  /** The imports of this process: who each is done by, and what fails its commits once another process has taken it over. */
  const own = new Map<string, { readonly name: string; readonly fence: Fence }>()
  const recordOf = (tenant: string) => ({ tenant, ...IMPORT_RECORD })
  const save = (tenant: string, { checksum, offset, line }: ImportProgress) =>
    ({ write: 'record', record: recordOf(tenant), value: { checksum, offset, line } }) as const

  return {
    begin: async (tenant, { created, ...start }, by) => {
      if (!isTenantName(tenant)) {
        throw invalid(`"${tenant}" can't name a tenant: a name is 1 to 63 characters long, of a-z, 0-9 and -`)
      }
      const before = await stateOf(store, tenant)
      if (before !== undefined) {
        if (before.checksum === start.checksum) {
          await take(tenant, by)
          // Until then another process may have got on with it, or ended it.
          const now = await stateOf(store, tenant)
          if (now?.checksum === start.checksum) return now
          await release(tenant)
          throw exists(
            `Tenant "${tenant}" has just been imported or deleted by another process; see it with: lockstep tenant show ${tenant}`,
          )
        }
        throw exists(
          `Tenant "${tenant}" is half imported from another file; continue with that file, or remove the tenant with: lockstep tenant delete ${tenant}`,
        )
      }
      try {
        await store.commit([{ write: 'tenant', tenant, as: 'new', at: created }])
      } catch (error) {
        if (!(error instanceof Conflict && error.reason === 'exists')) throw error
        // An import that was interrupted between this step and the next has left an empty tenant.
        const there = await store.tenant(tenant)
        if (there?.created !== created || there.place > 0 || (await isUsed(tenant))) {
          throw exists(`A tenant named "${tenant}" exists already; choose another name with --as`)
        }
      }
      await take(tenant, by)
      await store.commit([...(await guard(tenant)), save(tenant, start)])
      return start
    },
    put: async (tenant, rows, now) => {
      await store.commit([...(await guard(tenant)), { write: 'load', tenant, rows }, save(tenant, now)])
    },
    async *rows(tenant, after) {
      for await (const chunk of store.exportTenant(tenant, after)) {
        yield chunk.filter((row) => row.row !== 'record' || row.kind !== IMPORT_RECORD.kind)
      }
    },
    finish: async (tenant, also = []) => {
      const imported: Write = { write: 'record', record: recordOf(tenant), value: undefined }
      await store.commit([...(await guard(tenant)), imported, ...also])
      await release(tenant)
      // A first start would make this tenant, and a token for it.
      if (tenant === DEFAULT_TENANT && (await tenants.isFirstStart())) await tenants.endFirstStart()
    },
  }

  /** Makes this process the one that imports the tenant. */
  async function take(tenant: string, { name, hasEnded }: ImportingProcess): Promise<void> {
    const lease = { tenant, name: LEASE }
    let taken = await store.lease(lease, name, LEASE_MS)
    const holder = taken === undefined ? await store.leaseHolder(lease) : undefined
    if (holder !== undefined && hasEnded(holder.owner)) {
      taken = await store.lease(lease, name, LEASE_MS, { from: holder.owner })
    }
    if (taken === undefined) {
      throw exists(
        `Tenant "${tenant}" is being imported by another process; wait for it, or end it and try again in a minute`,
      )
    }
    own.set(tenant, { name, fence: { write: 'fence', lease, epoch: taken.epoch } })
  }

  async function release(tenant: string): Promise<void> {
    const { fence } = own.get(tenant) ?? {}
    if (fence !== undefined) await store.release(fence.lease, fence.epoch)
    own.delete(tenant)
  }

  /** What each commit of an import begins with; renews its lease. */
  async function guard(tenant: string): Promise<readonly Fence[]> {
    const one = own.get(tenant)
    if (one === undefined) return []
    await store.lease(one.fence.lease, one.name, LEASE_MS)
    return [one.fence]
  }

  async function isUsed(tenant: string): Promise<boolean> {
    for await (const chunk of store.exportTenant(tenant)) if (chunk.length > 0) return true
    return false
  }
}

/** How far the import of a tenant has got; undefined when none has begun, or it is complete. */
async function stateOf(store: Store, tenant: string): Promise<ImportProgress | undefined> {
  const record = await oneRecord(store, tenant, IMPORT_RECORD.kind, IMPORT_RECORD.key)
  if (record === undefined) return undefined
  const facts = factsOf(record)
  return {
    checksum: textOf(facts.checksum) ?? '',
    offset: numberOf(facts.offset) ?? 0,
    line: numberOf(facts.line) ?? 0,
  }
}
