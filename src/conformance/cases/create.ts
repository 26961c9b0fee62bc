// Cases: creating resources, and the attributes that all have. RFC 7644 §3.3, RFC 7643 §3.

import { isObject } from '../../protocol/index.ts'
import type { Case } from '../case.ts'
import { demand, demandResource } from '../demand.ts'
import { NotOffered } from '../fault.ts'
import { dig, isSameUri, isUnassigned, pathOf, resolveReference, texts, valueAt, withValue } from '../json-access.ts'
import { requirements } from '../requirements.ts'
import { created } from '../walks/created.ts'
import { type Expectation, lacks, shows, that } from '../walks/expectation.ts'
import { readBack } from '../walks/read-back.ts'
import { refused } from '../walks/refused.ts'

const { must, should, own } = requirements('RFC 7643 §3.1')
const POST = 'RFC 7644 §3.3'
const MODEL = 'RFC 7643 §3'
const SYNTAX = ['invalidSyntax', 'invalidValue'] as const

/** The externalId of a resource is just this. */
const externalIdIs = (value: string): Expectation =>
  that(`externalId "${value}"`, (user) => dig(user, 'externalId') === value)

/** Whether a resource names a schema, though the request did not: then the server has understood what was meant. */
const names = (schema: string) => (user: unknown) => texts(dig(user, 'schemas')).includes(schema)

