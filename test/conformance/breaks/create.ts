// Breaks: creating resources, data types and characteristics.

// biome-ignore-all lint/suspicious/noAssignInExpressions: a switch is one expression, so that a list of two hundred can be read
// biome-ignore-all lint/complexity/noCommaOperator: the same
// biome-ignore-all lint/suspicious/useIterableCallbackReturn: the same
import { type Body, type Break, error, errors, lists, onAnswer, onRequest, resources } from '../broken.ts'
import { ENT, isCreation, isSingle, pretend } from './building-blocks.ts'

/** The schemas declare an attribute of an extension required, and the server refuses it. */
const odd: Break['wrap'] = (real) => async (sent) => {
  if (['POST', 'PUT', 'PATCH'].includes(sent.method) && sent.text.includes('"lucky"')) return error(400, 'invalidValue')
  const got = await real(sent)
  const lucky = { name: 'lucky', type: 'string', multiValued: false, required: true, mutability: 'readWrite' }
  for (const one of got.body?.Resources ?? []) {
    if (sent.path === '/Schemas' && one.id === ENT) one.attributes.push(lucky)
    for (const each of one.schemaExtensions ?? []) if (each.schema === ENT) each.required = true
  }
  return got
}

/** Create. */
export const CREATE_BREAKS: readonly Break[] = [
  {
    name: 'a creation is answered 200',
    caught: ['P-060'],
    wrap: onAnswer((got, sent) => void (isCreation(sent) && got.status === 201 && (got.status = 200))),
  },
  {
    name: 'a creation has no Location',
    caught: ['P-060'],
    wrap: onAnswer((got, sent) => void (isCreation(sent) && got.headers.delete('location'))),
  },
  {
    name: 'meta.location is the URL of the list',
    caught: ['S-018', 'P-083'],
    wrap: resources((one) => void (one.meta && (one.meta.location = one.meta.location.replace(/\/[^/]+$/, '')))),
  },
  {
    name: 'meta.location is on another host',
    caught: ['S-018', 'P-083'],
    wrap: resources(
      (one) => void (one.meta && (one.meta.location = one.meta.location.replace('provider.test', 'inside.test'))),
    ),
  },
  {
    name: 'locations are relative to the base URL',
    caught: ['S-018/absolute'],
    wrap: onAnswer((got) => {
      const short = (uri: unknown) => (typeof uri === 'string' ? uri.replace(/^http:.*?\/scim\/v2/, '') : uri)
      const bend = (one: Body) => {
        if (one?.meta?.location) one.meta.location = short(one.meta.location)
      }
      bend(got.body)
      for (const one of got.body?.Resources ?? []) bend(one)
      for (const one of got.body?.Operations ?? []) if (one.location) one.location = short(one.location)
      const location = got.headers.get('location')
      if (location !== null) got.headers.set('location', String(short(location)))
    }),
  },
  {
    name: 'a creation with all that the schemas require is refused',
    caught: ['P-060/required', 'S-092'],
    wrap: odd,
  },
  {
    name: 'ids are numbers',
    caught: ['S-007', 'S-008', 'S-018', 'P-080', 'S-047', 'P-201', 'P-202/always', 'P-207', 'S-008/text'],
    wrap: resources((one, sent) => void (sent.method === 'GET' && isSingle(sent) && (one.id = 7))),
  },
  {
    name: 'an id sent by the client is used',
    caught: ['S-009'],
    wrap: onAnswer(
      (got, sent) =>
        void (isCreation(sent) && got.status === 201 && sent.body?.id !== undefined && (got.body.id = sent.body.id)),
    ),
  },
  {
    name: 'meta sent by the client is used',
    caught: ['S-015'],
    wrap: onAnswer(
      (got, sent) =>
        void (
          isCreation(sent) &&
          got.status === 201 &&
          sent.body?.meta !== undefined &&
          Object.assign(got.body.meta, sent.body.meta)
        ),
    ),
  },
  {
    name: 'externalId loses its case',
    caught: ['S-012'],
    wrap: onRequest(
      (sent) =>
        void (
          isCreation(sent) &&
          typeof sent.body?.externalId === 'string' &&
          (sent.body.externalId = sent.body.externalId.toLowerCase())
        ),
    ),
  },
  {
    name: 'externalId is invented',
    caught: ['S-012/none', 'P-201', 'P-311'],
    wrap: resources((one) => void (one.externalId ??= `made-${one.id}`)),
  },
  {
    name: 'externalId is unique',
    caught: ['S-014'],
    wrap: (real) => {
      const seen = new Set<string>()
      return async (sent) => {
        const given = isCreation(sent) ? sent.body?.externalId : undefined
        if (given !== undefined && seen.has(given)) return error(409, 'uniqueness')
        if (given !== undefined) seen.add(given)
        return real(sent)
      }
    },
  },
  {
    name: 'meta.resourceType is in lower case',
    caught: ['S-016', 'P-064'],
    wrap: resources(
      (one) => void (one.meta?.resourceType && (one.meta.resourceType = one.meta.resourceType.toLowerCase())),
    ),
  },
  {
    name: 'timestamps are dates',
    caught: ['S-017', 'P-131/time', 'P-304', 'S-017/change'],
    wrap: resources((one, sent) => void (isCreation(sent) && (one.meta.created = one.meta.created.slice(0, 10)))),
  },
  {
    name: 'lastModified is ahead of created',
    caught: ['S-017', 'S-017/change'],
    wrap: resources(
      (one, sent) =>
        void (
          isCreation(sent) && (one.meta.lastModified = new Date(Date.parse(one.meta.created) + 3_600_000).toISOString())
        ),
    ),
  },
  {
    name: 'schemas names an unknown extension',
    caught: ['S-095', 'S-003', 'P-304/same'],
    wrap: resources((one) => void one.schemas?.push('urn:example:nope')),
  },
  {
    name: 'entries of lists have no schemas',
    caught: ['S-002'],
    wrap: lists((body) => body.Resources.forEach((one: Body) => delete one.schemas)),
  },
  {
    name: 'a second schema is shown twice',
    caught: ['S-004/twice'],
    wrap: onAnswer(
      (got, sent) =>
        void (
          isCreation(sent) &&
          got.status === 201 &&
          sent.body?.schemas?.length === 2 &&
          sent.body.schemas[0] === sent.body.schemas[1] &&
          (got.body.schemas = sent.body.schemas)
        ),
    ),
  },
  {
    name: 'schemas may be missing and stays missing',
    caught: ['S-005', 'S-002'],
    wrap: (real) => async (sent) => {
      if (
        !isCreation(sent) ||
        sent.body?.schemas !== undefined ||
        sent.body === undefined ||
        Array.isArray(sent.body) ||
        typeof sent.body !== 'object'
      )
        return real(sent)
      const got = await real({
        ...sent,
        body: { ...sent.body, schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'] },
      })
      if (got.body) delete got.body.schemas
      return got
    },
  },
  {
    name: 'attributes is ignored in a creation',
    caught: ['P-065'],
    wrap: onRequest((sent) => void (isCreation(sent) && sent.query.delete('attributes'))),
  },
  {
    name: 'a required attribute may be missing',
    caught: ['S-061'],
    wrap: onRequest((sent) =>
      sent.method === 'POST' &&
      sent.path === '/Users' &&
      sent.body !== undefined &&
      typeof sent.body === 'object' &&
      !Array.isArray(sent.body) &&
      !Object.keys(sent.body).some((name) => name.toLowerCase() === 'username')
        ? pretend(sent)
        : undefined,
    ),
  },
  {
    name: 'userName may be empty',
    caught: ['S-062/empty'],
    wrap: onRequest((sent) => (isCreation(sent) && sent.body?.userName === '' ? pretend(sent) : undefined)),
  },
  {
    name: 'a duplicate userName is accepted',
    caught: ['S-071', 'S-071/further'],
    wrap: errors(409, (got, sent) => void (isCreation(sent) && Object.assign(got, pretend(sent)))),
  },
  {
    name: 'a conflict has no scimType uniqueness',
    caught: ['S-071'],
    wrap: errors(409, (got) => void delete got.body.scimType),
  },
  {
    name: 'userName is unique only in the same case',
    caught: ['S-100'],
    wrap: errors(
      409,
      (got, sent) =>
        void (
          isCreation(sent) &&
          sent.body.userName === sent.body.userName.toUpperCase() &&
          Object.assign(got, pretend(sent))
        ),
    ),
  },
  {
    name: 'userNames are not normalised',
    caught: ['P-540/normal'],
    wrap: errors(
      409,
      (got, sent) =>
        void (
          isCreation(sent) &&
          sent.body.userName !== sent.body.userName.normalize('NFC') &&
          Object.assign(got, pretend(sent))
        ),
    ),
  },
  {
    name: 'names of members are compared with case',
    caught: ['S-031/body'],
    wrap: onRequest((sent) =>
      isCreation(sent) && sent.body?.USERNAME !== undefined ? error(400, 'invalidValue') : undefined,
    ),
  },
  {
    name: 'strings are escaped for HTML',
    caught: ['S-040', 'P-560/markup'],
    wrap: onRequest(
      (sent) =>
        void (
          isCreation(sent) &&
          typeof sent.body?.nickName === 'string' &&
          (sent.body.nickName = sent.body.nickName.replaceAll('<', '&lt;'))
        ),
    ),
  },
  {
    name: 'strings are cut at 20 characters',
    caught: ['P-526'],
    wrap: onRequest(
      (sent) =>
        void (
          isCreation(sent) &&
          typeof sent.body?.nickName === 'string' &&
          (sent.body.nickName = sent.body.nickName.slice(0, 20))
        ),
    ),
  },
  {
    name: 'numbers are stored as strings',
    caught: ['S-050/number'],
    wrap: onRequest((sent) => void (isCreation(sent) && sent.body?.nickName === 42 && (sent.body.nickName = '42'))),
  },
  {
    name: 'booleans given as strings are stored as strings',
    caught: ['S-042/text'],
    wrap: (real) => async (sent) => {
      if (!isCreation(sent) || sent.body?.active !== 'true') return real(sent)
      const got = await real({ ...sent, body: { ...sent.body, active: true } })
      got.body.active = 'true'
      return got
    },
  },
  {
    name: 'null is shown',
    caught: ['S-081'],
    wrap: resources((one, sent) => void (isSingle(sent) && !sent.query.has('attributes') && (one.nickName ??= null))),
  },
  {
    name: 'a list of one is not an array',
    caught: ['S-082', 'S-111/emails'],
    wrap: resources((one) => void (one.emails?.length === 1 && ([one.emails] = one.emails))),
  },
  {
    name: 'two values are primary',
    caught: ['S-084', 'S-084/refused'],
    wrap: (real) => async (sent) => {
      const given = isCreation(sent) ? sent.body?.emails : undefined
      if (!Array.isArray(given) || given.filter((one: Body) => one.primary).length < 2) return real(sent)
      const got = await real({ ...sent, body: { ...sent.body, emails: given.slice(0, 1) } })
      got.body.emails = given
      return got
    },
  },
  {
    name: 'extensions are at the top level',
    caught: ['P-526', 'S-130', 'S-131'],
    wrap: resources((one) => void (one[ENT] && (Object.assign(one, one[ENT]), delete one[ENT]))),
  },
  {
    name: 'extensions are not in schemas',
    caught: ['S-090', 'P-351'],
    wrap: resources((one) => void (one.schemas && (one.schemas = one.schemas.filter((urn: string) => urn !== ENT)))),
  },
  {
    name: 'passwords are shown',
    caught: ['S-068', 'S-106'],
    wrap: onAnswer(
      (got, sent) =>
        void (isCreation(sent) && got.status === 201 && sent.body.password && (got.body.password = sent.body.password)),
    ),
  },
  {
    name: 'passwords are shown on request',
    caught: ['S-068', 'S-106', 'P-205'],
    wrap: resources((one, sent) => void (sent.query.get('attributes') === 'password' && (one.password = '$2b$12$x'))),
  },
  {
    name: 'the manager is lost',
    caught: ['S-131'],
    wrap: resources((one) => void (one[ENT]?.manager && delete one[ENT].manager)),
  },
  {
    name: 'title is described but not stored',
    caught: ['P-526', 'S-102/title'],
    wrap: onRequest((sent) => void (sent.body?.title !== undefined && delete sent.body.title)),
  },
  {
    name: 'case is folded letter by letter',
    caught: ['P-543/sharp-s'],
    wrap: errors(
      409,
      (got, sent) => void (isCreation(sent) && /ß/.test(sent.body.userName) && Object.assign(got, pretend(sent))),
    ),
  },
  {
    name: 'the dotless i is an i',
    caught: ['P-543/dotless'],
    wrap: onRequest((sent) =>
      isCreation(sent) && /ı/.test(sent.body?.userName) ? error(409, 'uniqueness') : undefined,
    ),
  },
  {
    name: 'certificates are lost',
    caught: ['S-119'],
    wrap: resources((one) => void delete one.x509Certificates),
  },
  {
    name: 'any bytes are accepted as a certificate',
    caught: ['S-119/form', 'S-119/two'],
    wrap: errors(
      400,
      (got, sent) =>
        void (
          isCreation(sent) &&
          /^[\w+/=]+$/.test(sent.body?.x509Certificates?.[0]?.value ?? '!') &&
          Object.assign(got, pretend(sent))
        ),
    ),
  },
]
