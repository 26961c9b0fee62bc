// The ways of speaking to apps that are built in.

import { SCIM_KIND } from './adapters/scim/scim-kind.ts'
import { TABLE_KIND } from './adapters/table/table-kind.ts'
import { WEBHOOK_KIND } from './adapters/webhook/webhook-kind.ts'
import type { AdapterKind } from './contract/index.ts'

/** The adapters that are built in, the first one for apps that don't name theirs. */
export const ADAPTER_KINDS: readonly AdapterKind[] = [SCIM_KIND, WEBHOOK_KIND, TABLE_KIND]
