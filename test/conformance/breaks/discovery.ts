// Breaks: what the server declares about itself.

// biome-ignore-all lint/suspicious/noAssignInExpressions: a switch is one expression, so that a list of two hundred can be read
// biome-ignore-all lint/complexity/noCommaOperator: the same
// biome-ignore-all lint/suspicious/useIterableCallbackReturn: the same
import { type Body, type Break, error, errors, onAnswer, onRequest } from '../broken.ts'
import { config, discovery } from './building-blocks.ts'

/** What the server declares about itself. */
export const DISCOVERY_BREAKS: readonly Break[] = [
  {
    name: 'the configuration does not declare sort',
    caught: ['S-140/sort'],
    wrap: config((body) => ({ ...body, sort: undefined })),
  },
  {
    name: 'filter.supported is a string',
    caught: ['S-140/filter'],
    wrap: config((body) => ({ ...body, filter: { ...body.filter, supported: 'true' } })),
  },
  { name: 'etag.supported is missing', caught: ['S-140/etag'], wrap: config((body) => ({ ...body, etag: {} })) },
  {
    name: 'maxOperations is a string',
    caught: ['S-140/bulk'],
    wrap: config((body) => ({ ...body, bulk: { ...body.bulk, maxOperations: '1000' } })),
  },
  {
    name: 'authentication schemes have no name',
    caught: ['S-140/schemes'],
    wrap: config((body) => ({
      ...body,
      authenticationSchemes: body.authenticationSchemes.map(({ name: _, ...rest }: Body) => rest),
    })),
  },
  {
    name: 'an unregistered authentication scheme',
    caught: ['S-142'],
    wrap: config((body) => ({
      ...body,
      authenticationSchemes: body.authenticationSchemes.map((one: Body) => ({ ...one, type: 'apikey' })),
    })),
  },
  {
    name: 'the configuration is a list',
    caught: ['P-520'],
    wrap: config((body) => ({
      ...body,
      schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
      totalResults: 1,
      Resources: [body],
    })),
  },
  {
    name: 'the configuration needs credentials',
    caught: ['S-143'],
    wrap: onRequest((sent) =>
      sent.path === '/ServiceProviderConfig' && !sent.headers.has('authorization') ? error(401) : undefined,
    ),
  },
  {
    name: 'resource types share a name',
    caught: ['S-144'],
    wrap: discovery('/ResourceTypes', (body) => void body.Resources.push({ ...body.Resources[0], id: 'Other' })),
  },
  {
    name: 'resource types name an unknown schema',
    caught: ['S-145'],
    wrap: discovery(
      '/ResourceTypes',
      (body) => void body.Resources[1].schemaExtensions.push({ schema: 'urn:example:nope', required: false }),
    ),
  },
  {
    name: 'a single resource type cannot be read',
    caught: ['P-522/one'],
    wrap: onRequest((sent) => (/^\/ResourceTypes\/(User|Group)$/.test(sent.path) ? error(404) : undefined)),
  },
  {
    name: 'every name is a resource type',
    caught: ['P-522/none'],
    wrap: errors(404, (got, sent) => void (sent.path.startsWith('/ResourceTypes/') && (got.status = 200))),
  },
  {
    name: 'a single schema cannot be read',
    caught: ['P-521/one'],
    wrap: onRequest((sent) =>
      /^\/Schemas\/urn.*(User|Group)$/i.test(decodeURIComponent(sent.path)) ? error(404) : undefined,
    ),
  },
  {
    name: 'an unknown attribute type',
    caught: ['S-147'],
    wrap: discovery(
      '/Schemas',
      (body) => void (body.Resources[0].attributes.find((one: Body) => one.name === 'title').type = 'text'),
    ),
  },
  {
    name: 'an unknown mutability',
    caught: ['S-146/words'],
    wrap: discovery(
      '/Schemas',
      (body) => void (body.Resources[0].attributes.find((one: Body) => one.name === 'title').mutability = 'readwrite'),
    ),
  },
  {
    name: 'complex attributes hide their sub-attributes',
    caught: ['S-148'],
    wrap: discovery(
      '/Schemas',
      (body) => void delete body.Resources[0].attributes.find((one: Body) => one.name === 'addresses').subAttributes,
    ),
  },
  {
    name: 'references have no referenceTypes',
    caught: ['S-075'],
    wrap: discovery(
      '/Schemas',
      (body) => void delete body.Resources[0].attributes.find((one: Body) => one.name === 'profileUrl').referenceTypes,
    ),
  },
  {
    name: 'a complex attribute is unique',
    caught: ['S-074'],
    wrap: discovery(
      '/Schemas',
      (body) => void (body.Resources[0].attributes.find((one: Body) => one.name === 'emails').uniqueness = 'server'),
    ),
  },
  {
    name: 'messages are among the schemas',
    caught: ['P-525'],
    wrap: discovery(
      '/Schemas',
      (body) => void body.Resources.push({ ...body.Resources[2], id: 'urn:ietf:params:scim:api:messages:2.0:PatchOp' }),
    ),
  },
  {
    name: 'discovery is paged',
    caught: ['P-523/Schemas'],
    wrap: onAnswer(
      (got, sent) =>
        void (
          sent.path === '/Schemas' &&
          sent.query.has('count') &&
          (got.body.Resources = got.body.Resources.slice(0, 1))
        ),
    ),
  },
  {
    name: 'a filter on discovery is ignored',
    caught: ['P-524/ServiceProviderConfig', 'P-524/ResourceTypes', 'P-524/Schemas'],
    wrap: onRequest(
      (sent) =>
        void (/^\/(Schemas|ResourceTypes|ServiceProviderConfig)$/.test(sent.path) && sent.query.delete('filter')),
    ),
  },
]
