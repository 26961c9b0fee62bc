// Applies quirks to a message.

import type { Catalog } from '../protocol/index.ts'
import type { Message, Quirk } from './quirk.ts'

/**
 * Applies quirks one after the other. Gives the very same message when none had anything to change. `changed` is called with the name of
 * each that had.
 */
export function rewrite(
  quirks: readonly Quirk[],
  message: Message,
  catalog: Catalog,
  changed?: (name: string) => void,
): Message {
  return quirks.reduce((current, quirk) => {
    const next = quirk.inbound(current, catalog)
    if (next !== current) changed?.(quirk.name)
    return next
  }, message)
}
