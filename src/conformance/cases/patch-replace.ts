// Cases: the PATCH operation replace. RFC 7644 §3.5.2.3.

import type { Case } from '../case.ts'
import { demand, demandRefusal, demandStatus } from '../demand.ts'
import { dig, isUnassigned, join, member, objects, pathOf, valueAt, withValue } from '../json-access.ts'
import { requirements } from '../requirements.ts'
import { holds } from '../subject.ts'
import { memberIds } from './groups.ts'
import { demandSimple } from './simple-values.ts'

const REPLACE = 'RFC 7644 §3.5.2.3'
const NEEDS = ['P-340']
const { must, own } = requirements(REPLACE, NEEDS)

/** The cases of the group "PATCH: replace". */
export const PATCH_REPLACE: readonly Case[] = [
  must('P-370/replace', 'replace without a path replaces what its value names and nothing else', {
    fix: 'Treat each member of a path-less value as a replace of its own; keep everything else.',
    async run(probe) {
      const subject = probe.subject()
      const [text, { first }] = [subject.text(), subject.complex()]
      const made = await probe.make(join(withValue(text, 'one'), withValue(first, 'kept')))
      const answer = await probe.patch(made.path, [{ op: 'replace', value: withValue(text, 'two') }])
      demandStatus(answer, [200, 204], 'replace without a path')
      const shown = await probe.get(made.path)
      demand(
        [answer, shown],
        valueAt(shown.body, text) === 'two' && valueAt(shown.body, first) === 'kept',
        `${pathOf(text)} "two" and ${pathOf(first)} as before`,
      )
    },
  }),
  must('P-371/replace', 'replace sets a single value that is not there', {
    fix: 'Treat a replace of an attribute without a value as an add.',
    async run(probe) {
      const text = probe.subject().text()
      const made = await probe.make()
      const answer = await probe.patch(made.path, [{ op: 'replace', path: pathOf(text), value: 'one' }])
      demandStatus(answer, [200, 204], `replace of ${pathOf(text)}, which has no value`)
      const shown = await probe.get(made.path)
      demand([answer, shown], valueAt(shown.body, text) === 'one', `${pathOf(text)} "one"`)
    },
  }),
  must('P-372/boolean', 'replace sets a boolean to false and back', {
    fix: 'Take false as a value, not as a missing one: disabling people depends on it.',
    async run(probe) {
      const flag = probe.subject().flag()
      const made = await probe.make(withValue(flag, true))
      for (const value of [false, true]) {
        const answer = await probe.patch(made.path, [{ op: 'replace', path: pathOf(flag), value }])
        demandStatus(answer, [200, 204], `replace of ${pathOf(flag)} by ${value}`)
        const shown = await probe.get(made.path)
        demand([answer, shown], (valueAt(shown.body, flag) ?? false) === value, `${pathOf(flag)} ${value}`)
      }
    },
  }),
  must('P-373/replace', 'replace of a complex attribute keeps the parts that it does not name', {
    fix: 'RFC 7644 §3.5.2.3: sub-attributes that are not specified are left unchanged.',
    async run(probe) {
      const { place, first, second } = probe.subject().complex()
      const made = await probe.make(withValue(first, 'one'))
      const answer = await probe.patch(made.path, [
        { op: 'replace', path: pathOf(place), value: { [second.sub?.name ?? '']: 'two' } },
      ])
      demandStatus(answer, [200, 204], `replace of a part of ${pathOf(place)}`)
      const shown = await probe.get(made.path)
      demand([answer, shown], valueAt(shown.body, second) === 'two', `${pathOf(second)} "two"`)
      demand([answer, shown], valueAt(shown.body, first) === 'one', `${pathOf(first)} "one", which was not named`)
    },
  }),
  must('P-374/replace', 'replace changes one part of a complex attribute', {
    fix: 'Take paths like name.givenName.',
    async run(probe) {
      const { place, first, second } = probe.subject().complex()
      const made = await probe.make({
        [place.attribute.name]: { [first.sub?.name ?? '']: 'one', [second.sub?.name ?? '']: 'kept' },
      })
      const answer = await probe.patch(made.path, [{ op: 'replace', path: pathOf(first), value: 'two' }])
      demandStatus(answer, [200, 204], `replace of ${pathOf(first)}`)
      const shown = await probe.get(made.path)
      demand(
        [answer, shown],
        valueAt(shown.body, first) === 'two' && valueAt(shown.body, second) === 'kept',
        `${pathOf(first)} "two" beside ${pathOf(second)}`,
      )
    },
  }),
  must('P-375/replace', 'replace of a list replaces all of it', {
    fix: 'Put the new values in place of all old ones.',
    needs: [...NEEDS, 'S-082'],
    async run(probe) {
      const subject = probe.subject()
      const list = subject.list()
      const name = probe.name()
      const [first, second] = [subject.element(list, name, 0), subject.element(list, name, 1)]
      const made = await probe.make(withValue(list, [first]))
      const answer = await probe.patch(made.path, [{ op: 'replace', path: pathOf(list), value: [second] }])
      demandStatus(answer, [200, 204], `replace of ${pathOf(list)}`)
      const shown = await probe.get(made.path)
      demand(
        [answer, shown],
        objects(valueAt(shown.body, list))
          .map((one) => member(one, 'value'))
          .join() === second.value,
        'the new value and no other',
      )
    },
  }),
  must('P-375/replace-members', 'replace of members leaves just those', {
    fix: 'Put the new members in place of all old ones.',
    needs: [...NEEDS, 'S-132/members'],
    async run(probe) {
      const [one, other] = [await probe.make(), await probe.make()]
      const group = await probe.makeGroup([{ value: one.id }])
      const answer = await probe.patch(group.path, [{ op: 'replace', path: 'members', value: [{ value: other.id }] }])
      demandStatus(answer, [200, 204], 'replace of members')
      const shown = await probe.get(group.path)
      demand([answer, shown], memberIds(shown.body).join() === other.id, `the member ${other.id} and no other`)
    },
  }),
  must('P-370/rename', 'a rename without a path leaves the members alone', {
    fix: 'A path-less replace changes what it names: displayName, and not members.',
    needs: [...NEEDS, 'S-132/members'],
    async run(probe) {
      const user = await probe.make()
      const group = await probe.makeGroup([{ value: user.id }])
      const groups = probe.groups()
      const name = probe.name()
      const answer = await probe.patch(group.path, [{ op: 'replace', value: withValue(groups.named, name) }])
      demandStatus(answer, [200, 204], 'a rename without a path')
      const shown = await probe.get(group.path)
      demand([answer, shown], valueAt(shown.body, groups.named) === name, `displayName "${name}"`)
      demand([answer, shown], memberIds(shown.body).join() === user.id, `the member ${user.id}, as before`)
    },
  }),
  must('P-386/replace', 'replace through a filter changes simple values of a list, and no others', {
    fix: 'Let value in […] stand for the value itself where a list has simple values.',
    run: (probe) => demandSimple(probe, { op: 'replace', value: 'lockstep-three' }, ['lockstep-three']),
  }),
  own('P-376/replace', 'a part of a list without a filter changes in every element', {
    fix: 'Apply emails.type to every element.',
    needs: ['P-375/replace'],
    async run(probe) {
      const subject = probe.subject()
      const list = subject.list()
      const name = probe.name()
      const [first, second] = [subject.element(list, name, 0), subject.element(list, name, 1)]
      const made = await probe.make(withValue(list, [first, second]))
      const answer = await probe.patch(made.path, [
        { op: 'replace', path: `${pathOf(list)}.type`, value: String(first.type) },
      ])
      demandStatus(answer, [200, 204], `replace of ${pathOf(list)}.type`)
      const shown = await probe.get(made.path)
      demand(
        [answer, shown],
        objects(valueAt(shown.body, list)).every((one) => member(one, 'type') === first.type),
        `type "${String(first.type)}" in both`,
      )
    },
  }),
  must('P-377/replace', 'replace through a filter changes the elements it finds', {
    fix: 'Replace what emails[type eq "work"] finds, and nothing else.',
    needs: ['P-375/replace'],
    async run(probe) {
      const subject = probe.subject()
      const list = subject.list()
      const name = probe.name()
      const [first, second] = [subject.element(list, name, 0), subject.element(list, name, 1)]
      const third = subject.element(list, probe.name(), 1)
      const made = await probe.make(withValue(list, [first, second]))
      const answer = await probe.patch(made.path, [
        { op: 'replace', path: `${pathOf(list)}[type eq "${String(second.type)}"]`, value: third },
      ])
      demandStatus(answer, [200, 204], 'replace of a filtered element')
      const shown = await probe.get(made.path)
      const values = objects(valueAt(shown.body, list))
        .map((one) => String(member(one, 'value')))
        .toSorted()
      demand(
        [answer, shown],
        values.join() === [String(first.value), String(third.value)].toSorted().join(),
        'the new element beside the other one',
      )
    },
  }),
  must('P-378/replace', 'replace of an element through a filter that finds nothing is noTarget', {
    fix: 'Answer 400 noTarget. (Entra counts on the opposite: see its section.)',
    async run(probe) {
      const subject = probe.subject()
      const list = subject.list()
      const made = await probe.make(withValue(list, [subject.element(list, probe.name(), 0)]))
      const answer = await probe.patch(made.path, [
        {
          op: 'replace',
          path: `${pathOf(list)}[type eq "lockstep-nope"]`,
          value: { value: String(subject.element(list, probe.name(), 1).value) },
        },
      ])
      demandRefusal(answer, 'replace through a filter that finds nothing', { keyword: ['noTarget'], named: true })
    },
  }),
  must('P-379/replace', 'replace through a filter changes a part of the elements it finds', {
    fix: 'Take paths like emails[type eq "work"].value and leave other elements alone.',
    needs: ['P-375/replace'],
    async run(probe) {
      const subject = probe.subject()
      const list = subject.list()
      const name = probe.name()
      const [first, second] = [subject.element(list, name, 0), subject.element(list, name, 1)]
      const third = subject.element(list, probe.name(), 1)
      const made = await probe.make(withValue(list, [first, second]))
      const answer = await probe.patch(made.path, [
        { op: 'replace', path: `${pathOf(list)}[type eq "${String(second.type)}"].value`, value: third.value },
      ])
      demandStatus(answer, [200, 204], 'replace through a filter')
      const shown = await probe.get(made.path)
      const kept = valueAt(shown.body, list)
      demand(
        [answer, shown],
        holds(kept, [
          { value: first.value as string },
          { value: third.value as string, type: second.type as string },
        ]) && objects(kept).length === 2,
        'the new value in the element that the filter finds, the other one as before',
      )
    },
  }),
  must('P-379/none', 'replace of a part through a filter that finds nothing is noTarget', {
    fix: 'Answer 400 noTarget. (Entra counts on the opposite: see its section.)',
    async run(probe) {
      const subject = probe.subject()
      const list = subject.list()
      const made = await probe.make(withValue(list, [subject.element(list, probe.name(), 0)]))
      const answer = await probe.patch(made.path, [
        {
          op: 'replace',
          path: `${pathOf(list)}[type eq "lockstep-nope"].value`,
          value: String(subject.element(list, probe.name(), 1).value),
        },
      ])
      demandRefusal(answer, 'replace through a filter that finds nothing', { keyword: ['noTarget'], named: true })
    },
  }),
  own('P-383/replace', 'replace of an extension by its URN keeps the attributes that it does not name', {
    fix: 'Treat an extension like a complex attribute: merge.',
    needs: ['P-384/add'],
    async run(probe) {
      const subject = probe.subject()
      const [one, other] = [subject.extension(), subject.extension2()]
      const made = await probe.make(withValue(one, 'one'))
      const answer = await probe.patch(made.path, [
        { op: 'replace', path: one.urn, value: { [other.attribute.name]: 'two' } },
      ])
      demandStatus(answer, [200, 204], `replace with the path ${one.urn}`)
      const shown = await probe.get(made.path)
      demand(
        [answer, shown],
        valueAt(shown.body, one) === 'one' && valueAt(shown.body, other) === 'two',
        'both attributes',
      )
    },
  }),
  must('P-384/replace', 'replace takes the qualified name of an attribute of an extension', {
    section: 'RFC 7644 §3.10',
    fix: 'Read URN:attribute in paths.',
    async run(probe) {
      const place = probe.subject().extension()
      const made = await probe.make(withValue(place, 'one'))
      const answer = await probe.patch(made.path, [{ op: 'replace', path: pathOf(place), value: 'two' }])
      demandStatus(answer, [200, 204], `replace with the path ${pathOf(place)}`)
      const shown = await probe.get(made.path)
      demand([answer, shown], valueAt(shown.body, place) === 'two', `${pathOf(place)} "two"`)
    },
  }),
  must('P-375/empty', 'replace by an empty list clears', {
    section: 'RFC 7643 §2.5',
    fix: 'Take [] as no value.',
    async run(probe) {
      const subject = probe.subject()
      const list = subject.list2()
      const made = await probe.make(withValue(list, [subject.element(list, probe.name(), 1)]))
      const answer = await probe.patch(made.path, [{ op: 'replace', path: pathOf(list), value: [] }])
      demandStatus(answer, [200, 204], `replace of ${pathOf(list)} by []`)
      const shown = await probe.get(made.path)
      demand([answer, shown], isUnassigned(dig(shown.body, list.attribute.name)), `no ${pathOf(list)}`)
    },
  }),
]
