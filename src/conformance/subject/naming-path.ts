// Which attribute of a resource type tells its resources apart: userName of users.

import { USER } from '../../protocol/index.ts'
import type { AttributePath } from '../attribute-path.ts'
import { NotOffered } from '../fault.ts'
import type { DeclaredType } from './declared.ts'

/** Where the name of a resource is: userName of users, else what is required and unique, else the display name. */
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
    throw new NotOffered(`${type.name} has no text by which the check could tell its own resources`)
  return { attribute }
}
