// How many turns run at once: in all, for one tenant, and those that only the first lane may have.

/** Limits of turns at once. */
export interface SlotLimits {
  readonly total: number
  readonly perTenant: number
}

/** Counts the turns under way. */
export interface Slots {
  /** Whether another turn of this tenant may begin. `first`: it is of the first lane. */
  readonly room: (tenant: string, first: boolean) => 'yes' | 'tenant full' | 'full'
  /** Whether only the first lane has room left. */
  readonly firstOnly: () => boolean
  readonly take: (tenant: string, first: boolean) => void
  readonly free: (tenant: string, first: boolean) => void
}

/** One slot of so many is kept for the first lane, in all and for each tenant. */
const RESERVED = 4

/** Makes the count. */
export function createSlots({ total, perTenant }: SlotLimits): Slots {
  const used = { all: 0, others: 0 }
  const tenants = new Map<string, { all: number; others: number }>()
  // One slot alone is for every lane: else the others would never run.
  const reserved = (slots: number) => (slots < 2 ? 0 : Math.ceil(slots / RESERVED))
  const full = (count: { readonly all: number; readonly others: number }, slots: number, first: boolean) =>
    count.all >= slots || (!first && count.others >= slots - reserved(slots))

  function change(tenant: string, first: boolean, by: 1 | -1): void {
    const own = tenants.get(tenant) ?? { all: 0, others: 0 }
    for (const count of [used, own]) {
      count.all += by
      if (!first) count.others += by
    }
    if (own.all === 0) tenants.delete(tenant)
    else tenants.set(tenant, own)
  }

  return {
    room(tenant, first) {
      if (full(used, total, first)) return 'full'
      return full(tenants.get(tenant) ?? { all: 0, others: 0 }, perTenant, first) ? 'tenant full' : 'yes'
    },
    firstOnly: () => full(used, total, false),
    take: (tenant, first) => change(tenant, first, 1),
    free: (tenant, first) => change(tenant, first, -1),
  }
}
