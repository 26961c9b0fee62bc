// Cases: the PATCH operation replace. RFC 7644 §3.5.2.3.

import type { Case } from '../case.ts'
import { join, member, objects, pathOf, valueAt, withValue } from '../json-access.ts'
import { requirements } from '../requirements.ts'
import { keeps, lacks, membersAre, shows, that, valuesAre } from '../walks/expectation.ts'
import { elementsOf, replace } from '../walks/operation.ts'
import { patched } from '../walks/patched.ts'
import { refused } from '../walks/refused.ts'
import { regrouped } from '../walks/regrouped.ts'
import { simpleValuePatched } from '../walks/simple-value-patched.ts'

const { must, own } = requirements('RFC 7644 §3.5.2.3', ['P-340'])

/** The cases of the group "PATCH: replace". */
export const PATCH_REPLACE: readonly Case[] = [
  must('P-370/replace', 'replace without a path replaces what its value names, and nothing else', {
    fix: 'Treat each member of a path-less value as a replace of its own; keep everything else.',
    run: patched(({ text, complex: { first } }) => ({
      with: join(withValue(text, 'one'), withValue(first, 'kept')),
      by: [{ op: 'replace', value: withValue(text, 'two') }],
      expect: [shows(text, 'two'), shows(first, 'kept')],
    })),
  }),
  must('P-371/replace', 'replace sets a single-valued attribute without a value', {
    fix: 'Treat a replace of an attribute without a value as an add.',
    run: patched(({ text }) => ({ by: [replace(text, 'one')], expect: shows(text, 'one') })),
  }),
  must('P-372/boolean', 'replace sets a boolean to false and back', {
    fix: 'Treat false as a value, not as a missing one: disabling users depends on it.',
    async run(probe) {
      const { flag } = probe.subject()
      const on = await probe.make(withValue(flag, true))
      for (const value of [false, true])
        await patched(() => ({ on, by: [replace(flag, value)], expect: keeps(flag, value) }))(probe)
    },
  }),
  must('P-373/replace', 'replace of a complex attribute keeps the sub-attributes that it does not name', {
    fix: 'RFC 7644 §3.5.2.3: sub-attributes that are not specified are left unchanged.',
    run: patched(({ complex: { whole, first, second } }) => ({
      with: withValue(first, 'one'),
      by: [replace(whole, { [second.sub.name]: 'two' })],
      expect: [shows(second, 'two'), shows(first, 'one')],
    })),
  }),
  must('P-374/replace', 'replace changes one sub-attribute of a complex attribute', {
    fix: 'Accept paths like name.givenName.',
    run: patched(({ complex: { whole, first, second } }) => ({
      with: withValue(whole, { [first.sub.name]: 'one', [second.sub.name]: 'kept' }),
      by: [replace(first, 'two')],
      expect: [shows(first, 'two'), shows(second, 'kept')],
    })),
  }),
  must('P-375/replace', 'replace of a list replaces the whole list', {
    fix: 'Replace all old values with the new ones.',
    needs: ['P-340', 'S-082'],
    run: patched(({ list }, probe) => {
      const [first, second] = probe.elements(list)
      return { with: withValue(list, [first]), by: [replace(list, [second])], expect: valuesAre(list, second.value) }
    }),
  }),
  must('P-375/replace-members', 'replace of members leaves only the new ones', {
    fix: 'Replace all old members with the new ones.',
    needs: ['P-340', 'S-132/members'],
    run: regrouped((one, other) => ({ of: [one], by: [replace('members', [{ value: other.id }])], leaves: [other] })),
  }),
  must('P-370/rename', 'a rename without a path keeps the members', {
    fix: 'A path-less replace changes what it names: displayName, and not members.',
    needs: ['P-340', 'S-132/members'],
    run: patched(async (_, probe) => {
      const [{ named }, name, { id }] = [probe.groups(), probe.name(), await probe.make()]
      return {
        on: await probe.makeGroup([{ value: id }]),
        by: [{ op: 'replace', value: withValue(named, name) }],
        expect: [shows(named, name), membersAre(id)],
      }
    }),
  }),
  must('P-386/replace', 'replace through a filter changes the matching simple values of a list, and no others', {
    fix: 'Let value in […] refer to the value itself where a list has simple values.',
    run: simpleValuePatched({ op: 'replace', value: 'lockstep-three' }, ['lockstep-three']),
  }),
  own('P-376/replace', 'a sub-attribute of a list without a filter changes in every element', {
    fix: 'Apply emails.type to every element.',
    needs: ['P-375/replace'],
    run: patched(({ list }, probe) => {
      const [first, second] = probe.elements(list)
      return {
        with: withValue(list, [first, second]),
        by: [replace(`${pathOf(list)}.type`, first.type)],
        expect: that(`type "${first.type}" in both`, (user) =>
          objects(valueAt(user, list)).every((one) => member(one, 'type') === first.type),
        ),
      }
    }),
  }),
  must('P-377/replace', 'replace through a filter replaces the matching elements', {
    fix: 'Replace what emails[type eq "work"] finds, and nothing else.',
    needs: ['P-375/replace'],
    run: patched(({ list }, probe) => {
      const [first, second, third] = probe.elements(list)
      return {
        with: withValue(list, [first, second]),
        by: [replace(elementsOf(list, 'type', second.type), third)],
        expect: valuesAre(list, first.value, third.value),
      }
    }),
  }),
  must('P-378/replace', 'replace of an element through a filter that matches nothing is noTarget', {
    fix: 'Answer 400 noTarget. (Entra relies on the opposite: see its section.)',
    run: refused(async ({ list }, probe) => {
      const [first, { value }] = probe.elements(list)
      const { path } = await probe.make(withValue(list, [first]))
      return {
        by: probe.patch(path, [replace(elementsOf(list, 'type', 'lockstep-nope'), { value })]),
        what: 'replace through a filter that finds nothing',
        keyword: ['noTarget'],
        named: true,
      }
    }),
  }),
  must('P-379/replace', 'replace through a filter changes a sub-attribute of the matching elements', {
    fix: 'Accept paths like emails[type eq "work"].value and leave other elements alone.',
    needs: ['P-375/replace'],
    run: patched(({ list }, probe) => {
      const [first, second, { value }] = probe.elements(list)
      return {
        with: withValue(list, [first, second]),
        by: [replace(`${elementsOf(list, 'type', second.type)}.value`, value)],
        expect: [keeps(list, [{ value, type: second.type }]), valuesAre(list, first.value, value)],
      }
    }),
  }),
  must('P-379/none', 'replace of a sub-attribute through a filter that matches nothing is noTarget', {
    fix: 'Answer 400 noTarget. (Entra relies on the opposite: see its section.)',
    run: refused(async ({ list }, probe) => {
      const [first, { value }] = probe.elements(list)
      const { path } = await probe.make(withValue(list, [first]))
      return {
        by: probe.patch(path, [replace(`${elementsOf(list, 'type', 'lockstep-nope')}.value`, value)]),
        what: 'replace through a filter that finds nothing',
        keyword: ['noTarget'],
        named: true,
      }
    }),
  }),
  own('P-383/replace', 'replace of an extension by its URN keeps the attributes that it does not name', {
    fix: 'Treat an extension like a complex attribute: merge.',
    needs: ['P-384/add'],
    run: patched(({ extension, extension2 }) => ({
      with: withValue(extension, 'one'),
      by: [replace(extension.urn, { [extension2.attribute.name]: 'two' })],
      expect: [shows(extension, 'one'), shows(extension2, 'two')],
    })),
  }),
  must('P-384/replace', 'replace accepts the qualified name of an extension attribute', {
    section: 'RFC 7644 §3.10',
    fix: 'Read URN:attribute in paths.',
    run: patched(({ extension }) => ({
      with: withValue(extension, 'one'),
      by: [replace(extension, 'two')],
      expect: shows(extension, 'two'),
    })),
  }),
  must('P-375/empty', 'replace with an empty array clears a list', {
    section: 'RFC 7643 §2.5',
    fix: 'Treat [] as no value.',
    run: patched(({ list2 }, probe) => {
      const [, element] = probe.elements(list2)
      return { with: withValue(list2, [element]), by: [replace(list2, [])], expect: lacks(list2) }
    }),
  }),
]
