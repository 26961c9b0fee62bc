// The maps of apps that have none of their own: whatever the account can hold of the core schemas.

import { EnterpriseUser, isReference, type JsonObject, type ResourceType, User } from '../../protocol/index.ts'
import type { AccountType } from '../contract/index.ts'

/** Attributes of people that only the app, or grants, or nobody decides about. */
const LEFT_OUT: ReadonlySet<string> = new Set(['password', 'groups', 'roles', 'entitlements', 'x509Certificates'])

/**
 * The map of an app that has none of its own: what is cleared here is cleared there. The id here becomes the account's `externalId`.
 * People: the core schema and the enterprise extension, without passwords, roles and entitlements. Groups: name and members; groups in
 * groups count by their members. With the schema of the accounts, only what they can hold.
 */
export function defaultMap(type: AccountType, accountType?: ResourceType): JsonObject {
  if (type === 'Group')
    return {
      displayName: { from: 'displayName', whenMissing: 'fail' },
      externalId: { from: 'id' },
      members: { refs: 'members' },
    }
  const rules: { [path: string]: JsonObject } = {
    userName: { from: 'userName', whenMissing: 'fail' },
    externalId: { from: 'id' },
    active: { from: 'active', default: true },
  }
  const has = (name: string, extension?: string) => {
    if (accountType === undefined) return true
    const schema =
      extension === undefined
        ? accountType.schema
        : accountType.extensions.find(({ schema: { id } }) => id === extension)?.schema
    const attribute = schema?.attributes.find((one) => one.name === name)
    return attribute !== undefined && attribute.mutability !== 'readOnly'
  }
  for (const { name, mutability } of User.schema.attributes) {
    if (rules[name] !== undefined || mutability === 'readOnly' || LEFT_OUT.has(name) || !has(name)) continue
    rules[name] = { from: name, whenMissing: 'clear' }
  }
  for (const attribute of EnterpriseUser.attributes) {
    const path = `${EnterpriseUser.id}:${attribute.name}`
    if (!has(attribute.name, EnterpriseUser.id)) continue
    rules[path] = { [isReference(attribute) ? 'ref' : 'from']: path, whenMissing: 'clear' }
  }
  return rules
}
