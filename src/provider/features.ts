/** What a tenant offers; what is off is advertised so and answers 501, or is ignored where RFC 7644 says so. */
export interface Features {
  readonly patch: boolean
  readonly bulk: boolean
  readonly sort: boolean
  readonly filter: boolean
  readonly me: boolean
  /** Attribute paths that may not stand in the filter of a URL: 403 `sensitive`, use /.search. RFC 7644 §7.5.2. */
  readonly sensitive: readonly string[]
  /** Attributes that people may change on /Me besides those that everybody may. RFC 7644 §3.11. */
  readonly selfService: readonly string[]
}

/** Everything on. */
export const ALL_FEATURES: Features = {
  patch: true,
  bulk: true,
  sort: true,
  filter: true,
  me: true,
  sensitive: [],
  selfService: [],
}
