// A resource type that cases are tried on, with attributes that play known parts in them.

import type { JsonObject } from '../../protocol/index.ts'
import type { AttributePath, DeclaredAttribute } from '../attribute-path.ts'
import { Blocked, NotOffered } from '../fault.ts'
import { pathOf } from '../json-access.ts'
import type { Exchange } from '../wire/exchange.ts'
import { type ComplexPath, findCandidates, isPlainText } from './candidates.ts'
import type { DeclaredType } from './declared.ts'
import { type Kept, readKept } from './kept-values.ts'
import { type Least, readLeast, type Trying } from './least-body.ts'
import { type ListElement, listElement } from './list-element.ts'
import { namingPath } from './naming-path.ts'

/** A path to an attribute of an extension. */
export type ExtensionPath = AttributePath & { readonly urn: string }

/**
 * A resource type, and its attributes by the parts that they play, which are found by trying and not only by what is declared.
 * Reading a part that the type lacks throws `NotOffered`; one that is declared but not stored, `Blocked`.
 */
export interface Subject {
  readonly type: DeclaredType
  /** A body for a creation: what every resource needs, the name at its path, and what is given. */
  readonly body: (name: string, ...more: readonly JsonObject[]) => JsonObject
  /** Where the name is: userName, displayName. */
  readonly named: AttributePath
  /** The naming attribute, when it is required. */
  readonly key: AttributePath
  /** The naming attribute, when it is unique on the server. */
  readonly unique: AttributePath
  /** A plain text that is stored as given: nickName, title. */
  readonly text: AttributePath
  /** A boolean, `active` where there is one. */
  readonly flag: AttributePath
  /** A singular complex attribute with two texts that are stored: name. */
  readonly complex: ComplexPath
  /** A multi-valued complex attribute with value and type whose elements are stored: emails. */
  readonly list: AttributePath
  /** Another one. */
  readonly list2: AttributePath
  /** A plain text of an extension. */
  readonly extension: ExtensionPath
  /** Another one of the same extension. */
  readonly extension2: ExtensionPath
  /** An attribute of the type, by name; throws `NotOffered`. */
  readonly attribute: (name: string) => AttributePath
  /** The first attribute that fits, of the type or its extensions; throws `NotOffered`. */
  readonly having: (what: string, fits: (attribute: DeclaredAttribute) => boolean) => AttributePath
  /** An element for a list, distinct for each number. */
  readonly element: (list: AttributePath, name: string, at: number) => ListElement
  /** Writable attributes that a creation accepted but a GET did not show. */
  readonly lost: readonly AttributePath[]
  /** The creation of a resource with every attribute. */
  readonly full: Exchange | undefined
  /** The refusal of a creation with all that is declared required, where one with less was accepted. */
  readonly refused: Exchange | undefined
}

/** Finds out what a server needs for a type, and which attributes it stores; throws `Blocked` when nothing can be created. */
export async function readSubject(type: DeclaredType, trying: Trying): Promise<Subject> {
  const named = namingPath(type)
  const least = await readLeast(type, named, trying)
  const kept = await readKept(type, least, trying)
  return assemble(type, named, least, kept)
}

function assemble(type: DeclaredType, named: AttributePath, least: Least, { kept, lost, full }: Kept): Subject {
  const { texts, flags, lists, complexes, extended } = findCandidates(kept, named)
  const part = <P>(found: P | undefined, what: string, isDeclared: (path: AttributePath) => boolean): P => {
    if (found !== undefined) return found
    if (pathsOf(type).some(isDeclared))
      throw new Blocked(`${type.name} has ${what}, but what was sent was not stored as it was (S-064)`)
    throw new NotOffered(`${type.name} has no ${what.replace(/^an? /, '')}`)
  }
  const extension = (at: number, what: string) => {
    const urn = extended[0]?.urn
    const found = extended.filter((one) => one.urn === urn)[at]
    return part(
      found && urn !== undefined ? { ...found, urn } : undefined,
      what,
      (path) => at === 0 && path.urn !== undefined,
    )
  }
  return {
    type,
    body: least.body,
    named,
    get key() {
      if (named.attribute.required) return named
      throw new NotOffered(`${type.name} has no required attribute that tells resources apart`)
    },
    get unique() {
      if (named.attribute.uniqueness !== 'none') return named
      throw new NotOffered(`${pathOf(named)} is not unique on this server`)
    },
    get text() {
      return part(texts[0], 'a plain text attribute', ({ attribute }) => isPlainText(attribute))
    },
    get flag() {
      const found = flags.find(({ attribute }) => attribute.name === 'active') ?? flags[0]
      return part(found, 'a boolean attribute', ({ attribute }) => attribute.type === 'boolean')
    },
    get complex() {
      const isComplex = ({ attribute }: AttributePath) => attribute.type === 'complex' && !attribute.multiValued
      return part(complexes[0], 'a complex attribute with two texts', isComplex)
    },
    get list() {
      const isList = ({ attribute }: AttributePath) => attribute.type === 'complex' && attribute.multiValued
      return part(lists[0], 'a list with values and types', isList)
    },
    get list2() {
      return part(lists[1], 'a second list with values and types', () => false)
    },
    get extension() {
      return extension(0, 'an extension with a plain text attribute')
    },
    get extension2() {
      return extension(1, 'an extension with two plain text attributes')
    },
    attribute(wanted) {
      const attribute = type.attributes.find((one) => one.name.toLowerCase() === wanted.toLowerCase())
      if (attribute === undefined) throw new NotOffered(`${type.name} has no ${wanted}`)
      return { attribute }
    },
    having(what, fits) {
      const found = pathsOf(type).find(({ attribute }) => fits(attribute))
      if (found === undefined) throw new NotOffered(`${type.name} has no ${what}`)
      return found
    },
    element: listElement,
    lost,
    full,
    refused: least.refused,
  }
}

/** Every attribute of a type, extensions included. */
function pathsOf(type: DeclaredType): readonly AttributePath[] {
  return [
    ...type.attributes.map((attribute) => ({ attribute })),
    ...type.extensions.flatMap(({ urn, attributes }) => attributes.map((attribute) => ({ urn, attribute }))),
  ]
}
