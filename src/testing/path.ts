// Attribute paths in filters, PATCH and query parameters. RFC 7644 §3.4.2.2, §3.5.2, §3.10.

import { type Attribute, attributesOf, CORE_SCHEMA, ENTERPRISE, findAttribute, type Type } from './schema.ts'

/** The attributes on the way to a value, outermost first; undefined: there is no such attribute. */
export type Steps = readonly Attribute[]

/** Finds the attributes that a dotted path names: `name.givenName`, `urn:…:User:department`. */
export function findPath(type: Type, text: string, within?: Attribute): Steps | undefined {
  if (within !== undefined) {
    const found = findAttribute(within.subAttributes ?? [], text)
    return found === undefined ? undefined : [found]
  }
  const lower = text.toLowerCase()
  const core = `${CORE_SCHEMA[type].toLowerCase()}:`
  const all = attributesOf(type)
  if (lower.startsWith(core)) return dotted(all, text.slice(core.length))
  const extension = type === 'User' ? findAttribute(all, ENTERPRISE) : undefined
  if (extension !== undefined && lower === ENTERPRISE.toLowerCase()) return [extension]
  if (extension !== undefined && lower.startsWith(`${ENTERPRISE.toLowerCase()}:`)) {
    const rest = dotted(extension.subAttributes ?? [], text.slice(ENTERPRISE.length + 1))
    return rest === undefined ? undefined : [extension, ...rest]
  }
  return dotted(all, text)
}

function dotted(among: readonly Attribute[], text: string): Steps | undefined {
  const steps: Attribute[] = []
  let here = among
  for (const name of text.split('.')) {
    const found = findAttribute(here, name)
    if (found === undefined) return undefined
    steps.push(found)
    here = found.subAttributes ?? []
  }
  return steps.length === 0 ? undefined : steps
}
