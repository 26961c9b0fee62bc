// Merges complex values. RFC 7644 §3.5.2.

import { attributeIn } from './attributes.ts'
import type { AttributeEdit } from './edit.ts'
import { sameValue } from './equal.ts'
import { invalidValue, mutability } from './errors.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import { LIMITS } from './limits.ts'
import type { Attribute } from './schema.ts'
import { identityOf } from './value.ts'

/**
 * A complex value with the sub-attributes of another put over it; null unassigns (A-10, A-11). The very same object when
 * that changes nothing, undefined when nothing is left. RFC 7644 §3.5.2.3.
 */
export function mergeInto(
  attribute: Attribute,
  old: JsonObject | undefined,
  given: JsonObject,
  edit: AttributeEdit,
): JsonObject | undefined {
  let out: { [name: string]: Json } | undefined
  let lost: Attribute | undefined
  for (const name in given) {
    const sub = attributeIn(attribute.subAttributes ?? [], name)
    if (sub === undefined) continue
    const value = given[name]
    const before = old?.[name]
    if (value === undefined || value === null) {
      if (before === undefined) continue
      if (sub.mutability === 'immutable') throw fixed(`${pathOf(edit)}, ${name}`)
      if (sub.required) lost = sub
      out ??= { ...old }
      delete out[name]
      continue
    }
    if (before !== undefined && sub.mutability === 'immutable') {
      if (!sameValue(sub, before, value)) throw fixed(`${pathOf(edit)}, ${name}`)
      continue
    }
    const next = edit.op === 'add' && Array.isArray(before) && Array.isArray(value) ? joined(sub, before, value) : value
    if (next === before || (name === 'primary' && (before ?? false) === next)) continue
    out ??= { ...old }
    out[name] = next
  }
  if (out === undefined) return old
  const isLeft = Object.keys(out).length > 0
  if (isLeft && lost !== undefined) throw required(edit, lost)
  if (
    attribute.mutability === 'immutable' &&
    old !== undefined &&
    !sameValue(attribute, old, isLeft ? out : undefined)
  ) {
    throw fixed(pathOf(edit))
  }
  return isLeft ? out : undefined
}

/**
 * What an edit sets in a complex value: its sub-attributes, null for those that go. Where values of a list are named that are to go,
 * the others stay (A-05).
 */
export function partOf({ op, target: { sub }, value }: AttributeEdit, old: JsonObject | undefined): JsonObject {
  if (sub === undefined) return isObject(value) ? value : {}
  if (op !== 'remove') return { [sub.name]: value ?? null }
  const list = old?.[sub.name]
  if (!Array.isArray(value) || !Array.isArray(list)) return { [sub.name]: null }
  const gone = new Set(value.map((one: Json) => identityOf(sub, one)))
  const left = list.filter((one: Json) => !gone.has(identityOf(sub, one)))
  if (left.length === list.length) return {}
  return { [sub.name]: left.length === 0 ? null : left }
}

/** How many values the lists of a complex value hold: what it costs to merge into it. */
export function listedIn(value: JsonObject | undefined): number {
  let count = 0
  for (const name in value) {
    const member = value[name]
    if (Array.isArray(member)) count += member.length
  }
  return count
}

/** A list of simple values with others added, each once. */
function joined(attribute: Attribute, old: readonly Json[], given: readonly Json[]): readonly Json[] {
  const seen = new Set(old.map((one) => identityOf(attribute, one)))
  const fresh = given.filter((one) => !seen.has(identityOf(attribute, one)))
  if (fresh.length === 0) return old
  if (old.length + fresh.length <= LIMITS.VALUES_PER_ATTRIBUTE) return [...old, ...fresh]
  throw invalidValue(`${attribute.name} would have more than ${LIMITS.VALUES_PER_ATTRIBUTE} values`)
}

/** The path of an edit for messages: without the values of a filter. */
export function pathOf({ target, filter }: AttributeEdit): string {
  if (filter === undefined) return target.path
  const end = target.sub === undefined ? '' : `.${target.sub.name}`
  return `${target.path.slice(0, target.path.length - end.length)}[…]${end}`
}

/** Refuses to change what is set once and for all. RFC 7643 §7. */
export function fixed(path: string): Error {
  return mutability(`${path} is immutable: it has a value already, which stays as it is`)
}

/** Refuses to leave something required without a value (A-07). */
export function required(edit: AttributeEdit, sub?: Attribute): Error {
  const detail = `${sub === undefined || sub === edit.target.sub ? pathOf(edit) : `${pathOf(edit)}.${sub.name}`} is required`
  return edit.op === 'remove' && !edit.nulled
    ? mutability(`${detail} and cannot be removed; replace it instead`)
    : invalidValue(`${detail} and cannot be left without a value`)
}
