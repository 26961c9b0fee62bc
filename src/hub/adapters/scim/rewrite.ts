// Writes a whole resource: what was read, with what the hub manages as it must be.

import {
  type AppProfile,
  type Document,
  diff,
  isObject,
  type Json,
  type JsonObject,
  PATCH_OP,
  type ResourceType,
  schemasFor,
} from '../../../protocol/index.ts'
import type { MemberChange } from '../../contract/index.ts'

/**
 * The resource as it was read, with what one document has of it, or the other, as the second says. Attributes that neither has stay as they
 * are, so that a PUT, which takes away what it leaves out, takes nothing away that the hub doesn't manage. RFC 7644 §3.5.1.
 */
export function overlaid(current: JsonObject, from: Document, to: Document, type: ResourceType): JsonObject {
  const served = new Set(
    type.schema.attributes.filter(({ mutability }) => mutability === 'readOnly').map(({ name }) => name),
  )
  const own = Object.entries(current).filter(([name]) => name !== 'meta' && name !== 'schemas' && !served.has(name))
  const parts = new Set([
    ...type.extensions.map(({ schema }) => schema.id),
    ...type.schema.attributes
      .filter(({ type: kind, multiValued }) => kind === 'complex' && !multiValued)
      .map(({ name }) => name),
  ])
  const out = over(Object.fromEntries(own), from, to, parts)
  return { schemas: schemasFor(out, type), ...out }
}

function over(current: JsonObject, from: JsonObject, to: JsonObject, parts: ReadonlySet<string>): JsonObject {
  const out: { [name: string]: Json } = { ...current }
  for (const name of new Set([...Object.keys(from), ...Object.keys(to)])) {
    if (name === 'schemas' || name === 'id' || name === 'meta') continue
    const value = parts.has(name) ? inside(current[name], from[name], to[name]) : to[name]
    if (value === undefined) delete out[name]
    else out[name] = value
  }
  return out
}

/** The parts of one complex value, or the attributes of an extension; undefined when none is left. */
function inside(current: Json | undefined, from: Json | undefined, to: Json | undefined): JsonObject | undefined {
  const object = (value: Json | undefined) => (isObject(value) ? value : {})
  const out = over(object(current), object(from), object(to), new Set())
  return Object.keys(out).length === 0 ? undefined : out
}

/** The request that gives a group all its members anew; undefined when it has them already. */
export function membersRewritten(
  current: JsonObject,
  { add, remove }: MemberChange,
  type: ResourceType,
  profile: AppProfile,
): { readonly method: 'PUT' | 'PATCH'; readonly body: JsonObject } | undefined {
  const had = memberIds(current)
  const leaving = new Set(remove)
  const ids = [...new Set([...had.filter((id) => !leaving.has(id)), ...add])]
  const before = { ...current, members: had.map((value) => ({ value })) }
  const after = { ...current, members: ids.map((value) => ({ value })) }
  const { same, put, patches } = diff(before, after, type, profile)
  if (same) return undefined
  const [operations] = patches
  if (put === undefined && operations !== undefined)
    return { method: 'PATCH', body: { schemas: [PATCH_OP], Operations: operations } }
  const { meta: _meta, ...rest } = after as JsonObject
  const members = ids.length === 0 && put?.partial !== true ? {} : { members: after.members }
  const { members: _old, ...own } = rest
  return { method: 'PUT', body: { ...own, schemas: [type.schema.id], ...members } }
}

/** Ids of the members that a group shows. */
export function memberIds({ members }: JsonObject): readonly string[] {
  const list: readonly Json[] = Array.isArray(members) ? members : []
  return list.flatMap((each) => {
    const id = isObject(each) ? each.value : each
    return typeof id === 'string' && id !== '' ? [id] : typeof id === 'number' ? [String(id)] : []
  })
}