/** The cases of the group "Create". */
export const CREATE: readonly Case[] = [
  must('P-060', 'a creation is answered 201 with the resource and its Location', {
    section: POST,
    fix: 'Answer POST with 201, the whole resource, and its URI in Location and meta.location.',
    async run(probe) {
      const answer = await probe.create()
      const body = demandResource(answer, [201], 'the creation')
      demand(answer, typeof body.id === 'string' && body.id !== '', 'id as a non-empty string')
      demand(answer, answer.header('location') !== undefined, 'a Location header')
      demand(answer, typeof dig(body, 'meta', 'location') === 'string', 'meta.location')
    },
  }),
  own('P-060/required', 'a creation with every attribute that is declared required is accepted', {
    section: 'RFC 7643 §7',
    fix: "Accept what your schemas require, or don't declare it required; check attributes of extensions, and complex ones without sub-attributes.",
    async run(probe) {
      const { refused, type } = probe.subject()
      if (refused === undefined) return
      const what = `a ${type.name} with all that the schemas require; the other cases make one with less`
      demand(refused, refused.status < 300, what)
    },
  }),
  must('P-060/order', 'the order of members has no meaning', {
    section: 'RFC 7643 §2.3.8',
    fix: 'Read JSON objects by name: schemas may be anywhere.',
    run: created(({ type, named, body }, probe) => {
      const name = probe.name()
      return {
        by: probe.post(type.endpoint, Object.fromEntries(Object.entries(body(name)).reverse())),
        what: 'a creation with schemas as the last member',
        answered: shows(named, name),
      }
    }),
  }),
  must('S-003', 'schemas holds the base schema and otherwise only declared extensions', {
    section: MODEL,
    fix: 'Write into schemas the schema of the resource type and those of its extensions that are used.',
    async run(probe) {
      const { exchange, type } = await probe.make()
      const given = texts(dig(exchange.body, 'schemas')).map((one) => one.toLowerCase())
      demand(exchange, given.includes(type.schema.toLowerCase()), `${type.schema} in schemas`)
      const known = [type.schema, ...type.extensions.map(({ urn }) => urn)].map((one) => one.toLowerCase())
      const wrong = given.filter((one) => !known.includes(one))
      demand(
        [exchange, probe.declared.resourceTypes],
        wrong.length === 0,
        `only schemas of the resource type, not ${wrong[0] ?? ''}`,
      )
    },
  }),
  must('S-004', 'schemas may be in any order', {
    section: MODEL,
    fix: 'Look for the base schema anywhere in schemas.',
    run: created(({ type, extension, body }, probe) => {
      const whole = body(probe.name(), withValue(extension, 'lockstep'))
      return {
        by: probe.post(type.endpoint, { ...whole, schemas: texts(whole.schemas).toReversed() }),
        what: 'a creation with the extension first in schemas',
      }
    }),
  }),
  must('S-004/twice', 'no URI is in schemas twice', {
    section: MODEL,
    fix: 'Write each URI into schemas once, whatever was sent.',
    run: created(({ type }, probe) => ({
      by: probe.create({ schemas: [type.schema, type.schema] }),
      what: 'a creation with the same schema twice',
      // A server may refuse what the RFC forbids a client to send.
      mayRefuse: true,
      answered: that('each URI once', (user) => {
        const given = texts(dig(user, 'schemas'))
        return new Set(given).size === given.length
      }),
    })),
  }),
  must('S-005', 'a resource without schemas is refused', {
    section: MODEL,
    fix: 'Answer 400 invalidSyntax to a resource without schemas.',
    run: refused(({ type, body }, probe) => {
      const { schemas: _, ...rest } = body(probe.name())
      return {
        by: probe.post(type.endpoint, rest),
        what: 'a creation without schemas',
        keyword: SYNTAX,
        mended: names(type.schema),
      }
    }),
  }),
  must('S-005/base', 'a resource without its base schema is refused', {
    section: 'RFC 7643 §3.3',
    fix: 'Answer 400 invalidSyntax to a resource whose schemas lack the schema of the resource type.',
    run: refused(({ type }, probe) => ({
      by: probe.create({ schemas: ['urn:ietf:params:scim:schemas:core:2.0:LockstepNope'] }),
      what: 'a creation without the base schema',
      keyword: SYNTAX,
      mended: names(type.schema),
    })),
  }),
  own('S-006', 'a schema that the resource type does not have is refused', {
    section: MODEL,
    fix: 'Answer 400 invalidSyntax to an unknown URI in schemas; ignoring it is allowed too.',
    run: refused(({ body }, probe) => ({
      by: probe.create({ schemas: [...texts(body('').schemas), 'urn:example:lockstep:nope'] }),
      what: 'a creation with an unknown schema',
      keyword: SYNTAX,
    })),
  }),
  own('S-006/legacy', 'the schema of SCIM 1.1 is refused', {
    section: MODEL,
    fix: 'Answer 400 to urn:scim:schemas:core:1.0; several clients still send it.',
    run: refused((_, probe) => ({
      by: probe.create({ schemas: ['urn:scim:schemas:core:1.0'] }),
      what: 'a creation with the schema of SCIM 1.1',
      keyword: SYNTAX,
    })),
  }),
  must('S-007', 'every resource has id and meta', {
    fix: 'Give each resource id and meta.',
    run: readBack(() => ({
      expect: [
        that('id as a string', (user) => typeof dig(user, 'id') === 'string'),
        that('meta as an object', (user) => isObject(dig(user, 'meta'))),
      ],
    })),
  }),
  must('S-008', 'ids are unique and stable', {
    fix: 'Generate ids that never change and are never used again.',
    async run(probe) {
      const [one, other] = await probe.makeEach({}, {})
      demand([one.exchange, other.exchange], one.id !== other.id, 'another id for each resource')
      const shown = await probe.get(one.path)
      demand([one.exchange, shown], dig(shown.body, 'id') === one.id, 'the same id on GET')
    },
  }),
  must('S-008/again', 'a resource that is created again gets a new id', {
    fix: 'Never give the id of a deleted resource to another one.',
    needs: ['P-400'],
    async run(probe) {
      const { type, body } = probe.subject()
      const name = probe.name()
      const first = await probe.post(type.endpoint, body(name))
      await probe.del(`${type.endpoint}/${String(dig(first.body, 'id'))}`)
      const second = await probe.post(type.endpoint, body(name))
      if (second.status !== 201) throw new NotOffered('the name is not free again (P-403)')
      demand([first, second], dig(first.body, 'id') !== dig(second.body, 'id'), 'another id than before')
    },
  }),
  must('S-009', 'an id sent by the client is ignored on creation', {
    fix: 'Ignore id in POST and assign one.',
    run: created((_, probe) => ({
      by: probe.create({ id: 'lockstep-mine' }),
      what: 'a creation with an id',
      answered: that('an id of the server', (user) => dig(user, 'id') !== 'lockstep-mine'),
    })),
  }),
  must('S-012', 'externalId is stored exactly as sent', {
    fix: 'Store externalId byte for byte, letter case included.',
    run: readBack((_, probe) => {
      const externalId = `Lockstep-AbC-${probe.name()}`
      return { with: { externalId }, expect: externalIdIs(externalId) }
    }),
  }),
  must('S-012/none', 'the server does not invent an externalId', {
    fix: 'Leave externalId unassigned unless a client gives one.',
    run: readBack(() => ({ expect: that('no externalId', (user) => isUnassigned(dig(user, 'externalId'))) })),
  }),
  should('S-014', 'externalId need not be unique', {
    fix: 'Do not refuse an externalId that another resource has: only the client knows what it means.',
    needs: ['S-012'],
    run: created(async (_, probe) => {
      const externalId = `lockstep-${probe.name()}`
      await probe.make({ externalId })
      return { by: probe.create({ externalId }), what: 'a second creation with the same externalId' }
    }),
  }),
  must('S-015', 'meta sent by the client is ignored', {
    fix: 'Ignore meta in requests; the server assigns all of it.',
    run: created((_, probe) => {
      const time = '2000-01-01T00:00:00Z'
      const given = { resourceType: 'LockstepNope', created: time, location: 'https://example.com/lockstep' }
      return {
        by: probe.create({ meta: { ...given, lastModified: time } }),
        what: 'a creation with meta',
        answered: Object.entries(given).map(([name, value]) =>
          that(`meta.${name} of the server`, (user) => dig(user, 'meta', name) !== value),
        ),
      }
    }),
  }),
  must('S-016', 'meta.resourceType is the name of the resource type', {
    fix: 'Set meta.resourceType to the name in /ResourceTypes.',
    async run(probe) {
      const { exchange, type } = await probe.make()
      demand(exchange, dig(exchange.body, 'meta', 'resourceType') === type.name, `meta.resourceType "${type.name}"`)
    },
  }),
  must('S-017', 'meta.created and meta.lastModified are timestamps, equal right after creation', {
    fix: 'Write both as xsd:dateTime with date and time, and with the same value until something changes.',
    async run(probe) {
      const { exchange } = await probe.make()
      const times = ['created', 'lastModified'].map((name) => ({ name, value: dig(exchange.body, 'meta', name) }))
      for (const { name, value } of times)
        demand(
          exchange,
          isInstant(value),
          `meta.${name} as a date and time, like 2026-01-31T10:30:00Z`,
          value === undefined ? 'SHOULD' : undefined,
        )
      const [first = 0, second = 0] = times.map(({ value }) => Date.parse(String(value)))
      // Servers that write a resource in two steps are off by a moment; no client minds.
      demand(exchange, Math.abs(first - second) < 2000, 'the same time in both, nothing being changed yet')
    },
  }),
  must('S-018', 'meta.location, Location and the URI of the resource are the same', {
    fix: 'Write the URI of the resource into Location and meta.location; behind a proxy, the one that clients use.',
    needs: ['P-060'],
    async run(probe) {
      const { path, exchange, id } = await probe.make()
      const shown = await probe.get(path)
      const location = dig(shown.body, 'meta', 'location')
      demand(
        [exchange, shown],
        isSameUri(exchange.header('location'), dig(exchange.body, 'meta', 'location'), exchange.url, probe.base),
        'the same URI in Location and meta.location of the creation',
      )
      demand(shown, typeof location === 'string' && location !== '', 'meta.location as a URI')
      const uri = resolveReference(location, `${probe.base}/`)
      const { origin } = new URL(shown.url)
      // Credentials are not sent to another host, so whether that one would answer stays unknown.
      demand(shown, new URL(uri).origin === origin, `a URI on ${origin}, where the client has found it`, 'SHOULD')
      const followed = await probe.get(uri)
      const isThere = followed.status === 200 && dig(followed.body, 'id') === id
      demand([shown, followed], isThere, `the resource at ${location}`)
    },
  }),
  should('S-018/absolute', 'meta.location is an absolute URI', {
    fix: 'Write the absolute URI into meta.location and Location: few clients resolve a relative one.',
    needs: ['S-018'],
    run: readBack(() => ({
      expect: that('meta.location as an absolute URI', (user) => URL.canParse(String(dig(user, 'meta', 'location')))),
    })),
  }),
  must('P-065', 'attributes narrows the answer to a creation', {
    section: 'RFC 7644 §3.9',
    fix: 'Apply attributes and excludedAttributes to the answers of POST, PUT and PATCH as well.',
    run: created(({ type, named, text, body }, probe) => ({
      by: probe.post(`${type.endpoint}?attributes=${pathOf(named)}`, body(probe.name(), withValue(text, 'lockstep'))),
      what: 'a creation with attributes',
      answered: [lacks(text), that(pathOf(named), (user) => valueAt(user, named) !== undefined)],
    })),
  }),
  own('P-067', 'unknown attributes are ignored', {
    section: POST,
    fix: 'Ignore attributes that no schema has; refusing them is allowed, but identity providers send them.',
    run: created((_, probe) => ({
      by: probe.create({ lockstepNope: 1 }),
      what: 'a creation with an unknown attribute',
      answered: that('no lockstepNope in the answer', (user) => dig(user, 'lockstepNope') === undefined),
    })),
  }),
  own('P-068', 'a failed creation leaves nothing behind', {
    section: POST,
    fix: 'Check everything before anything is written, or undo it.',
    needs: ['P-121', 'P-101'],
    async run(probe) {
      const { type, named, text, body } = probe.subject()
      const name = probe.name()
      const answer = await probe.post(type.endpoint, body(name, withValue(text, { lockstep: [1] })))
      if (answer.status < 400) throw new NotOffered(`an object for ${pathOf(text)} was not refused (S-050)`)
      const found = await probe.filter(type.endpoint, `${pathOf(named)} eq "${name}"`)
      demand([answer, found], dig(found.body, 'totalResults') === 0, 'no resource by that name')
    },
  }),
  should('P-069', 'a creation is answered with an ETag', {
    section: 'RFC 7644 §3.14',
    fix: 'Send ETag with 201, equal to meta.version.',
    needs: ['P-500'],
    async run(probe) {
      const { exchange } = await probe.make()
      demand(exchange, exchange.header('etag') !== undefined, 'an ETag header')
    },
  }),
]

/** Whether a value is an xsd:dateTime with date and time. RFC 7643 §2.3.5. */
function isInstant(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    /^-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$/.test(value) &&
    !Number.isNaN(Date.parse(value))
  )
}
