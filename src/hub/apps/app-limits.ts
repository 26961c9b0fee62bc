// How many apps a tenant may have, and how large their settings may be.

/** Limits of apps, besides `SCOPE_LIMITS`. Past one, the app is refused, with the field that is too large. */
export const APP_LIMITS = {
  /** Apps of a tenant. */
  APPS: 200,
  /** Characters of a label. */
  LABEL: 200,
  /** Characters of the adapter's options as JSON. */
  OPTIONS: 16_384,
  /** Characters of what credentials have in public, as JSON. */
  CREDENTIALS: 4_096,
  /** Characters of a secret. */
  SECRET: 16_384,
  /** Characters of the map of one type, as JSON. */
  MAP: 65_536,
  /** Characters of any other text: ids, values, names. */
  TEXT: 1_024,
  /** Days of any period. */
  DAYS: 36_500,
} as const
