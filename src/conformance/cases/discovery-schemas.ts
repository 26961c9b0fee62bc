// Cases: /Schemas, and what all three discovery resources have in common. RFC 7644 §4, RFC 7643 §7.

import { type JsonObject, LIST_RESPONSE, PATCH_OP, SCHEMA } from '../../protocol/index.ts'
import type { DeclaredAttribute } from '../attribute-path.ts'
import type { Case } from '../case.ts'
import { demand, demandList, demandRefusal, demandStatus } from '../demand.ts'
import { NotOffered } from '../fault.ts'
import { member, objects, texts } from '../json-access.ts'
import { requirements } from '../requirements.ts'
import { type Declared, resourcesOf } from '../subject/declared.ts'
import { knownSchemas, NOT_WRITABLE, names, some } from './discovery.ts'

const { must, should } = requirements('RFC 7644 §4', ['P-521'])
const SCHEMAS = 'RFC 7643 §7'
const TYPES = ['string', 'boolean', 'decimal', 'integer', 'dateTime', 'reference', 'binary', 'complex']

/** An attribute as /Schemas describes it. */
interface Described {
  readonly path: string
  readonly body: JsonObject
  readonly isSub: boolean
}

/** Attributes that the server describes; throws `NotOffered` where /Schemas is missing, which has a case of its own. */
function described({ schemas }: Declared): readonly Described[] {
  if (schemas.status !== 200) throw new NotOffered(`${new URL(schemas.url).pathname} was answered ${schemas.status}`)
  return resourcesOf(schemas).flatMap((schema) =>
    objects(member(schema, 'attributes')).flatMap((body) => {
      const path = `${String(member(schema, 'id'))}:${String(member(body, 'name'))}`
      const subs = objects(member(body, 'subAttributes'))
      return [
        { path, body, isSub: false },
        ...subs.map((sub) => ({ path: `${path}.${String(member(sub, 'name'))}`, body: sub, isSub: true })),
      ]
    }),
  )
}

/** Whether an attribute is one of resources, and not of the discovery resources, whose shape the RFC has fixed. */
const isOfResources = ({ path }: Described) => !/core:2\.0:(Schema|ResourceType|ServiceProviderConfig):/.test(path)

/** A case of the schemas: no attribute is wrong; `instead` says what is expected of those that are. */
function noAttribute(
  isWrong: (attribute: Described) => boolean,
  instead: (names: string) => string,
  nameOf: (attribute: Described) => string = ({ path }) => path,
): Case['run'] {
  return async ({ declared }) => {
    const wrong = described(declared).filter(isWrong).map(nameOf)
    demand(declared.schemas, wrong.length === 0, instead(some(wrong)))
  }
}

