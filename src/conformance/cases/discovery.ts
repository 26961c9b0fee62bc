// Cases: /ServiceProviderConfig, /ResourceTypes and /Schemas. RFC 7644 §4, RFC 7643 §5 to §7.

import { LIST_RESPONSE, PATCH_OP, RESOURCE_TYPE, SCHEMA, SERVICE_PROVIDER_CONFIG } from '../../protocol/index.ts'
import type { DeclaredAttribute } from '../attribute-path.ts'
import type { Case, Probe } from '../case.ts'
import { resourcesOf } from '../declared.ts'
import { demand, demandList, demandRefusal, demandStatus } from '../demand.ts'
import type { Exchange } from '../exchange.ts'
import { NotOffered } from '../fault.ts'
import { dig, member, objects, texts } from '../json-access.ts'
import { requirements } from '../requirements.ts'

const SECTION = 'RFC 7644 §4'
const { must, should } = requirements(SECTION)
const CONFIG_FIX = 'Serve /ServiceProviderConfig as one JSON object with every member of RFC 7643 §5.'
const TYPES = ['string', 'boolean', 'decimal', 'integer', 'dateTime', 'reference', 'binary', 'complex']
const LISTS = ['/ResourceTypes', '/Schemas']

/** The discovery resource itself; when it is missing its own case says so. */
function there(answer: Exchange): Exchange {
  if (answer.status !== 200) throw new NotOffered(`${new URL(answer.url).pathname} was answered ${answer.status}`)
  return answer
}

/** Attributes that a server describes, with the path to each. */
function described(probe: Probe): readonly { readonly path: string; readonly body: unknown; readonly sub: boolean }[] {
  return resourcesOf(there(probe.declared.schemas)).flatMap((schema) =>
    objects(member(schema, 'attributes')).flatMap((attribute) => {
      const path = `${String(member(schema, 'id'))}:${String(member(attribute, 'name'))}`
      const subs = objects(member(attribute, 'subAttributes')).map((body) => ({
        path: `${path}.${String(member(body, 'name'))}`,
        body,
        sub: true,
      }))
      return [{ path, body: attribute, sub: false }, ...subs]
    }),
  )
}

/** Schemas of resources, not of the discovery resources themselves, whose shape the RFC has fixed. */
const isOwn = (path: string) => !/core:2\.0:(Schema|ResourceType|ServiceProviderConfig):/.test(path)

/** Names what is wrong, at most three. */
const some = (wrong: readonly string[]) => wrong.slice(0, 3).join(', ')

