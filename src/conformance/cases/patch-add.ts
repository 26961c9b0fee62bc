// Cases: the PATCH operation add. RFC 7644 §3.5.2.1.

import type { Case } from '../case.ts'
import { dig, withValue } from '../json-access.ts'
import { requirements } from '../requirements.ts'
import { keeps, shows, that, valuesAre } from '../walks/expectation.ts'
import { add, elementsOf } from '../walks/operation.ts'
import { patched } from '../walks/patched.ts'
import { regrouped } from '../walks/regrouped.ts'

const { must, should, own } = requirements('RFC 7644 §3.5.2.1', ['P-340'])

/** The cases of the group "PATCH: add". */
export const PATCH_ADD: readonly Case[] = [
  must('P-370/add', 'add without a path adds each member of its value', {
    fix: 'Treat each member of a path-less value as an add of its own.',
    run: patched(({ text, complex: { first } }) => ({
      by: [{ op: 'add', value: { ...withValue(text, 'one'), ...withValue(first, 'two') } }],
      expect: [shows(text, 'one'), shows(first, 'two')],
    })),
  }),
  must('P-371/add', 'add sets a single-valued attribute without a value', {
    fix: 'Let add set an attribute without a value.',
    run: patched(({ text }) => ({ by: [add(text, 'one')], expect: shows(text, 'one') })),
  }),
  must('P-372/add', 'add replaces the value of a single-valued attribute', {
    fix: 'Let add replace the value of a singular attribute.',
    run: patched(({ text }) => ({ with: withValue(text, 'one'), by: [add(text, 'two')], expect: shows(text, 'two') })),
  }),
  must('P-373/add', 'add to a complex attribute keeps the sub-attributes that it does not name', {
    fix: 'Merge: an add with a part of a complex value keeps the rest.',
    run: patched(({ complex: { whole, first, second } }) => ({
      with: withValue(first, 'one'),
      by: [add(whole, { [second.sub.name]: 'two' })],
      expect: [shows(first, 'one'), shows(second, 'two')],
    })),
  }),
  must('P-374/add', 'add sets one sub-attribute of a complex attribute', {
    fix: 'Accept paths like name.givenName; make the complex value when there is none.',
    run: patched(({ complex: { first, second } }) => ({
      with: withValue(second, 'one'),
      by: [add(first, 'two')],
      expect: [shows(first, 'two'), shows(second, 'one')],
    })),
  }),
  must('P-375/add', 'add appends to a list', {
    fix: 'Append the values of an add to those that are there.',
    needs: ['P-340', 'S-082'],
    run: patched(({ list }, probe) => {
      const [first, second] = probe.elements(list)
      return {
        with: withValue(list, [first]),
        by: [add(list, [second])],
        expect: keeps(list, [{ value: first.value }, { value: second.value }]),
      }
    }),
  }),
  should('P-375/twice', 'adding an existing value does not duplicate it', {
    fix: 'Compare with what is there before appending.',
    needs: ['P-375/add'],
    run: patched(({ list }, probe) => {
      const [, element] = probe.elements(list)
      return { with: withValue(list, [element]), by: [add(list, [element])], expect: valuesAre(list, element.value) }
    }),
  }),
  must('P-375/members', 'members are added to a group', {
    fix: 'Accept add with path members and a list of values.',
    needs: ['P-340', 'S-132/members'],
    run: regrouped((one, other) => ({ of: [one], by: [add('members', [{ value: other.id }])], leaves: [one, other] })),
  }),
  should('P-375/member-twice', 'a member who is added twice is there once', {
    fix: 'Succeed and keep one entry when a member is added who is there already.',
    needs: ['P-375/members'],
    run: regrouped((one) => ({ of: [one], by: [add('members', [{ value: one.id }])], leaves: [one] })),
  }),
  own('P-377/add', 'add to a filtered element merges into it', {
    fix: 'Merge the object into the elements that the filter finds.',
    needs: ['P-375/add'],
    run: patched(({ list }, probe) => {
      const [first, { value }] = probe.elements(list)
      return {
        with: withValue(list, [first]),
        by: [add(elementsOf(list, 'type', first.type), { value })],
        expect: keeps(list, [{ type: first.type, value }]),
      }
    }),
  }),
  must('P-379/add', 'add through a filter sets a sub-attribute of the matching elements', {
    fix: 'Accept paths like emails[type eq "work"].value.',
    needs: ['P-375/add'],
    run: patched(({ list }, probe) => {
      const [first, { value }] = probe.elements(list)
      return {
        with: withValue(list, [first]),
        by: [add(`${elementsOf(list, 'type', first.type)}.value`, value)],
        expect: keeps(list, [{ type: first.type, value }]),
      }
    }),
  }),
  own('P-378/add', 'add through a filter that matches nothing creates the element', {
    fix: 'Create an element from the eq terms of the filter and the value: Entra relies on it.',
    needs: ['P-375/add'],
    run: patched(({ list2 }, probe) => {
      const [, { type, value }] = probe.elements(list2)
      return { by: [add(`${elementsOf(list2, 'type', type)}.value`, value)], expect: keeps(list2, [{ type, value }]) }
    }),
  }),
  own('P-383/add', 'add of an extension by its URN merges', {
    fix: 'Accept the URN of an extension as a path; keep the attributes that are not named.',
    needs: ['P-384/add'],
    run: patched(({ extension, extension2 }) => ({
      with: withValue(extension, 'one'),
      by: [add(extension.urn, { [extension2.attribute.name]: 'two' })],
      expect: [shows(extension, 'one'), shows(extension2, 'two')],
    })),
  }),
  must('P-384/add', 'add accepts the qualified name of an extension attribute', {
    section: 'RFC 7644 §3.10',
    fix: 'Read URN:attribute in paths; the dot in 2.0 separates nothing.',
    run: patched(({ extension }) => ({ by: [add(extension, 'lockstep')], expect: shows(extension, 'lockstep') })),
  }),
  must('S-036', 'the dot in the version of a URN is not a separator', {
    section: 'RFC 7644 §3.10',
    fix: 'Split the URN off by the schemas that are known, then look for dots.',
    needs: ['P-384/add', 'S-131'],
    run: patched(async ({ type }, probe) => {
      const { urn = '' } =
        type.extensions.find(({ attributes }) => attributes.some(({ name }) => name === 'manager')) ?? {}
      const { id } = await probe.make()
      return {
        by: [add(`${urn}:manager.value`, id)],
        expect: that(`manager.value ${id}`, (user) => dig(user, urn, 'manager', 'value') === id),
      }
    }),
  }),
]
