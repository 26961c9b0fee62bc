// Walks all sealed secrets of a database: to seal them with the first key, and to say which can be opened.

import { isObject, type Json } from '../protocol/index.ts'
import { allRecords, putIfSame, type Store, type StoredRecord, untilUnchanged } from '../store/index.ts'
import { SealError, type Sealer, sealedWith } from './sealed.ts'

/** Kinds of records that may hold sealed secrets, in members named `sealed`. */
const SEALED_KINDS = ['app', 'signing-key', 'sign-in'] as const

/** Tenants that are read at once. */
const TENANTS = 500

/** A secret that can't be opened. */
export interface Unopened {
  readonly tenant: string
  readonly kind: string
  readonly key: string
  readonly message: string
}

/** What a walk over all sealed secrets has found. */
export interface SealedFound {
  readonly secrets: number
  /** How many were sealed by each key, as they were found. */
  readonly byKey: { readonly [id: string]: number }
  /** Sealed again with the first key. */
  readonly renewed: number
  readonly unopened: readonly Unopened[]
}

/** Opens every sealed secret; with `renew`, seals those of older keys with the first one. What can't be opened stays as it is. */
export async function walkSealed(
  store: Store,
  sealer: Sealer,
  { renew }: { readonly renew: boolean },
): Promise<SealedFound> {
  const byKey: { [id: string]: number } = {}
  const unopened: Unopened[] = []
  let secrets = 0
  let renewed = 0
  const visit = async (record: StoredRecord) => {
    const { tenant, kind, key } = record
    for (const sealed of sealedIn(record.value)) {
      secrets++
      const id = sealedWith(sealed) ?? 'unknown'
      byKey[id] = (byKey[id] ?? 0) + 1
      try {
        await sealer.open(sealed, record)
      } catch (error) {
        if (!(error instanceof SealError)) throw error
        unopened.push({ tenant, kind, key, message: error.message })
      }
    }
    if (renew) renewed += await renewRecord(store, sealer, record)
  }
  for await (const tenant of tenantsOf(store)) {
    for (const kind of SEALED_KINDS) {
      for (const record of await allRecords(store, tenant, kind)) await visit(record)
    }
  }
  return { secrets, byKey, renewed, unopened }
}

/** The database as a whole, then each tenant. */
async function* tenantsOf(store: Store): AsyncGenerator<string> {
  yield ''
  for (let after: string | undefined; ; ) {
    const page = await store.tenants({ limit: TENANTS, ...(after === undefined ? {} : { after }) })
    for (const { tenant } of page) yield tenant
    after = page.at(-1)?.tenant
    if (page.length < TENANTS || after === undefined) return
  }
}

/** Seals the secrets of a record again, as it is at the commit. Returns how many. */
function renewRecord(store: Store, sealer: Sealer, { tenant, kind, key }: StoredRecord): Promise<number> {
  return untilUnchanged(key, async () => {
    const [record] = await store.records(tenant, kind, { key, limit: 1 })
    if (record === undefined) return 0
    let count = 0
    const value = await mapSealed(record.value, async (sealed) => {
      const next = await sealer.renew(sealed, record).catch((error: unknown) => {
        if (error instanceof SealError) return sealed
        throw error
      })
      if (next !== sealed) count++
      return next
    })
    if (count > 0) await store.commit([putIfSame(record, value)])
    return count
  })
}

function sealedIn(value: Json): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(sealedIn)
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([name, inner]) =>
    name === 'sealed' && typeof inner === 'string' ? [inner] : sealedIn(inner),
  )
}

async function mapSealed(value: Json, change: (sealed: string) => Promise<string>): Promise<Json> {
  if (Array.isArray(value)) return Promise.all(value.map((inner) => mapSealed(inner, change)))
  if (!isObject(value)) return value
  const entries = Object.entries(value).map(async ([name, inner]) => [
    name,
    name === 'sealed' && typeof inner === 'string' ? await change(inner) : await mapSealed(inner, change),
  ])
  return Object.fromEntries(await Promise.all(entries))
}
