// Cases: data types, unassigned values, lists and extensions. RFC 7643 §2 and §3.3.

import type { Json } from '../../protocol/index.ts'
import type { Case, Probe } from '../case.ts'
import { demand, demandRefusal, demandResource, demandStatus } from '../demand.ts'
import { NotOffered } from '../fault.ts'
import {
  dig,
  fitsType,
  isUnassigned,
  member,
  objects,
  pathOf,
  resolveReference,
  texts,
  valueAt,
  withValue,
} from '../json-access.ts'
import { requirements } from '../requirements.ts'

const { must, should, own } = requirements('RFC 7643 §2.4')

const TYPES = 'RFC 7643 §2.3'
const UNASSIGNED = 'RFC 7643 §2.5'
const VALUES = ['invalidValue', 'invalidSyntax'] as const

/** A case: a value of the wrong JSON type is refused in a creation. */
function wrongType(
  name: string,
  what: string,
  pick: (probe: Probe) => { readonly place: Parameters<typeof withValue>[0]; readonly value: Json },
  section = TYPES,
  id = 'S-050',
): Case {
  return {
    id: `${id}/${name}`,
    level: 'MUST',
    section,
    title: `${what} is refused`,
    fix: 'Answer 400 invalidValue to values that are not of the JSON type of their attribute.',
    async run(probe) {
      const subject = probe.subject()
      const { place, value } = pick(probe)
      const answer = await probe.post(subject.type.endpoint, subject.body(probe.name(), withValue(place, value)))
      const mended = answer.status < 300 && fitsType(valueAt(answer.body, place), place)
      demandRefusal(answer, `${pathOf(place)}: ${JSON.stringify(value)}`, { keyword: VALUES, mended })
    },
  }
}

/** A case about an attribute of a type that the core schemas hardly have: only where the server has one. */
function typed(name: string, type: string, value: Json, id: string): Case {
  return wrongType(
    name,
    `${type} ${JSON.stringify(value)}`,
    (probe) => ({
      place: probe
        .subject()
        .having(`${type} attribute`, (one) => one.type === type && !one.multiValued && one.mutability !== 'readOnly'),
      value,
    }),
    `${TYPES}`,
    id,
  )
}

