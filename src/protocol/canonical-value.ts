// Values of attributes that take only their canonical values. RFC 7643 §7.

import { comparable } from './folding.ts'
import type { Attribute } from './schema.ts'

/**
 * The canonical value that a text means, in the schema's own spelling; undefined when it means none of them. Letter case counts where
 * the attribute is case exact. RFC 7643 §7.
 */
export function canonicalValue(attribute: Attribute, text: string): string | undefined {
  const { canonicalValues = [] } = attribute
  if (canonicalValues.includes(text)) return text
  if (attribute.caseExact) return undefined
  const wanted = comparable(attribute, text)
  return canonicalValues.find((each) => comparable(attribute, each) === wanted)
}
