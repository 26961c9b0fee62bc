// Cases: the attributes of users and of the enterprise extension. RFC 7643 §4.1 and §4.3.

import type { Json } from '../../protocol/index.ts'
import type { Case } from '../case.ts'
import { demand, demandRefusal, demandResource, demandStatus } from '../demand.ts'
import { holds } from '../expectation.ts'
import { NotOffered } from '../fault.ts'
import { dig, isUnassigned, member, objects, pathOf, valueAt, withValue } from '../json-access.ts'
import { requirements } from '../requirements.ts'
import type { Subject } from '../subject.ts'

const SINGULAR = 'RFC 7643 §4.1.1'
const { must, should, own } = requirements(SINGULAR)
const MULTIPLE = 'RFC 7643 §4.1.2'
const VALUES = ['invalidValue', 'invalidSyntax'] as const

/** A certificate of nobody, in DER and base64. */
const CERTIFICATE =
  'MIIBfjCCASOgAwIBAgIUdzGmvOfYct80/HlwOcr4rlEa9DkwCgYIKoZIzj0EAwIwEzERMA8GA1UEAwwITG9ja3N0ZXAwIBcN' +
  'MjYxMTI5MTk0MDEwWhgPMjEyNjExMDUxOTQwMTBaMBMxETAPBgNVBAMMCExvY2tzdGVwMFkwEwYHKoZIzj0CAQYIKoZIzj0D' +
  'AQcDQgAENSuWhCzkv1HANs3jJar3ioE+1WpAu2Hh2G/admZn+l+wqyRSZ0Ue6ZU5apc5ae0AjZlwSsDUnYeNiOwH5d1Dl6NT' +
  'MFEwHQYDVR0OBBYEFC/WfAJq8QyutMz2es8DlfGZ7zdtMB8GA1UdIwQYMBaAFC/WfAJq8QyutMz2es8DlfGZ7zdtMA8GA1Ud' +
  'EwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhAKFi1qYFn4IFeRplwDuAmyC8jya8WKYiQWmRsktqAdwMAiEA9cDtYTPJ' +
  'kX23voSK0XjdrqEGsX2Xzl66s6X74+RemxE='

/** The same bytes twice in one value. */
const TWO_CERTIFICATES = btoa(atob(CERTIFICATE).repeat(2))

/** Only a User has the attributes of this file. */
function people(subject: Subject): Subject {
  if (!/core:2\.0:User$/i.test(subject.type.schema)) throw new NotOffered('the server has no users')
  return subject
}

/** A case: an attribute of users comes back as it was given. */
function roundTrip(id: string, name: string, value: Json, section: string): Case {
  return {
    id: `${id}/${name}`,
    level: 'MUST',
    section,
    title: `${name} is stored`,
    fix: `Store ${name}, or leave it out of /Schemas.`,
    async run(probe) {
      const subject = people(probe.subject())
      if (!probe.declared.described) throw new NotOffered('the server does not say which attributes it has')
      const place = subject.attribute(name)
      if (place.attribute.mutability !== 'readWrite' || place.attribute.returned === 'never')
        throw new NotOffered(`${name} is ${place.attribute.mutability}`)
      const answer = await probe.post(subject.type.endpoint, subject.body(probe.name(), withValue(place, value)))
      const body = demandResource(answer, [201, 200], `a creation with ${name}`)
      const shown = await probe.get(`${subject.type.endpoint}/${String(body.id)}`)
      const kept = valueAt(shown.body, place)
      // What counts is that the value is there: a server may add to it, write it in another way, or leave parts out.
      const values = Array.isArray(value) ? value.map((one) => member(one, 'value') ?? one) : [value]
      const found = Array.isArray(value)
        ? values.every((one) => objects(kept).some((each) => loosely(member(each, 'value') ?? each, one)))
        : loosely(kept, value)
      demand([answer, shown], found, `${name}: ${JSON.stringify(value)}`)
    },
  }
}