/** The cases of the group "Data types and unassigned values". */
export const DATA: readonly Case[] = [
  must('S-031/body', 'attribute names in a body compare without regard to case', {
    section: 'RFC 7643 §2.1',
    fix: 'Match the names of members without regard to letter case.',
    async run(probe) {
      const subject = probe.subject()
      const name = probe.name()
      const body = Object.fromEntries(
        Object.entries(subject.body(name)).map(([key, value]) => [
          key === subject.named.attribute.name ? key.toUpperCase() : key,
          value,
        ]),
      )
      const answer = await probe.post(subject.type.endpoint, body)
      const shown = demandResource(answer, [201, 200], `a creation with ${subject.named.attribute.name.toUpperCase()}`)
      demand(answer, valueAt(shown, subject.named) === name, `${pathOf(subject.named)} as sent`)
    },
  }),
  own('S-032', 'members that differ only in case are refused', {
    section: 'RFC 7643 §2.1',
    fix: 'Answer 400 invalidSyntax when an object has the same name twice.',
    async run(probe) {
      const subject = probe.subject()
      const text = subject.text
      const { name } = text.attribute
      const answer = await probe.post(
        subject.type.endpoint,
        subject.body(probe.name(), { [name]: 'lockstep', [name.toUpperCase()]: 'other' }),
      )
      demandRefusal(answer, `a creation with ${name} and ${name.toUpperCase()}`, { keyword: VALUES })
    },
  }),
  own('S-032/same', 'an object with the same name twice is refused', {
    section: 'RFC 8259 §4',
    fix: 'Answer 400 invalidSyntax when an object has the same name twice: readers disagree on which one counts.',
    async run(probe) {
      const subject = probe.subject()
      const { name } = subject.text.attribute
      const body = JSON.stringify(subject.body(probe.name())).replace(/}$/, `,"${name}":"one","${name}":"two"}`)
      const answer = await probe.post(subject.type.endpoint, body)
      demandRefusal(answer, `a creation with ${name} twice`, { keyword: VALUES })
    },
  }),
  must('S-040', 'texts are kept as they are, spaces and quotes included', {
    section: 'RFC 7643 §2.3.1',
    fix: 'Store texts unchanged.',
    async run(probe) {
      const text = probe.subject().text
      const value = 'a "quoted" \\ text, with <b>marks</b> & more'
      const made = await probe.make(withValue(text, value))
      const shown = await probe.get(made.path)
      demand([made.exchange, shown], valueAt(shown.body, text) === value, `${pathOf(text)} as sent`)
    },
  }),
  wrongType('number', 'a number for a text', (probe) => ({ place: probe.subject().text, value: 42 })),
  wrongType('object', 'an object for a text', (probe) => ({ place: probe.subject().text, value: { lockstep: 'x' } })),
  wrongType('list', 'a list for a singular text', (probe) => ({
    place: probe.subject().text,
    value: ['lockstep', 'other'],
  })),
  wrongType('list-of-one', 'a list of one for a singular text', (probe) => ({
    place: probe.subject().text,
    value: ['lockstep'],
  })),
  wrongType('text-for-reference', 'an id for a complex attribute that has it as its value', (probe) => {
    const manager = (one: { readonly name: string; readonly type: string }) =>
      one.name === 'manager' && one.type === 'complex'
    return { place: probe.subject().having('manager', manager), value: 'lockstep-nobody' }
  }),
  wrongType('text-for-complex', 'a text for a complex attribute', (probe) => ({
    place: probe.subject().complex.whole,
    value: 'lockstep',
  })),
  wrongType('text-for-list', 'a text for a multi-valued attribute', (probe) => ({
    place: probe.subject().list,
    value: 'lockstep',
  })),
  wrongType('lone', 'a single object for a multi-valued attribute', (probe) => ({
    place: probe.subject().list,
    value: probe.subject().element(probe.subject().list, probe.name(), 1),
  })),
  wrongType(
    'nested',
    'an object inside a simple sub-attribute',
    (probe) => ({ place: probe.subject().complex.first, value: { lockstep: 'x' } }),
    'RFC 7643 §2.3.8',
    'S-049',
  ),
  wrongType(
    'text',
    'a text for a boolean',
    (probe) => ({ place: probe.subject().flag, value: 'true' }),
    'RFC 7643 §2.3.2',
    'S-042',
  ),
  wrongType(
    'number',
    'a number for a boolean',
    (probe) => ({ place: probe.subject().flag, value: 1 }),
    'RFC 7643 §2.3.2',
    'S-042',
  ),
  typed('fraction', 'integer', 1.5, 'S-043'),
  typed('text', 'integer', '7', 'S-043'),
  typed('decimal', 'decimal', '1.5', 'S-043'),
  typed('date', 'dateTime', '2026-01-01', 'S-044'),
  typed('words', 'dateTime', 'yesterday', 'S-044'),
  must('S-044/offset', 'a dateTime with an offset is taken', {
    section: 'RFC 7643 §2.3.5',
    fix: 'Take every xsd:dateTime with date and time.',
    async run(probe) {
      const subject = probe.subject()
      const place = subject.having(
        'dateTime attribute',
        (one) => one.type === 'dateTime' && !one.multiValued && one.mutability === 'readWrite',
      )
      demandStatus(
        await probe.post(
          subject.type.endpoint,
          subject.body(probe.name(), withValue(place, '2026-01-01T00:00:00+02:00')),
        ),
        [201, 200],
        'a creation with such a time',
      )
    },
  }),
  should('S-045', 'what is no base64 is refused for a binary attribute', {
    section: 'RFC 7643 §2.3.6',
    fix: 'Answer 400 invalidValue to binary values that are not base64.',
    async run(probe) {
      const subject = probe.subject()
      const place = subject.attribute('x509Certificates')
      const answer = await probe.post(
        subject.type.endpoint,
        subject.body(probe.name(), withValue(place, [{ value: '!! no base64 !!' }])),
      )
      if (answer.status < 300 && isUnassigned(valueAt(answer.body, place)))
        throw new NotOffered('x509Certificates are not stored')
      demandRefusal(answer, 'a certificate that is no base64', { keyword: VALUES })
    },
  }),
  must('S-080', 'null and an empty list mean unassigned in a creation', {
    section: UNASSIGNED,
    fix: 'Take null and [] for no value.',
    async run(probe) {
      const subject = probe.subject()
      const [text, list] = [subject.text, subject.list]
      if (list.attribute.required || isUnassigned(valueAt(subject.body(probe.name()), list)) === false)
        throw new NotOffered(`${pathOf(list)} is needed for a creation`)
      const answer = await probe.post(
        subject.type.endpoint,
        subject.body(probe.name(), withValue(text, null), withValue(list, [])),
      )
      const body = demandResource(answer, [201, 200], 'a creation with null and []')
      demand(
        answer,
        isUnassigned(valueAt(body, text)) && isUnassigned(valueAt(body, list)),
        `neither ${pathOf(text)} nor ${pathOf(list)}`,
      )
    },
  }),
  own('S-081', 'what has no value is left out of answers', {
    section: UNASSIGNED,
    fix: 'Leave unassigned attributes out: several clients stumble over null.',
    async run(probe) {
      const shown = await probe.get((await probe.make()).path)
      const empty = Object.entries(shown.body ?? {})
        .filter(([, value]) => value === null || (Array.isArray(value) && value.length === 0))
        .map(([name]) => name)
      demand(shown, empty.length === 0, `no ${empty[0] ?? ''} with null or []`)
    },
  }),
  must('S-082', 'a multi-valued attribute with one value is a list', {
    fix: 'Write multi-valued attributes as JSON arrays, whatever their length.',
    async run(probe) {
      const subject = probe.subject()
      const list = subject.list
      const name = probe.name()
      const made = await probe.make(withValue(list, [subject.element(list, name, 0)]))
      const shown = await probe.get(made.path)
      demand(shown, Array.isArray(valueAt(shown.body, list)), `${pathOf(list)} as an array`)
    },
  }),
  must('S-084', 'at most one value of an attribute is primary', {
    fix: 'Refuse two primaries in a creation (400 invalidValue), or keep one.',
    async run(probe) {
      const subject = probe.subject()
      const list = subject.list
      if (!list.attribute.subAttributes.some(({ name }) => name === 'primary'))
        throw new NotOffered(`${pathOf(list)} has no primary`)
      const name = probe.name()
      const elements = [0, 1].map((at) => ({ ...subject.element(list, name, at), primary: true }))
      const answer = await probe.post(subject.type.endpoint, subject.body(name, withValue(list, elements)))
      if (answer.status >= 400 && answer.status < 500) return
      const body = demandResource(answer, [201, 200], 'a creation with two primary values, or its refusal')
      const primaries = objects(valueAt(body, list)).filter((one) => member(one, 'primary') === true)
      demand(answer, primaries.length <= 1, 'one primary value at most')
    },
  }),
  own('S-084/refused', 'two primary values in one request are refused', {
    fix: 'Answer 400 invalidValue; keeping one of the two is allowed as well.',
    async run(probe) {
      const subject = probe.subject()
      const list = subject.list
      if (!list.attribute.subAttributes.some(({ name }) => name === 'primary'))
        throw new NotOffered(`${pathOf(list)} has no primary`)
      const name = probe.name()
      const elements = [0, 1].map((at) => ({ ...subject.element(list, name, at), primary: true }))
      demandRefusal(
        await probe.post(subject.type.endpoint, subject.body(name, withValue(list, elements))),
        'a creation with two primary values',
        { keyword: VALUES },
      )
    },
  }),
  should('S-085', 'the same type and value is not shown twice', {
    fix: 'Drop elements that repeat another one.',
    needs: ['S-082'],
    async run(probe) {
      const subject = probe.subject()
      const list = subject.list
      const name = probe.name()
      const one = subject.element(list, name, 1)
      const answer = await probe.post(subject.type.endpoint, subject.body(name, withValue(list, [one, one])))
      if (answer.status === 400) return
      const body = demandResource(answer, [201, 200], 'a creation with an element twice')
      demand(
        answer,
        objects(valueAt(body, list)).filter((each) => member(each, 'value') === one.value).length === 1,
        'the element once',
      )
    },
  }),
  must('S-090', 'attributes of an extension stand in an object under its URN', {
    section: 'RFC 7643 §3.3',
    fix: 'Write extension attributes into a member named by the URN, and list the URN in schemas.',
    async run(probe) {
      const subject = probe.subject()
      const place = subject.extension
      const made = await probe.make(withValue(place, 'lockstep'))
      const shown = await probe.get(made.path)
      demand(
        [made.exchange, shown],
        dig(shown.body, place.urn, place.attribute.name) === 'lockstep',
        `${place.attribute.name} inside "${place.urn}"`,
      )
      demand(
        shown,
        texts(dig(shown.body, 'schemas')).some((urn) => urn.toLowerCase() === place.urn.toLowerCase()),
        `${place.urn} in schemas`,
      )
    },
  }),
  own('S-090/top', "an extension's attribute at the top level is not the extension's", {
    section: 'RFC 7643 §3.3',
    fix: 'Read extension attributes only from the object under their URN.',
    async run(probe) {
      const subject = probe.subject()
      const place = subject.extension
      const answer = await probe.post(
        subject.type.endpoint,
        subject.body(probe.name(), { [place.attribute.name]: 'lockstep' }),
      )
      if (answer.status === 400) return
      demand(
        answer,
        isUnassigned(dig(answer.body, place.urn, place.attribute.name)),
        `no ${place.attribute.name} in "${place.urn}"`,
      )
    },
  }),
  must('S-092', 'a required extension must be there', {
    section: 'RFC 7643 §6',
    fix: 'Answer 400 to a resource without an extension that its type requires.',
    async run(probe) {
      const subject = probe.subject()
      const required = subject.type.extensions.find((one) => one.required)
      if (required === undefined) throw new NotOffered(`${subject.type.name} has no required extension`)
      const { [required.urn]: _, ...body } = subject.body(probe.name())
      demandRefusal(
        await probe.post(subject.type.endpoint, {
          ...body,
          schemas: texts(body.schemas).filter((urn) => urn !== required.urn),
        }),
        `a creation without ${required.urn}`,
      )
    },
  }),
  must('S-093', 'an extension that has no value left is not in schemas', {
    section: 'RFC 7643 §3.3',
    fix: 'Compute schemas from what the resource holds.',
    needs: ['P-340'],
    async run(probe) {
      const subject = probe.subject()
      const place = subject.extension
      if (subject.type.extensions.some(({ urn, required }) => urn === place.urn && required))
        throw new NotOffered('the extension is required')
      const made = await probe.make(withValue(place, 'lockstep'))
      const answer = await probe.patch(made.path, [{ op: 'remove', path: pathOf(place) }])
      demandStatus(answer, [200, 204], 'removing the only value of the extension')
      const shown = await probe.get(made.path)
      const held = dig(shown.body, place.urn)
      const listed = texts(dig(shown.body, 'schemas')).some((urn) => urn.toLowerCase() === place.urn.toLowerCase())
      demand(shown, !listed || !isUnassigned(held), `no ${place.urn} in schemas`, 'SHOULD')
    },
  }),
  must('S-047', 'every $ref leads to its resource', {
    section: 'RFC 7643 §2.3.7',
    fix: 'Write $ref so that a GET of it (resolved against the base URL) gives the resource.',
    needs: ['S-132/members'],
    async run(probe) {
      const user = await probe.make()
      const group = await probe.makeGroup([{ value: user.id }])
      const shown = await probe.get(group.path)
      const [first] = objects(dig(shown.body, 'members'))
      const ref = member(first, '$ref')
      if (typeof ref !== 'string') throw new NotOffered('members have no $ref')
      const base = probe.declared.config.url.replace(/ServiceProviderConfig$/, '')
      const there = await probe.get(resolveReference(ref, base))
      demand([shown, there], there.status === 200 && dig(there.body, 'id') === user.id, `the member at ${ref}`)
    },
  }),
]
