// Grants: roles and entitlements that the members of groups have in an app.

import { type Document, isObject, type Json, type ResourceType } from '../../protocol/index.ts'
import type { AppGrant, MapFinding } from '../contract/index.ts'
import { kindOf } from './fitting.ts'
import { type Draft, type Place, readPlace, write } from './place.ts'

/** What groups grant in one attribute, in the order of the settings. */
export interface GrantedList {
  readonly place: Place
  readonly grants: readonly AppGrant[]
  /** Whether entries are objects with a `value`. */
  readonly complex: boolean
}

/** Groups the grants by their attributes; what is wrong with them goes to the findings. */
export function readGranted(
  grants: readonly AppGrant[],
  accountType: ResourceType | undefined,
  findings: MapFinding[],
): readonly GrantedList[] {
  const lists = new Map<string, { readonly place: Place; readonly grants: AppGrant[]; readonly complex: boolean }>()
  for (const [at, grant] of grants.entries()) {
    const option = `grants[${at}].attribute`
    const error = (text: string) => void findings.push({ level: 'error', option, text })
    const place = readPlace(grant.attribute, accountType)
    if (typeof place === 'string') {
      error(place)
      continue
    }
    const { leaf } = place
    if (place.sub !== undefined || place.element !== undefined || (leaf !== undefined && !leaf.multiValued)) {
      error(`${place.path} is no list of values, as roles and entitlements are`)
      continue
    }
    if (leaf?.mutability === 'readOnly' || place.name === 'groups' || place.name === 'members') {
      error(`${place.path} can't be granted`)
      continue
    }
    const complex = leaf === undefined || leaf.type === 'complex'
    if (leaf !== undefined && !complex && kindOf(leaf) !== 'text') {
      error(`${place.path} holds no text`)
      continue
    }
    const list = lists.get(place.path) ?? { place, grants: [], complex }
    list.grants.push(grant)
    lists.set(place.path, list)
  }
  return [...lists.values()]
}

/** Puts what is granted behind what the map gave, each value once. */
export function grant(draft: Draft, { place, grants, complex }: GrantedList, memberOf: ReadonlySet<string>): void {
  const own = listIn(draft, place)
  const values = new Set(own.map(ownValue))
  const more: Json[] = []
  for (const { group, value, display } of grants) {
    if (!memberOf.has(group) || values.has(value)) continue
    values.add(value)
    more.push(complex ? { value, ...(display === undefined ? {} : { display }) } : value)
  }
  if (more.length > 0) write(draft, place, [...own, ...more])
}

function listIn(draft: Document, { extension, name }: Place): readonly Json[] {
  const holder = extension === undefined ? draft : draft[extension]
  const value = isObject(holder) ? holder[name] : undefined
  return Array.isArray(value) ? value : []
}

function ownValue(entry: Json): Json | undefined {
  return isObject(entry) ? entry.value : entry
}
