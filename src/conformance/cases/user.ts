// Cases: the attributes of users and of the enterprise extension. RFC 7643 §4.1 and §4.3.

import type { Json } from '../../protocol/index.ts'
import { type AttributePath, textPath } from '../attribute-path.ts'
import type { Case, Probe } from '../case.ts'
import { demand } from '../demand.ts'
import { NotOffered } from '../fault.ts'
import { dig, holds, member, objects, pathOf, valueAt, without, withValue } from '../json-access.ts'
import { requirements } from '../requirements.ts'
import type { Subject } from '../subject/subject.ts'
import { created } from '../walks/created.ts'
import { keeps, that } from '../walks/expectation.ts'
import { readBack } from '../walks/read-back.ts'
import { refused } from '../walks/refused.ts'
import { secretHidden } from '../walks/secret-hidden.ts'

const { must, should, own } = requirements('RFC 7643 §4.1.1')
const MULTIPLE = 'RFC 7643 §4.1.2'
const ENTERPRISE = 'RFC 7643 §4.3'
const VALUES = ['invalidValue', 'invalidSyntax'] as const

/** A certificate that no one uses, in DER and base64. */
const CERTIFICATE =
  'MIIBfjCCASOgAwIBAgIUdzGmvOfYct80/HlwOcr4rlEa9DkwCgYIKoZIzj0EAwIwEzERMA8GA1UEAwwITG9ja3N0ZXAwIBcN' +
  'MjYxMTI5MTk0MDEwWhgPMjEyNjExMDUxOTQwMTBaMBMxETAPBgNVBAMMCExvY2tzdGVwMFkwEwYHKoZIzj0CAQYIKoZIzj0D' +
  'AQcDQgAENSuWhCzkv1HANs3jJar3ioE+1WpAu2Hh2G/admZn+l+wqyRSZ0Ue6ZU5apc5ae0AjZlwSsDUnYeNiOwH5d1Dl6NT' +
  'MFEwHQYDVR0OBBYEFC/WfAJq8QyutMz2es8DlfGZ7zdtMB8GA1UdIwQYMBaAFC/WfAJq8QyutMz2es8DlfGZ7zdtMA8GA1Ud' +
  'EwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhAKFi1qYFn4IFeRplwDuAmyC8jya8WKYiQWmRsktqAdwMAiEA9cDtYTPJ' +
  'kX23voSK0XjdrqEGsX2Xzl66s6X74+RemxE='

/** The same bytes twice in one value. */
const TWO_CERTIFICATES = btoa(atob(CERTIFICATE).repeat(2))

/** The subject where it is a User: only that has the attributes of this file. */
function user(subject: Subject): Subject {
  if (!/core:2\.0:User$/i.test(subject.type.schema)) throw new NotOffered('the server has no users')
  return subject
}

/** An attribute of users that the server declares and that clients can write and read. */
function stored(subject: Subject, probe: Probe, name: string): AttributePath {
  if (!probe.declared.described) throw new NotOffered('the server does not declare which attributes it has')
  const path = user(subject).attribute(name)
  if (path.attribute.mutability !== 'readWrite' || path.attribute.returned === 'never')
    throw new NotOffered(`${name} is ${path.attribute.mutability}`)
  return path
}

/** The extension that has a manager; throws `NotOffered` where there is none. */
function managed(subject: Subject): { readonly urn: string } {
  const found = user(subject).type.extensions.find(({ attributes }) =>
    attributes.some(({ name }) => name === 'manager'),
  )
  if (found === undefined) throw new NotOffered('the server has no manager')
  return found
}

/** A case: an attribute of users comes back as it was given. */
function roundTrip(requirement: string, name: string, value: Json, section?: string): Case {
  return must(`${requirement}/${name}`, `${name} is stored`, {
    ...(section === undefined ? {} : { section }),
    fix: `Store ${name}, or leave it out of /Schemas.`,
    run: created((subject, probe) => {
      const path = stored(subject, probe, name)
      return {
        by: probe.create(withValue(path, value)),
        what: `a creation with ${name}`,
        expect: that(`${name}: ${JSON.stringify(value)}`, (shown) => isThere(valueAt(shown, path), value)),
      }
    }),
  })
}

/** Whether a value is there in some form: a server may add to it, write it in another way, or leave parts out. */
function isThere(kept: Json | undefined, value: Json): boolean {
  if (!Array.isArray(value)) return isLike(kept, value)
  return value
    .map((one) => member(one, 'value') ?? one)
    .every((one) => objects(kept).some((each) => isLike(member(each, 'value') ?? each, one)))
}

