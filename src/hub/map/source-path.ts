// What a rule of a map reads: a SCIM path of the resource here, its value filter included.

import {
  type Attribute,
  bindPath,
  type Document,
  didYouMean,
  formatPath,
  isObject,
  isPresent,
  isReference,
  type Json,
  matchesElement,
  parsePath,
  type ResourceType,
  ScimError,
  STRICT,
  type Target,
  valuesOf,
} from '../../protocol/index.ts'
import { namesOf } from './place.ts'

/** A path of a resource, ready to be read. */
export interface SourcePath {
  /** In canonical notation. */
  readonly path: string
  readonly leaf: Attribute
  /** Whether there may be several values. */
  readonly many: boolean
  /** All values that are there, in their order … */
  readonly all: (document: Document) => readonly Json[]
  /** … and with the primary one first, for where there is room for one. */
  readonly primaryFirst: (document: Document) => readonly Json[]
}

/** Reads a path; a text says what is wrong with it. RFC 7644 §3.5.2, §3.10. */
export function readSource(text: string, type: ResourceType): SourcePath | string {
  try {
    const path = parsePath(text)
    const bound = bindPath(path, type, { ...STRICT, bareExtensionNames: true })
    if (bound === undefined) return `${type.name} has no such attribute${didYouMean(text, ['id', ...namesOf(type)])}`
    if (bound.target === undefined) return 'is an extension; name one of its attributes after a colon'
    const { target, filter } = bound
    const { attribute, sub, leaf, extension } = target
    if (attribute.returned === 'never' || leaf.returned === 'never') return 'is secret and never given away'
    if (!isHere(target))
      return `${attribute.name} is no part of a resource; use grants, members or an expression instead`
    if (isReference(attribute) && sub !== undefined && (sub.name === '$ref' || sub.mutability === 'readOnly'))
      return 'belongs to the other resource; use ref'
    const whole = {
      attribute,
      leaf: attribute,
      path: attribute.name,
      ...(extension === undefined ? {} : { extension }),
    }
    const chosen = (document: Document) => {
      const values = valuesOf(document, whole)
      return filter === undefined ? values : values.filter((one) => matchesElement(one, filter))
    }
    const parts = (values: readonly Json[]) => {
      if (values.length === 0) return values
      return (sub === undefined ? values : values.flatMap((one) => partsOf(one, sub.name))).filter(isPresent)
    }
    return {
      path: path.filter === undefined ? target.path : formatPath(path),
      leaf,
      many: attribute.multiValued || leaf.multiValued,
      all: (document) => parts(chosen(document)),
      primaryFirst: (document) => parts(primaryFirst(chosen(document))),
    }
  } catch (error) {
    if (error instanceof ScimError) return error.detail
    throw error
  }
}

/** Whether an attribute is part of a stored resource, and not derived when one is shown. */
export function isHere({ extension, attribute }: Target): boolean {
  return extension !== undefined || !['meta', 'groups', 'members', 'schemas', 'password'].includes(attribute.name)
}

function primaryFirst(values: readonly Json[]): readonly Json[] {
  const at = values.findIndex((one) => isObject(one) && one.primary === true)
  const primary = values[at]
  return at <= 0 || primary === undefined ? values : [primary, ...values.toSpliced(at, 1)]
}

function partsOf(value: Json, name: string): readonly Json[] {
  const part = isObject(value) ? value[name] : undefined
  return part === undefined ? [] : Array.isArray(part) ? part : [part]
}
