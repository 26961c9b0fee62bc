// Derives what no document contains: meta, groups, members, and what references show of other resources.

import {
  type Attribute,
  type BoundFilter,
  type BoundSort,
  type Document,
  entryOf,
  isObject,
  isReference,
  type Json,
  type JsonObject,
  type Target,
  targetsIn,
} from '../protocol/index.ts'
import type { Member, Membership, Stored } from './contract/index.ts'
import { documentOf } from './document.ts'

/** What a document lacks until it is read, looked up in the store. */
export interface DerivedSource {
  readonly base: string
  readonly endpoints: { readonly [type: string]: string }
  readonly groupsOf: (id: string) => readonly (Membership & { readonly type: string })[]
  readonly membersOf: (id: string) => readonly Member[]
  readonly named: (id: string) => Member | undefined
}

/**
 * A resource as clients see it, as far as a filter and a sort key need: with meta, and with groups, members and what references show
 * of the other resource where these are wanted. RFC 7643 §3.1, §4.
 */
export function fullDocument(
  stored: Stored,
  filter: BoundFilter | undefined,
  sort: BoundSort | undefined,
  source: DerivedSource,
): Document {
  const whole: { [name: string]: Json } = {
    ...documentOf(stored),
    meta: {
      resourceType: stored.type,
      created: new Date(stored.created).toISOString(),
      lastModified: new Date(stored.modified).toISOString(),
      location: `${source.base}${entryOf(source.endpoints, stored.type) ?? ''}/${stored.id}`,
      version: `W/"${stored.version}"`,
    },
  }
  const targets = filter === undefined ? [] : [...targetsIn(filter)]
  if (sort !== undefined) targets.push(sort.target)
  for (const target of targets) {
    const kind = derivation(target)
    if (kind === 'groups') whole.groups = source.groupsOf(stored.id).map((group) => groupEntry(group, source))
    else if (kind === 'members')
      whole.members = source.membersOf(stored.id).map((member) => memberEntry(member, source))
    else if (kind === 'reference') link(whole, target, source)
  }
  return whole
}

/** The members of a group as the elements that a filter on `members` looks at. */
export function memberEntry(member: Member, source: Pick<DerivedSource, 'base' | 'endpoints'>): JsonObject {
  return { ...linkTo(member, source), type: member.type }
}

/** What a target is derived from, if no document contains it. */
export function derivation(target: Target): 'groups' | 'members' | 'reference' | undefined {
  const { attribute } = target
  if (target.extension === undefined && attribute.multiValued) {
    if (attribute.name === 'members' && isReference(attribute)) return 'members'
    if (attribute.name === 'groups' && attribute.mutability === 'readOnly') return 'groups'
  }
  return isReference(attribute) ? 'reference' : undefined
}

/** The readOnly sub-attribute that shows the other resource's name. */
function displayName(attribute: Attribute): string | undefined {
  return attribute.subAttributes?.find(
    (sub) => sub.mutability === 'readOnly' && (sub.name === 'displayName' || sub.name === 'display'),
  )?.name
}

function groupEntry(group: Membership & { readonly type: string }, source: DerivedSource): JsonObject {
  return { ...linkTo(group, source), type: group.direct ? 'direct' : 'indirect' }
}

function linkTo(
  other: { readonly id: string; readonly type: string; readonly display: string },
  source: Pick<DerivedSource, 'base' | 'endpoints'>,
): JsonObject {
  const endpoint = entryOf(source.endpoints, other.type)
  return {
    value: other.id,
    ...(endpoint === undefined ? {} : { $ref: `${source.base}${endpoint}/${other.id}` }),
    ...(other.display === '' ? {} : { display: other.display }),
  }
}

function link(whole: { [name: string]: Json }, target: Target, source: DerivedSource): void {
  const { attribute, extension } = target
  const holder = extension === undefined ? whole : whole[extension]
  if (!isObject(holder)) return
  const name = displayName(attribute)
  const fill = (one: Json): Json => {
    if (!isObject(one) || typeof one.value !== 'string') return one
    const other = source.named(one.value)
    if (other === undefined) return one
    const { $ref, display } = linkTo(other, source)
    return {
      ...one,
      ...($ref === undefined ? {} : { $ref }),
      ...(name === undefined || display === undefined ? {} : { [name]: display }),
    }
  }
  const value = holder[attribute.name]
  if (value === undefined) return
  const filled = Array.isArray(value) ? value.map(fill) : fill(value)
  if (extension === undefined) whole[attribute.name] = filled
  else whole[extension] = { ...holder, [attribute.name]: filled }
}
