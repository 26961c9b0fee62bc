// Cases: PATCH as a whole, its paths and its answer. RFC 7644 §3.5.2.

import type { Case } from '../case.ts'
import { demand, demandStatus } from '../demand.ts'
import { NotOffered } from '../fault.ts'
import { dig, isUnassigned, member, objects, pathOf, texts, valueAt, withValue } from '../json-access.ts'
import { requirements } from '../requirements.ts'
import { hasPrimary } from '../subject/list-element.ts'
import { keeps, membersAre, shows, that } from '../walks/expectation.ts'
import { add, elementsOf, remove, replace } from '../walks/operation.ts'
import { patched } from '../walks/patched.ts'
import { regrouped } from '../walks/regrouped.ts'

const { must, should, own } = requirements('RFC 7644 §3.5.2', ['P-340'])

/** The cases of the group "PATCH". */
export const PATCH: readonly Case[] = [
  should('P-340', 'PATCH changes an attribute', {
    fix: 'Support PATCH, or set patch.supported to false and answer 501.',
    needs: [],
    async run(probe) {
      const { text } = probe.subject()
      const made = await probe.make(withValue(text, 'one'))
      const answer = await probe.patch(made.path, [replace(text, 'two')])
      const supported = probe.declared.has('patch')
      if (supported === false || (supported === undefined && [405, 501].includes(answer.status))) {
        demand(answer, answer.status >= 400, '501, since patch.supported is false', 'MUST')
        throw new NotOffered(supported === false ? 'patch.supported is false' : `PATCH was answered ${answer.status}`)
      }
      demand(answer, answer.status >= 200 && answer.status < 300, '200 or 204: replace of one attribute', 'MUST')
      const shown = await probe.get(made.path)
      demand([answer, shown], valueAt(shown.body, text) === 'two', `${pathOf(text)} "two"`, 'MUST')
    },
  }),
  must('P-347', 'a PATCH is answered 200 with the resource, or 204', {
    fix: 'Answer PATCH with 200 and the whole resource as it is now, or with 204 and no body.',
    async run(probe) {
      const { text } = probe.subject()
      const made = await probe.make()
      const answer = await probe.patch(made.path, [replace(text, 'two')])
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
  own('P-342', 'op is case-insensitive', {
    fix: 'Compare op without regard to case: Entra sends Add, Replace, Remove.',
    run: patched(({ text }) => ({ by: [{ ...replace(text, 'two'), op: 'Replace' }], expect: shows(text, 'two') })),
  }),
  must('P-345', 'operations are applied in order', {
    fix: 'Apply each operation to the result of the one before.',
    run: patched(({ text }) => ({
      by: [add(text, 'one'), remove(text), add(text, 'three')],
      expect: shows(text, 'three'),
    })),
  }),
  must('P-346', 'a PATCH with a failing operation changes nothing', {
    fix: 'Apply all operations or none.',
    async run(probe) {
      const { text } = probe.subject()
      const made = await probe.make(withValue(text, 'one'))
      const answer = await probe.patch(made.path, [replace(text, 'two'), replace('id', 'lockstep-mine')])
      if (answer.status < 400) throw new NotOffered('a change of id was not refused (P-352)')
      const shown = await probe.get(made.path)
      demand([answer, shown], valueAt(shown.body, text) === 'one', `${pathOf(text)} "one", as before`)
    },
  }),
  must('P-349', 'adding an existing value changes nothing, not even meta.lastModified', {
    section: 'RFC 7644 §3.5.2.1',
    fix: 'Leave meta alone when an add finds its value there already.',
    run: patched(async ({ text }, probe) => {
      const on = await probe.make(withValue(text, 'one'))
      const before = dig(await probe.read(on), 'meta', 'lastModified')
      await probe.tick(before)
      return {
        on,
        by: [add(text, 'one')],
        expect: that(
          `meta.lastModified ${String(before)}, as before`,
          (user) => dig(user, 'meta', 'lastModified') === before,
        ),
      }
    }),
  }),
  must('P-350', 'paths may contain the URN of the base schema', {
    section: 'RFC 7644 §3.10',
    fix: 'Read urn:…:User:nickName as nickName in paths.',
    run: patched(({ type, text }) => ({
      by: [add(`${type.schema}:${pathOf(text)}`, 'two')],
      expect: shows(text, 'two'),
    })),
  }),
  must('S-031/patch', 'names in paths are case-insensitive', {
    section: 'RFC 7643 §2.1',
    fix: 'Match the names in paths without regard to case.',
    run: patched(({ complex: { first } }) => ({
      by: [add(pathOf(first).toUpperCase(), 'two')],
      expect: shows(first, 'two'),
    })),
  }),
  must('P-351', 'the first attribute of an extension adds its URN to schemas', {
    fix: 'Add the URN of the extension to schemas when a PATCH gives it a value.',
    needs: ['P-340', 'P-384/add'],
    run: patched(({ extension }) => ({
      by: [add(extension, 'lockstep')],
      expect: that(`${extension.urn} in schemas`, (user) =>
        texts(dig(user, 'schemas')).some((urn) => urn.toLowerCase() === extension.urn.toLowerCase()),
      ),
    })),
  }),
  must('P-362', 'a PATCH that changes something makes a new version', {
    section: 'RFC 7644 §3.14',
    fix: 'Create a new ETag and lastModified with each PATCH that changes anything.',
    needs: ['P-340', 'P-500'],
    async run(probe) {
      const { text } = probe.subject()
      const { path } = await probe.make()
      const before = await probe.get(path)
      await probe.patch(path, [replace(text, 'two')])
      const after = await probe.get(path)
      demand([before, after], before.header('etag') !== after.header('etag'), 'another ETag')
    },
  }),
  must('P-380/primary', 'making one value primary makes the others not primary', {
    fix: 'Set primary to false on all other values when a PATCH sets it on one.',
    needs: ['P-340', 'P-375/add'],
    run: patched(({ list }, probe) => {
      if (!hasPrimary(list.attribute)) throw new NotOffered(`${pathOf(list)} has no primary`)
      const [first, second] = probe.elements(list)
      return {
        with: withValue(list, [first]),
        by: [add(list, [{ ...second, primary: true }])],
        expect: that('the new value as the only primary one', (user) => {
          const primaries = objects(valueAt(user, list)).filter((one) => member(one, 'primary') === true)
          return primaries.length === 1 && member(primaries[0], 'value') === second.value
        }),
      }
    }),
  }),
  must('P-381', 'setting primary by a path makes the other values not primary', {
    fix: 'Set primary to false on all other values when a PATCH sets it on one.',
    needs: ['P-340', 'P-379/replace'],
    async run(probe) {
      const { list } = probe.subject()
      if (!hasPrimary(list.attribute)) throw new NotOffered(`${pathOf(list)} has no primary`)
      const [first, second] = probe.elements(list)
      const made = await probe.make(withValue(list, [first, second]))
      const answer = await probe.patch(made.path, [replace(`${elementsOf(list, 'type', second.type)}.primary`, true)])
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
    run: regrouped((one, other) => ({
      of: [one],
      by: [remove(elementsOf('members', 'value', one.id)), add('members', [{ value: other.id }])],
      leaves: [other],
    })),
  }),
  own('P-395', 'keys of a value without a path may be paths', {
    fix: 'Read keys like name.givenName and URN:attribute as paths: Entra sends them.',
    needs: ['P-370/replace'],
    run: patched(({ complex: { first } }) => ({
      by: [{ op: 'replace', value: { [pathOf(first)]: 'two' } }],
      what: `a value with the key ${pathOf(first)}`,
      expect: [
        shows(first, 'two'),
        that(`no member "${pathOf(first)}"`, (user) => dig(user, pathOf(first)) === undefined),
      ],
    })),
  }),
  own('P-396', "a value without a path may hold the resource's own id", {
    fix: 'Ignore an id that is the same: Okta sends it with a rename.',
    needs: ['P-370/replace'],
    run: patched(async ({ text }, probe) => {
      const on = await probe.make()
      return {
        on,
        by: [{ op: 'replace', value: { id: on.id, ...withValue(text, 'two') } }],
        what: 'a value with the id of the resource',
        expect: shows(text, 'two'),
      }
    }),
  }),
  own('P-396/other', 'a value without a path that holds another id is refused', {
    fix: 'Answer 400 mutability to a change of id.',
    needs: ['P-370/replace'],
    run: patched(({ text }) => ({
      by: [{ op: 'replace', value: { id: 'lockstep-mine', ...withValue(text, 'two') } }],
      what: 'mutability: a value with another id',
      status: [400],
    })),
  }),
  own('P-360', 'a single object can be added to a list', {
    section: 'RFC 7644 §3.5.2.1',
    fix: 'Treat one object as a list of one in an add.',
    needs: ['P-375/add'],
    run: patched(({ list }, probe) => {
      const [, element] = probe.elements(list)
      return { by: [add(list, element)], expect: keeps(list, [{ value: element.value }]) }
    }),
  }),
  own('P-359', 'members may include what the server fills in', {
    fix: 'Ignore display and other readOnly parts of a member: clients send them.',
    needs: ['P-375/members'],
    run: patched(async (_, probe) => {
      const [{ id }, on] = [await probe.make(), await probe.makeGroup()]
      return {
        on,
        by: [add('members', [{ value: id, display: 'lockstep' }])],
        what: 'add of a member with display',
        expect: membersAre(id),
      }
    }),
  }),
  must('P-393', 'a password set by PATCH is never returned', {
    section: 'RFC 7643 §7',
    fix: 'Leave password out of the answer to a PATCH.',
    async run(probe) {
      probe.subject().attribute('password')
      const made = await probe.make()
      const secret = `Lk-${probe.word()}-Xy7!`
      const answer = await probe.patch(made.path, [replace('password', secret)])
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
