// What a resource type has that needs care: rows of members, references, passwords, indexes.

import { type Attribute, ENTITLEMENT, type ResourceType, ROLE, resolve } from '../protocol/index.ts'

/** An attribute whose values name other resources: complex, with `value` and a `$ref` to SCIM types. RFC 7643 §2.3.7. */
export interface Reference {
  /** The extension that holds it; absent for core attributes. */
  readonly extension?: string
  readonly attribute: Attribute
  /** Canonical path of the id: `urn:…:User:manager.value`. */
  readonly path: string
  /** The readOnly sub-attribute that shows the other's name (`displayName`, `display`), if there is one. */
  readonly display?: string
}

/** What the door needs to know about a resource type at a glance. Computed once per type. */
export interface Traits {
  /** Members are kept as rows: the type has a readWrite `members` list of references. */
  readonly rows: boolean
  /** The type has the computed, readOnly `groups`. RFC 7643 §4.1.2. */
  readonly groups: boolean
  /** The type has a `password`. */
  readonly password: boolean
  /** Clients may only read it: every attribute of its schema is readOnly, as in the lists of roles and entitlements (D-041). */
  readonly readOnly: boolean
  /** `active` exists, so that it can default to true (S-105). */
  readonly active: boolean
  /** The stored text may go out as it is: no attribute but the password is `returned` never or request. */
  readonly plain: boolean
  readonly references: readonly Reference[]
  /** Attributes that are found by index: from the start, and then those that were declared so. */
  readonly indexed: readonly Indexed[]
}

/** An attribute with index entries. */
export interface Indexed {
  readonly extension?: string
  readonly attribute: Attribute
  readonly sub?: Attribute
  readonly path: string
  readonly unique: boolean
}

const known = new WeakMap<ResourceType, Traits>()

/** The traits of a resource type. */
export function traitsOf(type: ResourceType): Traits {
  let traits = known.get(type)
  if (!traits) {
    traits = compute(type)
    known.set(type, traits)
  }
  return traits
}

/** Attributes that identity providers look people and groups up by; all others are compared in the document. */
const LOOKED_UP = new Set(['userName', 'externalId', 'displayName', 'emails'])
/** Lists whose values are looked up whenever a user is given one (D-042). */
const VOCABULARIES = new Set([ROLE, ENTITLEMENT])

function compute(type: ResourceType): Traits {
  const references: Reference[] = []
  const indexed: Indexed[] = []
  let plain = true
  const rows = type.schema.attributes.some((a) => a.name === 'members' && isReference(a))
  const visit = (attributes: readonly Attribute[], extension?: string) => {
    const prefix = extension === undefined ? '' : `${extension}:`
    const place = extension === undefined ? {} : { extension }
    for (const attribute of attributes) {
      const derived = extension === undefined && ((rows && attribute.name === 'members') || isGroups(attribute))
      if (derived) continue
      // The password itself is never in the text.
      if (!(attribute.name === 'password' && extension === undefined) && hides(attribute)) plain = false
      if (isReference(attribute)) {
        const path = `${prefix}${attribute.name}.value`
        const display = attribute.subAttributes?.find(
          (sub) => sub.mutability === 'readOnly' && (sub.name === 'displayName' || sub.name === 'display'),
        )?.name
        references.push({ ...place, attribute, path, ...(display === undefined ? {} : { display }) })
        const sub = attribute.subAttributes?.find((one) => one.name === 'value')
        if (sub) indexed.push({ ...place, attribute, sub, path, unique: false })
        continue
      }
      const wanted =
        attribute.uniqueness !== 'none' ||
        (extension === undefined &&
          (LOOKED_UP.has(attribute.name) || (attribute.name === 'value' && VOCABULARIES.has(type.schema.id))))
      if (attribute.type === 'string' && wanted && attribute.returned !== 'never') {
        const path = `${prefix}${attribute.name}`
        indexed.push({ ...place, attribute, path, unique: attribute.uniqueness !== 'none' })
      } else if (attribute.type === 'complex') {
        for (const sub of attribute.subAttributes ?? []) {
          const listed = wanted && attribute.multiValued && sub.name === 'value'
          if (sub.type === 'string' && (listed || sub.uniqueness !== 'none')) {
            const path = `${prefix}${attribute.name}.${sub.name}`
            indexed.push({ ...place, attribute, sub, path, unique: sub.uniqueness !== 'none' })
          }
        }
      }
    }
  }
  visit([EXTERNAL_ID, ...type.schema.attributes])
  for (const extension of type.extensions) visit(extension.schema.attributes, extension.schema.id)
  for (const path of type.indexed ?? []) {
    const target = resolve(path, type)
    if (target?.attribute === undefined || indexed.some((one) => one.path === target.path)) continue
    const { extension, attribute, sub } = target
    const place = extension === undefined ? {} : { extension }
    indexed.push({ ...place, attribute, ...(sub === undefined ? {} : { sub }), path: target.path, unique: false })
  }
  return {
    rows,
    groups: type.schema.attributes.some(isGroups),
    password: type.schema.attributes.some((a) => a.name === 'password'),
    active: type.schema.attributes.some((a) => a.name === 'active' && a.type === 'boolean'),
    readOnly: type.schema.attributes.length > 0 && type.schema.attributes.every((a) => a.mutability === 'readOnly'),
    plain,
    references,
    indexed,
  }
}

const EXTERNAL_ID: Attribute = {
  name: 'externalId',
  type: 'string',
  multiValued: false,
  description: '',
  required: false,
  caseExact: true,
  mutability: 'readWrite',
  returned: 'default',
  uniqueness: 'none',
}

function isGroups(attribute: Attribute): boolean {
  return attribute.name === 'groups' && attribute.mutability === 'readOnly' && attribute.multiValued
}

function isReference(attribute: Attribute): boolean {
  const ref = attribute.subAttributes?.find((sub) => sub.name === '$ref')
  const value = attribute.subAttributes?.some((sub) => sub.name === 'value')
  return value === true && ref?.referenceTypes?.some((name) => name !== 'external' && name !== 'uri') === true
}

function hides(attribute: Attribute): boolean {
  if (attribute.returned === 'never' || attribute.returned === 'request') return true
  return attribute.subAttributes?.some(hides) === true
}
