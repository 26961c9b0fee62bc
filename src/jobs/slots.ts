// Limits how many turns run at once, in total and per tenant, and reserves some for the first lane.

/** How many turns may run at once. */
export interface SlotLimits {
  readonly total: number
  readonly perTenant: number
}

/** Counts the running turns. */
export interface Slots {
  /** Whether another turn of this tenant may start. `first`: it is in the first lane. */
  readonly room: (tenant: string, first: boolean) => 'yes' | 'tenant full' | 'full'
  /** Whether there is room for the first lane only. */
  readonly firstOnly: () => boolean
  readonly take: (tenant: string, first: boolean) => void
  readonly free: (tenant: string, first: boolean) => void
}

/** One in this many slots is reserved for the first lane, in total and per tenant. */
const RESERVED = 4

/** Creates the counters. */
export function createSlots({ total, perTenant }: SlotLimits): Slots {
  const used = { all: 0, others: 0 }
  const tenants = new Map<string, { all: number; others: number }>()
  // A single slot is open to every lane; otherwise the other lanes would never run.
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
