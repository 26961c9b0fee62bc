import { Conflict, type ExportRow, type Store } from '../store/index.ts'
import { exists, invalid } from './errors.ts'
import { factsOf, numberOf, oneRecord, textOf } from './records.ts'
import { IMPORT_RECORD } from './require-imported.ts'
import { DEFAULT_TENANT, isTenantName, type Tenants } from './tenants.ts'

/** How far a tenant that is moved here has come. */
export interface ImportProgress {
  /** Checksum of the file it comes from: only that one can go on with it. */
  readonly checksum: string
  /** Bytes and lines of the file that are in the database. */
  readonly offset: number
  readonly line: number
}

/** Tenants that are moved here from another database, row by row. */
export interface TenantImports {
  /** Makes the tenant, not served yet, or says how far it has come. Refuses one that is here already. */
  readonly begin: (
    tenant: string,
    from: { readonly checksum: string; readonly created: number; readonly offset: number; readonly line: number },
  ) => Promise<ImportProgress>
  /** Puts rows, and how far that is, in one transaction. */
  readonly put: (tenant: string, rows: readonly ExportRow[], now: ImportProgress) => Promise<void>
  /** What the tenant holds, as whoever moves it on would read it. */
  readonly rows: (tenant: string, after?: ExportRow) => AsyncIterable<readonly ExportRow[]>
  /** Says that the tenant is whole: from now on it is served. */
  readonly finish: (tenant: string) => Promise<void>
}

/** Makes the room's part for tenants that are moved here. */
export function createTenantImports(store: Store, tenants: Tenants): TenantImports {
  const recordOf = (tenant: string) => ({ tenant, ...IMPORT_RECORD })
  const save = (tenant: string, { checksum, offset, line }: ImportProgress) =>
    ({ write: 'record', record: recordOf(tenant), value: { checksum, offset, line } }) as const

  async function stateOf(tenant: string): Promise<ImportProgress | undefined> {
    const record = await oneRecord(store, tenant, IMPORT_RECORD.kind, IMPORT_RECORD.key)
    if (record === undefined) return undefined
    const facts = factsOf(record)
    return {
      checksum: textOf(facts.checksum) ?? '',
      offset: numberOf(facts.offset) ?? 0,
      line: numberOf(facts.line) ?? 0,
    }
  }

  return {
    begin: async (tenant, { created, ...start }) => {
      if (!isTenantName(tenant)) {
        throw invalid(`"${tenant}" can't name a tenant: a name is 1 to 63 characters long, of a-z, 0-9 and -`)
      }
      const before = await stateOf(tenant)
      if (before !== undefined) {
        if (before.checksum === start.checksum) return before
        throw exists(
          `Tenant "${tenant}" is half imported from another file; continue with that file, or remove the tenant with: lockstep tenant delete ${tenant}`,
        )
      }
      try {
        await store.commit([{ write: 'tenant', tenant, as: 'new', at: created }])
      } catch (error) {
        if (!(error instanceof Conflict && error.reason === 'exists')) throw error
        // An import that was cut short between this step and the next has left a tenant without anything.
        const there = await store.tenant(tenant)
        if (there?.created !== created || there.place > 0 || (await isUsed(tenant))) {
          throw exists(`A tenant named "${tenant}" exists already; choose another name with --as`)
        }
      }
      await store.commit([save(tenant, start)])
      return start
    },
    put: async (tenant, rows, now) => {
      await store.commit([{ write: 'load', tenant, rows }, save(tenant, now)])
    },
    async *rows(tenant, after) {
      for await (const chunk of store.exportTenant(tenant, after)) {
        yield chunk.filter((row) => row.row !== 'record' || row.kind !== IMPORT_RECORD.kind)
      }
    },
    finish: async (tenant) => {
      await store.commit([{ write: 'record', record: recordOf(tenant), value: undefined }])
      // A first start would make this tenant and let somebody in.
      if (tenant === DEFAULT_TENANT && (await tenants.isFirstStart())) await tenants.endFirstStart()
    },
  }

  async function isUsed(tenant: string): Promise<boolean> {
    for await (const chunk of store.exportTenant(tenant)) if (chunk.length > 0) return true
    return false
  }
}
