// Cases: the PATCH operation remove. RFC 7644 §3.5.2.2.

import type { Case } from '../case.ts'
import { dig, isUnassigned, member, objects, pathOf, valueAt, withValue } from '../json-access.ts'
import { requirements } from '../requirements.ts'
import { keeps, lacks, shows, that, valuesAre } from '../walks/expectation.ts'
import { elementsOf, remove } from '../walks/operation.ts'
import { patched } from '../walks/patched.ts'
import { refused } from '../walks/refused.ts'
import { regrouped } from '../walks/regrouped.ts'
import { simpleValuePatched } from '../walks/simple-value-patched.ts'

const { must, own } = requirements('RFC 7644 §3.5.2.2', ['P-340'])
const OF_MEMBERS = ['P-340', 'S-132/members']

/** The cases of the group "PATCH: remove". */
export const PATCH_REMOVE: readonly Case[] = [
  must('P-370/remove', 'remove without a path is noTarget', {
    fix: 'Answer 400 noTarget to a remove without a path.',
    run: refused(async (_, probe) => ({
      by: probe.patch((await probe.make()).path, [{ op: 'remove' }]),
      what: 'remove without a path',
      keyword: ['noTarget'],
      named: true,
    })),
  }),
  own('P-371/remove', 'removing an attribute without a value succeeds', {
    fix: 'Succeed without a change: removing is the state that is wanted.',
    run: patched(({ text }) => ({ by: [remove(text)], what: 'remove of what has no value' })),
  }),
  must('P-372/remove', 'remove clears a single-valued attribute', {
    fix: 'Unassign the attribute that a remove names.',
    run: patched(({ text }) => ({ with: withValue(text, 'one'), by: [remove(text)], expect: lacks(text) })),
  }),
  must('P-372/required', 'remove of a required attribute is refused', {
    fix: 'Answer 400 mutability to the removal of a required attribute.',
    run: refused(async ({ key }, probe) => ({
      by: probe.patch((await probe.make()).path, [remove(key)]),
      what: `remove of ${pathOf(key)}`,
      keyword: ['mutability', 'invalidValue'],
    })),
  }),
  must('P-374/remove', 'remove clears one sub-attribute of a complex attribute', {
    fix: 'Accept paths like name.givenName in a remove and leave the other parts.',
    run: patched(({ complex: { whole, first, second } }) => ({
      with: withValue(whole, { [first.sub.name]: 'one', [second.sub.name]: 'kept' }),
      by: [remove(first)],
      expect: [shows(second, 'kept'), lacks(first)],
    })),
  }),
  must('P-375/remove', 'remove of a list clears the whole list', {
    fix: 'Unassign the whole list when a remove names it without a filter or value.',
    run: patched(({ list2 }, probe) => {
      const [first, second] = probe.elements(list2)
      return { with: withValue(list2, [first, second]), by: [remove(list2)], expect: lacks(list2) }
    }),
  }),
  must('P-377/remove', 'remove through a filter removes the matching elements, and no others', {
    fix: 'Remove what emails[type eq "work"] finds, and nothing else.',
    needs: ['P-340', 'S-082'],
    run: patched(({ list }, probe) => {
      const [first, second] = probe.elements(list)
      return {
        with: withValue(list, [first, second]),
        by: [remove(elementsOf(list, 'type', second.type))],
        expect: valuesAre(list, first.value),
      }
    }),
  }),
  must('P-377/compound', 'remove accepts a filter with "and"', {
    fix: 'Parse the full filter grammar inside [ ].',
    needs: ['P-377/remove'],
    run: patched(({ list }, probe) => {
      const [first, second] = probe.elements(list)
      const condition = `type eq "${second.type}" and value ew "${second.value.slice(-6)}"`
      return {
        with: withValue(list, [first, second]),
        by: [remove(`${pathOf(list)}[${condition}]`)],
        expect: valuesAre(list, first.value),
      }
    }),
  }),
  must('P-386/remove', 'remove through a filter removes the matching simple values of a list, and no others', {
    fix: 'Let value in […] refer to the value itself where a list has simple values.',
    run: simpleValuePatched({ op: 'remove' }, []),
  }),
  own('P-378/remove', 'remove through a filter that matches nothing succeeds', {
    fix: 'Succeed without a change; noTarget is allowed as well.',
    run: patched(({ list }, probe) => ({
      with: withValue(list, [probe.elements(list)[0]]),
      by: [remove(elementsOf(list, 'type', 'lockstep-nope'))],
      what: 'remove through a filter that finds nothing',
    })),
  }),
  must('P-379/remove', 'remove through a filter clears a sub-attribute of the matching elements', {
    fix: 'Accept paths like emails[value eq "…"].type in a remove.',
    needs: ['P-340', 'S-082'],
    run: patched(({ list }, probe) => {
      const [first, second] = probe.elements(list)
      const changed = (user: unknown) =>
        objects(valueAt(user, list)).find((one) => member(one, 'value') === second.value)
      return {
        with: withValue(list, [first, second]),
        by: [remove(`${elementsOf(list, 'value', second.value)}.type`)],
        expect: [
          keeps(list, [first, { value: second.value }]),
          that(`${second.value} without a type`, (user) => isUnassigned(member(changed(user), 'type'))),
        ],
      }
    }),
  }),
  must('P-375/remove-member', 'a member is removed through a filter, and the others stay', {
    fix: 'Remove what members[value eq "…"] finds, and no one else.',
    needs: OF_MEMBERS,
    run: regrouped((one, other) => ({
      of: [one, other],
      by: [remove(elementsOf('members', 'value', one.id))],
      leaves: [other],
    })),
  }),
  own('P-375/remove-list', 'members given as a value are removed, and the others stay', {
    fix: 'Remove the members in value only: Entra sends it so, and the literal reading empties the group.',
    needs: OF_MEMBERS,
    run: regrouped((one, other) => ({
      of: [one, other],
      by: [{ ...remove('members'), value: [{ value: one.id }] }],
      what: 'remove of a list of members',
      leaves: [other],
    })),
  }),
  must('P-375/remove-all', 'remove of members removes all of them', {
    fix: 'Clear the list when a remove names only members.',
    needs: OF_MEMBERS,
    run: regrouped((one, other) => ({ of: [one, other], by: [remove('members')], leaves: [] })),
  }),
  must('P-375/remove-stranger', 'removing someone who is not a member succeeds or is noTarget, and removes no one', {
    fix: 'Leave the members as they are when the filter finds none.',
    needs: OF_MEMBERS,
    run: regrouped((one, other) => ({
      of: [one],
      by: [remove(elementsOf('members', 'value', other.id))],
      what: 'remove of someone who is not a member',
      status: [200, 204, 400],
      leaves: [one],
    })),
  }),
  own('P-383/remove', 'remove of an extension by its URN clears it', {
    fix: 'Accept the URN of an extension as a path.',
    needs: ['P-384/add'],
    run: patched(({ extension }) => ({
      with: withValue(extension, 'one'),
      by: [remove(extension.urn)],
      expect: that(`no ${extension.urn}`, (user) => isUnassigned(dig(user, extension.urn))),
    })),
  }),
  must('P-384/remove', 'remove accepts the qualified name of an extension attribute', {
    section: 'RFC 7644 §3.10',
    fix: 'Read URN:attribute in paths.',
    run: patched(({ extension }) => ({
      with: withValue(extension, 'one'),
      by: [remove(extension)],
      expect: lacks(extension),
    })),
  }),
]
