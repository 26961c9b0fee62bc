// What the fields that an expression reads are in the schema of the resource.

import { type Attribute, EnterpriseUser, type ResourceType, resolve } from '../../protocol/index.ts'
import { isHere } from './source-path.ts'

/** The attribute that a chain of fields reads (`user.name.givenName`); undefined for a whole resource, and for what no schema has. */
export function attributeOf(path: string, type: ResourceType): Attribute | undefined {
  const [variable = '', ...fields] = path.split('.')
  if (fields.length === 0) return undefined
  const name = variable === 'enterprise' ? `${EnterpriseUser.id}:${fields.join('.')}` : fields.join('.')
  const found = resolve(name, type)
  return found?.attribute === undefined || !isHere(found) ? undefined : found.leaf
}

/** The first chain of fields that no resource of the type has. */
export function unknownField(paths: readonly string[], type: ResourceType): string | undefined {
  return paths.find((path) => path.includes('.') && attributeOf(path, type) === undefined)
}
