// What a copy may create or delete, and what it has to leave unchanged.

import { comparable, type Difference, type JsonObject, resolve, ScimError } from '../../protocol/index.ts'
import type { ComparedType, Comparison } from './comparison.ts'
import { type Pair, type SideResource, valueAt } from './pair-table.ts'
import { ownOf, withReferences } from './references.ts'

/** The resource to create in B. Its references are set later, when the resources that they refer to exist. */
export function creationOf(type: ComparedType, inA: SideResource, ignored: readonly string[]): JsonObject {
  // Required attributes are sent even if `--ignore` names them.
  const needed = new Set([
    type.key.split('.')[0] ?? '',
    ...type.b.schema.attributes.filter(({ required }) => required).map(({ name }) => name),
  ])
  const left = ignored.filter((name) => ![...needed].some((each) => each.toLowerCase() === name.toLowerCase()))
  return withReferences(ownOf(without(inA.document, left), type.a, type.b), type.b, () => undefined)
}

/** Whether A has a resource that its list omits, looked up by key: some servers hide inactive users. */
export async function isHidden({ a }: Comparison, type: ComparedType, { key, shown }: Pair): Promise<boolean> {
  if (a.showsAll) return false
  const target = resolve(type.key, type.a)
  if (target?.attribute === undefined) return false
  try {
    const { resources } = await a.client.query(type.a, {
      filter: `${target.path} eq ${JSON.stringify(shown)}`,
      count: 10,
    })
    // Servers that ignore filters return any resources.
    return resources.some((each) => {
      const value = valueAt(each as unknown as JsonObject, type.key, type.a)
      return value !== undefined && comparable(target.leaf, value) === key
    })
  } catch (error) {
    // A server without filters has only its list.
    if (error instanceof ScimError && [400, 403, 404, 405, 501].includes(error.status)) return false
    throw error
  }
}

/** Why parts of a change are left out, in words. */
export function leftBy(notes: Difference['notes']): readonly string[] {
  return notes.filter(({ kind }) => kind === 'impossible' || kind === 'refused').map(({ why }) => why)
}

/** A resource without the ignored attributes. */
function without(document: JsonObject, ignored: readonly string[]): JsonObject {
  if (ignored.length === 0) return document
  const folded = new Set(ignored.map((name) => name.toLowerCase()))
  return Object.fromEntries(Object.entries(document).filter(([name]) => !folded.has(name.toLowerCase())))
}
