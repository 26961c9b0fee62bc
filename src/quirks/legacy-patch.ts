// Quirk: the PATCH of SCIM 1.1, a partial resource.

import {
  attributeIn,
  isObject,
  type Json,
  type JsonObject,
  LENIENT,
  PATCH_OP,
  type ResourceType,
  resolve,
} from '../protocol/index.ts'
import type { Quirk } from './quirk.ts'
import { isUrn, memberOf, nameIn, type Operation, urnOf } from './toolkit.ts'

/**
 * A SCIM 1.1 PATCH: a part of the resource, where elements of lists are added unless they carry
 * `"operation": "delete"`, and `meta.attributes` names what is to be cleared.
 */
export const legacyPatch: Quirk = {
  name: 'legacy-patch',
  register: ['X02', 'Q17'],
  source: 'okta/okta-developer-docs, docs/reference/scim/scim-11 (pull request 800): group push of SCIM 1.1',
  deviates: ['P-341'],
  inbound(message) {
    const { type, body } = message
    if (message.action !== 'patch' || type === undefined || !isObject(body)) return message
    if (nameIn(body, 'Operations') !== undefined || isPatchOp(body) || isOperation(body, type)) return message
    if (!isPart(body, type)) return message
    const Operations = [
      ...cleared(body),
      ...Object.entries(body).flatMap(([name, value]) => changed(name, value, type)),
    ]
    return { ...message, body: { schemas: [PATCH_OP], Operations } }
  },
}

/** Says that it is a PATCH of SCIM 2.0; then the missing list of operations is an error. */
function isPatchOp(body: JsonObject): boolean {
  const schemas = memberOf(body, 'schemas')
  return Array.isArray(schemas) && schemas.some((urn: Json) => typeof urn === 'string' && urn.endsWith(':PatchOp'))
}

/** An operation without the list around it: as a part of a resource it would be left out, and answered as if it had been done. */
function isOperation(body: JsonObject, type: ResourceType): boolean {
  return typeof memberOf(body, 'op') === 'string' && attributeIn(type.schema.attributes, 'op') === undefined
}

/**
 * Whether it says anything of the resource. What doesn't has no meaning that is known, and must not be answered as if it
 * had been done.
 */
function isPart(body: JsonObject, type: ResourceType): boolean {
  const says = (name: string) =>
    resolve(name.split('[', 1)[0] ?? name, type, LENIENT) !== undefined || isUrn(urnOf(name, type))
  return cleared(body).length > 0 || Object.keys(body).some((name) => !IN_EVERY.has(name.toLowerCase()) && says(name))
}

/** What changes nothing. */
const IN_EVERY: ReadonlySet<string> = new Set(['schemas', 'id', 'meta'])

function cleared(body: JsonObject): Operation[] {
  const meta = memberOf(body, 'meta')
  const names = isObject(meta) ? memberOf(meta, 'attributes') : undefined
  if (!Array.isArray(names)) return []
  return names.flatMap((path: Json) => (typeof path === 'string' ? [{ op: 'remove', path }] : []))
}

function changed(name: string, value: Json, type: ResourceType): Operation[] {
  if (IN_EVERY.has(name.toLowerCase())) return []
  const attribute = attributeIn(type.schema.attributes, name)
  if (attribute?.multiValued !== true || value === null) return [{ op: 'replace', path: name, value }]
  const elements: readonly Json[] = Array.isArray(value) ? value : [value]
  const leaving = elements.filter(isDeleted)
  const coming = elements.filter((element) => !isDeleted(element))
  return [
    ...(leaving.length > 0 ? [{ op: 'remove', path: name, value: leaving }] : []),
    ...(coming.length > 0 ? [{ op: 'add', path: name, value: coming }] : []),
  ]
}

function isDeleted(element: Json): boolean {
  const operation = isObject(element) ? memberOf(element, 'operation') : undefined
  return typeof operation === 'string' && operation.toLowerCase() === 'delete'
}
