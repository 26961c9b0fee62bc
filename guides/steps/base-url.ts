// The base URL as an identity provider is given it: Entra ID wants a flag behind it.

import { guideOf } from './guides.ts'
import { isToCopy, withValues } from './text.ts'

/** The base URL for a kind of connection, as its guide has it pasted. */
export function baseUrlFor(kind: string, baseUrl: string): string {
  const fields = guideOf(kind)?.steps.flatMap((step) => step.fields ?? []) ?? []
  const field = fields.find(({ value }) => value.includes('{base-url}'))
  return field !== undefined && isToCopy(field.value) ? withValues(field.value, { baseUrl }) : baseUrl
}
