// Cases: data types, unassigned values, lists and extensions. RFC 7643 §2 and §3.3.

import type { Json } from '../../protocol/index.ts'
import type { AttributePath } from '../attribute-path.ts'
import type { Case, Probe } from '../case.ts'
import { demand, demandResource, demandStatus } from '../demand.ts'
import { NotOffered } from '../fault.ts'
import {
  dig,
  fitsType,
  isUnassigned,
  join,
  member,
  objects,
  pathOf,
  resolveReference,
  texts,
  valueAt,
  withValue,
} from '../json-access.ts'
import { requirements } from '../requirements.ts'
import { hasPrimary } from '../subject/list-element.ts'
import type { ExtensionPath, Subject } from '../subject/subject.ts'
import { created } from '../walks/created.ts'
import { lacks, shows, that, valuesAre } from '../walks/expectation.ts'
import { remove } from '../walks/operation.ts'
import { readBack } from '../walks/read-back.ts'
import { refused } from '../walks/refused.ts'

const { must, should, own } = requirements('RFC 7643 §2.4')
const TYPES = 'RFC 7643 §2.3'
const BOOLEANS = 'RFC 7643 §2.3.2'
const NAMES = 'RFC 7643 §2.1'
const UNASSIGNED = 'RFC 7643 §2.5'
const EXTENSIONS = 'RFC 7643 §3.3'
const VALUES = ['invalidValue', 'invalidSyntax'] as const

/** A case: a creation with a value of the wrong JSON type is refused. */
function wrongType(
  id: string,
  what: string,
  pick: (subject: Subject, probe: Probe) => { readonly path: AttributePath; readonly value: Json },
  section = TYPES,
): Case {
  return must(id, `${what} is refused`, {
    section,
    fix: 'Answer 400 invalidValue to values that are not of the JSON type of their attribute.',
    run: refused((subject, probe) => {
      const { path, value } = pick(subject, probe)
      return {
        by: probe.create(withValue(path, value)),
        what: `${pathOf(path)}: ${JSON.stringify(value)}`,
        keyword: VALUES,
        mended: (user) => fitsType(valueAt(user, path), path),
      }
    }),
  })
}

/** The same for an attribute of a type that the core schemas hardly have: only where the server has one. */
function wrongTyped(id: string, type: string, value: Json): Case {
  return wrongType(id, `${JSON.stringify(value)} for an attribute of type ${type}`, ({ having }) => ({
    path: having(`${type} attribute`, (one) => one.type === type && !one.multiValued && one.mutability !== 'readOnly'),
    value,
  }))
}

/** Two elements of a list that both claim to be primary; throws `NotOffered` where elements can't be primary. */
function twoPrimaries({ list }: Subject, probe: Probe): Json {
  if (!hasPrimary(list.attribute)) throw new NotOffered(`${pathOf(list)} has no primary`)
  return probe
    .elements(list)
    .slice(0, 2)
    .map((one) => ({ ...one, primary: true }))
}

/** Whether a resource names the schema of an extension. */
const names = ({ urn }: ExtensionPath, user: unknown) =>
  texts(dig(user, 'schemas')).some((one) => one.toLowerCase() === urn.toLowerCase())

