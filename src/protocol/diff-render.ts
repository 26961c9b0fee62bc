// Writes one difference as operations that an app takes. RFC 7644 §3.5.2.

import { LENIENT } from './allowances.ts'
import { applyEdits } from './apply.ts'
import { resolve } from './attributes.ts'
import { bare, listSteps } from './diff-list.ts'
import type { Unpacked } from './diff-pack.ts'
import { type AttributeDifference, type DifferenceNote, sameLists } from './differences.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import { readPatch } from './patch.ts'
import type { ResourceType } from './schema.ts'
import type { UpdateProfile } from './update-profile.ts'
import { PATCH_OP } from './urn.ts'

type ListDifference = Extract<AttributeDifference, { kind: 'list' }>
type MembersDifference = Extract<AttributeDifference, { kind: 'members' }>

/** The operations for one difference that an app takes; undefined when it takes none that would do. RFC 7644 §3.5.2. */
export function renderDifference(
  difference: AttributeDifference,
  updates: UpdateProfile,
  type: ResourceType,
  notes: DifferenceNote[],
): readonly Unpacked[] | undefined {
  switch (difference.kind) {
    case 'set':
      return renderSet(difference, updates)
    case 'unset':
      return renderUnset(difference.path, updates, type)
    case 'list':
      return renderList(difference, updates, type, notes)
    default:
      return renderMembers(difference, updates, notes)
  }
}

/** `add` where there was nothing, `replace` where there was something; for single values both mean the same. */
function opFor({ ops }: UpdateProfile, wanted: 'add' | 'replace'): 'add' | 'replace' | undefined {
  if (ops.includes(wanted)) return wanted
  const other = wanted === 'add' ? 'replace' : 'add'
  return ops.includes(other) ? other : undefined
}

function renderSet(
  { path, value, isNew }: Extract<AttributeDifference, { kind: 'set' }>,
  updates: UpdateProfile,
): readonly Unpacked[] | undefined {
  const op = opFor(updates, isNew ? 'add' : 'replace')
  return op === undefined ? undefined : [{ op, path, value, bare: nestedValue(path, value) }]
}

function renderUnset(path: string, updates: UpdateProfile, type: ResourceType): readonly Unpacked[] | undefined {
  if (updates.unset === 'none') return undefined
  if (updates.unset === 'remove' && updates.ops.includes('remove') && updates.paths) return [{ op: 'remove', path }]
  if (!updates.ops.includes('replace')) return undefined
  const isList = resolve(path, type)?.attribute?.multiValued === true
  const value = isList ? [] : null
  return [{ op: 'replace', path, value, bare: nestedValue(path, value) }]
}

function renderList(
  difference: ListDifference,
  updates: UpdateProfile,
  type: ResourceType,
  notes: DifferenceNote[],
): readonly Unpacked[] | undefined {
  const { path, old, next, attribute } = difference
  if (next.length === 0) return renderUnset(path, updates, type)
  const values = next.map((one) => (isObject(one) ? bare(one) : one))
  const whole = (['add', 'replace'] as const)
    .map((op): Unpacked => ({ op, path, value: values, bare: nestedValue(path, values) }))
    .filter(({ op }) => updates.ops.includes(op) && (op === 'replace' || old.length === 0))
    .find((one) => comesOut([one], difference, type))
  const parts =
    old.length === 0 ? undefined : attribute.type === 'complex' ? complexParts(difference) : simpleParts(difference)
  const dropped = parts?.filter((part) => part.op === 'remove' && part.path.endsWith(']')).length ?? old.length
  // Where nothing stays, the new list says it all.
  if (parts === undefined || dropped === old.length || !comesOut(parts, difference, type)) {
    return whole === undefined ? undefined : [whole]
  }
  const isLess = parts.length === 1 || whole === undefined || sizeOf(parts) <= sizeOf([whole])
  if (isLess && parts.every((part) => fits(part, updates))) return parts
  if (whole === undefined) return undefined
  if (isLess) {
    const why = `all of ${path} is sent, because the app takes no changes of single values`
    notes.push({ kind: 'whole list', path, why })
  }
  return [whole]
}

function sameIn(one: Json, list: readonly Json[]): boolean {
  return list.some((other) => sameLists([one], [other]))
}

function sizeOf(operations: readonly Unpacked[]): number {
  return operations.reduce((sum, { op, path, value }) => sum + JSON.stringify({ op, path, value }).length, 0)
}

/** Whether an app takes an operation on a part of a list. */
function fits({ op, path }: Unpacked, updates: UpdateProfile): boolean {
  if (updates.wholeLists || !updates.paths || !updates.ops.includes(op)) return false
  if (op === 'remove' && updates.unset !== 'remove') return false
  return updates.valuePaths || !path.includes('[')
}

/** Simple values can only be added one by one: servers don't agree on a filter for them. */
function simpleParts({ path, old, next }: ListDifference): readonly Unpacked[] | undefined {
  if (!old.every((one) => sameIn(one, next))) return undefined
  const added = next.filter((one) => !sameIn(one, old))
  return added.length + old.length === next.length ? [{ op: 'add', path, value: added }] : undefined
}

/** The steps of a list as operations. */
function complexParts({ path, old, next, attribute }: ListDifference): readonly Unpacked[] | undefined {
  const steps = listSteps(attribute, old.filter(isObject), next.filter(isObject))
  return steps?.map((step): Unpacked => {
    switch (step.step) {
      case 'add':
        return { op: 'add', path, value: step.values.map(bare) }
      case 'drop':
        return { op: 'remove', path: `${path}[${step.filter}]` }
      case 'unset':
        return { op: 'remove', path: `${path}[${step.filter}].${step.sub}` }
      default:
        return {
          op: 'replace',
          path: `${path}[${step.filter}]${step.sub === undefined ? '' : `.${step.sub}`}`,
          value: step.value,
        }
    }
  })
}

