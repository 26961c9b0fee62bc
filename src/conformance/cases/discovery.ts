// Cases: /ServiceProviderConfig and /ResourceTypes. RFC 7644 §4, RFC 7643 §5 and §6.

import { LIST_RESPONSE, RESOURCE_TYPE, SERVICE_PROVIDER_CONFIG } from '../../protocol/index.ts'
import type { Case } from '../case.ts'
import { demand, demandList, demandRefusal, demandStatus } from '../demand.ts'
import { member, objects, texts } from '../json-access.ts'
import { requirements } from '../requirements.ts'
import { type Declared, resourcesOf } from '../subject/declared.ts'
import { type Exchange, withoutSecrets } from '../wire/exchange.ts'

const { must, should } = requirements('RFC 7644 §4')
const CONFIG = 'RFC 7643 §5'
const RESOURCE_TYPES = 'RFC 7643 §6'
/** What a write of a discovery resource may be answered. */
export const NOT_WRITABLE = [405, 404, 501, 403]

/** Names what is wrong, at most three. */
export const some = (wrong: readonly string[]) => wrong.slice(0, 3).join(', ')

/** The ids of the schemas that a server declares, in lower case. */
export const knownSchemas = ({ schemas }: Declared) =>
  new Set(resourcesOf(schemas).map((one) => String(member(one, 'id')).toLowerCase()))

/** Whether a resource names a schema. */
export const names = (resource: unknown, schema: string) => texts(member(resource, 'schemas')).includes(schema)

