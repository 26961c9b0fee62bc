// Carries out an edit on the values of a multi-valued attribute. RFC 7644 §3.5.2.

import type { Allowances } from './allowances.ts'
import { attributeIn } from './attributes.ts'
import type { AttributeEdit } from './edit.ts'
import { type EditWork, termsIn } from './edit-work.ts'
import { equalJson, sameValue } from './equal.ts'
import { invalidPath, invalidValue, noTarget } from './errors.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import type { KeyedList } from './keyed-list.ts'
import { LIMITS } from './limits.ts'
import { matchesElement } from './match.ts'
import { fixed, listedIn, mergeInto, partOf, pathOf, required } from './merge.ts'
import { type Attribute, isReference } from './schema.ts'
import { identityOf, joinTwins } from './value.ts'

/**
 * Carries out an edit on the values of a multi-valued attribute. Where the filter or the value names its elements by key, no others are
 * looked at. RFC 7644 §3.5.2, P-375..P-382, P-386..P-390.
 */
export function applyToList(list: KeyedList, edit: AttributeEdit, allow: Allowances, work: EditWork): void {
  const { attribute } = list
  const before = list.revision()
  const size = list.size()
  const kept = attribute.mutability === 'immutable' && size > 0 ? list.values() : undefined
  carryOut(list, edit, allow, work)
  if (list.revision() === before) return
  if (kept !== undefined) {
    work.spend(size)
    if (!sameValue(attribute, kept, list.values())) throw fixed(pathOf(edit))
    list.reset(kept)
    return
  }
  if (list.size() === 0 && size > 0 && attribute.required) throw required(edit)
  if (list.size() > LIMITS.VALUES_PER_ATTRIBUTE) {
    throw invalidValue(`${edit.target.path} would have more than ${LIMITS.VALUES_PER_ATTRIBUTE} values`)
  }
}

function carryOut(list: KeyedList, edit: AttributeEdit, allow: Allowances, work: EditWork): void {
  const { attribute } = list
  const { op, target, filter, value } = edit
  const { sub } = target
  if (filter === undefined && sub === undefined) {
    const values = Array.isArray(value) ? (value as readonly Json[]) : []
    if (op === 'add') add(list, values, edit, work)
    else if (op === 'replace') replace(list, values, work)
    else if (value === undefined) list.reset([])
    else removeValues(list, values, work)
    return
  }
  const chosen = choose(list, edit, work)
  if (chosen.length > 0) {
    change(list, chosen, edit, work)
    return
  }
  if (op === 'remove') return
  if (filter === undefined) {
    throw noTarget(`${target.path}: ${attribute.name} has no values whose ${sub?.name} could be set; add one first`)
  }
  // A replace that selects nothing has no target, except where clients mean an add by it.
  if (op === 'replace' && !allow.createOnFilteredReplace) throw nothingChosen(edit)
  add(list, [attribute.type === 'complex' ? createdBy(edit) : simpleBy(edit)], edit, work)
}

/** The places of the values that an edit is about. */
function choose(list: KeyedList, { filter }: AttributeEdit, work: EditWork): readonly number[] {
  if (filter === undefined) {
    work.spend(list.size())
    return list.places()
  }
  const candidates = list.candidates(filter)
  work.spend(candidates.length * termsIn(filter))
  return candidates.filter((place) => matchesElement(list.at(place) ?? null, filter))
}

/** Changes or removes the selected values in place. */
function change(list: KeyedList, chosen: readonly number[], edit: AttributeEdit, work: EditWork): void {
  const { attribute } = list
  const { op, target, value } = edit
  if (op === 'remove' && target.sub === undefined) {
    for (const place of chosen) list.put(place, undefined)
    return
  }
  if (attribute.type !== 'complex') {
    if (value !== undefined) for (const place of chosen) list.put(place, value)
    joinAllTwins(list)
    return
  }
  const isPrimary =
    op !== 'remove' && (target.sub?.name === 'primary' ? value : isObject(value) && value.primary) === true
  if (isPrimary && chosen.length > 1) {
    throw invalidValue(`${pathOf(edit)} would make ${chosen.length} values primary; at most one may be`)
  }
  const before = list.revision()
  for (const place of chosen) {
    const one = list.at(place)
    if (!isObject(one)) continue
    work.spend(listedIn(one))
    list.put(place, mergeInto(attribute, one, partOf(edit, one), edit))
  }
  if (list.revision() === before) return
  if (isPrimary) demote(list, chosen[0])
  joinAllTwins(list)
}

