// Which attributes can be declared indexed, and why others can't.

import { type Attribute, isOrdered, isReference, type ResourceType, resolve, type Target } from '../protocol/index.ts'

/** Of no use as examples: always indexed. */
const FROM_THE_START = new Set(['userName', 'externalId', 'displayName', 'emails'])

/** Attributes of every resource that are stored apart from the document, with indexes of their own or none. */
const KEPT_APART = new Set(['id', 'meta', 'schemas', 'groups', 'members'])

/** The attribute that a path names, if it can be indexed; else the reason why not, and what can be indexed. */
export function readIndexPath(text: string, type: ResourceType): Target | string {
  const found = resolve(text, type)
  const can = `only text, number, boolean and time attributes can be indexed, like ${examples(type).join(', ')}`
  if (found === undefined) return `${type.name} has no attribute "${text}"; ${can}`
  if (found.attribute === undefined) return `${found.extension} is an extension as a whole; ${can}`
  const { path, extension, attribute, sub, leaf } = found
  if (extension === undefined && KEPT_APART.has(attribute.name)) {
    return `${path} is kept apart from the other attributes of ${type.name} and can't be declared; ${can}`
  }
  if (attribute.returned === 'never' || leaf.returned === 'never') {
    return `${path} is never returned, and so in no index; ${can}`
  }
  if (leaf.type === 'complex') {
    const parts = (leaf.subAttributes ?? []).filter(isIndexable).map(({ name }) => `${path}.${name}`)
    return `${path} is complex; name a part of it${parts.length === 0 ? '' : `: ${parts.join(', ')}`}`
  }
  if (!isIndexable(leaf)) return `${path} is of type ${leaf.type}; ${can}`
  if (sub !== undefined && isReference(attribute) && (sub.name === '$ref' || sub.mutability === 'readOnly')) {
    return `${path} is derived from the resource it refers to and isn't stored; ${attribute.name}.value is always indexed`
  }
  return found
}

function isIndexable(leaf: Attribute): boolean {
  return isText(leaf) || isOrdered(leaf)
}

function isText({ type }: Attribute): boolean {
  return type === 'string' || type === 'reference'
}

/** A few paths of a type that can be indexed. */
function examples(type: ResourceType): readonly string[] {
  const own = [type.schema, ...type.extensions.map(({ schema }) => schema)].flatMap(({ id, attributes }) => {
    const prefix = id === type.schema.id ? '' : `${id}:`
    return attributes
      .filter((one) => prefix !== '' || !KEPT_APART.has(one.name))
      .flatMap((one) => {
        if (one.returned === 'never' || isReference(one) || FROM_THE_START.has(one.name)) return []
        const part = one.type === 'complex' ? one.subAttributes?.find(isText) : one
        if (part === undefined || !isText(part)) return []
        return [part === one ? `${prefix}${one.name}` : `${prefix}${one.name}.${part.name}`]
      })
  })
  const [plain, parted] = [own.filter((path) => !path.includes('.')), own.filter((path) => path.includes('.'))]
  return [...plain.slice(0, 2), ...parted.slice(0, 1)]
}
