// Cases: required, mutability, returned and uniqueness. RFC 7643 §7.

import type { DeclaredAttribute } from '../attribute-path.ts'
import type { Case } from '../case.ts'
import { demand, demandRefusal, demandResource, demandStatus } from '../demand.ts'
import { NotOffered } from '../fault.ts'
import { dig, pathOf, valueAt, without, withValue } from '../json-access.ts'
import { requirements } from '../requirements.ts'
import { specimen } from '../subject/specimen.ts'
import { lacks, shows, that } from '../walks/expectation.ts'
import { add, remove } from '../walks/operation.ts'
import { patched } from '../walks/patched.ts'
import { readBack } from '../walks/read-back.ts'
import { refused } from '../walks/refused.ts'
import { replaced } from '../walks/replaced.ts'
import { secretHidden } from '../walks/secret-hidden.ts'

const { must, should } = requirements('RFC 7643 §7')
const PUT = 'RFC 7644 §3.5.1'
const MODIFY = 'RFC 7644 §3.5.2'
const VALUES = ['invalidValue', 'invalidSyntax'] as const

const isText = (one: DeclaredAttribute) => one.type === 'string' && !one.multiValued
const isImmutable = (one: DeclaredAttribute) => isText(one) && one.mutability === 'immutable'

/** The cases of the group "Attribute characteristics". */
export const CHARACTERISTICS: readonly Case[] = [
  must('S-061', 'a creation without a required attribute is refused', {
    fix: 'Answer 400 invalidValue when a required attribute is missing.',
    run: refused(({ type, key, body }, probe) => ({
      by: probe.post(type.endpoint, without(body(probe.name()), key)),
      what: `a creation without ${pathOf(key)}`,
      keyword: VALUES,
    })),
  }),
  ...(
    [
      ['empty', '', 'an empty string', 'RFC 7643 §4.1.1'],
      ['null', null, 'null', 'RFC 7643 §2.5'],
    ] as const
  ).map(([name, value, what, section]) =>
    must(`S-062/${name}`, `${what} for a required attribute is refused`, {
      section,
      fix: 'Treat null, "" and [] of a required attribute as missing.',
      run: refused(({ key }, probe) => {
        if (value === '' && key.attribute.name !== 'userName') throw new NotOffered('only userName must not be empty')
        return {
          by: probe.create(withValue(key, value)),
          what: `a creation with ${what} as ${pathOf(key)}`,
          keyword: VALUES,
        }
      }),
    }),
  ),
  must('S-064', 'a readWrite attribute can be set, changed and cleared', {
    fix: 'Store what is described as readWrite, take changes, and null.',
    needs: ['P-300'],
    async run(probe) {
      for (const value of ['two', null] as const)
        await replaced(({ text }) => ({
          with: withValue(text, 'one'),
          by: withValue(text, value),
          what: `PUT with ${pathOf(text)} ${JSON.stringify(value)}`,
          expect: value === null ? lacks(text) : shows(text, value),
        }))(probe)
    },
  }),
  must('S-067', 'attributes with returned "always" are always returned', {
    fix: 'Show attributes with returned always whatever attributes and excludedAttributes say.',
    async run(probe) {
      const { named, having } = probe.subject()
      const path = having(
        'attribute of its own that is always returned',
        (one) =>
          one.returned === 'always' &&
          isText(one) &&
          one.mutability === 'readWrite' &&
          !['id', 'schemas'].includes(one.name),
      )
      const on = await probe.make(withValue(path, 'lockstep'))
      for (const query of [`attributes=${pathOf(named)}`, `excludedAttributes=${pathOf(path)}`])
        await readBack(() => ({ on, query, expect: shows(path, 'lockstep') }))(probe)
    },
  }),
  must('S-068', 'attributes with returned "never" are never returned', {
    fix: 'Leave attributes with returned never out of every answer.',
    run: secretHidden(({ having }) =>
      having('attribute that is never returned', (one) => one.returned === 'never' && isText(one)),
    ),
  }),
  must('S-069', 'attributes with returned "default" are returned unless excluded', {
    fix: 'Show every attribute that has a value, by default.',
    run: readBack(({ text }) => ({ with: withValue(text, 'lockstep'), expect: shows(text, 'lockstep') })),
  }),
  must('S-070', 'attributes with returned "request" are returned only on request', {
    fix: 'Show attributes with returned request only when they are named in attributes.',
    async run(probe) {
      const path = probe
        .subject()
        .having(
          'attribute that is returned on request',
          (one) => one.returned === 'request' && isText(one) && one.mutability === 'readWrite',
        )
      const made = await probe.make(withValue(path, 'lockstep'))
      const plain = await probe.get(made.path)
      demand(plain, valueAt(plain.body, path) === undefined, `no ${pathOf(path)} unless it is requested`)
      const asked = await probe.get(`${made.path}?attributes=${pathOf(path)}`)
      demand(asked, valueAt(asked.body, path) === 'lockstep', `${pathOf(path)}, which was requested`)
    },
  }),
  must('S-071', 'a second resource with the same unique value is refused with 409 uniqueness', {
    section: 'RFC 7644 §3.3',
    fix: 'Answer 409 with scimType uniqueness when a value with uniqueness server is taken.',
    run: refused(async ({ type, unique, body }, probe) => {
      const { name } = await probe.make()
      return {
        by: probe.post(type.endpoint, body(name)),
        what: `a second creation with the same ${pathOf(unique)}`,
        status: [409],
        keyword: ['uniqueness'],
        named: true,
      }
    }),
  }),
  should('S-071/further', 'other attributes that are declared unique are unique', {
    fix: 'Enforce the uniqueness that /Schemas declares, or declare none.',
    run: refused(async ({ named, having }, probe) => {
      const path = having(
        'further unique attribute',
        (one) =>
          one.uniqueness !== 'none' &&
          one !== named.attribute &&
          isText(one) &&
          ['readWrite', 'immutable'].includes(one.mutability) &&
          !['id', 'externalId'].includes(one.name),
      )
      const value = probe.name()
      await probe.make(withValue(path, value))
      return {
        by: probe.create(withValue(path, value)),
        what: `a second creation with the same ${pathOf(path)}`,
        status: [409, 400],
        keyword: ['uniqueness'],
      }
    }),
  }),
  should('S-073', 'the case of letters is preserved', {
    fix: 'Store values as they were sent; compare, but do not rewrite, without regard to case. Identity providers compare literally.',
    async run(probe) {
      const { type, named, body } = probe.subject()
      const name = probe.name().replace('example.com', 'Example.com')
      const answer = await probe.post(type.endpoint, body(name))
      const kept = valueAt(demandResource(answer, [201, 200], 'a creation with capital letters'), named)
      demand(answer, kept === name, `${pathOf(named)} "${name}"`, named.attribute.caseExact ? 'MUST' : 'OWN')
    },
  }),
  must('P-303', 'PUT does not change an immutable attribute', {
    section: PUT,
    fix: 'Answer 400 mutability to a PUT with another value for an immutable attribute.',
    needs: ['P-300'],
    async run(probe) {
      const { having, body } = probe.subject()
      const path = having('immutable text', isImmutable)
      const made = await probe.make(withValue(path, 'one'))
      const same = await probe.put(made.path, body(made.name, withValue(path, 'one')))
      demandStatus(same, [200], 'PUT with the same value')
      const other = await probe.put(made.path, body(made.name, withValue(path, 'two')))
      demandRefusal(other, 'PUT with another value', { keyword: ['mutability'] })
    },
  }),
  must('P-303/unset', 'PUT sets an immutable attribute that has no value yet', {
    section: PUT,
    fix: 'Accept a value for an immutable attribute while it has none.',
    needs: ['P-300'],
    run: replaced(({ having }) => {
      const path = having('immutable text', isImmutable)
      return {
        by: withValue(path, 'one'),
        what: `PUT with ${pathOf(path)}, which had no value`,
        expect: shows(path, 'one'),
      }
    }),
  }),
  ...(['add', 'replace'] as const).map((op) =>
    must(`P-388/${op}`, `${op} does not change an immutable attribute that has a value`, {
      section: MODIFY,
      fix: 'Answer 400 mutability to an operation that changes an immutable attribute.',
      needs: ['P-340'],
      run: refused(async ({ having }, probe) => {
        const path = having('immutable text', isImmutable)
        const on = await probe.make(withValue(path, 'one'))
        const by = probe.patch(on.path, [{ ...add(path, 'two'), op }])
        return { by, what: `${op} of another value`, keyword: ['mutability'], on, expect: shows(path, 'one') }
      }),
    }),
  ),
  must('P-388/remove', 'remove does not clear an immutable attribute', {
    section: MODIFY,
    fix: 'Answer 400 mutability to the removal of an immutable attribute that has a value.',
    needs: ['P-340'],
    run: refused(async ({ having }, probe) => {
      const path = having('immutable text', isImmutable)
      const made = await probe.make(withValue(path, 'one'))
      return { by: probe.patch(made.path, [remove(path)]), what: 'its removal', keyword: ['mutability'] }
    }),
  }),
  must('P-389', 'add sets an immutable attribute that has no value yet', {
    section: MODIFY,
    fix: 'Accept an add for an immutable attribute while it has none.',
    needs: ['P-340'],
    run: patched(({ having }) => {
      const path = having('immutable text', isImmutable)
      return { by: [add(path, 'one')], what: `add of ${pathOf(path)}, which had no value`, expect: shows(path, 'one') }
    }),
  }),
  must('S-063', 'readOnly attributes are ignored on creation', {
    section: 'RFC 7644 §3.3',
    fix: 'Ignore readOnly attributes in POST: clients send back what they have read.',
    async run(probe) {
      const path = probe
        .subject()
        .having(
          'readOnly attribute of its own',
          (one) =>
            one.mutability === 'readOnly' &&
            !['id', 'meta', 'schemas'].includes(one.name) &&
            (isText(one) || one.type === 'complex'),
        )
      const nope = 'lockstep-nope'
      const isComplex = path.attribute.type === 'complex'
      const value = isComplex ? [{ value: nope, display: nope }] : (specimen(path.attribute, nope) ?? nope)
      const answer = await probe.create(withValue(path, value))
      const body = demandResource(answer, [201, 200], `a creation with ${pathOf(path)}`)
      demand(answer, !JSON.stringify(valueAt(body, path) ?? '').includes(nope), `${pathOf(path)} of the server`)
    },
  }),
  must('S-020', 'meta is returned by default, but not always', {
    section: 'RFC 7643 §3.1',
    fix: 'Leave meta out when attributes does not name it.',
    run: readBack(({ named }) => ({
      query: `attributes=${pathOf(named)}`,
      expect: that('no meta', (user) => dig(user, 'meta') === undefined, 'SHOULD'),
    })),
  }),
]
