// Warns of what the first people and groups show that will matter later, like names that are no addresses.

import { isObject, type Json, type JsonObject } from '../../protocol/index.ts'

/** What is unusual in what has arrived. `count` of `of` have it. */
export interface Warning {
  readonly warning:
    | 'user-name-no-address'
    | 'no-external-id'
    | 'no-name'
    | 'no-email'
    | 'department-empty'
    | 'all-inactive'
    | 'same-email'
    | 'groups-empty'
    | 'group-names-twice'
  readonly count: number
  readonly of: number
}

/** A group that arrived. */
export interface ArrivedGroup {
  readonly name: string
  readonly members: number
}

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

/** What to warn of. Pure; reads each person once. */
export function warningsOf(people: readonly JsonObject[], groups: readonly ArrivedGroup[]): readonly Warning[] {
  const found: Warning[] = []
  const warn = (warning: Warning['warning'], count: number, of: number) => {
    if (count > 0) found.push({ warning, count, of })
  }
  const { length } = people
  const count = (test: (person: JsonObject) => boolean) => people.filter(test).length
  warn(
    'user-name-no-address',
    count(({ userName }) => !isAddress(userName)),
    length,
  )
  warn(
    'no-external-id',
    count(({ externalId }) => isEmpty(externalId)),
    length,
  )
  warn('no-name', count(hasNoName), length)
  warn(
    'no-email',
    count(({ emails }) => isEmpty(emails)),
    length,
  )
  const withoutDepartment = count((person) => isEmpty(departmentOf(person)))
  // One that is empty for some is nothing to speak of.
  if (withoutDepartment === length) warn('department-empty', withoutDepartment, length)
  const inactive = count(({ active }) => active === false)
  if (inactive === length) warn('all-inactive', inactive, length)
  warn('same-email', doubles(people.flatMap(addressesOf)), length)
  warn('groups-empty', groups.filter(({ members }) => members === 0).length, groups.length)
  warn('group-names-twice', doubles(groups.map(({ name }) => name.toLowerCase())), groups.length)
  return found
}

function isAddress(value: Json | undefined): boolean {
  if (typeof value !== 'string') return false
  const at = value.lastIndexOf('@')
  return at > 0 && value.indexOf('.', at) > at + 1 && !value.endsWith('.')
}

function isEmpty(value: Json | undefined): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
}

function hasNoName({ displayName, name }: JsonObject): boolean {
  const parts = isObject(name) ? [name.givenName, name.familyName, name.formatted] : []
  return isEmpty(displayName) && parts.every(isEmpty)
}

function departmentOf(person: JsonObject): Json | undefined {
  const enterprise = person[ENTERPRISE]
  return isObject(enterprise) ? enterprise.department : undefined
}

function addressesOf({ emails }: JsonObject): readonly string[] {
  const own = (Array.isArray(emails) ? emails : [])
    .filter(isObject)
    .flatMap(({ value }) => (typeof value === 'string' ? [value.toLowerCase()] : []))
  return [...new Set(own)]
}

/** How many of them come for the second time or more. */
function doubles(names: readonly string[]): number {
  return names.length - new Set(names).size
}