/** Whether two values are the same but for letter case and marks that servers take out of numbers. */
function loosely(actual: Json | undefined, wanted: Json): boolean {
  if (typeof actual === 'string' && typeof wanted === 'string') {
    const plain = (text: string) => text.replaceAll(/^tel:|[\s()-]/gi, '').toLowerCase()
    return plain(actual) === plain(wanted)
  }
  if (typeof wanted === 'object' && wanted !== null && !Array.isArray(wanted))
    return Object.entries(wanted).every(([name, value]) => loosely(member(actual, name), value as Json))
  return actual !== undefined && holds(actual, wanted)
}

/** A case: a value whose form is wrong is refused. Many servers store it; only the RFC's own words decide the level. */
function wrongForm(id: string, level: Case['level'], name: string, value: Json, what: string, section: string): Case {
  return {
    id,
    level,
    section,
    title: `${name}: ${what} is refused`,
    fix: `Check the form of ${name} and answer 400 invalidValue.`,
    async run(probe) {
      const subject = people(probe.subject())
      const place = subject.attribute(name)
      const answer = await probe.post(subject.type.endpoint, subject.body(probe.name(), withValue(place, value)))
      if (answer.status < 300 && isUnassigned(valueAt(answer.body, place)))
        throw new NotOffered(`${name} is not stored`)
      const told = JSON.stringify(value)
      demandRefusal(answer, `${name}: ${told.length > 100 ? `${told.slice(0, 100)}…` : told}`, { keyword: VALUES })
    },
  }
}