/** Whether two values are the same but for letter case and marks that servers take out of numbers. */
function isLike(actual: Json | undefined, wanted: Json): boolean {
  if (typeof actual === 'string' && typeof wanted === 'string') {
    const plain = (text: string) => text.replaceAll(/^tel:|[\s()-]/gi, '').toLowerCase()
    return plain(actual) === plain(wanted)
  }
  if (typeof wanted === 'object' && wanted !== null && !Array.isArray(wanted))
    return Object.entries(wanted).every(([name, value]) => isLike(member(actual, name), value as Json))
  return actual !== undefined && holds(actual, wanted)
}

/** A case: a value whose form is wrong is refused. Many servers store it; only the RFC's own words decide the level. */
function wrongForm(id: string, name: string, value: Json, what: string, section?: string): Case {
  return should(id, `${name}: ${what} is refused`, {
    ...(section === undefined ? {} : { section }),
    fix: `Check the form of ${name} and answer 400 invalidValue.`,
    run: refused((subject, probe) => {
      const path = user(subject).attribute(name)
      const text = JSON.stringify(value)
      return {
        by: probe.create(withValue(path, value)),
        what: `${name}: ${text.length > 100 ? `${text.slice(0, 100)}…` : text}`,
        keyword: VALUES,
        stored: path,
      }
    }),
  })
}

