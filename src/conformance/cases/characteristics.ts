// Cases: required, mutability, returned and uniqueness. RFC 7643 §7.

import type { AttributePath, DeclaredAttribute } from '../attribute-path.ts'
import type { Case } from '../case.ts'
import { demand, demandRefusal, demandResource, demandStatus } from '../demand.ts'
import { NotOffered } from '../fault.ts'
import { dig, isUnassigned, pathOf, valueAt, withValue } from '../json-access.ts'
import { requirements } from '../requirements.ts'
import { specimen } from '../specimen.ts'

const SEVEN = 'RFC 7643 §7'
const { must, should } = requirements(SEVEN)
const VALUES = ['invalidValue', 'invalidSyntax'] as const

const isText = (one: DeclaredAttribute) => one.type === 'string' && !one.multiValued
const isImmutable = (one: DeclaredAttribute) => isText(one) && one.mutability === 'immutable'

/** Members without the one at a place. */
function without(
  body: { readonly [name: string]: unknown },
  place: AttributePath,
): { readonly [name: string]: unknown } {
  const { [place.attribute.name]: _, ...rest } = body
  return rest
}

/** The cases of the group "Attribute characteristics". */
export const CHARACTERISTICS: readonly Case[] = [
  must('S-061', 'a creation without a required attribute is refused', {
    fix: 'Answer 400 invalidValue when a required attribute is missing.',
    async run(probe) {
      const subject = probe.subject()
      const key = subject.key
      demandRefusal(
        await probe.post(subject.type.endpoint, without(subject.body(probe.name()), key)),
        `a creation without ${pathOf(key)}`,
        { keyword: VALUES },
      )
    },
  }),
  ...(
    [
      ['empty', '', 'an empty text'],
      ['null', null, 'null'],
    ] as const
  ).map(
    ([name, value, what]): Case => ({
      id: `S-062/${name}`,
      level: 'MUST',
      section: name === 'empty' ? 'RFC 7643 §4.1.1' : 'RFC 7643 §2.5',
      title: `${what} for a required attribute is refused`,
      fix: 'Treat null, "" and [] of a required attribute as missing.',
      async run(probe) {
        const subject = probe.subject()
        const key = subject.key
        if (name === 'empty' && key.attribute.name !== 'userName')
          throw new NotOffered('only userName must not be empty')
        demandRefusal(
          await probe.post(subject.type.endpoint, { ...subject.body(probe.name()), [key.attribute.name]: value }),
          `a creation with ${what} as ${pathOf(key)}`,
          { keyword: VALUES },
        )
      },
    }),
  ),
  must('S-064', 'a readWrite attribute can be set, changed and cleared', {
    fix: 'Store what is described as readWrite, take changes, and null.',
    needs: ['P-300'],
    async run(probe) {
      const subject = probe.subject()
      const text = subject.text
      const made = await probe.make(withValue(text, 'one'))
      for (const value of ['two', null] as const) {
        const answer = await probe.put(made.path, subject.body(made.name, withValue(text, value)))
        demandStatus(answer, [200], `PUT with ${pathOf(text)} ${JSON.stringify(value)}`)
        const shown = await probe.get(made.path)
        demand(
          [answer, shown],
          value === null ? isUnassigned(valueAt(shown.body, text)) : valueAt(shown.body, text) === value,
          `${pathOf(text)} ${value ?? 'unassigned'}`,
        )
      }
    },
  }),
  must('S-067', 'attributes returned always can not be narrowed away', {
    fix: 'Show attributes with returned always whatever attributes and excludedAttributes say.',
    async run(probe) {
      const subject = probe.subject()
      const place = subject.having(
        'attribute of its own that is always returned',
        (one) =>
          one.returned === 'always' &&
          isText(one) &&
          one.mutability === 'readWrite' &&
          !['id', 'schemas'].includes(one.name),
      )
      const made = await probe.make(withValue(place, 'lockstep'))
      for (const query of [`attributes=${pathOf(subject.named)}`, `excludedAttributes=${pathOf(place)}`]) {
        const shown = await probe.get(`${made.path}?${query}`)
        demand(shown, valueAt(shown.body, place) === 'lockstep', `${pathOf(place)} with ${query}`)
      }
    },
  }),
  must('S-068', 'attributes returned never are in no answer', {
    fix: 'Leave attributes with returned never out of every answer.',
    async run(probe) {
      const subject = probe.subject()
      const place = subject.having('attribute that is never returned', (one) => one.returned === 'never' && isText(one))
      const secret = `Lk-${probe.name().split('@')[0]}-Xy7!`
      const answer = await probe.post(subject.type.endpoint, subject.body(probe.name(), withValue(place, secret)))
      if (answer.status === 400) throw new NotOffered(`${pathOf(place)} was refused`)
      const body = demandResource(answer, [201, 200], `a creation with ${pathOf(place)}`)
      const path = `${subject.type.endpoint}/${String(body.id)}`
      const answers = [answer, await probe.get(path), await probe.get(`${path}?attributes=${pathOf(place)}`)]
      const told = answers.find((one) => valueAt(one.body, place) !== undefined || one.text.includes(secret))
      demand(told ?? answer, told === undefined, `no ${pathOf(place)} in the answer`)
    },
  }),
  must('S-069', 'attributes returned by default are shown unless narrowed', {
    fix: 'Show every attribute that has a value, by default.',
    async run(probe) {
      const subject = probe.subject()
      const text = subject.text
      const made = await probe.make(withValue(text, 'lockstep'))
      const shown = await probe.get(made.path)
      demand(shown, valueAt(shown.body, text) === 'lockstep', `${pathOf(text)} in the answer`)
    },
  }),
  must('S-070', 'attributes returned on request are shown only when asked for', {
    fix: 'Show attributes with returned request only when they are named in attributes.',
    async run(probe) {
      const subject = probe.subject()
      const place = subject.having(
        'attribute that is returned on request',
        (one) => one.returned === 'request' && isText(one) && one.mutability === 'readWrite',
      )
      const made = await probe.make(withValue(place, 'lockstep'))
      const plain = await probe.get(made.path)
      demand(plain, valueAt(plain.body, place) === undefined, `no ${pathOf(place)} unless it is asked for`)
      const asked = await probe.get(`${made.path}?attributes=${pathOf(place)}`)
      demand(asked, valueAt(asked.body, place) === 'lockstep', `${pathOf(place)}, which was asked for`)
    },
  }),
  must('S-071', 'a second resource with the same unique value is 409 uniqueness', {
    section: 'RFC 7644 §3.3',
    fix: 'Answer 409 with scimType uniqueness when a value with uniqueness server is taken.',
    async run(probe) {
      const subject = probe.subject()
      subject.unique
      const made = await probe.make()
      demandRefusal(
        await probe.post(subject.type.endpoint, subject.body(made.name)),
        `a second creation with the same ${pathOf(subject.named)}`,
        { status: [409], keyword: ['uniqueness'], named: true },
      )
    },
  }),
  should('S-071/further', 'further attributes that are described as unique are so', {
    fix: 'Keep what /Schemas says is unique so, or say uniqueness none.',
    async run(probe) {
      const subject = probe.subject()
      const place = subject.having(
        'further unique attribute',
        (one) =>
          one.uniqueness !== 'none' &&
          one !== subject.named.attribute &&
          isText(one) &&
          ['readWrite', 'immutable'].includes(one.mutability) &&
          !['id', 'externalId'].includes(one.name),
      )
      const value = probe.name()
      await probe.make(withValue(place, value))
      demandRefusal(
        await probe.post(subject.type.endpoint, subject.body(probe.name(), withValue(place, value))),
        `a second creation with the same ${pathOf(place)}`,
        { status: [409, 400], keyword: ['uniqueness'] },
      )
    },
  }),
  should('S-073', 'letter case is kept', {
    fix: 'Store values as they were sent; compare, but do not rewrite, without regard to case. Identity providers compare literally.',
    async run(probe) {
      const subject = probe.subject()
      const name = probe.name().replace('example.com', 'Example.com')
      const answer = await probe.post(subject.type.endpoint, subject.body(name))
      const body = demandResource(answer, [201, 200], 'a creation with capital letters')
      const kept = valueAt(body, subject.named)
      demand(
        answer,
        kept === name,
        `${pathOf(subject.named)} "${name}"`,
        subject.named.attribute.caseExact ? 'MUST' : 'OWN',
      )
    },
  }),
  must('P-303', 'PUT does not change an immutable attribute', {
    section: 'RFC 7644 §3.5.1',
    fix: 'Answer 400 mutability to a PUT with another value for an immutable attribute.',
    needs: ['P-300'],
    async run(probe) {
      const subject = probe.subject()
      const place = subject.having('immutable text', isImmutable)
      const made = await probe.make(withValue(place, 'one'))
      const same = await probe.put(made.path, subject.body(made.name, withValue(place, 'one')))
      demandStatus(same, [200], 'PUT with the same value')
      const other = await probe.put(made.path, subject.body(made.name, withValue(place, 'two')))
      demandRefusal(other, 'PUT with another value', { keyword: ['mutability'] })
    },
  }),
  must('P-303/unset', 'PUT sets an immutable attribute that has no value yet', {
    section: 'RFC 7644 §3.5.1',
    fix: 'Take a value for an immutable attribute while it has none.',
    needs: ['P-300'],
    async run(probe) {
      const subject = probe.subject()
      const place = subject.having('immutable text', isImmutable)
      const made = await probe.make()
      const answer = await probe.put(made.path, subject.body(made.name, withValue(place, 'one')))
      demandStatus(answer, [200], `PUT with ${pathOf(place)}, which had no value`)
      const shown = await probe.get(made.path)
      demand([answer, shown], valueAt(shown.body, place) === 'one', `${pathOf(place)} "one"`)
    },
  }),
  ...(['add', 'replace'] as const).map(
    (op): Case => ({
      id: `P-388/${op}`,
      level: 'MUST',
      section: 'RFC 7644 §3.5.2',
      title: `${op} does not change an immutable attribute that has a value`,
      fix: 'Answer 400 mutability to an operation that changes an immutable attribute.',
      needs: ['P-340'],
      async run(probe) {
        const place = probe.subject().having('immutable text', isImmutable)
        const made = await probe.make(withValue(place, 'one'))
        demandRefusal(
          await probe.patch(made.path, [{ op, path: pathOf(place), value: 'two' }]),
          `${op} of another value`,
          { keyword: ['mutability'] },
        )
        const shown = await probe.get(made.path)
        demand(shown, valueAt(shown.body, place) === 'one', `${pathOf(place)} "one", as before`)
      },
    }),
  ),
  must('P-388/remove', 'remove does not take away an immutable attribute', {
    section: 'RFC 7644 §3.5.2',
    fix: 'Answer 400 mutability to the removal of an immutable attribute that has a value.',
    needs: ['P-340'],
    async run(probe) {
      const place = probe.subject().having('immutable text', isImmutable)
      const made = await probe.make(withValue(place, 'one'))
      demandRefusal(await probe.patch(made.path, [{ op: 'remove', path: pathOf(place) }]), 'its removal', {
        keyword: ['mutability'],
      })
    },
  }),
  must('P-389', 'add sets an immutable attribute that has no value yet', {
    section: 'RFC 7644 §3.5.2',
    fix: 'Take an add for an immutable attribute while it has none.',
    needs: ['P-340'],
    async run(probe) {
      const place = probe.subject().having('immutable text', isImmutable)
      const made = await probe.make()
      const answer = await probe.patch(made.path, [{ op: 'add', path: pathOf(place), value: 'one' }])
      demandStatus(answer, [200, 204], `add of ${pathOf(place)}, which had no value`)
      const shown = await probe.get(made.path)
      demand([answer, shown], valueAt(shown.body, place) === 'one', `${pathOf(place)} "one"`)
    },
  }),
  must('S-063', 'readOnly attributes in a creation are ignored', {
    section: 'RFC 7644 §3.3',
    fix: 'Ignore readOnly attributes in POST: clients send back what they have read.',
    async run(probe) {
      const subject = probe.subject()
      const place = subject.having(
        'readOnly attribute of its own',
        (one) =>
          one.mutability === 'readOnly' &&
          !['id', 'meta', 'schemas'].includes(one.name) &&
          (isText(one) || one.type === 'complex'),
      )
      const value =
        place.attribute.type === 'complex'
          ? [{ value: 'lockstep-nope', display: 'lockstep-nope' }]
          : (specimen(place.attribute, 'lockstep-nope') ?? 'lockstep-nope')
      const answer = await probe.post(subject.type.endpoint, subject.body(probe.name(), withValue(place, value)))
      const body = demandResource(answer, [201, 200], `a creation with ${pathOf(place)}`)
      demand(
        answer,
        !JSON.stringify(valueAt(body, place) ?? '').includes('lockstep-nope'),
        `${pathOf(place)} of the server`,
      )
    },
  }),
  must('S-020', 'meta is returned by default, not always', {
    section: 'RFC 7643 §3.1',
    fix: 'Leave meta out when attributes does not name it.',
    async run(probe) {
      const subject = probe.subject()
      const made = await probe.make()
      const shown = await probe.get(`${made.path}?attributes=${pathOf(subject.named)}`)
      demandStatus(shown, [200], 'GET with attributes')
      demand(shown, dig(shown.body, 'meta') === undefined, 'no meta', 'SHOULD')
    },
  }),
]
