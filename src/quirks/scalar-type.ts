import { type Attribute, attributeIn, isObject, type Json } from '../protocol/index.ts'
import { mapElements, mapMembers, mapValues } from './parts.ts'
import type { Quirk } from './quirk.ts'

/** 1 and 0 for booleans, digits in quotes for numbers. */
export const scalarType: Quirk = {
  name: 'scalar-type',
  register: ['X10', 'Q28'],
  source:
    'grokability/snipe-it pull request 13948 (1 and 0 for `active`); elimity-com/scim pull request 165 (numbers as text)',
  deviates: ['S-042', 'S-043'],
  inbound: (message) => mapValues(message, converted),
}

function converted(attribute: Attribute, value: Json): Json {
  if (Array.isArray(value)) return mapElements(value, (element) => converted(attribute, element))
  const { subAttributes } = attribute
  if (subAttributes !== undefined) {
    if (!isObject(value)) return value
    return mapMembers(value, (name, inner) => {
      const sub = attributeIn(subAttributes, name)
      return sub === undefined ? inner : converted(sub, inner)
    })
  }
  if (attribute.type === 'boolean') {
    if (value === 1 || value === '1') return true
    return value === 0 || value === '0' ? false : value
  }
  if (typeof value !== 'string') return value
  if (attribute.type === 'integer' && /^-?(?:0|[1-9]\d{0,14})$/.test(value)) return Number(value)
  if (attribute.type === 'decimal' && /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?$/.test(value)) return Number(value)
  return value
}
