// Whether a value is one that an attribute takes, and what of it the attribute has a place for.

import { type Attribute, isObject, isPresent, type Json } from '../../protocol/index.ts'

/** What an attribute holds, in the words of findings. */
export function kindOf({ type }: Attribute): 'text' | 'number' | 'boolean' | 'object' {
  switch (type) {
    case 'boolean':
      return 'boolean'
    case 'integer':
    case 'decimal':
      return 'number'
    case 'complex':
      return 'object'
    default:
      return 'text'
  }
}

/** What a value is, in the same words. */
export function kindOfValue(value: Json): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'list'
  return typeof value === 'string' ? 'text' : typeof value
}

/**
 * A value as an attribute takes it: parts that the attribute lacks or nobody may write are left out. Throws an Error that says what
 * doesn't fit. Without an attribute, the value as it is. Undefined: nothing is left of it.
 */
export function fittedTo(value: Json, attribute: Attribute | undefined, asOne = false): Json | undefined {
  if (attribute === undefined) return value
  if (attribute.multiValued && !asOne) {
    if (!Array.isArray(value)) throw new RangeError(`gives ${article(kindOfValue(value))}; ${attribute.name} is a list`)
    const all: Json[] = []
    for (const one of value) {
      const fitted = fittedTo(one, attribute, true)
      if (fitted !== undefined) all.push(fitted)
    }
    return all.length === 0 ? undefined : all
  }
  const kind = kindOf(attribute)
  if (kind !== kindOfValue(value))
    throw new RangeError(`gives ${article(kindOfValue(value))}; ${attribute.name} takes ${article(kind)}`)
  if (attribute.type === 'integer' && !Number.isInteger(value))
    throw new RangeError(`gives ${JSON.stringify(value)}; ${attribute.name} takes a whole number`)
  if (!isObject(value)) return isPresent(value) ? value : undefined
  let parts: { [name: string]: Json } | undefined
  for (const sub of attribute.subAttributes ?? []) {
    const part = Object.hasOwn(value, sub.name) ? value[sub.name] : undefined
    if (part === undefined || !isPresent(part) || sub.mutability === 'readOnly' || sub.name === '$ref') continue
    const fitted = fittedTo(part, sub)
    if (fitted === undefined) continue
    parts ??= {}
    parts[sub.name] = fitted
  }
  return parts
}

function article(kind: string): string {
  if (kind === 'text' || kind === 'null') return kind
  return kind === 'object' ? 'an object' : `a ${kind}`
}