/** The cases of the group "What the server says about itself". */
export const DISCOVERY: readonly Case[] = [
  must('P-520', '/ServiceProviderConfig is one object with its schema', {
    fix: CONFIG_FIX,
    async run({ declared: { config } }) {
      demandStatus(config, [200], 'GET /ServiceProviderConfig')
      demand(
        config,
        texts(dig(config.body, 'schemas')).includes(SERVICE_PROVIDER_CONFIG),
        `schemas with ${SERVICE_PROVIDER_CONFIG}`,
      )
      demand(config, !texts(dig(config.body, 'schemas')).includes(LIST_RESPONSE), 'the object itself, not a list')
    },
  }),
  ...(['patch', 'bulk', 'filter', 'changePassword', 'sort', 'etag'] as const).map(
    (feature): Case => ({
      id: `S-140/${feature}`,
      level: 'MUST',
      section: 'RFC 7643 §5',
      title: `/ServiceProviderConfig says whether ${feature} is supported, as a boolean`,
      fix: `Add "${feature}": {"supported": …} with a JSON boolean${feature === 'bulk' || feature === 'filter' ? ' and its limits as numbers' : ''}.`,
      needs: ['P-520'],
      async run({ declared: { config } }) {
        const found = member(config.body, feature)
        demand(config, typeof member(found, 'supported') === 'boolean', `${feature}.supported as true or false`)
        const limits =
          feature === 'bulk' ? ['maxOperations', 'maxPayloadSize'] : feature === 'filter' ? ['maxResults'] : []
        for (const limit of limits)
          demand(config, Number.isInteger(member(found, limit)), `${feature}.${limit} as an integer`)
      },
    }),
  ),
  must('S-140/schemes', 'authenticationSchemes is a list, each with type, name and description', {
    section: 'RFC 7643 §5',
    fix: 'List how clients authenticate, each with type, name and description.',
    needs: ['P-520'],
    async run({ declared: { config } }) {
      const schemes = member(config.body, 'authenticationSchemes')
      demand(config, Array.isArray(schemes), 'authenticationSchemes as an array')
      const whole = objects(schemes).every((one) =>
        ['type', 'name', 'description'].every((name) => typeof member(one, name) === 'string'),
      )
      demand(config, whole, 'type, name and description as strings in each of authenticationSchemes')
    },
  }),
  must('S-142', 'authenticationSchemes.type is one of the registered words', {
    section: 'RFC 7643 §5',
    fix: 'Use oauth, oauth2, oauthbearertoken, httpbasic or httpdigest.',
    needs: ['S-140/schemes'],
    async run({ declared: { config } }) {
      const types = objects(member(config.body, 'authenticationSchemes')).map((one) => String(member(one, 'type')))
      const known = ['oauth', 'oauth2', 'oauthbearertoken', 'httpbasic', 'httpdigest']
      const wrong = types.filter((type) => !known.includes(type.toLowerCase()))
      demand(config, wrong.length === 0, `one of ${known.join(', ')} instead of ${some(wrong)}`, 'SHOULD')
    },
  }),
  must('S-141', '/ServiceProviderConfig can not be written', {
    section: 'RFC 7643 §5',
    fix: 'Answer 405 to POST, PUT and PATCH of /ServiceProviderConfig.',
    needs: ['P-520'],
    async run(probe) {
      const { config } = probe.declared
      for (const method of ['PUT', 'POST'])
        demandRefusal(
          await probe.call(method, '/ServiceProviderConfig', config.body),
          `${method} /ServiceProviderConfig`,
          { status: [405, 404, 501, 403] },
        )
    },
  }),
  should('S-143', '/ServiceProviderConfig can be read without credentials', {
    section: 'RFC 7643 §5',
    fix: 'Let /ServiceProviderConfig be read without authentication: clients learn there how to authenticate.',
    needs: ['P-520'],
    async run(probe) {
      const headers = Object.fromEntries(
        ['authorization', ...secretHeaders(probe.declared.config)].map((name) => [name, undefined]),
      )
      demandStatus(
        await probe.get('/ServiceProviderConfig', headers),
        [200],
        'GET /ServiceProviderConfig without credentials',
      )
    },
  }),
  must('P-522', '/ResourceTypes is a list of the resource types', {
    fix: 'Serve /ResourceTypes as a ListResponse with one ResourceType for each endpoint.',
    async run({ declared: { resourceTypes } }) {
      const { resources } = demandList(resourceTypes, 'GET /ResourceTypes')
      demand(
        resourceTypes,
        texts(dig(resourceTypes.body, 'schemas')).includes(LIST_RESPONSE),
        `schemas with ${LIST_RESPONSE}`,
      )
      demand(resourceTypes, resources.length > 0, 'at least one resource type')
      demand(
        resourceTypes,
        resources.every((one) => texts(member(one, 'schemas')).includes(RESOURCE_TYPE)),
        `${RESOURCE_TYPE} in the schemas of each`,
      )
    },
  }),
  must('P-522/one', 'a resource type can be read alone', {
    fix: 'Serve /ResourceTypes/{name} for each entry of /ResourceTypes.',
    needs: ['P-522'],
    async run(probe) {
      const [first] = resourcesOf(probe.declared.resourceTypes)
      const names = [member(first, 'id'), member(first, 'name')].filter((one) => typeof one === 'string')
      const answers: Exchange[] = []
      for (const name of new Set(names))
        answers.push(await probe.get(`/ResourceTypes/${encodeURIComponent(String(name))}`))
      const found = answers.find(({ status }) => status === 200)
      demand(answers, found !== undefined, `200 for /ResourceTypes/${String(names[0])}`)
      demand(
        found,
        member(found.body, 'endpoint') === member(first, 'endpoint'),
        'the same resource type as in the list',
      )
    },
  }),
  must('P-522/none', 'a resource type that does not exist is 404', {
    fix: 'Answer 404 to /ResourceTypes/{name} for a name that is not there.',
    needs: ['P-522'],
    async run(probe) {
      demandRefusal(await probe.get('/ResourceTypes/LockstepNope'), 'GET /ResourceTypes/LockstepNope', {
        status: [404],
      })
    },
  }),
  must('S-144', 'each resource type has name, endpoint and schema; names and endpoints are its own', {
    section: 'RFC 7643 §6',
    fix: 'Give each ResourceType a name, endpoint and schema; no two may share a name or an endpoint.',
    needs: ['P-522'],
    async run({ declared: { resourceTypes } }) {
      const all = resourcesOf(resourceTypes)
      for (const name of ['name', 'endpoint', 'schema']) {
        demand(
          resourceTypes,
          all.every((one) => typeof member(one, name) === 'string' && member(one, name) !== ''),
          `${name} as a string in each`,
        )
        if (name === 'schema') continue
        demand(
          resourceTypes,
          new Set(all.map((one) => member(one, name))).size === all.length,
          `another ${name} for each`,
        )
      }
    },
  }),
  must('S-145', 'the schemas that resource types name are in /Schemas', {
    section: 'RFC 7643 §6',
    fix: 'Let schema and schemaExtensions of each ResourceType name ids of /Schemas; schemaExtensions is a list with schema and a boolean required.',
    needs: ['P-522', 'P-521'],
    async run({ declared: { resourceTypes, schemas } }) {
      const known = new Set(resourcesOf(schemas).map((one) => String(member(one, 'id')).toLowerCase()))
      for (const type of resourcesOf(resourceTypes)) {
        const listed = member(type, 'schemaExtensions')
        demand(resourceTypes, listed === undefined || Array.isArray(listed), 'schemaExtensions as an array')
        for (const one of objects(listed))
          demand(
            resourceTypes,
            typeof member(one, 'required') === 'boolean',
            'required as a boolean in each of schemaExtensions',
          )
        for (const urn of [member(type, 'schema'), ...objects(listed).map((one) => member(one, 'schema'))])
          demand([resourceTypes, schemas], known.has(String(urn).toLowerCase()), `${String(urn)} in /Schemas`)
      }
    },
  }),
  must('P-521', '/Schemas is a list of the schemas', {
    fix: 'Serve /Schemas as a ListResponse with one Schema for each URN in use.',
    async run({ declared: { schemas } }) {
      const { resources } = demandList(schemas, 'GET /Schemas')
      demand(schemas, texts(dig(schemas.body, 'schemas')).includes(LIST_RESPONSE), `schemas with ${LIST_RESPONSE}`)
      demand(schemas, resources.length > 0, 'at least one schema')
    },
  }),
  must('P-521/one', 'a schema can be read by its URN', {
    fix: 'Serve /Schemas/{urn}, the URN as it is or percent-encoded.',
    needs: ['P-521'],
    async run(probe) {
      const [first] = resourcesOf(probe.declared.schemas)
      const urn = String(member(first, 'id'))
      for (const path of [urn, encodeURIComponent(urn)]) {
        const one = await probe.get(`/Schemas/${path}`)
        demandStatus(one, [200], `GET /Schemas/${path}`)
        demand(one, String(member(one.body, 'id')).toLowerCase() === urn.toLowerCase(), `the schema ${urn}`)
      }
    },
  }),
  must('P-521/none', 'a schema that does not exist is 404', {
    fix: 'Answer 404 to /Schemas/{urn} for a URN that is not there.',
    needs: ['P-521'],
    async run(probe) {
      demandRefusal(await probe.get('/Schemas/urn:example:lockstep:nope'), 'GET of a schema that is not there', {
        status: [404],
      })
    },
  }),
  must('S-149', 'schemas carry schemas and can not be written', {
    section: 'RFC 7643 §7',
    fix: 'Give each Schema "schemas"; answer 405 to POST /Schemas.',
    needs: ['P-521'],
    async run(probe) {
      const { schemas } = probe.declared
      demand(
        schemas,
        resourcesOf(schemas).every((one) => texts(member(one, 'schemas')).includes(SCHEMA)),
        `${SCHEMA} in the schemas of each`,
        'SHOULD',
      )
      demandRefusal(
        await probe.post('/Schemas', {
          schemas: [SCHEMA],
          id: 'urn:example:lockstep:nope',
          name: 'Nope',
          attributes: [],
        }),
        'POST /Schemas',
        { status: [405, 404, 501, 403] },
      )
    },
  }),
  must('S-146', 'each attribute says its type, multiValued, required, mutability and returned', {
    section: 'RFC 7643 §7',
    fix: 'Describe every attribute with name, type, multiValued, required, mutability, returned (and caseExact, uniqueness where they apply).',
    needs: ['P-521'],
    async run(probe) {
      const wrong = described(probe)
        .filter(({ path }) => isOwn(path))
        .filter(({ body }) => {
          const text = (name: string) => typeof member(body, name) === 'string'
          const told = (name: string, type: string) =>
            member(body, name) === undefined || typeof member(body, name) === type
          return !(
            text('name') &&
            text('type') &&
            told('multiValued', 'boolean') &&
            told('required', 'boolean') &&
            told('caseExact', 'boolean') &&
            told('mutability', 'string') &&
            told('returned', 'string') &&
            told('uniqueness', 'string')
          )
        })
        .map(({ path }) => path)
      demand(probe.declared.schemas, wrong.length === 0, `name and type, and the right JSON types, for ${some(wrong)}`)
      const silent = described(probe)
        .filter(({ path, body }) => isOwn(path) && member(body, 'multiValued') === undefined)
        .map(({ path }) => path)
      demand(probe.declared.schemas, silent.length === 0, `multiValued for ${some(silent)}`, 'SHOULD')
    },
  }),
  must('S-146/words', 'mutability, returned and uniqueness are words of the RFC', {
    section: 'RFC 7643 §7',
    fix: 'Use readOnly, readWrite, immutable, writeOnly; always, never, default, request; none, server, global.',
    needs: ['P-521'],
    async run(probe) {
      const words: { readonly [name: string]: readonly string[] } = {
        mutability: ['readOnly', 'readWrite', 'immutable', 'writeOnly'],
        returned: ['always', 'never', 'default', 'request'],
        uniqueness: ['none', 'server', 'global'],
      }
      const wrong = described(probe).flatMap(({ path, body }) =>
        Object.entries(words)
          .filter(
            ([name, known]) => typeof member(body, name) === 'string' && !known.includes(String(member(body, name))),
          )
          .map(([name]) => `${path}: ${name} "${String(member(body, name))}"`),
      )
      demand(probe.declared.schemas, wrong.length === 0, `words of RFC 7643 §7 instead of ${some(wrong)}`)
    },
  }),
  must('S-147', 'attribute types are those of the RFC; complex attributes are not nested', {
    section: 'RFC 7643 §7',
    fix: `Use one of ${TYPES.join(', ')}; a sub-attribute is never complex.`,
    needs: ['P-521'],
    async run(probe) {
      const wrong = described(probe)
        .filter(({ path }) => isOwn(path))
        .filter(
          ({ body, sub }) =>
            !TYPES.includes(String(member(body, 'type'))) || (sub && member(body, 'type') === 'complex'),
        )
        .map(({ path, body }) => `${path} (${String(member(body, 'type'))})`)
      demand(
        probe.declared.schemas,
        wrong.length === 0,
        `one of ${TYPES.join(', ')}, and nothing complex inside complex, instead of ${some(wrong)}`,
      )
    },
  }),
  should('S-148', 'complex attributes list their sub-attributes', {
    section: 'RFC 7643 §7',
    fix: 'Give each complex attribute its subAttributes.',
    needs: ['P-521'],
    async run(probe) {
      const wrong = described(probe)
        .filter(({ body }) => member(body, 'type') === 'complex' && objects(member(body, 'subAttributes')).length === 0)
        .map(({ path }) => path)
      demand(probe.declared.schemas, wrong.length === 0, `subAttributes for ${some(wrong)}`)
    },
  }),
  must('S-075', 'references say what they refer to, and nothing else does', {
    section: 'RFC 7643 §7',
    fix: 'Give attributes of type reference their referenceTypes, and only those.',
    needs: ['P-521'],
    async run(probe) {
      const wrong = described(probe)
        .filter(({ path }) => isOwn(path))
        .filter(
          ({ body }) => member(body, 'type') === 'reference' && texts(member(body, 'referenceTypes')).length === 0,
        )
        .map(({ path }) => path)
      demand(probe.declared.schemas, wrong.length === 0, `referenceTypes for ${some(wrong)}`, 'SHOULD')
    },
  }),
  should('S-074', 'complex and boolean attributes claim no uniqueness', {
    section: 'RFC 7643 §2.3.8',
    fix: 'Leave uniqueness out (or none) for complex and boolean attributes: they have none.',
    needs: ['P-521'],
    async run(probe) {
      const wrong = described(probe)
        .filter(
          ({ body }) =>
            ['complex', 'boolean'].includes(String(member(body, 'type'))) &&
            ['server', 'global'].includes(String(member(body, 'uniqueness'))),
        )
        .map(({ path }) => path)
      demand(probe.declared.schemas, wrong.length === 0, `no uniqueness for ${some(wrong)}`)
    },
  }),
  must('P-525', 'message schemas are not in /Schemas', {
    section: 'RFC 7644 §3.1',
    fix: 'Leave urn:ietf:params:scim:api:messages:2.0:… out of /Schemas.',
    needs: ['P-521'],
    async run(probe) {
      const wrong = resourcesOf(probe.declared.schemas)
        .map((one) => String(member(one, 'id')))
        .filter((id) => /^urn:ietf:params:scim:api:/i.test(id))
      demand(probe.declared.schemas, wrong.length === 0, `no ${some(wrong)} in /Schemas`)
      demandRefusal(await probe.get(`/Schemas/${PATCH_OP}`), `GET /Schemas/${PATCH_OP}`, { status: [404] })
    },
  }),
  ...LISTS.map(
    (path): Case => ({
      id: `P-523${path}`,
      level: 'MUST',
      section: SECTION,
      title: `${path} ignores paging`,
      fix: `Answer ${path} whole whatever startIndex, count, sortBy say.`,
      needs: [path === '/Schemas' ? 'P-521' : 'P-522'],
      async run(probe) {
        const whole = path === '/Schemas' ? probe.declared.schemas : probe.declared.resourceTypes
        const all = resourcesOf(whole).length
        const paged = await probe.get(`${path}?count=1&startIndex=2&sortBy=name`)
        demand(paged, demandList(paged, `GET ${path}?count=1`).resources.length === all, `all ${all}, as without count`)
      },
    }),
  ),
  ...['/ServiceProviderConfig', ...LISTS].map(
    (path): Case => ({
      id: `P-524${path}`,
      level: 'SHOULD',
      section: SECTION,
      title: `${path} refuses a filter`,
      fix: `Answer 403 to a filter on ${path}.`,
      needs: [path === '/Schemas' ? 'P-521' : path === '/ResourceTypes' ? 'P-522' : 'P-520'],
      async run(probe) {
        demandStatus(await probe.filter(path, 'id pr'), [403], `GET ${path} with a filter`)
      },
    }),
  ),
  must('S-095', 'every schema that resources name is in /Schemas', {
    section: 'RFC 7643 §7',
    fix: 'Serve every URN that stands in the schemas of a resource under /Schemas.',
    needs: ['P-521'],
    async run(probe) {
      const made = await probe.make()
      const shown = await probe.get(made.path)
      const known = new Set(resourcesOf(probe.declared.schemas).map((one) => String(member(one, 'id')).toLowerCase()))
      const wrong = texts(member(shown.body, 'schemas')).filter((urn) => !known.has(urn.toLowerCase()))
      demand([shown, probe.declared.schemas], wrong.length === 0, `${some(wrong)} in /Schemas`)
    },
  }),
  must('P-526', 'attributes that are described as writable are stored and shown', {
    section: 'RFC 7643 §5',
    fix: 'Describe in /Schemas only what is stored; mark as readOnly what is not taken from clients.',
    needs: ['P-521', 'P-522'],
    async run(probe) {
      const { lost, full } = probe.subject()
      if (full === undefined) throw new NotOffered('a resource with everything in it was refused')
      const wrong = lost
        .filter(
          ({ attribute }) =>
            attribute.mutability === 'readWrite' && attribute.returned !== 'request' && isPlainValue(attribute),
        )
        .map(({ attribute }) => attribute.name)
      demand(full, wrong.length === 0, `what was sent for ${some(wrong)} in the answer to a GET`)
    },
  }),
]

/** Attributes whose value a server has no reason to change. */
function isPlainValue(attribute: DeclaredAttribute): boolean {
  return (
    attribute.type === 'string' &&
    !attribute.multiValued &&
    attribute.canonicalValues.length === 0 &&
    attribute.name !== 'formatted'
  )
}

/** Names of the headers that were sent besides the usual ones: they may be credentials. */
function secretHeaders({ sent }: Exchange): readonly string[] {
  return Object.keys(sent).filter((name) => !['accept', 'content-type'].includes(name))
}
