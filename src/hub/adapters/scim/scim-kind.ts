// The kind of apps that speak SCIM.

import type { Attribute, ResourceType } from '../../../protocol/index.ts'
import type { AdapterKind, AppSettings } from '../../contract/index.ts'
import { defaultMap } from './default-map.ts'
import { accountTypeOf, openScimAdapter } from './scim-adapter.ts'
import { readScimAuth, readScimOptions } from './scim-settings.ts'

/** Apps that speak SCIM 2.0 or 1.1: a base URL, and a profile that says how the app departs from the RFC. */
export const SCIM_KIND: AdapterKind = {
  kind: 'scim',
  check({ options, credentials }) {
    const { profile } = readScimOptions(options)
    readScimAuth(credentials === undefined ? {} : { credentials }, profile, async () => '')
  },
  defaultMap: ({ options }) => defaultMap(readScimOptions(options).profile),
  accountSchema(type, { options }, types) {
    const { user, group } = readScimOptions(options).profile
    if (type === 'Group' && !group.offered) return undefined
    return withoutDropped(accountTypeOf(type, types), (type === 'User' ? user : group).drop)
  },
  open: (settings: AppSettings, deps) => openScimAdapter(readScimOptions(settings.options), settings, deps),
}

/** A resource type without what the app doesn't keep, so that a map that writes it is told so. */
function withoutDropped(type: ResourceType, drop: readonly string[]): ResourceType {
  const kept = (attributes: readonly Attribute[], prefix: string): readonly Attribute[] =>
    attributes
      .filter(({ name }) => !drop.includes(`${prefix}${name}`))
      .map((each) =>
        each.subAttributes === undefined
          ? each
          : {
              ...each,
              subAttributes: each.subAttributes.filter(({ name }) => !drop.includes(`${prefix}${each.name}.${name}`)),
            },
      )
  return {
    ...type,
    schema: { ...type.schema, attributes: kept(type.schema.attributes, '') },
    extensions: type.extensions.map(({ schema, required }) => ({
      schema: { ...schema, attributes: kept(schema.attributes, `${schema.id}:`) },
      required,
    })),
  }
}
