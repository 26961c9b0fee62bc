// The ways of speaking to apps that are built in.

import type { AdapterKind } from './contract/index.ts'

/** The adapters that are built in, the first one for apps that don't name theirs. */
export const ADAPTER_KINDS: readonly AdapterKind[] = []
