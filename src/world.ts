/** What comes from outside: time and chance. Handed in everywhere, so that tests own both. */
export interface World {
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Fills with cryptographically strong random bytes and returns the same array. */
  readonly random: (bytes: Uint8Array) => Uint8Array
}

/** The real world. */
export const world: World = {
  now: () => Date.now(),
  random: (bytes) => crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>),
}
