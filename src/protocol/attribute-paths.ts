// Lists every attribute path that a resource type has.

import { COMMON } from './attributes.ts'
import type { ResourceType } from './schema.ts'

/** Every path that a type's schemas have, in standard notation: `userName`, `name.givenName`, `urn:…:User:department`. */
export function attributePaths(type: ResourceType): readonly string[] {
  const groups = [
    { prefix: '', attributes: [...COMMON, ...type.schema.attributes] },
    ...type.extensions.map(({ schema }) => ({ prefix: `${schema.id}:`, attributes: schema.attributes })),
  ]
  return groups.flatMap(({ prefix, attributes }) =>
    attributes.flatMap(({ name, subAttributes = [] }) => [
      `${prefix}${name}`,
      ...subAttributes.map((sub) => `${prefix}${name}.${sub.name}`),
    ]),
  )
}
