// Finds out how little a server needs to create a resource of a type.

import type { JsonObject } from '../../protocol/index.ts'
import type { AttributePath } from '../attribute-path.ts'
import { Blocked } from '../fault.ts'
import { join, member, withValue } from '../json-access.ts'
import type { Exchange } from '../wire/exchange.ts'
import type { DeclaredType } from './declared.ts'
import { type Specimen, specimens } from './specimen.ts'

/** Creations that are tried. */
export interface Trying {
  /** A name that no other resource has. */
  readonly name: () => string
  /** Creates, and gives the resource as GET shows it; `shown` is undefined when the creation was refused. */
  readonly create: (body: JsonObject) => Promise<Tried>
}

/** The answer to a creation, and the resource when it was accepted. */
export interface Tried {
  readonly exchange: Exchange
  readonly shown: JsonObject | undefined
}

/** The least that a server needs. */
export interface Least {
  /** A body with it, the name at its path, and what is given. */
  readonly body: (name: string, ...more: readonly JsonObject[]) => JsonObject
  /** The refusal of a creation with all that is declared required, where one with less was accepted. */
  readonly refused: Exchange | undefined
}

/** Attributes most servers require, whatever they declare. */
const TYPICAL = ['displayName', 'name', 'emails', 'active']

/** Tries one body after the other until one is accepted; throws `Blocked` when none is. */
export async function readLeast(type: DeclaredType, named: AttributePath, trying: Trying): Promise<Least> {
  let refusal: Exchange | undefined
  for (const { fits, isWhole } of choices(type)) {
    const body: Least['body'] = (name, ...more) =>
      compose(type, join(fill(specimens(type, name), fits), withValue(named, name), ...more))
    const { exchange, shown } = await trying.create(body(trying.name()))
    if (shown !== undefined) return { body, refused: isWhole ? undefined : refusal }
    refusal ??= exchange
  }
  throw new Blocked(`creating a ${type.name} failed (P-060)`, refusal ? [refusal] : [])
}

/** Which attributes a body may have, from few to many; `isWhole` says whether all that is declared required is among them. */
function choices(
  type: DeclaredType,
): readonly { readonly fits: (path: AttributePath) => boolean; readonly isWhole: boolean }[] {
  const isCore = ({ urn }: AttributePath) => urn === undefined
  const isTypical = (path: AttributePath) => isCore(path) && TYPICAL.includes(path.attribute.name)
  const isRequired = (path: AttributePath) =>
    path.attribute.required && (isCore(path) || type.extensions.some((one) => one.urn === path.urn && one.required))
  return [
    { fits: isRequired, isWhole: true },
    { fits: (path) => isRequired(path) || isTypical(path), isWhole: true },
    { fits: () => true, isWhole: true },
    // Less than is declared required: one odd extension is no reason to try nothing at all.
    { fits: (path) => isRequired(path) && isCore(path), isWhole: false },
    { fits: (path) => (isRequired(path) && isCore(path)) || isTypical(path), isWhole: false },
    { fits: () => false, isWhole: false },
  ]
}

/** The members that hold the values of some specimens. */
export function fill(all: readonly Specimen[], fits: (path: AttributePath) => boolean): JsonObject {
  return join(...all.filter(({ path }) => fits(path)).map(({ path, value }) => withValue(path, value)))
}

function compose(type: DeclaredType, members: JsonObject): JsonObject {
  const extensions = type.extensions.map(({ urn }) => urn).filter((urn) => member(members, urn) !== undefined)
  return { schemas: [type.schema, ...extensions], ...members }
}
