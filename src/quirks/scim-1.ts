// SCIM 1.1 from and to SCIM 2.0: URNs, and the id of a manager.

import { ENTERPRISE_USER, isObject, type Json, type JsonObject, mergedParts, USER } from '../protocol/index.ts'

/** The core schema of SCIM 1.1, for users and groups alike. SCIM 1.1 core schema §12. */
const CORE_1 = 'urn:scim:schemas:core:1.0'
const ENTERPRISE_1 = 'urn:scim:schemas:extension:enterprise:1.0'

/** A resource of SCIM 2.0 as SCIM 1.1 has it. */
export function toScim1(resource: JsonObject): JsonObject {
  const { [ENTERPRISE_USER]: enterprise, schemas, meta, ...rest } = resource
  const urn = (text: Json): Json =>
    typeof text !== 'string'
      ? text
      : text.startsWith(ENTERPRISE_USER)
        ? `${ENTERPRISE_1}${text.slice(ENTERPRISE_USER.length)}`
        : text.startsWith(CORE_2)
          ? CORE_1
          : text
  const gone = isObject(meta) && Array.isArray(meta.attributes) ? meta.attributes.map(urn) : undefined
  return {
    ...(Array.isArray(schemas) ? { schemas: schemas.map(urn) } : {}),
    ...rest,
    ...(isObject(enterprise) ? { [ENTERPRISE_1]: renamed(enterprise, 'value', 'managerId') } : {}),
    ...(gone === undefined ? {} : { meta: { attributes: gone } }),
  }
}

/** A resource of SCIM 1.1 as SCIM 2.0 has it; one that is so already stays as it is. */
export function fromScim1(resource: JsonObject): JsonObject {
  const { [ENTERPRISE_1]: enterprise, schemas: _schemas, ...rest } = resource
  const modern = isObject(enterprise) ? { [ENTERPRISE_USER]: renamed(enterprise, 'managerId', 'value') } : {}
  // Which core schema it is follows from where the resource was read.
  return mergedParts(modern, rest)
}

const CORE_2 = USER.slice(0, USER.lastIndexOf(':'))

function renamed(enterprise: JsonObject, from: string, to: string): JsonObject {
  const { manager } = enterprise
  if (!isObject(manager) || manager[from] === undefined) return enterprise
  const { [from]: id = null, ...rest } = manager
  return { ...enterprise, manager: { ...rest, [to]: id } }
}
