// Finds Node's own cryptography where there is any, without an import that bundles would need.

import type * as Crypto from 'node:crypto'

/** The module `node:crypto`, at once; undefined in browsers, in workers without it, and on Node before 20.16. */
export function nodeCrypto(): typeof Crypto | undefined {
  loaded ??= { module: globalThis.process?.getBuiltinModule?.('node:crypto') }
  return loaded.module
}

let loaded: { readonly module: typeof Crypto | undefined } | undefined

/** The module `node:crypto`. Throws where there is none: what calls it is for servers. */
export function requireNodeCrypto(): typeof Crypto {
  const found = nodeCrypto()
  if (found === undefined) throw new Error('node:crypto is needed, which this runtime does not have')
  return found
}
