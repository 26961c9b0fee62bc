// What a tenant offers to its clients, and what it has switched off.

/** The parts of the protocol that a tenant can switch off; ServiceProviderConfig says which are on. RFC 7643 §5 (P-526). */
export interface FeatureSwitches {
  /** PATCH (P-340). Off: 501. */
  readonly patch: boolean
  /** /Bulk (P-420). Off: 501. */
  readonly bulk: boolean
  /** /Me (P-450). Off: 501. */
  readonly me: boolean
  /** `sortBy`. Off: ignored. */
  readonly sort: boolean
  /** `filter`. Off: 400 invalidFilter. */
  readonly filter: boolean
}

/** Everything a tenant decides about its endpoints. */
export interface Features extends FeatureSwitches {
  /** Attribute paths that the filter of a URL must not contain: 403 `sensitive`, use /.search. RFC 7644 §7.5.2. */
  readonly sensitive: readonly string[]
  /** Attributes that people may change on /Me in addition to those that everyone may change. RFC 7644 §3.11. */
  readonly selfService: readonly string[]
}

/** Everything on. */
export const ALL_FEATURES: Features = {
  patch: true,
  bulk: true,
  me: true,
  sort: true,
  filter: true,
  sensitive: [],
  selfService: [],
}

/** What a host says of its tenants' features, with what it leaves out switched on. */
export function featuresOf(given: ((tenant: string) => Partial<Features>) | undefined): (tenant: string) => Features {
  if (given === undefined) return () => ALL_FEATURES
  // Asked at each request, and most hosts give the same object again.
  const whole = new WeakMap<Partial<Features>, Features>()
  return (tenant) => {
    const some = given(tenant)
    const known = whole.get(some)
    if (known !== undefined) return known
    const all = { ...ALL_FEATURES, ...some }
    whole.set(some, all)
    return all
  }
}
