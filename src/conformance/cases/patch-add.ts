// Cases: the PATCH operation add. RFC 7644 §3.5.2.1.

import type { Case } from '../case.ts'
import { demand, demandStatus } from '../demand.ts'
import { member, objects, pathOf, valueAt, withValue } from '../json-access.ts'
import { requirements } from '../requirements.ts'
import { holds } from '../subject.ts'
import { memberIds } from './groups.ts'

const ADD = 'RFC 7644 §3.5.2.1'
const NEEDS = ['P-340']
const { must, should, own } = requirements(ADD, NEEDS)

/** The cases of the group "PATCH: add". */
export const PATCH_ADD: readonly Case[] = [
  must('P-370/add', 'add without a path adds each member of its value', {
    fix: 'Treat each member of a path-less value as an add of its own.',
    async run(probe) {
      const subject = probe.subject()
      const [text, { first }] = [subject.text(), subject.complex()]
      const made = await probe.make()
      const answer = await probe.patch(made.path, [
        { op: 'add', value: { ...withValue(text, 'one'), ...withValue(first, 'two') } },
      ])
      demandStatus(answer, [200, 204], 'add without a path')
      const shown = await probe.get(made.path)
      demand(
        [answer, shown],
        valueAt(shown.body, text) === 'one' && valueAt(shown.body, first) === 'two',
        `${pathOf(text)} "one" and ${pathOf(first)} "two"`,
      )
    },
  }),
  must('P-371/add', 'add sets a single value that is not there', {
    fix: 'Let add set an attribute without a value.',
    async run(probe) {
      const text = probe.subject().text()
      const made = await probe.make()
      const answer = await probe.patch(made.path, [{ op: 'add', path: pathOf(text), value: 'one' }])
      demandStatus(answer, [200, 204], `add of ${pathOf(text)}`)
      const shown = await probe.get(made.path)
      demand([answer, shown], valueAt(shown.body, text) === 'one', `${pathOf(text)} "one"`)
    },
  }),
  must('P-372/add', 'add replaces a single value that is there', {
    fix: 'Let add replace the value of a singular attribute.',
    async run(probe) {
      const text = probe.subject().text()
      const made = await probe.make(withValue(text, 'one'))
      const answer = await probe.patch(made.path, [{ op: 'add', path: pathOf(text), value: 'two' }])
      demandStatus(answer, [200, 204], `add of ${pathOf(text)}`)
      const shown = await probe.get(made.path)
      demand([answer, shown], valueAt(shown.body, text) === 'two', `${pathOf(text)} "two"`)
    },
  }),
  must('P-373/add', 'add to a complex attribute keeps the parts that it does not name', {
    fix: 'Merge: an add with a part of a complex value leaves the rest.',
    async run(probe) {
      const { place, first, second } = probe.subject().complex()
      const made = await probe.make(withValue(first, 'one'))
      const answer = await probe.patch(made.path, [
        { op: 'add', path: pathOf(place), value: { [second.sub?.name ?? '']: 'two' } },
      ])
      demandStatus(answer, [200, 204], `add of a part of ${pathOf(place)}`)
      const shown = await probe.get(made.path)
      demand(
        [answer, shown],
        valueAt(shown.body, first) === 'one' && valueAt(shown.body, second) === 'two',
        `${pathOf(first)} "one" and ${pathOf(second)} "two"`,
      )
    },
  }),
  must('P-374/add', 'add sets one part of a complex attribute', {
    fix: 'Take paths like name.givenName; make the complex value when there is none.',
    async run(probe) {
      const { first, second } = probe.subject().complex()
      const made = await probe.make(withValue(second, 'one'))
      const answer = await probe.patch(made.path, [{ op: 'add', path: pathOf(first), value: 'two' }])
      demandStatus(answer, [200, 204], `add of ${pathOf(first)}`)
      const shown = await probe.get(made.path)
      demand(
        [answer, shown],
        valueAt(shown.body, first) === 'two' && valueAt(shown.body, second) === 'one',
        `${pathOf(first)} "two" beside ${pathOf(second)} "one"`,
      )
    },
  }),
  must('P-375/add', 'add appends to a list', {
    fix: 'Append the values of an add to those that are there.',
    needs: [...NEEDS, 'S-082'],
    async run(probe) {
      const subject = probe.subject()
      const list = subject.list()
      const name = probe.name()
      const [first, second] = [subject.element(list, name, 0), subject.element(list, name, 1)]
      const made = await probe.make(withValue(list, [first]))
      const answer = await probe.patch(made.path, [{ op: 'add', path: pathOf(list), value: [second] }])
      demandStatus(answer, [200, 204], `add to ${pathOf(list)}`)
      const shown = await probe.get(made.path)
      const values = objects(valueAt(shown.body, list)).map((one) => member(one, 'value'))
      demand(
        [answer, shown],
        values.includes(String(first.value)) && values.includes(String(second.value)),
        'both values',
      )
    },
  }),
  should('P-375/twice', 'add of a value that is there makes no second one', {
    fix: 'Compare with what is there before appending.',
    needs: ['P-375/add'],
    async run(probe) {
      const subject = probe.subject()
      const list = subject.list()
      const element = subject.element(list, probe.name(), 1)
      const made = await probe.make(withValue(list, [element]))
      const answer = await probe.patch(made.path, [{ op: 'add', path: pathOf(list), value: [element] }])
      demandStatus(answer, [200, 204], 'add of a value that is there')
      const shown = await probe.get(made.path)
      const same = objects(valueAt(shown.body, list)).filter((one) => member(one, 'value') === element.value)
      demand([answer, shown], same.length === 1, 'the value once')
    },
  }),
  must('P-375/members', 'members are added to a group', {
    fix: 'Take add with path members and a list of values.',
    needs: [...NEEDS, 'S-132/members'],
    async run(probe) {
      const [one, other] = [await probe.make(), await probe.make()]
      const group = await probe.makeGroup([{ value: one.id }])
      const answer = await probe.patch(group.path, [{ op: 'add', path: 'members', value: [{ value: other.id }] }])
      demandStatus(answer, [200, 204], 'add of a member')
      const shown = await probe.get(group.path)
      demand([answer, shown], memberIds(shown.body).join() === [one.id, other.id].toSorted().join(), 'both members')
    },
  }),
  should('P-375/member-twice', 'a member that is added twice is there once', {
    fix: 'Succeed and keep one entry when a member is added who is there already.',
    needs: ['P-375/members'],
    async run(probe) {
      const user = await probe.make()
      const group = await probe.makeGroup([{ value: user.id }])
      const answer = await probe.patch(group.path, [{ op: 'add', path: 'members', value: [{ value: user.id }] }])
      demandStatus(answer, [200, 204], 'add of a member who is there')
      const shown = await probe.get(group.path)
      demand([answer, shown], memberIds(shown.body).join() === user.id, 'the member once')
    },
  }),
  own('P-377/add', 'add to a filtered element merges into it', {
    fix: 'Merge the object into the elements that the filter finds.',
    needs: ['P-375/add'],
    async run(probe) {
      const subject = probe.subject()
      const list = subject.list()
      const name = probe.name()
      const [first, second] = [subject.element(list, name, 0), subject.element(list, name, 1)]
      const made = await probe.make(withValue(list, [first]))
      const answer = await probe.patch(made.path, [
        { op: 'add', path: `${pathOf(list)}[type eq "${String(first.type)}"]`, value: { value: second.value } },
      ])
      demandStatus(answer, [200, 204], 'add of an object to a filtered element')
      const shown = await probe.get(made.path)
      demand(
        [answer, shown],
        holds(valueAt(shown.body, list), [{ type: first.type as string, value: second.value as string }]),
        'the element with its new value',
      )
    },
  }),
  must('P-379/add', 'add through a filter sets a part of the elements it finds', {
    fix: 'Take paths like emails[type eq "work"].value.',
    needs: ['P-375/add'],
    async run(probe) {
      const subject = probe.subject()
      const list = subject.list()
      const name = probe.name()
      const [first, second] = [subject.element(list, name, 0), subject.element(list, name, 1)]
      const made = await probe.make(withValue(list, [first]))
      const answer = await probe.patch(made.path, [
        { op: 'add', path: `${pathOf(list)}[type eq "${String(first.type)}"].value`, value: second.value },
      ])
      demandStatus(answer, [200, 204], 'add through a filter')
      const shown = await probe.get(made.path)
      demand(
        [answer, shown],
        holds(valueAt(shown.body, list), [{ type: first.type as string, value: second.value as string }]),
        `the ${String(first.type)} element with ${String(second.value)}`,
      )
    },
  }),
  own('P-378/add', 'add through a filter that finds nothing makes the element', {
    fix: 'Make an element from the eq terms of the filter and the value: Entra counts on it.',
    needs: ['P-375/add'],
    async run(probe) {
      const subject = probe.subject()
      const list = subject.list2()
      const made = await probe.make()
      const element = subject.element(list, probe.name(), 1)
      const answer = await probe.patch(made.path, [
        { op: 'add', path: `${pathOf(list)}[type eq "${String(element.type)}"].value`, value: element.value },
      ])
      demandStatus(answer, [200, 204], 'add through a filter that finds nothing')
      const shown = await probe.get(made.path)
      demand(
        [answer, shown],
        holds(valueAt(shown.body, list), [{ type: element.type as string, value: element.value as string }]),
        'the element with type and value',
      )
    },
  }),
  own('P-383/add', 'add of an extension by its URN merges', {
    fix: 'Take the URN of an extension as a path; keep the attributes that are not named.',
    needs: ['P-384/add'],
    async run(probe) {
      const subject = probe.subject()
      const [one, other] = [subject.extension(), subject.extension2()]
      const made = await probe.make(withValue(one, 'one'))
      const answer = await probe.patch(made.path, [
        { op: 'add', path: one.urn, value: { [other.attribute.name]: 'two' } },
      ])
      demandStatus(answer, [200, 204], `add with the path ${one.urn}`)
      const shown = await probe.get(made.path)
      demand(
        [answer, shown],
        valueAt(shown.body, one) === 'one' && valueAt(shown.body, other) === 'two',
        'both attributes',
      )
    },
  }),
  must('P-384/add', 'add takes the qualified name of an attribute of an extension', {
    section: 'RFC 7644 §3.10',
    fix: 'Read URN:attribute in paths; the dot in 2.0 separates nothing.',
    async run(probe) {
      const place = probe.subject().extension()
      const made = await probe.make()
      const answer = await probe.patch(made.path, [{ op: 'add', path: pathOf(place), value: 'lockstep' }])
      demandStatus(answer, [200, 204], `add with the path ${pathOf(place)}`)
      const shown = await probe.get(made.path)
      demand([answer, shown], valueAt(shown.body, place) === 'lockstep', `${pathOf(place)} "lockstep"`)
    },
  }),
  must('S-036', 'the dot in the version of a URN separates nothing', {
    section: 'RFC 7644 §3.10',
    fix: 'Split the URN off by the schemas that are known, then look for dots.',
    needs: ['P-384/add', 'S-131'],
    async run(probe) {
      const subject = probe.subject()
      const extension = subject.type.extensions.find(({ attributes }) =>
        attributes.some(({ name }) => name === 'manager'),
      )
      const [boss, made] = [await probe.make(), await probe.make()]
      const answer = await probe.patch(made.path, [
        { op: 'add', path: `${extension?.urn}:manager.value`, value: boss.id },
      ])
      demandStatus(answer, [200, 204], `add with the path ${extension?.urn}:manager.value`)
      const shown = await probe.get(made.path)
      demand(
        [answer, shown],
        member(member(member(shown.body, extension?.urn ?? ''), 'manager'), 'value') === boss.id,
        `manager.value ${boss.id}`,
      )
    },
  }),
]
