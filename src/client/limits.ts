// The limits of the client.

/** The limits of the client, each the default of an option or fixed. */
export const CLIENT_LIMITS = {
  /** How long one attempt may take, its answer included, in milliseconds. Past it: ERR_TIMEOUT. */
  TIMEOUT_MS: 30_000,
  /** Largest answer. Past it: ERR_TOO_LARGE. */
  ANSWER_BYTES: 64 * 1024 * 1024,
  /** Attempts of one request, the first one included. */
  ATTEMPTS: 4,
  /** First upper bound of the time between two attempts; it doubles with each. */
  BACKOFF_MS: 500,
  /** Longest wait for the next attempt. A longer `Retry-After` is not waited for; the error says how long it is. */
  WAIT_MS: 60_000,
  /** Requests to one host at the same time. */
  CONCURRENCY: 8,
  /** Longest URL of a search; past it the search goes by POST to `/.search`. */
  URL_LENGTH: 2_000,
  /** How long what a server says about itself is believed, in milliseconds. */
  DISCOVERY_MS: 600_000,
  /** Redirects within the same origin that are followed. */
  REDIRECTS: 3,
  /** Pages of one list. Past it: ERR_INCOMPLETE. */
  PAGES: 100_000,
  /** Ids that a list remembers (some 80 bytes each), so that each is given once and counted once. Past it: ERR_INCOMPLETE. */
  SEEN_IDS: 10_000_000,
  /** Pages in a row without anything new before a list is given up. */
  STALE_PAGES: 3,
  /** How often a list is read when fewer different resources came than `totalResults` promised. Then: ERR_INCOMPLETE. */
  PASSES: 3,
  /** How often an update reads and tries again after losing to another writer. */
  UPDATE_ATTEMPTS: 4,
  /** Operations of one bulk request where the server names no limit. */
  BULK_OPERATIONS: 1_000,
  /** Bytes of one bulk request where the server names no limit. */
  BULK_BYTES: 1_048_576,
} as const