/** The cases of the group "Attributes of users". */
export const USER_CASES: readonly Case[] = [
  must('S-100', 'userName is unique, ignoring case', {
    fix: 'Compare userName without regard to case when it is checked for uniqueness.',
    needs: ['S-071'],
    run: refused(async (subject, probe) => {
      const { type, body } = user(subject)
      const { name } = await probe.make()
      return {
        by: probe.post(type.endpoint, body(name.toUpperCase())),
        what: 'a second creation with the same userName in capitals',
        status: [409],
        keyword: ['uniqueness'],
      }
    }),
  }),
  must('S-101', 'the parts of a name are stored', {
    fix: 'Store name.givenName and name.familyName.',
    run: readBack((subject) => {
      const name = user(subject).attribute('name')
      const declared = name.attribute.subAttributes.map((sub) => sub.name)
      const given = Object.entries({ givenName: 'Ada', familyName: 'Lockstep' }).filter(([sub]) =>
        declared.includes(sub),
      )
      if (given.length === 0) throw new NotOffered('name has no parts')
      const parts = Object.fromEntries(given)
      return { with: withValue(name, parts), expect: keeps(name, parts) }
    }),
  }),
  roundTrip('S-102', 'displayName', 'Ada Lockstep'),
  roundTrip('S-102', 'nickName', 'Ada'),
  roundTrip('S-102', 'title', 'Countess'),
  roundTrip('S-102', 'userType', 'Employee'),
  roundTrip('S-102', 'profileUrl', 'https://example.com/ada'),
  roundTrip('S-103', 'preferredLanguage', 'en-US'),
  roundTrip('S-103', 'locale', 'en-US'),
  roundTrip('S-104', 'timezone', 'America/Los_Angeles'),
  roundTrip('S-111', 'emails', [{ value: 'ada@example.com', type: 'work' }], MULTIPLE),
  roundTrip('S-112', 'phoneNumbers', [{ value: 'tel:+1-201-555-0123', type: 'work' }], MULTIPLE),
  roundTrip('S-113', 'ims', [{ value: 'someone', type: 'xmpp' }], MULTIPLE),
  roundTrip('S-114', 'photos', [{ value: 'https://example.com/ada.png', type: 'photo' }], MULTIPLE),
  roundTrip('S-116', 'addresses', [{ locality: 'Berlin', country: 'DE', type: 'work' }], MULTIPLE),
  must('S-119', 'x509Certificates is stored', {
    section: MULTIPLE,
    fix: 'Store x509Certificates, or leave it out of /Schemas.',
    run: created((subject, probe) => {
      const path = stored(subject, probe, 'x509Certificates')
      // With padding or without, in one line or in several: the bytes count. RFC 7643 §2.3.6.
      const bytes = (text: unknown) => String(text).replaceAll(/[\s=]/g, '')
      return {
        by: probe.create(withValue(path, [{ value: CERTIFICATE }])),
        what: 'a creation with a certificate',
        expect: that('the certificate as it was sent', (shown) =>
          objects(valueAt(shown, path)).some((one) => bytes(member(one, 'value')) === bytes(CERTIFICATE)),
        ),
      }
    }),
  }),
  roundTrip('S-120', 'entitlements', [{ value: 'lockstep-entitlement' }], MULTIPLE),
  roundTrip('S-120', 'roles', [{ value: 'lockstep-role' }], MULTIPLE),
  wrongForm('S-103/form', 'locale', 'en US', 'a value with white space'),
  wrongForm('S-104/form', 'timezone', 'Mars/Lockstep', 'a name that is not an IANA time zone'),
  wrongForm(
    'S-111/form',
    'emails',
    [{ value: 'not-an-address', type: 'work' }],
    'a value that is not an e-mail address',
    MULTIPLE,
  ),
  wrongForm('S-114/form', 'photos', [{ value: 'no url at all', type: 'photo' }], 'a value that is not a URL', MULTIPLE),
  wrongForm(
    'S-115',
    'addresses',
    [{ locality: 'Berlin', country: 'USA', type: 'work' }],
    'a country that is not ISO 3166-1 alpha-2',
    MULTIPLE,
  ),
  wrongForm(
    'S-119/form',
    'x509Certificates',
    [{ value: btoa('lockstep is no certificate') }],
    'a value that is not a certificate',
    MULTIPLE,
  ),
  wrongForm('S-119/two', 'x509Certificates', [{ value: TWO_CERTIFICATES }], 'a value with two certificates', MULTIPLE),
  own('S-041', 'a type outside of the canonical values is accepted', {
    section: 'RFC 7643 §2.3.1',
    fix: 'Accept other values than the canonical ones: they are suggestions. Restricting to them is allowed.',
    run: created((subject, probe) => {
      const { list } = user(subject)
      return {
        by: probe.create(withValue(list, [{ ...probe.elements(list)[1], type: 'lockstep' }])),
        what: `a creation with ${pathOf(list)} of the type "lockstep"`,
      }
    }),
  }),
  own('S-105', 'a user created without active is active', {
    fix: 'Set active to true when it is not given.',
    async run(probe) {
      const { type, body, attribute } = user(probe.subject())
      const active = attribute('active')
      const answer = await probe.post(type.endpoint, without(body(probe.name()), active))
      demand(answer, valueAt(answer.body, active) === true, 'active: true')
    },
  }),
  must('S-106', 'a password is never returned', {
    fix: 'Never show password, neither in clear nor as a hash.',
    run: secretHidden((subject) => user(subject) && textPath('password')),
  }),
  must('S-130', 'the attributes of the enterprise extension are stored', {
    section: ENTERPRISE,
    fix: 'Store what /Schemas lists for the enterprise extension.',
    run: readBack((subject, probe) => {
      const { type } = user(subject)
      const extension = type.extensions.find(({ urn }) => /extension:enterprise:2\.0:User$/i.test(urn))
      if (extension === undefined || !probe.declared.described)
        throw new NotOffered('the server has no enterprise extension')
      const names = extension.attributes
        .filter(({ type, mutability }) => type === 'string' && mutability === 'readWrite')
        .map(({ name }) => name)
      const values = Object.fromEntries(names.map((name) => [name, `lockstep ${name}`]))
      return {
        with: { [extension.urn]: values },
        expect: that(`${names.join(', ')} under ${extension.urn}`, (shown) => holds(dig(shown, extension.urn), values)),
      }
    }),
  }),
  must('S-131', 'a manager is stored by id', {
    section: ENTERPRISE,
    fix: 'Store manager as an object with value; fill in $ref and displayName.',
    run: readBack(async (subject, probe) => {
      if (!probe.declared.described) throw new NotOffered('the server has no manager')
      const { urn } = managed(subject)
      const { id } = await probe.make()
      return {
        with: { [urn]: { manager: { value: id } } },
        expect: that(`manager.value ${id}`, (shown) => dig(shown, urn, 'manager', 'value') === id),
      }
    }),
  }),
  should('S-131/ref', 'a manager has a $ref, and the server sets its displayName', {
    section: ENTERPRISE,
    fix: "Fill manager.$ref with the manager's URI; ignore manager.displayName of clients.",
    needs: ['S-131'],
    run: created(async (subject, probe) => {
      const { urn } = managed(subject)
      const { id } = await probe.make()
      return {
        by: probe.create({ [urn]: { manager: { value: id, displayName: 'lockstep-nope' } } }),
        what: 'a creation with manager.displayName',
        expect: [
          that('manager.$ref', (shown) => typeof dig(shown, urn, 'manager', '$ref') === 'string'),
          that(
            'manager.displayName of the server',
            (shown) => dig(shown, urn, 'manager', 'displayName') !== 'lockstep-nope',
          ),
        ],
      }
    }),
  }),
  own('P-407', 'an inactive user can be read and found', {
    fix: 'Keep disabled users readable, listed and findable; identity providers look for them.',
    needs: ['P-121'],
    async run(probe) {
      const active = user(probe.subject()).attribute('active')
      const made = await probe.make(withValue(active, false))
      const shown = await probe.get(made.path)
      demand([made.exchange, shown], valueAt(shown.body, active) === false, 'the user, with active: false')
      const found = await probe.filter(made.type.endpoint, made.filter)
      demand(found, found.text.includes(made.id), 'the user in the list')
    },
  }),
]
