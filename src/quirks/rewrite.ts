// Applies quirks to a message.

import type { Catalog } from '../protocol/index.ts'
import type { Message, Quirk } from './quirk.ts'

/** Applies quirks one after the other. Gives the very same message when none had anything to change. */
export function rewrite(quirks: readonly Quirk[], message: Message, catalog: Catalog): Message {
  return quirks.reduce((current, quirk) => quirk.inbound(current, catalog), message)
}
