// Cases: the PATCH operation remove. RFC 7644 §3.5.2.2.

import type { Case } from '../case.ts'
import { demand, demandRefusal, demandStatus } from '../demand.ts'
import { dig, isUnassigned, member, objects, pathOf, valueAt, withValue } from '../json-access.ts'
import { requirements } from '../requirements.ts'
import { holds } from '../subject.ts'
import { memberIds } from './groups.ts'
import { demandSimple } from './simple-values.ts'

const REMOVE = 'RFC 7644 §3.5.2.2'
const NEEDS = ['P-340']
const { must, own } = requirements(REMOVE, NEEDS)

/** The cases of the group "PATCH: remove". */
export const PATCH_REMOVE: readonly Case[] = [
  must('P-370/remove', 'remove without a path is noTarget', {
    fix: 'Answer 400 noTarget to a remove without a path.',
    async run(probe) {
      const made = await probe.make()
      demandRefusal(await probe.patch(made.path, [{ op: 'remove' }]), 'remove without a path', {
        keyword: ['noTarget'],
        named: true,
      })
    },
  }),
  own('P-371/remove', 'remove of what has no value succeeds', {
    fix: 'Succeed without a change: removing is the state that is wanted.',
    async run(probe) {
      const made = await probe.make()
      demandStatus(
        await probe.patch(made.path, [{ op: 'remove', path: pathOf(probe.subject().text()) }]),
        [200, 204],
        'remove of what has no value',
      )
    },
  }),
  must('P-372/remove', 'remove clears a single value', {
    fix: 'Unassign the attribute that a remove names.',
    async run(probe) {
      const text = probe.subject().text()
      const made = await probe.make(withValue(text, 'one'))
      const answer = await probe.patch(made.path, [{ op: 'remove', path: pathOf(text) }])
      demandStatus(answer, [200, 204], `remove of ${pathOf(text)}`)
      const shown = await probe.get(made.path)
      demand([answer, shown], isUnassigned(valueAt(shown.body, text)), `no ${pathOf(text)}`)
    },
  }),
  must('P-372/required', 'remove of a required attribute is refused', {
    fix: 'Answer 400 mutability to the removal of a required attribute.',
    async run(probe) {
      const key = probe.subject().key()
      const made = await probe.make()
      demandRefusal(await probe.patch(made.path, [{ op: 'remove', path: pathOf(key) }]), `remove of ${pathOf(key)}`, {
        keyword: ['mutability', 'invalidValue'],
      })
    },
  }),
  must('P-374/remove', 'remove clears one part of a complex attribute', {
    fix: 'Take paths like name.givenName in a remove and leave the other parts.',
    async run(probe) {
      const { place, first, second } = probe.subject().complex()
      const made = await probe.make({
        [place.attribute.name]: { [first.sub?.name ?? '']: 'one', [second.sub?.name ?? '']: 'kept' },
      })
      const answer = await probe.patch(made.path, [{ op: 'remove', path: pathOf(first) }])
      demandStatus(answer, [200, 204], `remove of ${pathOf(first)}`)
      const shown = await probe.get(made.path)
      demand(
        [answer, shown],
        isUnassigned(valueAt(shown.body, first)) && valueAt(shown.body, second) === 'kept',
        `${pathOf(second)} without ${pathOf(first)}`,
      )
    },
  }),
  must('P-375/remove', 'remove of a list clears all of it', {
    fix: 'Unassign the whole list when a remove names it without a filter or value.',
    async run(probe) {
      const subject = probe.subject()
      const list = subject.list2()
      const name = probe.name()
      const made = await probe.make(withValue(list, [subject.element(list, name, 0), subject.element(list, name, 1)]))
      const answer = await probe.patch(made.path, [{ op: 'remove', path: pathOf(list) }])
      demandStatus(answer, [200, 204], `remove of ${pathOf(list)}`)
      const shown = await probe.get(made.path)
      demand([answer, shown], isUnassigned(valueAt(shown.body, list)), `no ${pathOf(list)}`)
    },
  }),
  must('P-377/remove', 'remove through a filter removes the elements it finds and no others', {
    fix: 'Remove what emails[type eq "work"] finds, and nothing else.',
    needs: [...NEEDS, 'S-082'],
    async run(probe) {
      const subject = probe.subject()
      const list = subject.list()
      const name = probe.name()
      const [first, second] = [subject.element(list, name, 0), subject.element(list, name, 1)]
      const made = await probe.make(withValue(list, [first, second]))
      const answer = await probe.patch(made.path, [
        { op: 'remove', path: `${pathOf(list)}[type eq "${String(second.type)}"]` },
      ])
      demandStatus(answer, [200, 204], 'remove through a filter')
      const shown = await probe.get(made.path)
      demand(
        [answer, shown],
        objects(valueAt(shown.body, list))
          .map((one) => member(one, 'value'))
          .join() === first.value,
        'the other element and nothing else',
      )
    },
  }),
  must('P-377/compound', 'remove through a filter with and', {
    fix: 'Parse the full filter grammar inside [ ].',
    needs: ['P-377/remove'],
    async run(probe) {
      const subject = probe.subject()
      const list = subject.list()
      const name = probe.name()
      const [first, second] = [subject.element(list, name, 0), subject.element(list, name, 1)]
      const made = await probe.make(withValue(list, [first, second]))
      const answer = await probe.patch(made.path, [
        {
          op: 'remove',
          path: `${pathOf(list)}[type eq "${String(second.type)}" and value ew "${String(second.value).slice(-6)}"]`,
        },
      ])
      demandStatus(answer, [200, 204], 'remove through a filter with and')
      const shown = await probe.get(made.path)
      demand(
        [answer, shown],
        objects(valueAt(shown.body, list))
          .map((one) => member(one, 'value'))
          .join() === first.value,
        'the other element and nothing else',
      )
    },
  }),
  must('P-386/remove', 'remove through a filter takes simple values out of a list, and no others', {
    fix: 'Let value in […] stand for the value itself where a list has simple values.',
    run: (probe) => demandSimple(probe, { op: 'remove' }, []),
  }),
  own('P-378/remove', 'remove through a filter that finds nothing succeeds', {
    fix: 'Succeed without a change; noTarget is allowed as well.',
    async run(probe) {
      const subject = probe.subject()
      const list = subject.list()
      const made = await probe.make(withValue(list, [subject.element(list, probe.name(), 0)]))
      demandStatus(
        await probe.patch(made.path, [{ op: 'remove', path: `${pathOf(list)}[type eq "lockstep-nope"]` }]),
        [200, 204],
        'remove through a filter that finds nothing',
      )
    },
  }),
  must('P-379/remove', 'remove through a filter clears a part of the elements it finds', {
    fix: 'Take paths like emails[value eq "…"].type in a remove.',
    needs: [...NEEDS, 'S-082'],
    async run(probe) {
      const subject = probe.subject()
      const list = subject.list()
      const name = probe.name()
      const [first, second] = [subject.element(list, name, 0), subject.element(list, name, 1)]
      const made = await probe.make(withValue(list, [first, second]))
      const answer = await probe.patch(made.path, [
        { op: 'remove', path: `${pathOf(list)}[value eq "${String(second.value)}"].type` },
      ])
      demandStatus(answer, [200, 204], 'remove of a part through a filter')
      const shown = await probe.get(made.path)
      const kept = objects(valueAt(shown.body, list))
      const changed = kept.find((one) => member(one, 'value') === second.value)
      demand(
        [answer, shown],
        holds(kept, [first]) && changed !== undefined && isUnassigned(member(changed, 'type')),
        `${String(second.value)} without a type, the other one as before`,
      )
    },
  }),
  must('P-375/remove-member', 'one member is removed through a filter, the others stay', {
    fix: 'Remove what members[value eq "…"] finds, and nobody else.',
    needs: [...NEEDS, 'S-132/members'],
    async run(probe) {
      const [one, other] = [await probe.make(), await probe.make()]
      const group = await probe.makeGroup([{ value: one.id }, { value: other.id }])
      const answer = await probe.patch(group.path, [{ op: 'remove', path: `members[value eq "${one.id}"]` }])
      demandStatus(answer, [200, 204], 'remove of one member')
      const shown = await probe.get(group.path)
      demand([answer, shown], memberIds(shown.body).join() === other.id, `the member ${other.id} and no other`)
    },
  }),
  own('P-375/remove-list', 'members given as a value are removed, the others stay', {
    fix: 'Remove the members in value only: Entra sends it so, and the literal reading empties the group.',
    needs: [...NEEDS, 'S-132/members'],
    async run(probe) {
      const [one, other] = [await probe.make(), await probe.make()]
      const group = await probe.makeGroup([{ value: one.id }, { value: other.id }])
      const answer = await probe.patch(group.path, [{ op: 'remove', path: 'members', value: [{ value: one.id }] }])
      demandStatus(answer, [200, 204], 'remove of a list of members')
      const shown = await probe.get(group.path)
      demand([answer, shown], memberIds(shown.body).join() === other.id, `the member ${other.id} and no other`)
    },
  }),
  must('P-375/remove-all', 'remove of members removes all', {
    fix: 'Clear the list when a remove names members alone.',
    needs: [...NEEDS, 'S-132/members'],
    async run(probe) {
      const [one, other] = [await probe.make(), await probe.make()]
      const group = await probe.makeGroup([{ value: one.id }, { value: other.id }])
      const answer = await probe.patch(group.path, [{ op: 'remove', path: 'members' }])
      demandStatus(answer, [200, 204], 'remove of all members')
      const shown = await probe.get(group.path)
      demand([answer, shown], memberIds(shown.body).length === 0, 'a group without members')
    },
  }),
  must('P-375/remove-stranger', 'removing who is no member succeeds or is noTarget, and removes nobody', {
    fix: 'Leave the members as they are when the filter finds nobody.',
    needs: [...NEEDS, 'S-132/members'],
    async run(probe) {
      const [one, other] = [await probe.make(), await probe.make()]
      const group = await probe.makeGroup([{ value: one.id }])
      const answer = await probe.patch(group.path, [{ op: 'remove', path: `members[value eq "${other.id}"]` }])
      demandStatus(answer, [200, 204, 400], 'remove of somebody who is no member')
      const shown = await probe.get(group.path)
      demand([answer, shown], memberIds(shown.body).join() === one.id, `the member ${one.id}, as before`)
    },
  }),
  own('P-383/remove', 'remove of an extension by its URN removes it', {
    fix: 'Take the URN of an extension as a path.',
    needs: ['P-384/add'],
    async run(probe) {
      const place = probe.subject().extension()
      const made = await probe.make(withValue(place, 'one'))
      const answer = await probe.patch(made.path, [{ op: 'remove', path: place.urn }])
      demandStatus(answer, [200, 204], `remove with the path ${place.urn}`)
      const shown = await probe.get(made.path)
      demand([answer, shown], isUnassigned(dig(shown.body, place.urn)), `no ${place.urn}`)
    },
  }),
  must('P-384/remove', 'remove takes the qualified name of an attribute of an extension', {
    section: 'RFC 7644 §3.10',
    fix: 'Read URN:attribute in paths.',
    async run(probe) {
      const place = probe.subject().extension()
      const made = await probe.make(withValue(place, 'one'))
      const answer = await probe.patch(made.path, [{ op: 'remove', path: pathOf(place) }])
      demandStatus(answer, [200, 204], `remove with the path ${pathOf(place)}`)
      const shown = await probe.get(made.path)
      demand([answer, shown], isUnassigned(valueAt(shown.body, place)), `no ${pathOf(place)}`)
    },
  }),
]
