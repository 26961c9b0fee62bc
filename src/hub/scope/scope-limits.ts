// Bounds of scopes and grants.

/** What a scope and the grants of an app may hold at most. Past them: ConfigError. */
export const SCOPE_LIMITS = {
  /** Longest filter, in characters. */
  FILTER_LENGTH: 8_192,
  /** Most different groups that a scope and the grants name together. */
  GROUPS: 1_000,
  /** Most grants. */
  GRANTS: 1_000,
  /** Longest id of a group, value, or display, in characters. */
  TEXT_LENGTH: 1_024,
} as const
