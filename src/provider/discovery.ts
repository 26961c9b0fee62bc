// ServiceProviderConfig, Schemas and ResourceTypes. RFC 7644 §4.

import type { Features } from '../access/index.ts'
import type { Answer } from '../call.ts'
import {
  type Catalog,
  type Document,
  decodeQuery,
  forbidden,
  LIMITS,
  LIST_RESPONSE,
  notFound,
  schemaById,
  schemasOf,
  typeByName,
  writeResourceType,
  writeSchema,
  writeServiceProviderConfig,
} from '../protocol/index.ts'
import type { RequestContext } from './request.ts'
import { documentAnswer } from './respond.ts'

/**
 * GET /ServiceProviderConfig: what is offered, and nothing that isn't. A header tells who has a token of what kind its connection is, and so
 * how far it bends. RFC 7643 §5, RFC 7644 §4.
 */
export function serviceProviderConfig(
  base: string,
  features: Features,
  catalog: Catalog,
  media: string,
  headers: readonly string[],
): Answer {
  return documentAnswer(
    200,
    writeServiceProviderConfig({ base, features, limits: LIMITS, types: catalog.types }),
    media,
    headers,
  )
}

/** GET /Schemas and /Schemas/{URI}. RFC 7644 §4. */
export function schemas(request: RequestContext, id: string | undefined): Answer {
  refuseFilter(request.call.search)
  const { catalog, call, media } = request
  if (id === undefined)
    return documentAnswer(200, listOf(schemasOf(catalog).map((schema) => writeSchema(schema, call.base))), media)
  const schema = schemaById(catalog, id)
  if (!schema) throw notFound(`There is no schema ${id} here; GET /Schemas lists them`)
  return documentAnswer(200, writeSchema(schema, call.base), media)
}

/** GET /ResourceTypes and /ResourceTypes/{name}. RFC 7644 §4. */
export function resourceTypes(request: RequestContext, name: string | undefined): Answer {
  refuseFilter(request.call.search)
  const { catalog, call, media } = request
  if (name === undefined) {
    return documentAnswer(200, listOf(catalog.types.map((type) => writeResourceType(type, call.base))), media)
  }
  const type = typeByName(catalog, name)
  if (!type) throw notFound(`There is no resource type ${name} here; GET /ResourceTypes lists them`)
  return documentAnswer(200, writeResourceType(type, call.base), media)
}

/** Discovery can't be filtered: 403, so that a client does not take the whole for a filtered part. RFC 7644 §4. */
export function refuseFilter(search: string): void {
  if (search !== '' && decodeQuery(search).filter !== undefined) {
    throw forbidden('Discovery endpoints take no filter; leave it out')
  }
}

function listOf(resources: readonly Document[]): Document {
  return {
    schemas: [LIST_RESPONSE],
    totalResults: resources.length,
    itemsPerPage: resources.length,
    startIndex: 1,
    Resources: resources,
  }
}