/** Values added, unless they are there; one with the same value and type takes on what is new. */
function add(list: KeyedList, values: readonly Json[], edit: AttributeEdit, work: EditWork): void {
  const { attribute } = list
  work.spend(values.length)
  if (attribute.type !== 'complex') {
    for (const one of values) if (list.identical(identityOf(attribute, one)).size === 0) list.push(one)
    return
  }
  const isKeyed = attributeIn(attribute.subAttributes ?? [], 'value') !== undefined
  let primary: number | undefined
  for (const one of values) {
    if (!isObject(one) || isThere(list, one, work)) continue
    const twin = isKeyed ? least(list.identical(identityOf(attribute, one))) : undefined
    const before = twin === undefined ? undefined : list.at(twin)
    const place = twin ?? list.push(one)
    if (isObject(before)) {
      work.spend(listedIn(before))
      list.put(place, mergeInto(attribute, before, one, edit) ?? one)
    }
    if (one.primary === true) primary = place
  }
  if (primary !== undefined) demote(list, primary)
}

/** Whether some value says all that another one says already; for references the id says it. */
function isThere(list: KeyedList, one: JsonObject, work: EditWork): boolean {
  const { attribute } = list
  const valueSub = attributeIn(attribute.subAttributes ?? [], 'value')
  if (valueSub !== undefined && one.value !== undefined && isReference(attribute)) {
    return list.saying(valueSub, one.value).size > 0
  }
  const cost = 1 + listedIn(one)
  for (const place of alike(list, one)) {
    work.spend(cost)
    const other = list.at(place)
    // One without a value is another one, whatever else it says.
    if (valueSub !== undefined && isObject(other) && (other.value === undefined) !== (one.value === undefined)) continue
    if (holds(attribute, other, one)) return true
  }
  return false
}

/** Places of all that can say what another one says, and perhaps of others: those that say its rarest text. */
function alike(list: KeyedList, said: JsonObject): Iterable<number> {
  const { attribute } = list
  const subAttributes = attribute.subAttributes ?? []
  const [value, type] = [attributeIn(subAttributes, 'value'), attributeIn(subAttributes, 'type')]
  if (isText(value, said) && isText(type, said)) return list.identical(identityOf(attribute, said))
  let rarest: ReadonlySet<number> | undefined
  for (const sub of isText(value, said) ? [value] : subAttributes) {
    if (sub === undefined || !isText(sub, said)) continue
    const found = list.saying(sub, said[sub.name] ?? null)
    if (rarest === undefined || found.size < rarest.size) rarest = found
  }
  return rarest ?? list.places()
}

/** Whether a sub-attribute is given, as a text that has but one spelling when it is compared. */
function isText(sub: Attribute | undefined, said: JsonObject): boolean {
  return (
    sub !== undefined && sub.type !== 'dateTime' && sub.mutability !== 'readOnly' && typeof said[sub.name] === 'string'
  )
}

/** Whether an element has everything that another one says. */
function holds(attribute: Attribute, element: Json | undefined, said: JsonObject): boolean {
  if (!isObject(element)) return false
  return (attribute.subAttributes ?? []).every(
    (sub) =>
      said[sub.name] === undefined ||
      sub.mutability === 'readOnly' ||
      sameValue(sub, element[sub.name], said[sub.name]),
  )
}

/** A new primary ends the old one (P-380, P-381). RFC 7644 §3.5.2. */
function demote(list: KeyedList, primary: number | undefined): void {
  const sub = attributeIn(list.attribute.subAttributes ?? [], 'primary')
  if (sub === undefined) return
  for (const place of [...list.saying(sub, true)]) {
    const one = list.at(place)
    if (place !== primary && isObject(one) && one.primary === true) list.put(place, { ...one, primary: false })
  }
}

