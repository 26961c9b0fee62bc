// Cases: PATCH as a whole, its paths and its answer. RFC 7644 §3.5.2.

import type { Case } from '../case.ts'
import { demand, demandResource, demandStatus } from '../demand.ts'
import { NotOffered } from '../fault.ts'
import { dig, isUnassigned, member, objects, pathOf, texts, valueAt, withValue } from '../json-access.ts'
import { requirements } from '../requirements.ts'
import { memberIds } from './groups.ts'

const MODIFY = 'RFC 7644 §3.5.2'
const { must, should, own } = requirements(MODIFY)

/** The cases of the group "PATCH". */
export const PATCH: readonly Case[] = [
  should('P-340', 'PATCH changes an attribute', {
    fix: 'Support PATCH, or set patch.supported to false and answer 501.',
    async run(probe) {
      const subject = probe.subject()
      const text = subject.text()
      const made = await probe.make(withValue(text, 'one'))
      const answer = await probe.patch(made.path, [{ op: 'replace', path: pathOf(text), value: 'two' }])
      const said = probe.declared.has('patch')
      if (said === false || (said === undefined && [405, 501].includes(answer.status))) {
        demand(answer, answer.status >= 400, '501, since patch.supported is false', 'MUST')
        throw new NotOffered(said === false ? 'patch.supported is false' : `PATCH was answered ${answer.status}`)
      }
      demand(answer, answer.status >= 200 && answer.status < 300, '200 or 204: replace of one attribute', 'MUST')
      const shown = await probe.get(made.path)
      demand([answer, shown], valueAt(shown.body, text) === 'two', `${pathOf(text)} "two"`, 'MUST')
    },
  }),
  must('P-347', 'a PATCH is answered 200 with the resource, or 204', {
    fix: 'Answer PATCH with 200 and the whole resource as it is now, or with 204 and no body.',
    needs: ['P-340'],
    async run(probe) {
      const text = probe.subject().text()
      const made = await probe.make()
      const answer = await probe.patch(made.path, [{ op: 'replace', path: pathOf(text), value: 'two' }])
      demandStatus(answer, [200, 204], 'PATCH')
      if (answer.status === 204) demand(answer, answer.text === '', 'no body')
      else
        demand(
          answer,
          dig(answer.body, 'id') === made.id && valueAt(answer.body, text) === 'two',
          'the resource with its new value',
        )
    },
  }),
  own('P-342', 'op is read in any letter case', {
    fix: 'Compare op without regard to case: Entra sends Add, Replace, Remove.',
    needs: ['P-340'],
    async run(probe) {
      const text = probe.subject().text()
      const made = await probe.make()
      const answer = await probe.patch(made.path, [{ op: 'Replace', path: pathOf(text), value: 'two' }])
      demandStatus(answer, [200, 204], 'PATCH with op "Replace"')
      demand(answer, valueAt(await probe.read(made), text) === 'two', `${pathOf(text)} "two"`)
    },
  }),
  must('P-345', 'operations are applied in order', {
    fix: 'Apply each operation to the result of the one before.',
    needs: ['P-340'],
    async run(probe) {
      const text = probe.subject().text()
      const made = await probe.make()
      const path = pathOf(text)
      const answer = await probe.patch(made.path, [
        { op: 'add', path, value: 'one' },
        { op: 'remove', path },
        { op: 'add', path, value: 'three' },
      ])
      demandStatus(answer, [200, 204], 'three operations')
      const shown = await probe.get(made.path)
      demand([answer, shown], valueAt(shown.body, text) === 'three', `${path} "three"`)
    },
  }),
  must('P-346', 'a PATCH of which one operation fails changes nothing', {
    fix: 'Apply all operations or none.',
    needs: ['P-340'],
    async run(probe) {
      const text = probe.subject().text()
      const made = await probe.make(withValue(text, 'one'))
      const answer = await probe.patch(made.path, [
        { op: 'replace', path: pathOf(text), value: 'two' },
        { op: 'replace', path: 'id', value: 'lockstep-mine' },
      ])
      if (answer.status < 400) throw new NotOffered('a change of id was not refused (P-352)')
      const shown = await probe.get(made.path)
      demand([answer, shown], valueAt(shown.body, text) === 'one', `${pathOf(text)} "one", as before`)
    },
  }),
  must('P-349', 'an add of what is there changes nothing, meta.lastModified neither', {
    section: 'RFC 7644 §3.5.2.1',
    fix: 'Leave meta alone when an add finds its value there already.',
    needs: ['P-340'],
    async run(probe) {
      const text = probe.subject().text()
      const made = await probe.make(withValue(text, 'one'))
      const before = await probe.read(made)
      await new Promise((resolve) =>
        setTimeout(resolve, /\.\d/.test(String(dig(before, 'meta', 'lastModified'))) ? 20 : 1100),
      )
      const answer = await probe.patch(made.path, [{ op: 'add', path: pathOf(text), value: 'one' }])
      demandStatus(answer, [200, 204], 'add of the value that is there')
      const after = await probe.get(made.path)
      demand(
        [answer, after],
        dig(after.body, 'meta', 'lastModified') === dig(before, 'meta', 'lastModified'),
        `meta.lastModified ${String(dig(before, 'meta', 'lastModified'))}, as before`,
      )
    },
  }),
  must('P-350', 'paths may carry the URN of the base schema', {
    section: 'RFC 7644 §3.10',
    fix: 'Read urn:…:User:nickName as nickName in paths.',
    needs: ['P-340'],
    async run(probe) {
      const subject = probe.subject()
      const text = subject.text()
      const made = await probe.make()
      const path = `${subject.type.schema}:${pathOf(text)}`
      const answer = await probe.patch(made.path, [{ op: 'add', path, value: 'two' }])
      demandStatus(answer, [200, 204], `add with the path ${path}`)
      demand(answer, valueAt(await probe.read(made), text) === 'two', `${pathOf(text)} "two"`)
    },
  }),
  must('S-031/patch', 'names in paths compare without regard to case', {
    section: 'RFC 7643 §2.1',
    fix: 'Match the names in paths without regard to case.',
    needs: ['P-340'],
    async run(probe) {
      const { first } = probe.subject().complex()
      const made = await probe.make()
      const answer = await probe.patch(made.path, [{ op: 'add', path: pathOf(first).toUpperCase(), value: 'two' }])
      demandStatus(answer, [200, 204], `add with the path ${pathOf(first).toUpperCase()}`)
      demand(answer, valueAt(await probe.read(made), first) === 'two', `${pathOf(first)} "two"`)
    },
  }),
  must('P-351', 'the first attribute of an extension adds its URN to schemas', {
    fix: 'Add the URN of the extension to schemas when a PATCH gives it a value.',
    needs: ['P-340', 'P-384/add'],
    async run(probe) {
      const place = probe.subject().extension()
      const made = await probe.make()
      await probe.patch(made.path, [{ op: 'add', path: pathOf(place), value: 'lockstep' }])
      const shown = await probe.get(made.path)
      demand(
        shown,
        texts(dig(shown.body, 'schemas')).some((urn) => urn.toLowerCase() === place.urn.toLowerCase()),
        `${place.urn} in schemas`,
      )
    },
  }),
  must('P-362', 'a PATCH that changes something makes a new version', {
    section: 'RFC 7644 §3.14',
    fix: 'Make a new ETag and lastModified with each PATCH that changes anything.',
    needs: ['P-340', 'P-500'],
    async run(probe) {
      const subject = probe.subject()
      const made = await probe.make()
      const before = await probe.get(made.path)
      await probe.patch(made.path, [{ op: 'replace', path: pathOf(subject.text()), value: 'two' }])
      const after = await probe.get(made.path)
      demand([before, after], before.header('etag') !== after.header('etag'), 'another ETag')
    },
  }),
  must('P-380/primary', 'making one value primary makes the others not', {
    fix: 'Set primary to false on all other values when a PATCH sets it on one.',
    needs: ['P-340', 'P-375/add'],
    async run(probe) {
      const subject = probe.subject()
      const list = subject.list()
      if (!list.attribute.subAttributes.some(({ name }) => name === 'primary'))
        throw new NotOffered(`${pathOf(list)} has no primary`)
      const name = probe.name()
      const made = await probe.make(withValue(list, [subject.element(list, name, 0)]))
      const answer = await probe.patch(made.path, [
        { op: 'add', path: pathOf(list), value: [{ ...subject.element(list, name, 1), primary: true }] },
      ])
      demandStatus(answer, [200, 204], 'add of a second primary value')
      const shown = await probe.get(made.path)
      const primaries = objects(valueAt(shown.body, list)).filter((one) => member(one, 'primary') === true)
      demand(
        [answer, shown],
        primaries.length === 1 && member(primaries[0], 'value') === subject.element(list, name, 1).value,
        'the new value as the only primary one',
      )
    },
  }),
  must('P-381', 'a path to primary makes the others not primary', {
    fix: 'Set primary to false on all other values when a PATCH sets it on one.',
    needs: ['P-340', 'P-379/replace'],
    async run(probe) {
      const subject = probe.subject()
      const list = subject.list()
      if (!list.attribute.subAttributes.some(({ name }) => name === 'primary'))
        throw new NotOffered(`${pathOf(list)} has no primary`)
      const name = probe.name()
      const [first, second] = [subject.element(list, name, 0), subject.element(list, name, 1)]
      const made = await probe.make(withValue(list, [first, second]))
      const answer = await probe.patch(made.path, [
        { op: 'replace', path: `${pathOf(list)}[type eq "${String(second.type)}"].primary`, value: true },
      ])
      if (answer.status === 400 && dig(answer.body, 'scimType') === 'noTarget')
        throw new NotOffered('replace of primary where there is none is refused as noTarget')
      demandStatus(answer, [200, 204], 'replace of primary on the second value')
      const shown = await probe.get(made.path)
      const primaries = objects(valueAt(shown.body, list)).filter((one) => member(one, 'primary') === true)
      demand(
        [answer, shown],
        primaries.length === 1 && member(primaries[0], 'type') === second.type,
        'the second value as the only primary one',
      )
    },
  }),
  must('P-394/move', 'members are removed and added in one request', {
    section: 'RFC 7644 §3.5.2.2',
    fix: 'Apply a remove of one member and an add of another in the same PATCH.',
    needs: ['P-375/members'],
    async run(probe) {
      const [one, other] = [await probe.make(), await probe.make()]
      const group = await probe.makeGroup([{ value: one.id }])
      const answer = await probe.patch(group.path, [
        { op: 'remove', path: `members[value eq "${one.id}"]` },
        { op: 'add', path: 'members', value: [{ value: other.id }] },
      ])
      demandStatus(answer, [200, 204], 'remove and add of members')
      const shown = await probe.get(group.path)
      demand([answer, shown], memberIds(shown.body).join() === other.id, `the member ${other.id} and no other`)
    },
  }),
  own('P-395', 'keys of a value without a path may be paths', {
    fix: 'Read keys like name.givenName and URN:attribute as paths: Entra sends them.',
    needs: ['P-370/replace'],
    async run(probe) {
      const { first } = probe.subject().complex()
      const made = await probe.make()
      const answer = await probe.patch(made.path, [{ op: 'replace', value: { [pathOf(first)]: 'two' } }])
      demandStatus(answer, [200, 204], `a value with the key ${pathOf(first)}`)
      const shown = await probe.get(made.path)
      demand(
        [answer, shown],
        valueAt(shown.body, first) === 'two' && dig(shown.body, pathOf(first)) === undefined,
        `${pathOf(first)} "two"`,
      )
    },
  }),
  own('P-396', "a value without a path may hold the resource's own id", {
    fix: 'Ignore an id that is the same: Okta sends it with a rename.',
    needs: ['P-370/replace'],
    async run(probe) {
      const text = probe.subject().text()
      const made = await probe.make()
      const answer = await probe.patch(made.path, [
        { op: 'replace', value: { id: made.id, [text.attribute.name]: 'two' } },
      ])
      demandStatus(answer, [200, 204], 'a value with the id of the resource')
      demand(answer, valueAt(await probe.read(made), text) === 'two', `${pathOf(text)} "two"`)
    },
  }),
  own('P-396/other', 'a value without a path that holds another id is refused', {
    fix: 'Answer 400 mutability to a change of id.',
    needs: ['P-370/replace'],
    async run(probe) {
      const text = probe.subject().text()
      const made = await probe.make()
      const answer = await probe.patch(made.path, [
        { op: 'replace', value: { id: 'lockstep-mine', [text.attribute.name]: 'two' } },
      ])
      demand(answer, answer.status === 400, '400 mutability: a value with another id')
    },
  }),
  own('P-360', 'a single object is added to a list', {
    section: 'RFC 7644 §3.5.2.1',
    fix: 'Take one object for a list of one in an add.',
    needs: ['P-375/add'],
    async run(probe) {
      const subject = probe.subject()
      const list = subject.list()
      const made = await probe.make()
      const element = subject.element(list, probe.name(), 1)
      const answer = await probe.patch(made.path, [{ op: 'add', path: pathOf(list), value: element }])
      demandStatus(answer, [200, 204], 'add of one object')
      const shown = demandResource(await probe.get(made.path), [200], 'GET')
      demand(
        answer,
        objects(valueAt(shown, list)).some((one) => member(one, 'value') === element.value),
        'the object in the list',
      )
    },
  }),
  own('P-359', 'what the server fills in may stand in a member', {
    fix: 'Ignore display and other readOnly parts of a member: clients send them.',
    needs: ['P-375/members'],
    async run(probe) {
      const user = await probe.make()
      const group = await probe.makeGroup()
      const answer = await probe.patch(group.path, [
        { op: 'add', path: 'members', value: [{ value: user.id, display: 'lockstep' }] },
      ])
      demandStatus(answer, [200, 204], 'add of a member with display')
      demand(answer, memberIds(await probe.read(group)).includes(user.id), `the member ${user.id}`)
    },
  }),
  must('P-393', 'a password set by PATCH is in no answer', {
    section: 'RFC 7643 §7',
    fix: 'Leave password out of the answer to a PATCH.',
    needs: ['P-340'],
    async run(probe) {
      probe.subject().attribute('password')
      const made = await probe.make()
      const secret = `Lk-${probe.name().split('@')[0]}-Xy7!`
      const answer = await probe.patch(made.path, [{ op: 'replace', path: 'password', value: secret }])
      if (answer.status === 400) throw new NotOffered('password was refused')
      demandStatus(answer, [200, 204], 'replace of password')
      demand(
        answer,
        !answer.text.includes(secret) && isUnassigned(dig(answer.body, 'password')),
        'no password in the answer',
      )
    },
  }),
]