/** The cases of the group "What the server declares about itself" about features and resource types. */
export const DISCOVERY: readonly Case[] = [
  must('P-520', '/ServiceProviderConfig is one object with its schema', {
    fix: 'Serve /ServiceProviderConfig as one JSON object with every member of RFC 7643 §5.',
    async run({ declared: { config } }) {
      demandStatus(config, [200], 'GET /ServiceProviderConfig')
      demand(config, names(config.body, SERVICE_PROVIDER_CONFIG), `schemas with ${SERVICE_PROVIDER_CONFIG}`)
      demand(config, !names(config.body, LIST_RESPONSE), 'the object itself, not a list')
    },
  }),
  ...(
    [
      ['patch', []],
      ['bulk', ['maxOperations', 'maxPayloadSize']],
      ['filter', ['maxResults']],
      ['changePassword', []],
      ['sort', []],
      ['etag', []],
    ] as const
  ).map(([feature, limits]) =>
    must(`S-140/${feature}`, `/ServiceProviderConfig declares with a boolean whether ${feature} is supported`, {
      section: CONFIG,
      fix: `Add "${feature}": {"supported": …} with a JSON boolean${limits.length > 0 ? ' and its limits as numbers' : ''}.`,
      needs: ['P-520'],
      async run({ declared: { config } }) {
        const found = member(config.body, feature)
        demand(config, typeof member(found, 'supported') === 'boolean', `${feature}.supported as true or false`)
        for (const limit of limits)
          demand(config, Number.isInteger(member(found, limit)), `${feature}.${limit} as an integer`)
      },
    }),
  ),
  must('S-140/schemes', 'authenticationSchemes is a list whose entries have type, name and description', {
    section: CONFIG,
    fix: 'List how clients authenticate, each with type, name and description.',
    needs: ['P-520'],
    async run({ declared: { config } }) {
      const schemes = member(config.body, 'authenticationSchemes')
      demand(config, Array.isArray(schemes), 'authenticationSchemes as an array')
      const isWhole = objects(schemes).every((one) =>
        ['type', 'name', 'description'].every((name) => typeof member(one, name) === 'string'),
      )
      demand(config, isWhole, 'type, name and description as strings in each of authenticationSchemes')
    },
  }),
  must('S-142', 'authenticationSchemes.type is a registered value', {
    section: CONFIG,
    fix: 'Use oauth, oauth2, oauthbearertoken, httpbasic or httpdigest.',
    needs: ['S-140/schemes'],
    async run({ declared: { config } }) {
      const types = objects(member(config.body, 'authenticationSchemes')).map((one) => String(member(one, 'type')))
      const known = ['oauth', 'oauth2', 'oauthbearertoken', 'httpbasic', 'httpdigest']
      const wrong = types.filter((type) => !known.includes(type.toLowerCase()))
      demand(config, wrong.length === 0, `one of ${known.join(', ')} instead of ${some(wrong)}`, 'SHOULD')
    },
  }),
  must('S-141', '/ServiceProviderConfig cannot be written', {
    section: CONFIG,
    fix: 'Answer 405 to POST, PUT and PATCH of /ServiceProviderConfig.',
    needs: ['P-520'],
    async run(probe) {
      for (const method of ['PUT', 'POST']) {
        const answer = await probe.call(method, '/ServiceProviderConfig', probe.declared.config.body)
        demandRefusal(answer, `${method} /ServiceProviderConfig`, { status: NOT_WRITABLE })
      }
    },
  }),
  should('S-143', '/ServiceProviderConfig can be read without credentials', {
    section: CONFIG,
    fix: 'Let /ServiceProviderConfig be read without authentication: clients learn there how to authenticate.',
    needs: ['P-520'],
    async run(probe) {
      const answer = await probe.get('/ServiceProviderConfig', withoutSecrets(probe.declared.config))
      demandStatus(answer, [200], 'GET /ServiceProviderConfig without credentials')
    },
  }),
  must('P-522', '/ResourceTypes is a list of the resource types', {
    fix: 'Serve /ResourceTypes as a ListResponse with one ResourceType for each endpoint.',
    async run({ declared: { resourceTypes } }) {
      const { resources } = demandList(resourceTypes, 'GET /ResourceTypes')
      demand(resourceTypes, names(resourceTypes.body, LIST_RESPONSE), `schemas with ${LIST_RESPONSE}`)
      demand(resourceTypes, resources.length > 0, 'at least one resource type')
      const isNamed = resources.every((one) => names(one, RESOURCE_TYPE))
      demand(resourceTypes, isNamed, `${RESOURCE_TYPE} in the schemas of each`)
    },
  }),
  must('P-522/one', 'a single resource type can be read', {
    fix: 'Serve /ResourceTypes/{name} for each entry of /ResourceTypes.',
    needs: ['P-522'],
    async run(probe) {
      const [first] = resourcesOf(probe.declared.resourceTypes)
      const ids = [member(first, 'id'), member(first, 'name')].filter((one) => typeof one === 'string')
      const answers: Exchange[] = []
      for (const id of new Set(ids)) answers.push(await probe.get(`/ResourceTypes/${encodeURIComponent(id)}`))
      const found = answers.find(({ status }) => status === 200)
      demand(answers, found !== undefined, `200 for /ResourceTypes/${ids[0]}`)
      const isSame = member(found.body, 'endpoint') === member(first, 'endpoint')
      demand(found, isSame, 'the same resource type as in the list')
    },
  }),
  must('P-522/none', 'a resource type that does not exist is 404', {
    fix: 'Answer 404 to /ResourceTypes/{name} for a name that is not there.',
    needs: ['P-522'],
    async run(probe) {
      const answer = await probe.get('/ResourceTypes/LockstepNope')
      demandRefusal(answer, 'GET /ResourceTypes/LockstepNope', { status: [404] })
    },
  }),
  must('S-144', 'each resource type has a name, an endpoint and a schema; no two share a name or an endpoint', {
    section: RESOURCE_TYPES,
    fix: 'Give each ResourceType a name, endpoint and schema; no two may share a name or an endpoint.',
    needs: ['P-522'],
    async run({ declared: { resourceTypes } }) {
      const all = resourcesOf(resourceTypes)
      for (const name of ['name', 'endpoint', 'schema']) {
        const values = all.map((one) => member(one, name))
        const areTexts = values.every((value) => typeof value === 'string' && value !== '')
        demand(resourceTypes, areTexts, `${name} as a string in each`)
        if (name !== 'schema') demand(resourceTypes, new Set(values).size === all.length, `another ${name} for each`)
      }
    },
  }),
  must('S-145', 'the schemas that resource types name are in /Schemas', {
    section: RESOURCE_TYPES,
    fix: 'Let schema and schemaExtensions of each ResourceType name ids of /Schemas; schemaExtensions is a list with schema and a boolean required.',
    needs: ['P-522', 'P-521'],
    async run({ declared }) {
      const { resourceTypes, schemas } = declared
      const known = knownSchemas(declared)
      for (const type of resourcesOf(resourceTypes)) {
        const listed = member(type, 'schemaExtensions')
        demand(resourceTypes, listed === undefined || Array.isArray(listed), 'schemaExtensions as an array')
        const areBooleans = objects(listed).every((one) => typeof member(one, 'required') === 'boolean')
        demand(resourceTypes, areBooleans, 'required as a boolean in each of schemaExtensions')
        for (const urn of [type, ...objects(listed)].map((one) => String(member(one, 'schema'))))
          demand([resourceTypes, schemas], known.has(urn.toLowerCase()), `${urn} in /Schemas`)
      }
    },
  }),
]
