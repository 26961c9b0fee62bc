// The names of resources by id, also of those that are gone.

import { typeByName } from '../../protocol/index.ts'
import type { Store } from '../../store/index.ts'
import type { Tenancy } from '../../tenancy/index.ts'
import { documentFrom } from './document.ts'
import type { HistoryReader } from './reader.ts'
import { linesAt } from './timeline.ts'

/** Whose id it is, or was. */
export interface Named {
  readonly id: string
  readonly type: string
  /** The name it is shown by; its id if it has none. */
  readonly name: string
  readonly gone: boolean
}

/** What names are found with. */
interface NamesDeps {
  readonly store: Pick<Store, 'names' | 'changes'>
  readonly history: HistoryReader
  readonly tenancy: Pick<Tenancy, 'ready' | 'catalog'>
}

/** The attributes that name a resource, the best first. */
const NAMES = ['displayName', 'userName'] as const

/** The names of resources, in the order of the ids; what never was is left out. Work: the ids, and one look over who is gone. */
export async function namesOf(
  { store, history, tenancy }: NamesDeps,
  tenant: string,
  ids: readonly string[],
): Promise<readonly Named[]> {
  const named = new Map<string, Named>()
  for (const { id, type, display } of await store.names(tenant, ids))
    named.set(id, { id, type, name: display || id, gone: false })
  const missing = new Set(ids.filter((id) => !named.has(id)))
  if (missing.size > 0) {
    await tenancy.ready(tenant)
    const { departed } = await history.of(tenant)
    const gone = [...departed.values()].filter(({ id }) => missing.has(id))
    const lines = await linesAt(
      store,
      tenant,
      gone.map(({ place }) => place),
    )
    for (const { id, type, place } of gone) {
      const known = typeByName(tenancy.catalog(tenant), type)
      const line = lines.get(place)
      const last = known === undefined || line === undefined ? {} : documentFrom(line.paths, 'old', known)
      const name = NAMES.map((one) => last[one]).find((one) => typeof one === 'string' && one !== '')
      named.set(id, { id, type, name: typeof name === 'string' ? name : id, gone: true })
    }
  }
  return ids.flatMap((id) => named.get(id) ?? [])
}
