// Finds attributes by name, in any letter case. RFC 7643 §2.1.

import type { Target } from './bound.ts'
import type { Attribute, ResourceType, Schema } from './schema.ts'

const KEPT = { required: false, multiValued: false, caseExact: false, uniqueness: 'none' } as const
const META = { ...KEPT, mutability: 'readOnly', returned: 'default' } as const

/** The attributes that every resource has and no schema lists. RFC 7643 §3.1. */
export const COMMON: readonly Attribute[] = [
  {
    ...KEPT,
    name: 'schemas',
    type: 'reference',
    multiValued: true,
    description: 'URIs of the schemas in use in this representation; base schema plus extensions, no duplicates.',
    required: true,
    mutability: 'readWrite',
    returned: 'always',
    referenceTypes: ['uri'],
  },
  {
    ...KEPT,
    name: 'id',
    type: 'string',
    description:
      'Identifier issued by the service provider; stable, never reassigned, unique across all its resources, never containing the string bulkId.',
    required: true,
    caseExact: true,
    mutability: 'readOnly',
    returned: 'always',
    uniqueness: 'server',
  },
  {
    ...KEPT,
    name: 'externalId',
    type: 'string',
    description: 'Identifier issued by the provisioning client, scoped to its provisioning domain.',
    caseExact: true,
    mutability: 'readWrite',
    returned: 'default',
  },
  {
    ...META,
    name: 'meta',
    type: 'complex',
    description: 'Metadata maintained by the service provider; ignored when sent by a client.',
    subAttributes: [
      { ...META, name: 'resourceType', type: 'string', description: 'Name of the resource type.', caseExact: true },
      { ...META, name: 'created', type: 'dateTime', description: 'When the resource was added.' },
      {
        ...META,
        name: 'lastModified',
        type: 'dateTime',
        description: 'When the resource last changed; equals created until the first change.',
      },
      {
        ...META,
        name: 'location',
        type: 'reference',
        description: 'Absolute URI of the resource.',
        caseExact: true,
        referenceTypes: ['uri'],
      },
      { ...META, name: 'version', type: 'string', description: 'Entity tag of the representation.', caseExact: true },
    ],
  },
]

/** How far names bend; a part of {@link Allowances}. */
export interface NameAllowances {
  readonly dotAfterUrn: boolean
  readonly bareExtensionNames: boolean
}

/** What a path names: an attribute, or a whole extension by its URN alone (in canonical case). */
export type Resolved = Target | { readonly extension: string; readonly attribute?: undefined }

const maps = new WeakMap<readonly Attribute[], Map<string, Attribute>>()

/** The attribute of that name in any letter case. RFC 7643 §2.1. */
export function attributeIn(attributes: readonly Attribute[], name: string): Attribute | undefined {
  let map = maps.get(attributes)
  if (map === undefined) {
    map = new Map()
    for (const attribute of attributes) {
      map.set(attribute.name.toLowerCase(), attribute)
    }
    for (const attribute of attributes) map.set(attribute.name, attribute)
    maps.set(attributes, map)
  }
  return map.get(name) ?? (isAscii(name) ? map.get(name.toLowerCase()) : undefined)
}

/** The extension of a resource type with that URN in any letter case. RFC 7643 §3.3. */
export function extensionOf(
  type: ResourceType,
  urn: string,
): { readonly schema: Schema; readonly required: boolean } | undefined {
  let known = extensions.get(type)
  if (known === undefined) {
    known = new Map(type.extensions.map((extension) => [extension.schema.id.toLowerCase(), extension]))
    for (const extension of type.extensions) known.set(extension.schema.id, extension)
    extensions.set(type, known)
  }
  return known.get(urn) ?? known.get(urn.toLowerCase())
}

const extensions = new WeakMap<ResourceType, Map<string, ResourceType['extensions'][number]>>()

interface Index {
  /** Every spelling in lower case, plus the canonical ones. */
  readonly paths: Map<string, Resolved>
  /** `URN.attribute`. */
  readonly dotted: Map<string, Target>
  /** Attributes of extensions under their bare names, where those are unambiguous. */
  readonly bare: Map<string, Target>
}

const indexes = new WeakMap<ResourceType, Index>()

/**
 * Where a path in standard notation leads, or undefined when nothing in the type's schemas has that name.
 * `[URN:]name[.sub]` in any letter case; a URN of the type is matched as a whole, so that the dot of
 * `2.0` separates nothing. RFC 7644 §3.10.
 */
export function resolve(text: string, type: ResourceType, allow?: NameAllowances): Resolved | undefined {
  const index = indexes.get(type) ?? buildIndex(type)
  const exact = index.paths.get(text)
  if (exact !== undefined) return exact
  if (!isAscii(text)) return undefined
  const folded = text.toLowerCase()
  return (
    index.paths.get(folded) ??
    (allow?.dotAfterUrn ? index.dotted.get(folded) : undefined) ??
    (allow?.bareExtensionNames ? index.bare.get(folded) : undefined)
  )
}

function buildIndex(type: ResourceType): Index {
  const index: Index = { paths: new Map(), dotted: new Map(), bare: new Map() }
  const { paths, dotted, bare } = index
  for (const attribute of [...type.schema.attributes, ...COMMON]) {
    for (const target of targetsOf(attribute)) {
      paths.set(target.path.toLowerCase(), target)
      paths.set(`${type.schema.id}:${target.path}`.toLowerCase(), target)
      dotted.set(`${type.schema.id}.${target.path}`.toLowerCase(), target)
    }
  }
  const core = new Set(paths.keys())
  const shared = new Set<string>()
  for (const { schema } of type.extensions) {
    for (const attribute of schema.attributes) {
      const root = attribute.name.toLowerCase()
      // The same bare name in two extensions says neither.
      if (bare.has(root)) shared.add(root)
      for (const target of targetsOf(attribute, schema.id)) {
        const local = target.path.slice(schema.id.length + 1)
        paths.set(target.path.toLowerCase(), target)
        dotted.set(`${schema.id}.${local}`.toLowerCase(), target)
        if (!core.has(root)) bare.set(local.toLowerCase(), target)
      }
    }
  }
  for (const name of [...bare.keys()]) if (shared.has(name.split('.')[0] ?? name)) bare.delete(name)
  for (const resolved of [...paths.values()]) if ('path' in resolved) paths.set(resolved.path, resolved)
  // Last, so that the longest URN wins over a shorter one with an attribute of that name.
  for (const { schema } of type.extensions) {
    const whole = { extension: schema.id }
    paths.set(schema.id.toLowerCase(), whole).set(schema.id, whole)
  }
  indexes.set(type, index)
  return index
}

function targetsOf(attribute: Attribute, extension?: string): Target[] {
  const where = extension === undefined ? {} : { extension }
  const path = extension === undefined ? attribute.name : `${extension}:${attribute.name}`
  const whole: Target = { ...where, attribute, leaf: attribute, path }
  const parts = (attribute.subAttributes ?? []).map(
    (sub): Target => ({ ...where, attribute, sub, leaf: sub, path: `${path}.${sub.name}` }),
  )
  return [whole, ...parts]
}

// Letters such as the Kelvin sign become ASCII in lower case; no attribute name has them (RFC 7643 §2.1).
function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 127) return false
  return true
}
