// Finds out which attributes of a resource type a server stores, so that cases can use them.

import { type Json, type JsonObject, USER } from '../protocol/index.ts'
import type { AttributePath, DeclaredAttribute } from './attribute-path.ts'
import type { DeclaredType } from './declared.ts'
import type { Exchange } from './exchange.ts'
import { Blocked, NotOffered } from './fault.ts'
import { isUnassigned, join, member, pathOf, valueAt, withValue } from './json-access.ts'
import { element, type Specimen, specimen, specimens } from './specimen.ts'

/** A resource type that cases are tried on, with places that play known parts: found by trying, not only by what is said. */
export interface Subject {
  readonly type: DeclaredType
  /** A body for a creation: what every resource needs, the name in its place, and what is given. */
  readonly body: (name: string, ...more: readonly JsonObject[]) => JsonObject
  /** Where the name stands: userName, displayName. */
  readonly named: AttributePath
  /** The naming place, when it is required. */
  readonly key: () => AttributePath
  /** The naming place, when it is unique on the server. */
  readonly unique: () => AttributePath
  /** A plain text that is stored as given: nickName, title. */
  readonly text: () => AttributePath
  /** Another one. */
  readonly text2: () => AttributePath
  /** A boolean, `active` where there is one. */
  readonly flag: () => AttributePath
  /** A singular complex attribute with two texts that are stored: name. */
  readonly complex: () => {
    readonly place: AttributePath
    readonly first: AttributePath
    readonly second: AttributePath
  }
  /** A multi-valued complex attribute with value and type whose elements are stored: emails. */
  readonly list: () => AttributePath
  /** Another one. */
  readonly list2: () => AttributePath
  /** A plain text of an extension. */
  readonly extension: () => AttributePath & { readonly urn: string }
  /** Another one of the same extension. */
  readonly extension2: () => AttributePath & { readonly urn: string }
  /** An attribute of the type, by name; throws `NotOffered`. */
  readonly attribute: (name: string) => AttributePath
  /** The first attribute that fits, of the type or its extensions; throws `NotOffered`. */
  readonly having: (what: string, fits: (attribute: DeclaredAttribute) => boolean) => AttributePath
  /** An element for a list place, distinct for each number. */
  readonly element: (place: AttributePath, name: string, at: number) => JsonObject
  /** Writable places that a creation took but a GET did not show again. */
  readonly lost: readonly { readonly place: AttributePath; readonly value: Json }[]
  /** What the creation of a resource with everything in it looked like. */
  readonly full: Exchange | undefined
  /** The refusal of a creation with all that is called required, where one with less was taken. */
  readonly refused: Exchange | undefined
}

/** What finding out about a type needs. */
export interface Trying {
  readonly name: () => string
  /** Creates, and gives the resource as GET shows it; undefined when it was refused. */
  readonly create: (
    body: JsonObject,
  ) => Promise<{ readonly shown: JsonObject; readonly exchange: Exchange } | undefined>
  /** The last refusal, for the report. */
  readonly refusal: () => Exchange | undefined
}

/** Attributes most servers ask for, whatever they say is required. */
const TYPICAL = ['displayName', 'name', 'emails', 'active']
/** Which attributes play a part rather than others. */
const PREFERRED = [
  'nickName',
  'title',
  'department',
  'costCenter',
  'organization',
  'name',
  'emails',
  'phoneNumbers',
  'ims',
]