/** The cases of the group "Attributes of users". */
export const USER_CASES: readonly Case[] = [
  must('S-100', 'userName is unique without regard to letter case', {
    fix: 'Compare userName without regard to case when it is checked for uniqueness.',
    needs: ['S-071'],
    async run(probe) {
      const subject = people(probe.subject())
      const made = await probe.make()
      demandRefusal(
        await probe.post(subject.type.endpoint, subject.body(made.name.toUpperCase())),
        'a second creation with the same userName in capitals',
        { status: [409], keyword: ['uniqueness'] },
      )
    },
  }),
  must('S-101', 'the parts of a name are stored', {
    fix: 'Store name.givenName and name.familyName.',
    async run(probe) {
      const subject = people(probe.subject())
      const place = subject.attribute('name')
      const has = (sub: string) => place.attribute.subAttributes.some(({ name }) => name === sub)
      const parts = Object.fromEntries(
        [
          ['givenName', 'Ada'],
          ['familyName', 'Lockstep'],
        ].filter(([name = '']) => has(name)),
      )
      if (Object.keys(parts).length === 0) throw new NotOffered('name has no parts')
      const made = await probe.make(withValue(place, parts))
      const shown = await probe.get(made.path)
      demand([made.exchange, shown], holds(valueAt(shown.body, place), parts), `name ${JSON.stringify(parts)}`)
    },
  }),
  roundTrip('S-102', 'displayName', 'Ada Lockstep', SINGULAR),
  roundTrip('S-102', 'nickName', 'Ada', SINGULAR),
  roundTrip('S-102', 'title', 'Countess', SINGULAR),
  roundTrip('S-102', 'userType', 'Employee', SINGULAR),
  roundTrip('S-102', 'profileUrl', 'https://example.com/ada', SINGULAR),
  roundTrip('S-103', 'preferredLanguage', 'en-US', SINGULAR),
  roundTrip('S-103', 'locale', 'en-US', SINGULAR),
  roundTrip('S-104', 'timezone', 'America/Los_Angeles', SINGULAR),
  roundTrip('S-111', 'emails', [{ value: 'ada@example.com', type: 'work' }], MULTIPLE),
  roundTrip('S-112', 'phoneNumbers', [{ value: 'tel:+1-201-555-0123', type: 'work' }], MULTIPLE),
  roundTrip('S-113', 'ims', [{ value: 'someone', type: 'xmpp' }], MULTIPLE),
  roundTrip('S-114', 'photos', [{ value: 'https://example.com/ada.png', type: 'photo' }], MULTIPLE),
  roundTrip('S-116', 'addresses', [{ locality: 'Berlin', country: 'DE', type: 'work' }], MULTIPLE),
  must('S-119', 'x509Certificates is stored', {
    section: MULTIPLE,
    fix: 'Store x509Certificates, or leave it out of /Schemas.',
    async run(probe) {
      const subject = people(probe.subject())
      if (!probe.declared.described) throw new NotOffered('the server does not say which attributes it has')
      const place = subject.attribute('x509Certificates')
      if (place.attribute.mutability !== 'readWrite' || place.attribute.returned === 'never')
        throw new NotOffered(`x509Certificates is ${place.attribute.mutability}`)
      const made = await probe.post(
        subject.type.endpoint,
        subject.body(probe.name(), withValue(place, [{ value: CERTIFICATE }])),
      )
      const body = demandResource(made, [201, 200], 'a creation with a certificate')
      const shown = await probe.get(`${subject.type.endpoint}/${encodeURIComponent(String(body.id))}`)
      // With padding or without, in one line or in several: the bytes count. RFC 7643 §2.3.6.
      const bytes = (text: unknown) => String(text).replaceAll(/[\s=]/g, '')
      demand(
        [made, shown],
        objects(valueAt(shown.body, place)).some((one) => bytes(member(one, 'value')) === bytes(CERTIFICATE)),
        'the certificate as it was sent',
      )
    },
  }),
  roundTrip('S-120', 'entitlements', [{ value: 'lockstep-entitlement' }], MULTIPLE),
  roundTrip('S-120', 'roles', [{ value: 'lockstep-role' }], MULTIPLE),
  wrongForm('S-103/form', 'SHOULD', 'locale', 'en US', 'white space', SINGULAR),
  wrongForm('S-104/form', 'SHOULD', 'timezone', 'Mars/Lockstep', 'no IANA time zone', SINGULAR),
  wrongForm(
    'S-111/form',
    'SHOULD',
    'emails',
    [{ value: 'not-an-address', type: 'work' }],
    'no e-mail address',
    MULTIPLE,
  ),
  wrongForm('S-114/form', 'SHOULD', 'photos', [{ value: 'no url at all', type: 'photo' }], 'no URL', MULTIPLE),
  wrongForm(
    'S-115',
    'SHOULD',
    'addresses',
    [{ locality: 'Berlin', country: 'USA', type: 'work' }],
    'no ISO 3166-1 alpha-2 country',
    MULTIPLE,
  ),
  wrongForm(
    'S-119/form',
    'SHOULD',
    'x509Certificates',
    [{ value: btoa('lockstep is no certificate') }],
    'base64 of something else',
    MULTIPLE,
  ),
  wrongForm(
    'S-119/two',
    'SHOULD',
    'x509Certificates',
    [{ value: TWO_CERTIFICATES }],
    'two certificates in one value',
    MULTIPLE,
  ),
  own('S-041', 'a type that is not among the canonical values is stored', {
    section: 'RFC 7643 §2.3.1',
    fix: 'Take other values than the canonical ones: they are suggestions. Restricting to them is allowed.',
    async run(probe) {
      const subject = people(probe.subject())
      const list = subject.list
      const element = { ...subject.element(list, probe.name(), 1), type: 'lockstep' }
      const answer = await probe.post(subject.type.endpoint, subject.body(probe.name(), withValue(list, [element])))
      demandStatus(answer, [201, 200], `a creation with ${pathOf(list)} of the type "lockstep"`)
    },
  }),
  own('S-105', 'a user who is created without active is active', {
    fix: 'Make active true when it is not given.',
    async run(probe) {
      const subject = people(probe.subject())
      const place = subject.attribute('active')
      const { active: _, ...body } = subject.body(probe.name())
      const answer = await probe.post(subject.type.endpoint, body)
      demand(answer, valueAt(answer.body, place) === true, 'active: true')
    },
  }),
  must('S-106', 'a password is in no answer', {
    fix: 'Never show password, neither in clear nor as a hash.',
    async run(probe) {
      const subject = people(probe.subject())
      const secret = `Lk-${probe.name().split('@')[0]}-Xy7!`
      const answer = await probe.post(subject.type.endpoint, subject.body(probe.name(), { password: secret }))
      if (answer.status === 400) throw new NotOffered('password was refused')
      const body = demandResource(answer, [201, 200], 'a creation with a password')
      const path = `${subject.type.endpoint}/${String(body.id)}`
      const answers = [answer, await probe.get(path), await probe.get(`${path}?attributes=password`)]
      const told = answers.find((one) => dig(one.body, 'password') !== undefined || one.text.includes(secret))
      demand(told ?? answer, told === undefined, 'no password in the answer')
    },
  }),
  must('S-130', 'the attributes of the enterprise extension are stored', {
    section: 'RFC 7643 §4.3',
    fix: 'Store what /Schemas lists for the enterprise extension.',
    async run(probe) {
      const subject = people(probe.subject())
      const extension = subject.type.extensions.find(({ urn }) => /extension:enterprise:2\.0:User$/i.test(urn))
      if (extension === undefined || !probe.declared.described)
        throw new NotOffered('the server has no enterprise extension')
      const names = extension.attributes
        .filter(({ type, mutability }) => type === 'string' && mutability === 'readWrite')
        .map(({ name }) => name)
      const values = Object.fromEntries(names.map((name) => [name, `lockstep ${name}`]))
      const made = await probe.make({ [extension.urn]: values })
      const shown = await probe.get(made.path)
      demand(
        [made.exchange, shown],
        holds(dig(shown.body, extension.urn), values),
        `${names.join(', ')} under ${extension.urn}`,
      )
    },
  }),
  must('S-131', 'a manager is stored by id', {
    section: 'RFC 7643 §4.3',
    fix: 'Store manager as an object with value; fill in $ref and displayName.',
    async run(probe) {
      const subject = people(probe.subject())
      const extension = subject.type.extensions.find(({ attributes }) =>
        attributes.some(({ name }) => name === 'manager'),
      )
      if (extension === undefined || !probe.declared.described) throw new NotOffered('the server has no manager')
      const boss = await probe.make()
      const made = await probe.make({ [extension.urn]: { manager: { value: boss.id } } })
      const shown = await probe.get(made.path)
      demand(
        [made.exchange, shown],
        dig(shown.body, extension.urn, 'manager', 'value') === boss.id,
        `manager.value ${boss.id}`,
      )
    },
  }),
  should('S-131/ref', 'a manager has a $ref, and the server sets its displayName', {
    section: 'RFC 7643 §4.3',
    fix: "Fill manager.$ref with the manager's URI; ignore manager.displayName of clients.",
    needs: ['S-131'],
    async run(probe) {
      const subject = people(probe.subject())
      const extension = subject.type.extensions.find(({ attributes }) =>
        attributes.some(({ name }) => name === 'manager'),
      )
      if (extension === undefined) throw new NotOffered('the server has no manager')
      const boss = await probe.make()
      const answer = await probe.post(
        subject.type.endpoint,
        subject.body(probe.name(), { [extension.urn]: { manager: { value: boss.id, displayName: 'lockstep-nope' } } }),
      )
      const body = demandResource(answer, [201, 200], 'a creation with manager.displayName')
      const shown = await probe.get(`${subject.type.endpoint}/${String(body.id)}`)
      const manager = dig(shown.body, extension.urn, 'manager')
      demand(shown, typeof member(manager, '$ref') === 'string', 'manager.$ref')
      demand(shown, member(manager, 'displayName') !== 'lockstep-nope', 'manager.displayName of the server')
    },
  }),
  own('P-407', 'a user who is not active can be read and found', {
    section: 'RFC 7643 §4.1.1',
    fix: 'Keep disabled users readable, listed and findable; identity providers look for them.',
    needs: ['P-121'],
    async run(probe) {
      const subject = people(probe.subject())
      const place = subject.attribute('active')
      const made = await probe.make(withValue(place, false))
      const shown = await probe.get(made.path)
      demand([made.exchange, shown], valueAt(shown.body, place) === false, 'the user, with active: false')
      const found = await probe.filter(made.type.endpoint, `${pathOf(subject.named)} eq "${made.name}"`)
      demand(found, found.text.includes(made.id), 'the user in the list')
    },
  }),
]