/** Keeps one of several entries with the same value and type, at the position of the first. RFC 7643 §2.4. */
function joinAllTwins(list: KeyedList): void {
  for (const identity of list.twins()) {
    const [first, ...others] = [...list.identical(identity)].sort((a, b) => a - b)
    if (first === undefined) continue
    let joined = list.at(first) ?? null
    for (const place of others) joined = joinTwins(joined, list.at(place) ?? null)
    for (const place of others) list.put(place, undefined)
    list.put(first, joined)
  }
}

/** Values that equal one of those named, on the sub-attributes given; references on `value` alone. */
function removeValues(list: KeyedList, named: readonly Json[], work: EditWork): void {
  const { attribute } = list
  work.spend(named.length)
  const valueSub = attributeIn(attribute.subAttributes ?? [], 'value')
  for (const said of named) {
    if (attribute.type !== 'complex') drop(list, list.identical(identityOf(attribute, said)), work, 1, () => true)
    else if (!isObject(said)) continue
    else if (!isReference(attribute))
      drop(list, alike(list, said), work, 1 + listedIn(said), (one) => holds(attribute, one, said))
    else if (valueSub !== undefined && said.value !== undefined) {
      drop(list, list.saying(valueSub, said.value), work, 1, (one) => isObject(one) && one.value === said.value)
    }
  }
}

function drop(
  list: KeyedList,
  places: Iterable<number>,
  work: EditWork,
  cost: number,
  test: (one: Json) => boolean,
): void {
  for (const place of [...places]) {
    work.spend(cost)
    if (test(list.at(place) ?? null)) list.put(place, undefined)
  }
}

/** Replaces all values; what the server set in one stays if it is given again. */
function replace(list: KeyedList, values: readonly Json[], work: EditWork): void {
  work.spend(list.size() + values.length)
  const servers = (list.attribute.subAttributes ?? []).filter(({ mutability }) => mutability === 'readOnly')
  const next = servers.length === 0 ? values : values.map((one) => withServers(list, servers, one))
  if (!equalJson(next, list.values())) list.reset(next)
}

function withServers(list: KeyedList, servers: readonly Attribute[], one: Json): Json {
  if (!isObject(one)) return one
  const place = least(list.identical(identityOf(list.attribute, one)))
  const twin = place === undefined ? undefined : list.at(place)
  if (!isObject(twin)) return one
  const kept = servers
    .filter(({ name }) => twin[name] !== undefined)
    .map(({ name }) => [name, twin[name] ?? null] as const)
  return kept.length === 0 ? one : { ...one, ...Object.fromEntries(kept) }
}

function least(places: ReadonlySet<number>): number | undefined {
  let first: number | undefined
  for (const place of places) if (first === undefined || place < first) first = place
  return first
}

/** The element that a filter of `eq` terms describes, with the value on top. */
function createdBy(edit: AttributeEdit): JsonObject {
  const { target, made, value } = edit
  const { attribute, sub } = target
  if (made === undefined) throw nothingChosen(edit)
  for (const name in made) {
    if (attributeIn(attribute.subAttributes ?? [], name)?.mutability === 'readOnly') {
      throw invalidPath(`${pathOf(edit)}: ${name} is readOnly, so that no value can be made from the filter`)
    }
  }
  const part: JsonObject = sub !== undefined ? { [sub.name]: value ?? null } : isObject(value) ? value : {}
  const out: { [name: string]: Json } = { ...made }
  for (const name in part) {
    const given = part[name]
    if (given === undefined || given === null) continue
    const each = attributeIn(attribute.subAttributes ?? [], name)
    if (each !== undefined && made[name] !== undefined && !sameValue(each, made[name], given)) {
      throw invalidValue(`${pathOf(edit)}: the value's ${name} is not the one that the filter asks for`)
    }
    out[name] = made[name] ?? given
  }
  return out
}

function simpleBy(edit: AttributeEdit): Json {
  const { filter, value } = edit
  if (value === undefined || filter === undefined) throw nothingChosen(edit)
  if (matchesElement(value, filter)) return value
  throw edit.op === 'add'
    ? invalidValue(`${pathOf(edit)}: the value is not one that the filter asks for`)
    : nothingChosen(edit)
}

function nothingChosen(edit: AttributeEdit): Error {
  return noTarget(
    `${pathOf(edit)}: the filter matches no value, so that there is nothing to ${edit.op}; use add with the whole value`,
  )
}