/** Whether our own reading of operations on a list makes of it what it should; what doesn't come out right is not sent. */
function comesOut(operations: readonly Unpacked[], { path, old, next }: ListDifference, type: ResourceType): boolean {
  const target = resolve(path, type)
  if (target?.attribute === undefined) return false
  const { extension, attribute } = target
  const own = old.length === 0 ? {} : { [attribute.name]: old }
  const before = { schemas: [type.schema.id], ...(extension === undefined ? own : { [extension]: own }) }
  const Operations = operations.map(({ op, path: at, value }) => ({
    op,
    path: at,
    ...(value === undefined ? {} : { value }),
  }))
  try {
    const { edits } = readPatch({ schemas: [PATCH_OP], Operations }, type, LENIENT)
    const result = applyEdits(before, edits, type, LENIENT)
    const holder = extension === undefined ? result : result[extension]
    const list = isObject(holder) ? holder[attribute.name] : undefined
    return sameLists(Array.isArray(list) ? list : [], next)
  } catch {
    return false
  }
}

function renderMembers(
  difference: MembersDifference,
  updates: UpdateProfile,
  notes: DifferenceNote[],
): readonly Unpacked[] | undefined {
  const { path, next, added, removed, hadNone } = difference
  const { members } = updates
  if (!updates.paths) return members.replace ? [wholeMembers(difference, updates)] : undefined
  const mayReplace =
    members.replace &&
    updates.ops.includes('replace') &&
    next.length <= Math.min(members.perOperation, members.perRequest)
  const kept = next.length - added.length
  if (next.length === 0 && members.clear !== 'one-by-one') {
    if (members.clear === 'remove' && updates.ops.includes('remove')) return [{ op: 'remove', path }]
    if (updates.ops.includes('replace')) return [{ op: 'replace', path, value: wrapped([], path, updates) }]
  }
  if (!hadNone && kept === 0 && next.length > 0 && mayReplace) return [wholeMembers(difference, updates)]
  const removals = removed.length === 0 ? [] : removeMembers(path, removed, updates)
  const additions = added.length === 0 ? [] : addMembers(path, added, updates)
  if (removals !== undefined && additions !== undefined) return [...removals, ...additions]
  if (!mayReplace || next.length === 0) return undefined
  const why = `all of ${path} is sent, because the app takes no ${removals === undefined ? 'removal' : 'addition'} of single ones`
  notes.push({ kind: 'whole list', path, why })
  return [wholeMembers(difference, updates)]
}

function wholeMembers({ path, next }: MembersDifference, updates: UpdateProfile): Unpacked {
  const value = wrapped(
    next.map((one) => shownMember(one, updates)),
    path,
    updates,
  )
  return { op: 'replace', path, value, members: next.length, bare: nestedValue(path, value) }
}

/** The operations that add members; undefined where the app takes none that do. */
export function addMembers(
  path: string,
  added: readonly JsonObject[],
  updates: UpdateProfile,
): readonly Unpacked[] | undefined {
  if (!updates.members.add || !updates.ops.includes('add')) return undefined
  return blocksOf(added, updates).map((block) => ({
    op: 'add',
    path,
    value: wrapped(
      block.map((one) => shownMember(one, updates)),
      path,
      updates,
    ),
    members: block.length,
  }))
}

/** The operations that remove single members; undefined where the app takes none that do. */
export function removeMembers(
  path: string,
  removed: readonly JsonObject[],
  updates: UpdateProfile,
): readonly Unpacked[] | undefined {
  if (!updates.ops.includes('remove')) return undefined
  switch (updates.members.remove) {
    case 'value-path':
      return removed.map(({ value }) => ({
        op: 'remove',
        path: `${path}[value eq ${JSON.stringify(value)}]`,
        members: 1,
      }))
    case 'value-list':
      return blocksOf(removed, updates).map((block) => ({
        op: 'remove',
        path,
        value: wrapped(
          block.map(({ value }) => ({ value: value ?? null })),
          path,
          updates,
        ),
        members: block.length,
      }))
    default:
      return undefined
  }
}

/** A list in blocks of as many members as an operation may have. */
export function blocksOf(
  list: readonly JsonObject[],
  { members, bytes }: UpdateProfile,
): readonly (readonly JsonObject[])[] {
  // An id takes some forty bytes; with its name and type around it no more than this.
  const size = Math.max(
    1,
    Math.min(members.perOperation, members.perRequest, Math.floor(bytes / MEMBER_BYTES), list.length),
  )
  return Array.from({ length: Math.ceil(list.length / size) }, (_, at) => list.slice(at * size, (at + 1) * size))
}

const MEMBER_BYTES = 200

/** A member as it is sent. */
export function shownMember({ value, type }: JsonObject, { members }: UpdateProfile): JsonObject {
  return { value: value ?? null, ...(type === undefined || !members.type ? {} : { type }) }
}

function wrapped(list: readonly Json[], path: string, { members }: UpdateProfile): Json {
  return members.wrap === 'none' ? list : { [path.slice(path.lastIndexOf(':') + 1)]: list }
}

/** A value as a part of a resource, where its path says: `{"name":{"givenName":…}}`, an extension's attributes under its URN. */
export function nestedValue(path: string, value: Json): JsonObject {
  const colon = path.lastIndexOf(':')
  const inner = path
    .slice(colon + 1)
    .split('.')
    .reduceRight<Json>((held, name) => ({ [name]: held }), value)
  return colon < 0 ? (inner as JsonObject) : { [path.slice(0, colon)]: inner }
}
