// Refuses a document that lacks something required or has a malformed value. RFC 7643 §2.

import type { Allowances } from './allowances.ts'
import { invalidValue } from './errors.ts'
import { type Form, formsOf } from './forms.ts'
import { type Document, isObject, type Json, type JsonObject } from './json.ts'
import type { Attribute, ResourceType, Schema } from './schema.ts'

/**
 * Refuses a whole resource that lacks something required or has a value of the wrong form. With `before`, what is
 * unchanged since then passes: it was good when it was stored, perhaps on a connection that bends further.
 * RFC 7643 §2.2, §2.3, §4, §6, §7.
 */
export function checkDocument(document: Document, type: ResourceType, allow: Allowances, before?: Document): void {
  const plan = plans.get(type) ?? planOf(type)
  checkMembers(document, plan.base, allow, '', before)
  for (const { urn, required, checks } of plan.extensions) {
    const members = document[urn]
    if (isObject(members)) {
      const earlier = before?.[urn]
      if (members !== earlier) checkMembers(members, checks, allow, `${urn}:`, isObject(earlier) ? earlier : undefined)
    } else if (required) {
      throw invalidValue(`The extension ${urn} is missing; every ${type.name} must have it`)
    }
  }
}

/** What there is to check about one attribute. */
interface Check {
  readonly attribute: Attribute
  readonly always?: Form | undefined
  readonly strictly?: Form | undefined
  readonly subs: readonly Check[]
}

interface Plan {
  readonly base: readonly Check[]
  readonly extensions: readonly {
    readonly urn: string
    readonly required: boolean
    readonly checks: readonly Check[]
  }[]
}

const plans = new WeakMap<ResourceType, Plan>()

function planOf(type: ResourceType): Plan {
  const plan = {
    base: checksOf(type.schema, type.schema.attributes),
    extensions: type.extensions.map(({ schema, required }) => ({
      urn: schema.id,
      required,
      checks: checksOf(schema, schema.attributes),
    })),
  }
  plans.set(type, plan)
  return plan
}

function checksOf(schema: Schema, attributes: readonly Attribute[], parent?: Attribute): readonly Check[] {
  return attributes
    .map(
      (attribute): Check => ({
        attribute,
        ...(parent === undefined ? formsOf(schema, attribute) : formsOf(schema, parent, attribute)),
        subs: checksOf(schema, attribute.subAttributes ?? [], attribute),
      }),
    )
    .filter(({ attribute, always, strictly, subs }) => isNeeded(attribute) || always || strictly || subs.length > 0)
}

/** What clients cannot write, they cannot be asked for. */
function isNeeded(attribute: Attribute): boolean {
  return attribute.required && attribute.mutability !== 'readOnly'
}

function checkMembers(
  holder: JsonObject,
  checks: readonly Check[],
  allow: Allowances,
  path: string,
  before: JsonObject | undefined,
): void {
  for (const check of checks) {
    const { attribute } = check
    const value = holder[attribute.name]
    if (value === undefined || value === '') {
      if (isNeeded(attribute)) throw invalidValue(`${path}${attribute.name} is required and must not be empty`)
      // A text may be empty; a time may not. RFC 7643 §2.3.1, §2.3.5.
      if (value === undefined || attribute.type !== 'dateTime') continue
    }
    const earlier = before?.[attribute.name]
    if (value === earlier) continue
    if (attribute.multiValued && Array.isArray(value)) {
      const known = Array.isArray(earlier) ? new Set(earlier) : undefined
      const twins = new Map<string, JsonObject>()
      for (const one of known ?? []) if (isObject(one) && !twins.has(twinKey(one))) twins.set(twinKey(one), one)
      for (const one of value) {
        if (known?.has(one)) continue
        checkOne(one, check, allow, path, isObject(one) ? twins.get(twinKey(one)) : undefined)
      }
    } else checkOne(value, check, allow, path, earlier)
  }
}

function checkOne(value: Json, check: Check, allow: Allowances, path: string, earlier: Json | undefined): void {
  const { attribute } = check
  if (isObject(value)) {
    checkMembers(value, check.subs, allow, `${path}${attribute.name}.`, isObject(earlier) ? earlier : undefined)
  } else if (typeof value === 'string') {
    const fault = check.always?.(value) ?? (allow.anyForm ? undefined : check.strictly?.(value))
    if (fault !== undefined) throw invalidValue(`${path}${attribute.name} ${fault}`)
  }
}

/** What an element and the earlier one it comes from have in common: what is old in an element passes. */
function twinKey({ value, country }: JsonObject): string {
  return JSON.stringify([value, country])
}
