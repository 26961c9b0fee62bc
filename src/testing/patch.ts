// PATCH of SCIM 2.0: operations on a copy, all or none. RFC 7644 §3.5.2.

import { type Filter, matches, parseFilter } from './filter.ts'
import { type Draft, isList, isNone, isObject, type Json, type JsonObject, same } from './json.ts'
import { findPath, type Steps } from './path.ts'
import type { PatchHabits } from './profile.ts'
import { type ReadHabits, readSingle, readValue } from './read.ts'
import { invalid } from './refusal.ts'
import { type Attribute, findAttribute, type Type } from './schema.ts'

type Op = 'add' | 'replace' | 'remove'

interface Operation {
  readonly op: Op
  readonly path: string | undefined
  readonly value: Json | undefined
}

/** Where an operation applies: `emails[type eq "work"].value`. */
interface Target {
  readonly steps: Steps
  readonly filter: Filter | undefined
  readonly sub: Attribute | undefined
}

/** What a PATCH works on. */
interface Work {
  readonly type: Type
  readonly held: Draft
  readonly habits: PatchHabits & ReadHabits
}

const MESSAGE = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const MOST = 10_000

/** Applies a PATCH and returns the account as it becomes. */
export function applyPatch(
  type: Type,
  held: JsonObject,
  body: JsonObject,
  habits: PatchHabits & ReadHabits,
): JsonObject {
  const draft = structuredClone(held) as Draft
  const work = { type, held: draft, habits }
  for (const operation of readOperations(body, habits)) {
    if (operation.path === undefined) applyWhole(work, operation)
    else applyAt(work, operation, readTarget(type, operation.path))
  }
  return draft
}

function readOperations(body: JsonObject, habits: PatchHabits): readonly Operation[] {
  const schemas = body.schemas
  if (
    !isList(schemas) ||
    !schemas.some((one) => typeof one === 'string' && one.toLowerCase() === MESSAGE.toLowerCase())
  )
    throw invalid('invalidSyntax', `A PATCH has the schema ${MESSAGE}`)
  const key = Object.keys(body).find((name) => name.toLowerCase() === 'operations')
  const all = key === undefined ? undefined : body[key]
  if (!isList(all) || all.length === 0) throw invalid('invalidSyntax', 'A PATCH has a list "Operations"')
  if (all.length > Math.min(MOST, habits.operations ?? MOST)) throw invalid('tooMany', 'There are too many operations')
  return all.map((one) => readOperation(one, habits))
}

function readOperation(one: Json, habits: PatchHabits): Operation {
  if (!isObject(one)) throw invalid('invalidSyntax', 'An operation is an object')
  const { op, path, value } = one
  if (typeof op !== 'string') throw invalid('invalidSyntax', 'An operation has an "op"')
  if (habits.opCase === 'title' && !/^[A-Z]/.test(op)) throw invalid('invalidSyntax', `"${op}" is no operation`)
  const name = op.toLowerCase()
  if (name !== 'add' && name !== 'replace' && name !== 'remove')
    throw invalid('invalidSyntax', `"${op}" is no operation`)
  if (path !== undefined && (typeof path !== 'string' || path === ''))
    throw invalid('invalidPath', 'A path is a text that is not empty')
  if (path === undefined && name === 'remove') throw invalid('noTarget', 'A removal has a path')
  if (name !== 'remove' && value === undefined) throw invalid('invalidValue', `An ${name} operation has a value`)
  if (habits.opCase === 'title' && typeof value === 'boolean')
    throw invalid('invalidValue', 'Booleans are sent as "True" or "False"')
  return { op: name, path, value }
}

/** Without a path, the value says which attributes change. */
function applyWhole(work: Work, { op, value }: Operation): void {
  if (!isObject(value)) throw invalid('invalidValue', 'Without a path, the value is an object of attributes')
  const names = Object.keys(value)
  for (const name of names) {
    const part = value[name] as Json
    const outer = work.habits.dottedKeys === true || !name.includes('.') || name.includes(':')
    const steps = outer ? findPath(work.type, name) : undefined
    const attribute = steps?.at(-1)
    if (steps === undefined || attribute === undefined) continue
    if (['id', 'meta', 'schemas'].includes(attribute.name)) continue
    if (attribute.mutability === 'readOnly') {
      throw invalid('mutability', `"${attribute.name}" is read-only`)
    }
    // An extension's attributes are merged, one by one.
    if (attribute.name.startsWith('urn:') && isObject(part)) {
      for (const [inner, own] of Object.entries(part)) {
        const sub = findAttribute(attribute.subAttributes ?? [], inner)
        if (sub !== undefined)
          applyAt(work, { op, path: inner, value: own }, { steps: [attribute, sub], filter: undefined, sub: undefined })
      }
    } else applyAt(work, { op, path: name, value: part }, { steps, filter: undefined, sub: undefined })
  }
}