/** Finds out what a server takes for a type, and what of it it keeps; throws `Blocked` when nothing can be created. */
export async function readSubject(type: DeclaredType, trying: Trying): Promise<Subject> {
  const named = namingPath(type)
  const schemasOf = (members: JsonObject) => [
    type.schema,
    ...type.extensions.map(({ urn }) => urn).filter((urn) => member(members, urn) !== undefined),
  ]
  const compose = (base: JsonObject, name: string, more: readonly JsonObject[]) => {
    const members = join(base, withValue(named, name), ...more)
    return { schemas: schemasOf(members), ...members }
  }
  const fill = (all: readonly Specimen[], wanted: (place: AttributePath) => boolean) =>
    join(...all.filter(({ place }) => wanted(place)).map(({ place, value }) => withValue(place, value)))
  const isNeeded = (place: AttributePath) =>
    place.attribute.required &&
    (place.urn === undefined || type.extensions.some((one) => one.urn === place.urn && one.required))

  // What each creation has: the least that the server takes.
  const bases = [
    (name: string) => fill(specimens(type, name), isNeeded),
    (name: string) =>
      fill(
        specimens(type, name),
        (place) => isNeeded(place) || (place.urn === undefined && TYPICAL.includes(place.attribute.name)),
      ),
    (name: string) => fill(specimens(type, name), () => true),
    // Less than is called required: one odd extension is no reason to try nothing at all.
    (name: string) => fill(specimens(type, name), (place) => isNeeded(place) && place.urn === undefined),
    (name: string) =>
      fill(
        specimens(type, name),
        (place) => place.urn === undefined && (isNeeded(place) || TYPICAL.includes(place.attribute.name)),
      ),
    () => ({}),
  ]
  /** How many of them have all that is called required. */
  const complete = 3
  let base = bases[0]
  let made: { readonly shown: JsonObject; readonly exchange: Exchange } | undefined
  let refusal: Exchange | undefined
  let refused: Exchange | undefined
  for (const [at, one] of bases.entries()) {
    const name = trying.name()
    made = await trying.create(compose(one(name), name, []))
    refusal ??= trying.refusal()
    base = one
    if (made && at >= complete) refused = refusal
    if (made) break
  }
  if (made === undefined || base === undefined)
    throw new Blocked(`creating a ${type.name} failed (P-060)`, refusal ? [refusal] : [])
  const least = base

  // What is kept of everything that can be given.
  const name = trying.name()
  const all = specimens(type, name).filter(({ place }) => place.attribute.returned !== 'never')
  const full = await trying.create(compose(least(name), name, [fill(all, () => true)]))
  const kept: Specimen[] = []
  const lost: Specimen[] = []
  const judge = (one: Specimen, shown: JsonObject) => (isKept(one, shown) ? kept : lost).push(one)
  if (full) for (const one of all) judge(one, full.shown)
  else {
    for (const { place } of all) {
      const own = trying.name()
      const value = specimen(place.attribute, own)
      if (value === undefined) continue
      const tried = await trying.create(compose(least(own), own, [withValue(place, value)]))
      if (tried) judge({ place, value }, tried.shown)
    }
  }
  const rank = ({ place }: Specimen) => {
    const at = PREFERRED.indexOf(place.attribute.name)
    return at < 0 ? PREFERRED.length : at
  }
  const ranked = kept.toSorted((a, b) => rank(a) - rank(b)).map(({ place }) => place)
  const isPlain = ({ attribute }: AttributePath) =>
    attribute.type === 'string' &&
    !attribute.multiValued &&
    !attribute.required &&
    attribute.canonicalValues.length === 0 &&
    attribute.uniqueness === 'none' &&
    attribute.mutability === 'readWrite' &&
    attribute.returned === 'default' &&
    !['preferredLanguage', 'locale', 'timezone', 'externalId', 'formatted'].includes(attribute.name)
  const texts = ranked.filter(
    (place) =>
      place.urn === undefined && place !== named && place.attribute.name !== named.attribute.name && isPlain(place),
  )
  const flags = ranked.filter(
    (place) =>
      place.urn === undefined &&
      place.attribute.type === 'boolean' &&
      !place.attribute.multiValued &&
      place.attribute.mutability === 'readWrite',
  )
  const lists = ranked.filter(
    ({ urn, attribute }) =>
      urn === undefined &&
      attribute.type === 'complex' &&
      attribute.multiValued &&
      attribute.mutability === 'readWrite' &&
      ['value', 'type'].every((sub) =>
        attribute.subAttributes.some(
          (one) => one.name === sub && one.type === 'string' && one.mutability === 'readWrite',
        ),
      ),
  )
  const complexes = ranked
    .filter(({ urn, attribute }) => urn === undefined && attribute.type === 'complex' && !attribute.multiValued)
    .map((place) => ({ place, subs: place.attribute.subAttributes.filter((sub) => isPlain({ attribute: sub })) }))
    .filter(({ subs }) => subs.length >= 2)
  const extended = ranked.filter((place) => place.urn !== undefined && isPlain(place))
  const advertised = (fits: (place: AttributePath) => boolean) => pathsOf(type).some(fits)
  const part = <P>(found: P | undefined, what: string, fits: (place: AttributePath) => boolean): P => {
    if (found !== undefined) return found
    if (advertised(fits))
      throw new Blocked(`${type.name} has ${what}, but what was sent was not stored as it was (S-064)`)
    throw new NotOffered(`${type.name} has no ${what.replace(/^an? /, '')}`)
  }
  const isList = ({ attribute }: AttributePath) => attribute.type === 'complex' && attribute.multiValued
  return {
    type,
    body: (own, ...more) => compose(least(own), own, more),
    named,
    key() {
      if (named.attribute.required) return named
      throw new NotOffered(`${type.name} has no required attribute to tell resources apart by`)
    },
    unique() {
      if (named.attribute.uniqueness !== 'none') return named
      throw new NotOffered(`${pathOf(named)} is not unique on this server`)
    },
    text: () => part(texts[0], 'a plain text attribute', isPlain),
    text2: () => part(texts[1], 'a second plain text attribute', () => false),
    flag: () =>
      part(
        flags.find(({ attribute }) => attribute.name === 'active') ?? flags[0],
        'a boolean attribute',
        ({ attribute }) => attribute.type === 'boolean',
      ),
    complex() {
      const found = part(
        complexes[0],
        'a complex attribute with two texts',
        ({ attribute }) => attribute.type === 'complex' && !attribute.multiValued,
      )
      const subs = found.subs.toSorted((a, b) => order(a.name) - order(b.name))
      const [first, second] = subs
      if (first === undefined || second === undefined) throw new NotOffered('no complex attribute with two texts')
      return { place: found.place, first: { ...found.place, sub: first }, second: { ...found.place, sub: second } }
    },
    list: () => part(lists[0], 'a list with values and types', isList),
    list2: () => part(lists[1], 'a second list with values and types', () => false),
    extension: () =>
      withUrn(part(extended[0], 'an extension with a plain text attribute', ({ urn }) => urn !== undefined)),
    extension2() {
      const first = withUrn(
        part(extended[0], 'an extension with a plain text attribute', ({ urn }) => urn !== undefined),
      )
      return withUrn(
        part(
          extended.find((one) => one.urn === first.urn && one !== extended[0]),
          'an extension with two plain text attributes',
          () => false,
        ),
      )
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
    element: (place, own, at) => element(place.attribute, own, at),
    lost,
    full: full?.exchange,
    refused,
  }
}

/** Every place of a type, extensions included. */
export function pathsOf(type: DeclaredType): readonly AttributePath[] {
  return [
    ...type.attributes.map((attribute) => ({ attribute })),
    ...type.extensions.flatMap(({ urn, attributes }) => attributes.map((attribute) => ({ urn, attribute }))),
  ]
}

const order = (name: string) => {
  const at = ['givenName', 'familyName', 'middleName'].indexOf(name)
  return at < 0 ? 3 : at
}

function withUrn(place: AttributePath): AttributePath & { readonly urn: string } {
  if (place.urn === undefined) throw new NotOffered('no extension')
  return { ...place, urn: place.urn }
}

/** Where the name of a resource stands: userName of users, else what is required and unique, else the display name. */
export function namingPath(type: DeclaredType): AttributePath {
  const texts = type.attributes.filter(
    ({ type: kind, multiValued, mutability, canonicalValues }) =>
      kind === 'string' && !multiValued && mutability !== 'readOnly' && canonicalValues.length === 0,
  )
  const attribute =
    (type.schema === USER ? texts.find(({ name }) => name === 'userName') : undefined) ??
    texts.find(({ required, uniqueness }) => required && uniqueness !== 'none') ??
    texts.find(({ required }) => required) ??
    texts.find(({ name }) => ['displayName', 'name'].includes(name)) ??
    texts[0]
  if (attribute === undefined)
    throw new NotOffered(`${type.name} has no text that could tell the check's own resources`)
  return { attribute }
}

/** Whether what was given is shown again: every sub-attribute and element of it. */
function isKept({ place, value }: Specimen, shown: JsonObject): boolean {
  return holds(valueAt(shown, place), value)
}

/** Whether a value holds all that another one has; more is no harm, `primary: false` is the same as none. */
export function holds(actual: Json | undefined, wanted: Json): boolean {
  if (Array.isArray(wanted)) {
    return Array.isArray(actual) && wanted.every((one) => actual.some((other) => holds(other, one)))
  }
  if (typeof wanted === 'object' && wanted !== null) {
    return Object.entries(wanted).every(([name, value]) => holds(member(actual, name), value as Json))
  }
  if (wanted === false && isUnassigned(actual)) return true
  return actual === wanted
}