/** The cases of the group "What the server declares about itself" about schemas. */
export const SCHEMA_CASES: readonly Case[] = [
  must('P-521', '/Schemas is a list of the schemas', {
    fix: 'Serve /Schemas as a ListResponse with one Schema for each URN in use.',
    needs: [],
    async run({ declared: { schemas } }) {
      const { resources } = demandList(schemas, 'GET /Schemas')
      demand(schemas, names(schemas.body, LIST_RESPONSE), `schemas with ${LIST_RESPONSE}`)
      demand(schemas, resources.length > 0, 'at least one schema')
    },
  }),
  must('P-521/one', 'a schema can be read by its URN', {
    fix: 'Serve /Schemas/{urn}, the URN as it is or percent-encoded.',
    async run(probe) {
      const urn = String(member(resourcesOf(probe.declared.schemas)[0], 'id'))
      for (const path of [urn, encodeURIComponent(urn)]) {
        const one = await probe.get(`/Schemas/${path}`)
        demandStatus(one, [200], `GET /Schemas/${path}`)
        demand(one, String(member(one.body, 'id')).toLowerCase() === urn.toLowerCase(), `the schema ${urn}`)
      }
    },
  }),
  must('P-521/none', 'a schema that does not exist is 404', {
    fix: 'Answer 404 to /Schemas/{urn} for a URN that is not there.',
    async run(probe) {
      const answer = await probe.get('/Schemas/urn:example:lockstep:nope')
      demandRefusal(answer, 'GET of a schema that is not there', { status: [404] })
    },
  }),
  must('S-149', 'schemas have the attribute schemas and cannot be written', {
    section: SCHEMAS,
    fix: 'Give each Schema "schemas"; answer 405 to POST /Schemas.',
    async run(probe) {
      const { schemas } = probe.declared
      const areNamed = resourcesOf(schemas).every((one) => names(one, SCHEMA))
      demand(schemas, areNamed, `${SCHEMA} in the schemas of each`, 'SHOULD')
      const schema = { schemas: [SCHEMA], id: 'urn:example:lockstep:nope', name: 'Nope', attributes: [] }
      demandRefusal(await probe.post('/Schemas', schema), 'POST /Schemas', { status: NOT_WRITABLE })
    },
  }),
  must('S-146', 'each attribute declares its type, multiValued, required, mutability and returned', {
    section: SCHEMAS,
    fix: 'Describe every attribute with name, type, multiValued, required, mutability, returned (and caseExact, uniqueness where they apply).',
    async run(probe) {
      const { declared } = probe
      const isDescribed = ({ body }: Described) => {
        const has = (name: string, type: string) => typeof member(body, name) === type
        const may = (name: string, type: string) => member(body, name) === undefined || has(name, type)
        return (
          ['name', 'type'].every((name) => has(name, 'string')) &&
          ['multiValued', 'required', 'caseExact'].every((name) => may(name, 'boolean')) &&
          ['mutability', 'returned', 'uniqueness'].every((name) => may(name, 'string'))
        )
      }
      await noAttribute(
        (one) => isOfResources(one) && !isDescribed(one),
        (wrong) => `name and type, and the right JSON types, for ${wrong}`,
      )(probe)
      const silent = described(declared)
        .filter((one) => isOfResources(one) && member(one.body, 'multiValued') === undefined)
        .map(({ path }) => path)
      demand(declared.schemas, silent.length === 0, `multiValued for ${some(silent)}`, 'SHOULD')
    },
  }),
  must('S-146/words', 'mutability, returned and uniqueness have values of the RFC', {
    section: SCHEMAS,
    fix: 'Use readOnly, readWrite, immutable, writeOnly; always, never, default, request; none, server, global.',
    async run({ declared }) {
      const words = {
        mutability: ['readOnly', 'readWrite', 'immutable', 'writeOnly'],
        returned: ['always', 'never', 'default', 'request'],
        uniqueness: ['none', 'server', 'global'],
      }
      const wrong = described(declared).flatMap(({ path, body }) =>
        Object.entries(words).flatMap(([name, known]) => {
          const word = member(body, name)
          return typeof word === 'string' && !known.includes(word) ? [`${path}: ${name} "${word}"`] : []
        }),
      )
      demand(declared.schemas, wrong.length === 0, `words of RFC 7643 §7 instead of ${some(wrong)}`)
    },
  }),
  must('S-147', 'attribute types are those of the RFC, and complex attributes are not nested', {
    section: SCHEMAS,
    fix: `Use one of ${TYPES.join(', ')}; a sub-attribute is never complex.`,
    run: noAttribute(
      (one) => {
        const type = String(member(one.body, 'type'))
        return isOfResources(one) && (!TYPES.includes(type) || (one.isSub && type === 'complex'))
      },
      (wrong) => `one of ${TYPES.join(', ')}, and nothing complex inside complex, instead of ${wrong}`,
      ({ path, body }) => `${path} (${String(member(body, 'type'))})`,
    ),
  }),
  should('S-148', 'complex attributes list their sub-attributes', {
    section: SCHEMAS,
    fix: 'Give each complex attribute its subAttributes.',
    run: noAttribute(
      ({ body }) => member(body, 'type') === 'complex' && objects(member(body, 'subAttributes')).length === 0,
      (wrong) => `subAttributes for ${wrong}`,
    ),
  }),
  must('S-075', 'references declare their referenceTypes, and nothing else does', {
    section: SCHEMAS,
    fix: 'Give attributes of type reference their referenceTypes, and only those.',
    async run({ declared }) {
      const wrong = described(declared)
        .filter((one) => isOfResources(one) && member(one.body, 'type') === 'reference')
        .filter(({ body }) => texts(member(body, 'referenceTypes')).length === 0)
        .map(({ path }) => path)
      demand(declared.schemas, wrong.length === 0, `referenceTypes for ${some(wrong)}`, 'SHOULD')
    },
  }),
  should('S-074', 'complex and boolean attributes do not declare uniqueness', {
    section: 'RFC 7643 §2.3.8',
    fix: 'Leave uniqueness out (or none) for complex and boolean attributes: they have none.',
    run: noAttribute(
      ({ body }) =>
        ['complex', 'boolean'].includes(String(member(body, 'type'))) &&
        ['server', 'global'].includes(String(member(body, 'uniqueness'))),
      (wrong) => `no uniqueness for ${wrong}`,
    ),
  }),
  must('P-525', 'message schemas are not in /Schemas', {
    section: 'RFC 7644 §3.1',
    fix: 'Leave urn:ietf:params:scim:api:messages:2.0:… out of /Schemas.',
    async run(probe) {
      const { schemas } = probe.declared
      const ids = resourcesOf(schemas).map((one) => String(member(one, 'id')))
      const wrong = ids.filter((id) => /^urn:ietf:params:scim:api:/i.test(id))
      demand(schemas, wrong.length === 0, `no ${some(wrong)} in /Schemas`)
      demandRefusal(await probe.get(`/Schemas/${PATCH_OP}`), `GET /Schemas/${PATCH_OP}`, { status: [404] })
    },
  }),
  ...(
    [
      ['/ResourceTypes', 'P-522'],
      ['/Schemas', 'P-521'],
    ] as const
  ).map(([path, needed]) =>
    must(`P-523${path}`, `${path} ignores paging`, {
      fix: `Return all of ${path} whatever startIndex, count and sortBy say.`,
      needs: [needed],
      async run({ declared, get }) {
        const { length } = resourcesOf(path === '/Schemas' ? declared.schemas : declared.resourceTypes)
        const paged = await get(`${path}?count=1&startIndex=2&sortBy=name`)
        const { resources } = demandList(paged, `GET ${path}?count=1`)
        demand(paged, resources.length === length, `all ${length}, as without count`)
      },
    }),
  ),
  ...(
    [
      ['/ServiceProviderConfig', 'P-520'],
      ['/ResourceTypes', 'P-522'],
      ['/Schemas', 'P-521'],
    ] as const
  ).map(([path, needed]) =>
    should(`P-524${path}`, `${path} refuses a filter`, {
      fix: `Answer 403 to a filter on ${path}.`,
      needs: [needed],
      async run(probe) {
        demandStatus(await probe.filter(path, 'id pr'), [403], `GET ${path} with a filter`)
      },
    }),
  ),
  must('S-095', 'every schema that resources name is in /Schemas', {
    section: SCHEMAS,
    fix: 'Serve every URN in the schemas of a resource under /Schemas.',
    async run(probe) {
      const shown = await probe.get((await probe.make()).path)
      const known = knownSchemas(probe.declared)
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
      const wrong = lost.filter(({ attribute }) => isPlainValue(attribute)).map(({ attribute }) => attribute.name)
      demand(full, wrong.length === 0, `what was sent for ${some(wrong)} in the answer to a GET`)
    },
  }),
]

/** Attributes whose value a server has no reason to change or to hide. */
function isPlainValue({ name, type, multiValued, mutability, returned, canonicalValues }: DeclaredAttribute): boolean {
  return (
    mutability === 'readWrite' &&
    returned !== 'request' &&
    type === 'string' &&
    !multiValued &&
    canonicalValues.length === 0 &&
    name !== 'formatted'
  )
}