function readTarget(type: Type, path: string): Target {
  const open = path.indexOf('[')
  const close = path.lastIndexOf(']')
  if (open < 0) {
    const steps = findPath(type, path)
    if (steps === undefined) throw invalid('invalidPath', `"${path}" is no attribute`)
    return { steps, filter: undefined, sub: undefined }
  }
  const steps = findPath(type, path.slice(0, open))
  const attribute = steps?.at(-1)
  const rest = path.slice(close + 1)
  if (steps === undefined || attribute === undefined || close < open)
    throw invalid('invalidPath', `"${path}" is no path`)
  if (!attribute.multiValued) throw invalid('invalidPath', `"${attribute.name}" is no list`)
  let filter: Filter
  try {
    filter = parseFilter(path.slice(open + 1, close), type, {}, attribute)
  } catch (error) {
    throw invalid('invalidPath', error instanceof Error ? error.message : `"${path}" is no path`)
  }
  if (rest === '') return { steps, filter, sub: undefined }
  const sub = rest.startsWith('.') ? findAttribute(attribute.subAttributes ?? [], rest.slice(1)) : undefined
  if (sub === undefined) throw invalid('invalidPath', `"${path}" is no path`)
  return { steps, filter, sub }
}

function applyAt({ held, habits }: Work, { op, path = '', value }: Operation, target: Target): void {
  const { steps, filter } = target
  const attribute = steps.at(-1) as Attribute
  for (const one of [...steps, ...(target.sub === undefined ? [] : [target.sub])]) {
    if (one.mutability === 'readOnly') throw invalid('mutability', `"${one.name}" is read-only`)
  }
  if (attribute.name === 'schemas') return
  if (habits.only !== undefined && !habits.only.includes(steps[0]?.name ?? ''))
    throw invalid('mutability', `PATCH does not change "${path}" here`)
  if (attribute.name === 'members' && steps.length === 1) requireMemberOperation({ op, path, value }, target, habits)
  const outer = outerOf(held, steps)
  if (filter !== undefined) applyToMatches(outer, op, value, { ...target, filter }, habits)
  else if (op === 'remove') {
    if (attribute.required && steps.length === 1) throw invalid('mutability', `"${attribute.name}" is required`)
    const listed = membersOf(value)
    if (habits.removal === 'value-list' && isList(listed)) removeListed(outer, attribute, listed)
    else delete outer[attribute.name]
  } else set(outer, op, attribute, value as Json, path, habits)
  tidy(held, steps)
}

/** The object that holds the attribute at the end of a path. */
function outerOf(held: Draft, steps: Steps): Draft {
  let outer = held
  for (const { name, multiValued } of steps.slice(0, -1)) {
    if (multiValued) throw invalid('invalidPath', `"${name}" is a list: say of which value by a filter`)
    const next = isObject(outer[name]) ? (outer[name] as Draft) : {}
    outer[name] = next
    outer = next
  }
  return outer
}

function tidy(held: Draft, steps: Steps): void {
  const first = steps[0]?.name ?? ''
  const value = held[first]
  if (isObject(value) && Object.keys(value).length === 0) delete held[first]
}

/** What an app takes in operations on members. */
function requireMemberOperation({ op, path = '', value }: Operation, { filter }: Target, habits: PatchHabits): void {
  const { removal = 'value-path', replaceMembers = true, clearMembers = true, wrap = false } = habits
  if (wrap && op !== 'remove' && !(isObject(value) && isList(value.members)))
    throw invalid('invalidValue', 'Members are sent as {"members": […]}')
  if (op === 'replace' && filter === undefined && !replaceMembers)
    throw invalid('invalidValue', 'Members cannot be replaced')
  if (op !== 'remove') return
  if (filter !== undefined && removal === 'value-list')
    throw invalid('invalidPath', `"${path}": filters are not supported`)
  if (filter === undefined && !isList(membersOf(value)) && !clearMembers)
    throw invalid('invalidValue', 'Members are removed one by one')
}

/** Members as they are sent: bare, or in an object. */
function membersOf(value: Json | undefined): Json | undefined {
  return isObject(value) && isList(value.members) ? value.members : value
}