/** The cases of the group "Data types and unassigned values". */
export const DATA: readonly Case[] = [
  must('S-031/body', 'attribute names in a body are case-insensitive', {
    section: NAMES,
    fix: 'Match the names of members without regard to letter case.',
    run: created(({ type, named, body }, probe) => {
      const [name, key] = [probe.name(), named.attribute.name]
      const { [key]: value, ...rest } = body(name)
      return {
        by: probe.post(type.endpoint, { ...rest, [key.toUpperCase()]: value }),
        what: `a creation with ${key.toUpperCase()}`,
        answered: shows(named, name),
      }
    }),
  }),
  own('S-032', 'members whose names differ only in case are refused', {
    section: NAMES,
    fix: 'Answer 400 invalidSyntax when an object has the same name twice.',
    run: refused(({ text: { attribute } }, probe) => ({
      by: probe.create({ [attribute.name]: 'lockstep', [attribute.name.toUpperCase()]: 'other' }),
      what: `a creation with ${attribute.name} and ${attribute.name.toUpperCase()}`,
      keyword: VALUES,
    })),
  }),
  own('S-032/same', 'an object with a duplicate name is refused', {
    section: 'RFC 8259 §4',
    fix: 'Answer 400 invalidSyntax when an object has the same name twice: readers disagree on which one counts.',
    run: refused(({ type, body, text: { attribute } }, probe) => {
      const twice = `,"${attribute.name}":"one","${attribute.name}":"two"}`
      return {
        by: probe.post(type.endpoint, JSON.stringify(body(probe.name())).replace(/}$/, twice)),
        what: `a creation with ${attribute.name} twice`,
        keyword: VALUES,
      }
    }),
  }),
  must('S-040', 'strings are stored unchanged, spaces and quotes included', {
    section: 'RFC 7643 §2.3.1',
    fix: 'Store strings unchanged.',
    run: readBack(({ text }) => {
      const value = 'a "quoted" \\ text, with <b>marks</b> & more'
      return { with: withValue(text, value), expect: shows(text, value) }
    }),
  }),
  wrongType('S-050/number', 'a number for a string attribute', ({ text }) => ({ path: text, value: 42 })),
  wrongType('S-050/object', 'an object for a string attribute', ({ text }) => ({
    path: text,
    value: { lockstep: 'x' },
  })),
  wrongType('S-050/list', 'an array for a single-valued string attribute', ({ text }) => ({
    path: text,
    value: ['lockstep', 'other'],
  })),
  wrongType('S-050/list-of-one', 'an array of one for a single-valued string attribute', ({ text }) => ({
    path: text,
    value: ['lockstep'],
  })),
  wrongType('S-050/text-for-reference', 'a bare id for a complex attribute', ({ having }) => ({
    path: having('manager', ({ name, type }) => name === 'manager' && type === 'complex'),
    value: 'lockstep-nobody',
  })),
  wrongType('S-050/text-for-complex', 'a string for a complex attribute', ({ complex: { whole } }) => ({
    path: whole,
    value: 'lockstep',
  })),
  wrongType('S-050/text-for-list', 'a string for a multi-valued attribute', ({ list }) => ({
    path: list,
    value: 'lockstep',
  })),
  wrongType('S-050/lone', 'a single object for a multi-valued attribute', ({ list }, probe) => ({
    path: list,
    value: probe.elements(list)[1],
  })),
  wrongType(
    'S-049/nested',
    'an object for a simple sub-attribute',
    ({ complex: { first } }) => ({ path: first, value: { lockstep: 'x' } }),
    'RFC 7643 §2.3.8',
  ),
  wrongType('S-042/text', 'a string for a boolean attribute', ({ flag }) => ({ path: flag, value: 'true' }), BOOLEANS),
  wrongType('S-042/number', 'a number for a boolean attribute', ({ flag }) => ({ path: flag, value: 1 }), BOOLEANS),
  wrongTyped('S-043/fraction', 'integer', 1.5),
  wrongTyped('S-043/text', 'integer', '7'),
  wrongTyped('S-043/decimal', 'decimal', '1.5'),
  wrongTyped('S-044/date', 'dateTime', '2026-01-01'),
  wrongTyped('S-044/words', 'dateTime', 'yesterday'),
  must('S-044/offset', 'a dateTime with an offset is accepted', {
    section: 'RFC 7643 §2.3.5',
    fix: 'Accept every xsd:dateTime with date and time.',
    run: created(({ having }, probe) => {
      const isTime = (one: AttributePath['attribute']) =>
        one.type === 'dateTime' && !one.multiValued && one.mutability === 'readWrite'
      const by = probe.create(withValue(having('dateTime attribute', isTime), '2026-01-01T00:00:00+02:00'))
      return { by, what: 'a creation with such a time' }
    }),
  }),
  should('S-045', 'a binary value that is not base64 is refused', {
    section: 'RFC 7643 §2.3.6',
    fix: 'Answer 400 invalidValue to binary values that are not base64.',
    run: refused(({ attribute }, probe) => {
      const path = attribute('x509Certificates')
      return {
        by: probe.create(withValue(path, [{ value: '!! no base64 !!' }])),
        what: 'a certificate that is not base64',
        keyword: VALUES,
        stored: path,
      }
    }),
  }),
  must('S-080', 'null and an empty list mean unassigned in a creation', {
    section: UNASSIGNED,
    fix: 'Treat null and [] as no value.',
    run: created(({ text, list, body }, probe) => {
      if (list.attribute.required || !isUnassigned(valueAt(body(probe.name()), list)))
        throw new NotOffered(`${pathOf(list)} is needed for a creation`)
      return {
        by: probe.create(join(withValue(text, null), withValue(list, []))),
        what: 'a creation with null and []',
        answered: [lacks(text), lacks(list)],
      }
    }),
  }),
  own('S-081', 'unassigned attributes are left out of answers', {
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
  must('S-082', 'a multi-valued attribute with one value is an array', {
    fix: 'Write multi-valued attributes as JSON arrays, whatever their length.',
    run: readBack(({ list }, probe) => ({
      with: withValue(list, [probe.elements(list)[0]]),
      expect: that(`${pathOf(list)} as an array`, (user) => Array.isArray(valueAt(user, list))),
    })),
  }),
  must('S-084', 'at most one value of an attribute is primary', {
    fix: 'Refuse two primaries in a creation (400 invalidValue), or keep one.',
    async run(probe) {
      const { list } = probe.subject()
      const answer = await probe.create(withValue(list, twoPrimaries(probe.subject(), probe)))
      if (answer.status >= 400 && answer.status < 500) return
      const body = demandResource(answer, [201, 200], 'a creation with two primary values, or its refusal')
      const primaries = objects(valueAt(body, list)).filter((one) => member(one, 'primary') === true)
      demand(answer, primaries.length <= 1, 'one primary value at most')
    },
  }),
  own('S-084/refused', 'two primary values in one request are refused', {
    fix: 'Answer 400 invalidValue; keeping one of the two is allowed as well.',
    run: refused((subject, probe) => ({
      by: probe.create(withValue(subject.list, twoPrimaries(subject, probe))),
      what: 'a creation with two primary values',
      keyword: VALUES,
    })),
  }),
  should('S-085', 'no two values of an attribute have the same type and value', {
    fix: 'Drop elements that repeat another one.',
    needs: ['S-082'],
    run: created(({ list }, probe) => {
      const [, element] = probe.elements(list)
      return {
        by: probe.create(withValue(list, [element, element])),
        what: 'a creation with an element twice',
        mayRefuse: true,
        answered: valuesAre(list, element.value),
      }
    }),
  }),
  must('S-090', 'extension attributes are in an object under the URN of the extension', {
    section: EXTENSIONS,
    fix: 'Write extension attributes into a member named by the URN, and list the URN in schemas.',
    run: readBack(({ extension }) => ({
      with: withValue(extension, 'lockstep'),
      expect: [shows(extension, 'lockstep'), that(`${extension.urn} in schemas`, (user) => names(extension, user))],
    })),
  }),
  own('S-090/top', 'an extension attribute at the top level does not count as one', {
    section: EXTENSIONS,
    fix: 'Read extension attributes only from the object under their URN.',
    run: created(({ extension }, probe) => ({
      by: probe.create({ [extension.attribute.name]: 'lockstep' }),
      what: `a creation with ${extension.attribute.name} at the top level`,
      mayRefuse: true,
      answered: lacks(extension),
    })),
  }),
  must('S-092', 'a required extension cannot be left out', {
    section: 'RFC 7643 §6',
    fix: 'Answer 400 to a resource without an extension that its type requires.',
    run: refused(({ type, body }, probe) => {
      const required = type.extensions.find((one) => one.required)
      if (required === undefined) throw new NotOffered(`${type.name} has no required extension`)
      const { [required.urn]: _, ...rest } = body(probe.name())
      const schemas = texts(rest.schemas).filter((urn) => urn !== required.urn)
      return { by: probe.post(type.endpoint, { ...rest, schemas }), what: `a creation without ${required.urn}` }
    }),
  }),
  must('S-093', 'an extension without values is not in schemas', {
    section: EXTENSIONS,
    fix: 'Compute schemas from what the resource holds.',
    needs: ['P-340'],
    async run(probe) {
      const { type, extension } = probe.subject()
      if (type.extensions.some(({ urn, required }) => urn === extension.urn && required))
        throw new NotOffered('the extension is required')
      const made = await probe.make(withValue(extension, 'lockstep'))
      const answer = await probe.patch(made.path, [remove(extension)])
      demandStatus(answer, [200, 204], 'removing the only value of the extension')
      const shown = await probe.get(made.path)
      const isEmpty = isUnassigned(dig(shown.body, extension.urn))
      demand(shown, !names(extension, shown.body) || !isEmpty, `no ${extension.urn} in schemas`, 'SHOULD')
    },
  }),
  must('S-047', 'every $ref leads to its resource', {
    section: 'RFC 7643 §2.3.7',
    fix: 'Write $ref so that a GET of it (resolved against the base URL) gives the resource.',
    needs: ['S-132/members'],
    async run(probe) {
      const { id } = await probe.make()
      const group = await probe.makeGroup([{ value: id }])
      const shown = await probe.get(group.path)
      const ref = member(objects(dig(shown.body, 'members'))[0], '$ref')
      if (typeof ref !== 'string') throw new NotOffered('members have no $ref')
      const there = await probe.get(resolveReference(ref, `${probe.base}/`))
      demand([shown, there], there.status === 200 && dig(there.body, 'id') === id, `the member at ${ref}`)
    },
  }),
]
