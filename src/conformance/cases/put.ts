// Cases: replacing resources with PUT. RFC 7644 §3.5.1.

import type { Case } from '../case.ts'
import { demand, demandResource, demandStatus } from '../demand.ts'
import { NotOffered } from '../fault.ts'
import { dig, isUnassigned, join, pathOf, texts, valueAt, without, withValue } from '../json-access.ts'
import { requirements } from '../requirements.ts'
import { lacks, valuesAre } from '../walks/expectation.ts'
import { refused } from '../walks/refused.ts'
import { replaced } from '../walks/replaced.ts'

const { must, own } = requirements('RFC 7644 §3.5.1', ['P-300'])

/** The cases of the group "Replace". */
export const PUT: readonly Case[] = [
  must('P-300', 'PUT replaces a resource', {
    fix: 'Support PUT: it is not optional.',
    needs: [],
    async run(probe) {
      const { text, body } = probe.subject()
      const made = await probe.make(withValue(text, 'one'))
      const answer = await probe.put(made.path, body(made.name, withValue(text, 'two')))
      demand(answer, answer.status >= 200 && answer.status < 300, '200: a PUT with another value')
      const shown = await probe.get(made.path)
      demand([answer, shown], valueAt(shown.body, text) === 'two', `${pathOf(text)} "two"`)
    },
  }),
  must('P-301', 'PUT never creates', {
    fix: 'Answer 404 to a PUT of an id that does not exist.',
    needs: [],
    run: refused(({ type, body }, probe) => ({
      by: probe.put(`${type.endpoint}/00000000-0000-4000-8000-000000000000`, body(probe.name())),
      what: 'PUT of an id that does not exist',
      status: [404],
    })),
  }),
  must('P-302', 'values in a PUT replace the old ones', {
    fix: 'Replace multi-valued attributes whole.',
    needs: ['P-300', 'S-082'],
    run: replaced(({ list }, probe) => {
      const [first, second] = probe.elements(list)
      return {
        with: withValue(list, [first, second]),
        by: withValue(list, [second]),
        what: 'PUT with one of two elements',
        expect: valuesAre(list, second.value),
      }
    }),
  }),
  must('P-304', 'readOnly attributes in a PUT are ignored', {
    fix: 'Ignore id and meta in PUT: clients send back what they have read.',
    async run(probe) {
      const made = await probe.make()
      const meta = { resourceType: 'LockstepNope', created: '2000-01-01T00:00:00Z' }
      const answer = await probe.put(made.path, probe.subject().body(made.name, { meta }))
      const shown = demandResource(answer, [200], 'PUT with meta')
      for (const name of ['created', 'resourceType'])
        demand(answer, dig(shown, 'meta', name) === dig(made.body, 'meta', name), `meta.${name} as before`)
    },
  }),
  must('S-009/put', 'another id in a PUT is ignored', {
    fix: 'Ignore id in PUT.',
    async run(probe) {
      const made = await probe.make()
      const answer = await probe.put(made.path, probe.subject().body(made.name, { id: 'lockstep-mine' }))
      demand(answer, demandResource(answer, [200], 'PUT with another id').id === made.id, `id ${made.id}`)
    },
  }),
  must('P-304/same', 'a resource can be sent back as it was read', {
    fix: 'Accept a PUT of the whole resource as GET showed it.',
    async run(probe) {
      const { text } = probe.subject()
      const made = await probe.make(withValue(text, 'lockstep'))
      const answer = await probe.put(made.path, await probe.read(made))
      demandStatus(answer, [200], 'PUT of what GET showed')
      const after = await probe.get(made.path)
      demand([answer, after], valueAt(after.body, text) === 'lockstep', 'the same resource')
    },
  }),
  must('P-305', 'a PUT without a required attribute is refused', {
    fix: 'Answer 400 invalidValue when a required attribute is missing.',
    run: refused(async ({ key, body }, probe) => {
      const { path, name } = await probe.make()
      return {
        by: probe.put(path, without(body(name), key)),
        what: `PUT without ${pathOf(key)}`,
        keyword: ['invalidValue', 'invalidSyntax', 'mutability'],
      }
    }),
  }),
  own('P-306', 'attributes left out of a PUT are cleared', {
    fix: 'Clear what a PUT leaves out; keeping or defaulting it is allowed.',
    run: replaced(({ text }) => ({
      with: withValue(text, 'lockstep'),
      by: {},
      what: `PUT without ${pathOf(text)}`,
      expect: lacks(text),
    })),
  }),
  must('P-307', 'null and an empty array in a PUT clear attributes', {
    section: 'RFC 7643 §2.5',
    fix: 'Clear attributes that are given as null or [].',
    run: replaced(({ text, list2 }, probe) => ({
      with: join(withValue(text, 'lockstep'), withValue(list2, [probe.elements(list2)[1]])),
      by: join(withValue(text, null), withValue(list2, [])),
      what: 'PUT with null and []',
      expect: [lacks(text), lacks(list2)],
    })),
  }),
  must('P-308', 'a PUT is answered 200 with the whole resource', {
    fix: 'Answer PUT with 200 and the resource as it is now.',
    async run(probe) {
      const { text, body } = probe.subject()
      const made = await probe.make()
      const answer = await probe.put(made.path, body(made.name, withValue(text, 'lockstep')))
      const shown = demandResource(answer, [200], 'PUT')
      demand(answer, shown.id === made.id && valueAt(shown, text) === 'lockstep', 'the resource with its new value')
    },
  }),
  must('P-309', "another resource's unique value in a PUT is a conflict", {
    section: 'RFC 7644 §3.12',
    fix: 'Answer 409 uniqueness.',
    needs: ['P-300', 'S-071'],
    run: refused(async ({ unique, body }, probe) => {
      const [one, other] = await probe.makeEach({}, {})
      return {
        by: probe.put(one.path, body(other.name)),
        what: `PUT with the ${pathOf(unique)} of another`,
        status: [409, 400],
        keyword: ['uniqueness'],
      }
    }),
  }),
  own('P-311', 'a PUT without a change keeps lastModified and version', {
    section: 'RFC 7643 §3.1',
    fix: 'Do not touch meta when nothing changes.',
    async run(probe) {
      const made = await probe.make()
      const before = await probe.read(made)
      await probe.put(made.path, before)
      const after = await probe.get(made.path)
      for (const name of ['lastModified', 'version'])
        demand(after, dig(after.body, 'meta', name) === dig(before, 'meta', name), `meta.${name} as before`)
    },
  }),
  own('P-312', 'an extension left out of a PUT is removed', {
    fix: 'Remove the extension and its URN when a PUT leaves it out; keeping it is allowed.',
    async run(probe) {
      const { type, extension, body } = probe.subject()
      const { urn } = extension
      if (type.extensions.some((one) => one.urn === urn && one.required))
        throw new NotOffered('the extension is required')
      const made = await probe.make(withValue(extension, 'lockstep'))
      await probe.put(made.path, body(made.name))
      const shown = await probe.get(made.path)
      const isGone = isUnassigned(dig(shown.body, urn)) && !texts(dig(shown.body, 'schemas')).includes(urn)
      demand(shown, isGone, `no ${urn}`)
    },
  }),
  must('S-017/change', 'a change updates meta.lastModified and keeps meta.created', {
    section: 'RFC 7643 §3.1',
    fix: 'Set meta.lastModified with each change; never change meta.created.',
    async run(probe) {
      const { text, body } = probe.subject()
      const made = await probe.make()
      await probe.tick(dig(made.body, 'meta', 'lastModified'))
      await probe.put(made.path, body(made.name, withValue(text, 'lockstep')))
      const shown = await probe.get(made.path)
      const time = (user: unknown, name: string) => Date.parse(String(dig(user, 'meta', name)))
      const both = [made.exchange, shown]
      demand(both, time(shown.body, 'lastModified') > time(made.body, 'lastModified'), 'a later meta.lastModified')
      demand(both, time(shown.body, 'created') === time(made.body, 'created'), 'the same meta.created')
    },
  }),
]