function set(
  outer: Draft,
  op: Op,
  attribute: Attribute,
  given: Json,
  path: string,
  habits: PatchHabits & ReadHabits,
): void {
  const value = attribute.name === 'members' ? (membersOf(given) as Json) : given
  const before = outer[attribute.name]
  if (attribute.multiValued) {
    const list = isList(value) || isNone(value) ? value : [value]
    const read = (readValue(attribute, list, path, habits) ?? []) as readonly Json[]
    if (op === 'replace' && read.length === 0) delete outer[attribute.name]
    else if (op === 'replace') outer[attribute.name] = read
    else if (read.length > 0) outer[attribute.name] = added(isList(before) ? before : [], read, attribute)
    return
  }
  if (attribute.type === 'complex' && isObject(before) && isObject(value)) {
    // RFC 7644 §3.5.2.1 and §3.5.2.3: sub-attributes that the value does not have stay.
    const merged = { ...before } as Draft
    for (const [name, own] of Object.entries(value)) {
      const sub = findAttribute(attribute.subAttributes ?? [], name)
      if (sub === undefined || sub.mutability === 'readOnly') continue
      const read = readValue(sub, own, `${path}.${name}`, habits)
      if (read === undefined) delete merged[sub.name]
      else merged[sub.name] = read
    }
    outer[attribute.name] = merged
    return
  }
  const read = readValue(attribute, value, path, habits)
  if (read !== undefined) outer[attribute.name] = read
  else if (attribute.required) throw invalid('invalidValue', `"${attribute.name}" is required`)
  else if (op === 'replace') delete outer[attribute.name]
}

/** Values added to a list: none twice, and one primary at most. RFC 7644 §3.5.2. */
function added(before: readonly Json[], more: readonly Json[], attribute: Attribute): readonly Json[] {
  const primary = more.some((one) => isObject(one) && one.primary === true)
  const all = primary ? before.map(unmarked) : [...before]
  const key = (one: Json) => (attribute.name === 'members' && isObject(one) ? String(one.value) : undefined)
  const held = new Set(all.map(key))
  for (const one of more) {
    const own = key(one)
    if (own === undefined ? all.some((other) => same(other, one)) : held.has(own)) continue
    held.add(own)
    all.push(one)
  }
  return all
}

function unmarked(one: Json): Json {
  return isObject(one) && one.primary === true ? { ...one, primary: false } : one
}

/** Removal of the members, or other values, that are listed beside the path. */
function removeListed(outer: Draft, attribute: Attribute, listed: readonly Json[]): void {
  const gone = new Set(listed.map((one) => (isObject(one) ? one.value : one)))
  const rest = (isList(outer[attribute.name]) ? (outer[attribute.name] as readonly Json[]) : []).filter(
    (one) => !gone.has(isObject(one) ? (one.value as Json) : one),
  )
  if (rest.length === 0) delete outer[attribute.name]
  else outer[attribute.name] = rest
}

/** The values of a list that a filter selects. RFC 7644 §3.5.2. */
function applyToMatches(
  outer: Draft,
  op: Op,
  value: Json | undefined,
  { steps, filter, sub }: Target & { readonly filter: Filter },
  habits: ReadHabits,
): void {
  const attribute = steps.at(-1) as Attribute
  const before = (isList(outer[attribute.name]) ? outer[attribute.name] : []) as readonly Json[]
  const hit = before.map((one) => isObject(one) && matches(filter, one))
  if (!hit.includes(true)) {
    if (op === 'remove') return
    throw invalid('noTarget', `No value of "${attribute.name}" satisfies the filter`)
  }
  if (sub?.mutability === 'immutable') throw invalid('mutability', `"${attribute.name}.${sub.name}" cannot be changed`)
  const path = `${attribute.name}[…]`
  const changed = before.map((one, at) => {
    if (!hit[at]) return one
    if (op === 'remove') return sub === undefined ? undefined : without(one as JsonObject, sub.name)
    if (sub !== undefined) {
      const read = readValue(sub, value as Json, `${path}.${sub.name}`, habits)
      return read === undefined ? without(one as JsonObject, sub.name) : { ...(one as JsonObject), [sub.name]: read }
    }
    const read = readSingle(attribute, value as Json, path, habits)
    return isObject(read) ? { ...(one as JsonObject), ...read } : one
  })
  const rest = changed.filter((one) => one !== undefined && !(isObject(one) && Object.keys(one).length === 0)) as Json[]
  const newly = rest.findIndex((one, at) => isObject(one) && one.primary === true && hit[at] === true)
  const all = newly < 0 ? rest : rest.map((one, at) => (at === newly ? one : unmarked(one)))
  if (all.length === 0) delete outer[attribute.name]
  else outer[attribute.name] = all
}

function without(value: JsonObject, name: string): JsonObject {
  const { [name]: _gone, ...rest } = value
  return rest
}
