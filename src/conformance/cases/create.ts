// Cases: creating resources, and the attributes that all have. RFC 7644 §3.3, RFC 7643 §3.

import { isObject } from '../../protocol/index.ts'
import type { Case } from '../case.ts'
import { demand, demandRefusal, demandResource, demandStatus } from '../demand.ts'
import { NotOffered } from '../fault.ts'
import {
  dig,
  isSameUri,
  isUnassigned,
  member,
  pathOf,
  resolveReference,
  texts,
  valueAt,
  withValue,
} from '../json-access.ts'
import { requirements } from '../requirements.ts'

const POST = 'RFC 7644 §3.3'
const MODEL = 'RFC 7643 §3'
const COMMON = 'RFC 7643 §3.1'
const { must, should, own } = requirements(COMMON)

/** The cases of the group "Create". */
export const CREATE: readonly Case[] = [
  must('P-060', 'a creation is answered 201 with the resource and its Location', {
    section: POST,
    fix: 'Answer POST with 201, the whole resource, and its URI in Location and meta.location.',
    async run(probe) {
      const subject = probe.subject()
      const answer = await probe.post(subject.type.endpoint, subject.body(probe.name()))
      const body = demandResource(answer, [201], 'the creation')
      demand(answer, typeof body.id === 'string' && body.id !== '', 'id as a non-empty string')
      demand(answer, answer.header('location') !== undefined, 'a Location header')
      demand(answer, typeof dig(body, 'meta', 'location') === 'string', 'meta.location')
    },
  }),
  own('P-060/required', 'a creation with everything that the schemas call required is taken', {
    section: 'RFC 7643 §7',
    fix: "Take what your schemas require, or don't call it required; look at attributes of extensions, and at complex ones without sub-attributes.",
    async run(probe) {
      const { refused, type } = probe.subject()
      if (refused === undefined) return
      const what = `a ${type.name} with all that the schemas require; the other cases make one with less`
      demand(refused, refused.status < 300, what)
    },
  }),
  must('P-060/order', 'the order of members carries no meaning', {
    section: 'RFC 7643 §2.3.8',
    fix: 'Read JSON objects by name: schemas may stand anywhere.',
    async run(probe) {
      const subject = probe.subject()
      const name = probe.name()
      const body = Object.fromEntries(Object.entries(subject.body(name)).reverse())
      const shown = demandResource(
        await probe.post(subject.type.endpoint, body),
        [201, 200],
        'a creation with schemas as the last member',
      )
      demand(
        await probe.get(`${subject.type.endpoint}/${String(shown.id)}`),
        valueAt(shown, subject.named) === name,
        `${pathOf(subject.named)} as sent`,
      )
    },
  }),
  must('S-003', 'schemas holds the base schema, and besides only declared extensions', {
    section: MODEL,
    fix: 'Write into schemas the schema of the resource type and those of its extensions that are used.',
    async run(probe) {
      const { type } = probe.subject()
      const { exchange } = await probe.make()
      const given = texts(member(exchange.body, 'schemas')).map((one) => one.toLowerCase())
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
  must('S-004', 'the order of schemas is free', {
    section: MODEL,
    fix: 'Look for the base schema anywhere in schemas.',
    async run(probe) {
      const subject = probe.subject()
      const place = subject.extension
      const body = subject.body(probe.name(), withValue(place, 'lockstep'))
      const turned = { ...body, schemas: texts(body.schemas).toReversed() }
      demandStatus(
        await probe.post(subject.type.endpoint, turned),
        [201, 200],
        'a creation with the extension first in schemas',
      )
    },
  }),
  must('S-004/twice', 'schemas shows no URI twice', {
    section: MODEL,
    fix: 'Write each URI into schemas once, whatever was sent.',
    async run(probe) {
      const subject = probe.subject()
      const answer = await probe.post(subject.type.endpoint, {
        ...subject.body(probe.name()),
        schemas: [subject.type.schema, subject.type.schema],
      })
      // A server may refuse what the RFC forbids a client to send.
      if (answer.status === 400) return
      const body = demandResource(answer, [201, 200], 'a creation with the same schema twice')
      const given = texts(body.schemas)
      demand(answer, new Set(given).size === given.length, 'each URI once')
    },
  }),
  must('S-005', 'a resource without schemas is refused', {
    section: MODEL,
    fix: 'Answer 400 invalidSyntax to a resource without schemas.',
    async run(probe) {
      const subject = probe.subject()
      const { schemas: _, ...body } = subject.body(probe.name())
      const answer = await probe.post(subject.type.endpoint, body)
      const mended = texts(dig(answer.body, 'schemas')).includes(subject.type.schema)
      demandRefusal(answer, 'a creation without schemas', { keyword: ['invalidSyntax', 'invalidValue'], mended })
    },
  }),
  must('S-005/base', 'a resource without its base schema is refused', {
    section: 'RFC 7643 §3.3',
    fix: 'Answer 400 invalidSyntax to a resource whose schemas lack the schema of the resource type.',
    async run(probe) {
      const subject = probe.subject()
      const body = { ...subject.body(probe.name()), schemas: ['urn:ietf:params:scim:schemas:core:2.0:LockstepNope'] }
      const answer = await probe.post(subject.type.endpoint, body)
      const mended = texts(dig(answer.body, 'schemas')).includes(subject.type.schema)
      demandRefusal(answer, 'a creation without the base schema', {
        keyword: ['invalidSyntax', 'invalidValue'],
        mended,
      })
    },
  }),
  own('S-006', 'a schema that the resource type does not have is refused', {
    section: MODEL,
    fix: 'Answer 400 invalidSyntax to an unknown URI in schemas; ignoring it is allowed too.',
    async run(probe) {
      const subject = probe.subject()
      const body = subject.body(probe.name())
      const answer = await probe.post(subject.type.endpoint, {
        ...body,
        schemas: [...texts(body.schemas), 'urn:example:lockstep:nope'],
      })
      demandRefusal(answer, 'a creation with an unknown schema', { keyword: ['invalidSyntax', 'invalidValue'] })
    },
  }),
  own('S-006/legacy', 'the schema of SCIM 1.1 is refused', {
    section: MODEL,
    fix: 'Answer 400 to urn:scim:schemas:core:1.0; several clients still send it.',
    async run(probe) {
      const subject = probe.subject()
      const answer = await probe.post(subject.type.endpoint, {
        ...subject.body(probe.name()),
        schemas: ['urn:scim:schemas:core:1.0'],
      })
      demandRefusal(answer, 'a creation with the schema of SCIM 1.1', { keyword: ['invalidSyntax', 'invalidValue'] })
    },
  }),
  must('S-007', 'every resource has id and meta', {
    fix: 'Give each resource id and meta.',
    async run(probe) {
      const made = await probe.make()
      const shown = await probe.get(made.path)
      demand(shown, typeof dig(shown.body, 'id') === 'string', 'id as a string')
      demand(shown, isObject(dig(shown.body, 'meta')), 'meta as an object')
    },
  }),
  must('S-008', 'ids are unique and stable', {
    fix: 'Make an id once, for good, from something that is never used twice.',
    async run(probe) {
      const [one, other] = [await probe.make(), await probe.make()]
      demand([one.exchange, other.exchange], one.id !== other.id, 'another id for each resource')
      const shown = await probe.get(one.path)
      demand([one.exchange, shown], dig(shown.body, 'id') === one.id, 'the same id on GET')
    },
  }),
  must('S-008/again', 'a resource that is created again gets a new id', {
    fix: 'Never give the id of a deleted resource to another one.',
    needs: ['P-400'],
    async run(probe) {
      const subject = probe.subject()
      const name = probe.name()
      const first = await probe.post(subject.type.endpoint, subject.body(name))
      await probe.del(`${subject.type.endpoint}/${String(dig(first.body, 'id'))}`)
      const second = await probe.post(subject.type.endpoint, subject.body(name))
      if (second.status !== 201) throw new NotOffered('the name is not free again (P-403)')
      demand([first, second], dig(first.body, 'id') !== dig(second.body, 'id'), 'another id than before')
    },
  }),
  must('S-009', "a client's id is ignored in a creation", {
    fix: 'Ignore id in POST and assign one.',
    async run(probe) {
      const subject = probe.subject()
      const answer = await probe.post(subject.type.endpoint, { ...subject.body(probe.name()), id: 'lockstep-mine' })
      const body = demandResource(answer, [201, 200], 'a creation with an id')
      demand(answer, body.id !== 'lockstep-mine', 'an id of the server')
    },
  }),
  must('S-012', 'externalId is kept as it was sent', {
    fix: 'Store externalId byte for byte, letter case included.',
    async run(probe) {
      const value = `Lockstep-AbC-${probe.name()}`
      const made = await probe.make({ externalId: value })
      const shown = await probe.get(made.path)
      demand([made.exchange, shown], dig(shown.body, 'externalId') === value, `externalId "${value}"`)
    },
  }),
  must('S-012/none', 'the server makes up no externalId', {
    fix: 'Leave externalId unassigned unless a client gives one.',
    async run(probe) {
      const made = await probe.make()
      const shown = await probe.get(made.path)
      demand([made.exchange, shown], isUnassigned(dig(shown.body, 'externalId')), 'no externalId')
    },
  }),
  should('S-014', 'externalId need not be unique', {
    fix: 'Do not refuse an externalId that another resource has: only the client knows what it means.',
    needs: ['S-012'],
    async run(probe) {
      const subject = probe.subject()
      const externalId = `lockstep-${probe.name()}`
      await probe.make({ externalId })
      demandStatus(
        await probe.post(subject.type.endpoint, subject.body(probe.name(), { externalId })),
        [201, 200],
        'a second creation with the same externalId',
      )
    },
  }),
  must('S-015', "a client's meta is ignored", {
    fix: 'Ignore meta in requests; the server assigns all of it.',
    async run(probe) {
      const subject = probe.subject()
      const meta = {
        resourceType: 'LockstepNope',
        created: '2000-01-01T00:00:00Z',
        lastModified: '2000-01-01T00:00:00Z',
        location: 'https://example.com/lockstep',
      }
      const answer = await probe.post(subject.type.endpoint, { ...subject.body(probe.name()), meta })
      const body = demandResource(answer, [201, 200], 'a creation with meta')
      for (const name of ['resourceType', 'created', 'location'] as const)
        demand(answer, dig(body, 'meta', name) !== meta[name], `meta.${name} of the server`)
    },
  }),
  must('S-016', 'meta.resourceType is the name of the resource type', {
    fix: 'Set meta.resourceType to the name in /ResourceTypes.',
    async run(probe) {
      const { exchange, type } = await probe.make()
      demand(exchange, dig(exchange.body, 'meta', 'resourceType') === type.name, `meta.resourceType "${type.name}"`)
    },
  }),
  must('S-017', 'meta.created and meta.lastModified are times, equal after the creation', {
    fix: 'Write both as xsd:dateTime with date and time, and with the same value until something changes.',
    async run(probe) {
      const { exchange } = await probe.make()
      const created = dig(exchange.body, 'meta', 'created')
      const modified = dig(exchange.body, 'meta', 'lastModified')
      for (const [name, value] of [
        ['created', created],
        ['lastModified', modified],
      ] as const)
        demand(
          exchange,
          isInstant(value),
          `meta.${name} as a date and time, like 2026-01-31T10:30:00Z`,
          value === undefined ? 'SHOULD' : undefined,
        )
      // Servers that write a resource in two steps are off by a moment; that is no client's trouble.
      const apart = Math.abs(Date.parse(String(created)) - Date.parse(String(modified)))
      demand(exchange, apart < 2000, 'the same time in both, nothing being changed yet')
    },
  }),
  must('S-018', 'meta.location, Location and the URI of the resource are the same', {
    fix: 'Write the URI of the resource into Location and meta.location; behind a proxy, the one that clients use.',
    needs: ['P-060'],
    async run(probe) {
      const made = await probe.make()
      const shown = await probe.get(made.path)
      const location = dig(shown.body, 'meta', 'location')
      const inBody = dig(made.exchange.body, 'meta', 'location')
      demand(
        [made.exchange, shown],
        isSameUri(made.exchange.header('location'), inBody, made.exchange.url, probe.base),
        'the same URI in Location and meta.location of the creation',
      )
      demand(shown, typeof location === 'string' && location !== '', 'meta.location as a URI')
      const uri = resolveReference(location, `${probe.base}/`)
      // Credentials don't go to another host, so whether it would answer can't be seen.
      demand(
        shown,
        new URL(uri).origin === new URL(shown.url).origin,
        `a URI on ${new URL(shown.url).origin}, where the client has found it`,
        'SHOULD',
      )
      const followed = await probe.get(uri)
      demand(
        [shown, followed],
        followed.status === 200 && dig(followed.body, 'id') === made.id,
        `the resource at ${location}`,
      )
    },
  }),
  should('S-018/absolute', 'meta.location is an absolute URI', {
    fix: 'Write the absolute URI into meta.location and Location: a relative one is resolved by few clients.',
    needs: ['S-018'],
    async run(probe) {
      const shown = await probe.get((await probe.make()).path)
      demand(shown, URL.canParse(String(dig(shown.body, 'meta', 'location'))), 'meta.location as an absolute URI')
    },
  }),
  must('P-065', 'attributes narrows the answer to a creation', {
    section: 'RFC 7644 §3.9',
    fix: 'Apply attributes and excludedAttributes to the answers of POST, PUT and PATCH as well.',
    async run(probe) {
      const subject = probe.subject()
      const text = subject.text
      const answer = await probe.post(
        `${subject.type.endpoint}?attributes=${pathOf(subject.named)}`,
        subject.body(probe.name(), withValue(text, 'lockstep')),
      )
      const body = demandResource(answer, [201, 200], 'a creation with attributes')
      demand(answer, isUnassigned(valueAt(body, text)), `no ${pathOf(text)}`)
      demand(answer, valueAt(body, subject.named) !== undefined, pathOf(subject.named))
    },
  }),
  own('P-067', 'unknown attributes are ignored', {
    section: POST,
    fix: 'Ignore attributes that no schema knows; refusing them is allowed, but identity providers send such.',
    async run(probe) {
      const subject = probe.subject()
      const answer = await probe.post(subject.type.endpoint, subject.body(probe.name(), { lockstepNope: 1 }))
      const body = demandResource(answer, [201, 200], 'a creation with an unknown attribute')
      demand(answer, body.lockstepNope === undefined, 'no lockstepNope in the answer')
    },
  }),
  own('P-068', 'a failed creation leaves nothing behind', {
    section: POST,
    fix: 'Check everything before anything is written, or undo it.',
    needs: ['P-121', 'P-101'],
    async run(probe) {
      const subject = probe.subject()
      const name = probe.name()
      const text = subject.text
      const refused = await probe.post(subject.type.endpoint, subject.body(name, withValue(text, { lockstep: [1] })))
      if (refused.status < 400) throw new NotOffered(`an object for ${pathOf(text)} was not refused (S-050)`)
      const found = await probe.filter(subject.type.endpoint, `${pathOf(subject.named)} eq "${name}"`)
      demand([refused, found], dig(found.body, 'totalResults') === 0, 'nobody by that name')
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
export function isInstant(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    /^-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$/.test(value) &&
    !Number.isNaN(Date.parse(value))
  )
}
