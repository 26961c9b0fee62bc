// Makes up a value for any attribute that a client can write.

import type { Json, JsonObject } from '../../protocol/index.ts'
import type { AttributePath, DeclaredAttribute } from '../attribute-path.ts'
import type { DeclaredType } from './declared.ts'

/** A value for an attribute. */
export interface Specimen {
  readonly path: AttributePath
  readonly value: Json
}

/** Values for well-known attributes that need more than the right type. RFC 7643 §4.1. */
const KNOWN: { readonly [name: string]: (name: string) => Json } = {
  preferredLanguage: () => 'en-US',
  locale: () => 'en-US',
  timezone: () => 'Europe/Berlin',
  userType: () => 'Employee',
  active: () => true,
  externalId: (name) => `ext-${name}`,
  userName: (name) => name,
}

/** A text that no other attribute or resource has as a value. */
const word = (name: string, attribute: string, at: number) => `${name.split('@')[0]}-${attribute}-${at}`.toLowerCase()

/** The n-th value that an element of a multi-valued attribute can have, distinct for each n. */
export function elementValue(attribute: DeclaredAttribute, name: string, at: number): Json {
  const sub = attribute.subAttributes.find((one) => one.name === 'value')
  if (attribute.name === 'emails')
    return at === 0 && name.includes('@') ? name : `${word(name, 'mail', at)}@example.com`
  if (attribute.name === 'phoneNumbers') return `tel:+1-201-555-${String(100 + at).padStart(4, '0')}`
  const type = sub?.type ?? attribute.type
  if (type === 'string')
    return sub?.canonicalValues[at] ?? attribute.canonicalValues[at] ?? word(name, attribute.name, at)
  return simpleValue(sub ?? attribute, name, at) ?? word(name, attribute.name, at)
}

/** The n-th type that an element can have. */
export function elementType(attribute: DeclaredAttribute, at: number): string {
  const sub = attribute.subAttributes.find((one) => one.name === 'type')
  const known = sub?.canonicalValues ?? []
  return known[at] ?? ['work', 'home', 'other'][at] ?? `type-${at}`
}

/** A value of a simple type, or undefined for what cannot be made up: a reference to a resource. */
function simpleValue(attribute: DeclaredAttribute, name: string, at = 0): Json | undefined {
  const known = Object.hasOwn(KNOWN, attribute.name) ? KNOWN[attribute.name] : undefined
  if (known !== undefined && at === 0) return known(name)
  switch (attribute.type) {
    case 'string':
      return attribute.canonicalValues[at] ?? word(name, attribute.name, at)
    case 'boolean':
      return at % 2 === 0
    case 'integer':
      return 7 + at
    case 'decimal':
      return 1.5 + at
    case 'dateTime':
      return `2026-01-0${1 + (at % 9)}T00:00:00Z`
    case 'binary':
      return 'bG9ja3N0ZXA='
    case 'reference':
      return attribute.referenceTypes.every((one) => ['external', 'uri'].includes(one))
        ? `https://example.com/${word(name, attribute.name, at)}`
        : undefined
    default:
      return undefined
  }
}

/** A value for an attribute: an object, a list of two, or a simple one; undefined where none can be made up. */
export function specimen(attribute: DeclaredAttribute, name: string): Json | undefined {
  if (attribute.type !== 'complex') {
    const value = simpleValue(attribute, name)
    return value === undefined || !attribute.multiValued ? value : [value, simpleValue(attribute, name, 1) ?? value]
  }
  const subs = attribute.subAttributes
  // What an object without declared sub-attributes would hold is unknown. RFC 7643 §2.3.8.
  if (subs.length === 0) return undefined
  // A reference to other resources needs an id that exists.
  if (subs.some((one) => one.name === '$ref' && one.referenceTypes.some((to) => to !== 'external' && to !== 'uri')))
    return undefined
  if (attribute.name === 'x509Certificates') return undefined
  return attribute.multiValued
    ? [element(attribute, name, 0), element(attribute, name, 1)]
    : plainObject(attribute, name)
}

/** An element of a multi-valued attribute; the first is the primary one. */
export function element(attribute: DeclaredAttribute, name: string, at: number): JsonObject {
  const has = (sub: string) => attribute.subAttributes.some((one) => one.name === sub && one.mutability !== 'readOnly')
  if (!has('value')) {
    const type = has('type') ? { type: elementType(attribute, at) } : {}
    const { type: _, primary: __, ...plain } = plainObject(attribute, name)
    return { ...plain, ...type, ...(has('primary') && at === 0 ? { primary: true } : {}) }
  }
  return {
    value: elementValue(attribute, name, at),
    ...(has('type') ? { type: elementType(attribute, at) } : {}),
    ...(has('primary') && at === 0 ? { primary: true } : {}),
  }
}

function plainObject(attribute: DeclaredAttribute, name: string): JsonObject {
  const parts = attribute.subAttributes
    .filter((one) => one.mutability === 'readWrite' && one.returned !== 'never')
    .map((one) => [one.name, one.name === 'country' ? 'US' : simpleValue(one, name)] as const)
    .filter((part): part is readonly [string, Json] => part[1] !== undefined)
  return Object.fromEntries(parts)
}

/** Every attribute of a type that a client can write, and a value for it. */
export function specimens(type: DeclaredType, name: string): readonly Specimen[] {
  const parts = [
    { urn: undefined, attributes: type.attributes },
    ...type.extensions.map(({ urn, attributes }) => ({ urn, attributes })),
  ]
  return parts.flatMap(({ urn, attributes }) =>
    attributes
      .filter(({ mutability, name: own }) => mutability !== 'readOnly' && own !== 'password')
      .flatMap((attribute) => {
        const value = specimen(attribute, name)
        const path = urn === undefined ? { attribute } : { urn, attribute }
        return value === undefined ? [] : [{ path, value }]
      }),
  )
}
