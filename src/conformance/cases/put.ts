// Cases: replacing resources with PUT. RFC 7644 §3.5.1.

import type { Case } from '../case.ts'
import { demand, demandRefusal, demandResource, demandStatus } from '../demand.ts'
import { holds } from '../expectation.ts'
import { NotOffered } from '../fault.ts'
import { dig, isUnassigned, join, pathOf, texts, valueAt, withValue } from '../json-access.ts'
import { requirements } from '../requirements.ts'

const REPLACE = 'RFC 7644 §3.5.1'
const { must, own } = requirements(REPLACE)

/** The cases of the group "Replace". */
export const PUT: readonly Case[] = [
  must('P-300', 'PUT replaces a resource', {
    fix: 'Support PUT: it is not optional.',
    async run(probe) {
      const subject = probe.subject()
      const text = subject.text
      const made = await probe.make(withValue(text, 'one'))
      const answer = await probe.put(made.path, subject.body(made.name, withValue(text, 'two')))
      demand(answer, answer.status >= 200 && answer.status < 300, '200: a PUT with another value')
      const shown = await probe.get(made.path)
      demand([answer, shown], valueAt(shown.body, text) === 'two', `${pathOf(text)} "two"`)
    },
  }),
  must('P-301', 'PUT never creates', {
    fix: 'Answer 404 to a PUT of an id that does not exist.',
    async run(probe) {
      const subject = probe.subject()
      demandRefusal(
        await probe.put(`${subject.type.endpoint}/00000000-0000-4000-8000-000000000000`, subject.body(probe.name())),
        'PUT of an id that does not exist',
        { status: [404] },
      )
    },
  }),
  must('P-302', 'values in a PUT take the place of the old ones', {
    fix: 'Replace multi-valued attributes whole.',
    needs: ['P-300', 'S-082'],
    async run(probe) {
      const subject = probe.subject()
      const list = subject.list
      const name = probe.name()
      const made = await probe.make(withValue(list, [subject.element(list, name, 0), subject.element(list, name, 1)]))
      const answer = await probe.put(
        made.path,
        subject.body(made.name, withValue(list, [subject.element(list, name, 1)])),
      )
      demandStatus(answer, [200], 'PUT with one of two elements')
      const shown = await probe.get(made.path)
      const kept = valueAt(shown.body, list)
      demand(
        [answer, shown],
        Array.isArray(kept) && kept.length === 1 && holds(kept, [subject.element(list, name, 1)]),
        'that element and no other',
      )
    },
  }),
  must('P-304', 'readOnly attributes in a PUT are ignored', {
    fix: 'Ignore id and meta in PUT: clients send back what they have read.',
    needs: ['P-300'],
    async run(probe) {
      const subject = probe.subject()
      const made = await probe.make()
      const body = subject.body(made.name, { meta: { resourceType: 'LockstepNope', created: '2000-01-01T00:00:00Z' } })
      const answer = await probe.put(made.path, body)
      const shown = demandResource(answer, [200], 'PUT with meta')
      demand(answer, dig(shown, 'meta', 'created') === dig(made.body, 'meta', 'created'), 'meta.created as before')
      demand(
        answer,
        dig(shown, 'meta', 'resourceType') === dig(made.body, 'meta', 'resourceType'),
        'meta.resourceType as before',
      )
    },
  }),
  must('S-009/put', 'another id in a PUT is ignored', {
    fix: 'Ignore id in PUT.',
    needs: ['P-300'],
    async run(probe) {
      const subject = probe.subject()
      const made = await probe.make()
      const answer = await probe.put(made.path, { ...subject.body(made.name), id: 'lockstep-mine' })
      demand(answer, demandResource(answer, [200], 'PUT with another id').id === made.id, `id ${made.id}`)
    },
  }),
  must('P-304/same', 'a resource can be sent back as it was read', {
    fix: 'Take a PUT of the whole resource as GET showed it.',
    needs: ['P-300'],
    async run(probe) {
      const made = await probe.make(withValue(probe.subject().text, 'lockstep'))
      const shown = await probe.read(made)
      const answer = await probe.put(made.path, shown)
      demandStatus(answer, [200], 'PUT of what GET showed')
      const after = await probe.get(made.path)
      demand([answer, after], valueAt(after.body, probe.subject().text) === 'lockstep', 'the same resource')
    },
  }),
  must('P-305', 'a PUT without a required attribute is refused', {
    fix: 'Answer 400 invalidValue when a required attribute is missing.',
    needs: ['P-300'],
    async run(probe) {
      const subject = probe.subject()
      const key = subject.key
      const made = await probe.make()
      const { [key.attribute.name]: _, ...body } = subject.body(made.name)
      demandRefusal(await probe.put(made.path, body), `PUT without ${pathOf(key)}`, {
        keyword: ['invalidValue', 'invalidSyntax', 'mutability'],
      })
    },
  }),
  own('P-306', 'attributes left out of a PUT are cleared', {
    fix: 'Clear what a PUT leaves out; keeping or defaulting it is allowed.',
    needs: ['P-300'],
    async run(probe) {
      const subject = probe.subject()
      const text = subject.text
      const made = await probe.make(withValue(text, 'lockstep'))
      const answer = await probe.put(made.path, subject.body(made.name))
      demandStatus(answer, [200], `PUT without ${pathOf(text)}`)
      const shown = await probe.get(made.path)
      demand([answer, shown], isUnassigned(valueAt(shown.body, text)), `no ${pathOf(text)}`)
    },
  }),
  must('P-307', 'null and an empty list in a PUT clear', {
    section: 'RFC 7643 §2.5',
    fix: 'Clear attributes that are given as null or [].',
    needs: ['P-300'],
    async run(probe) {
      const subject = probe.subject()
      const [text, list] = [subject.text, subject.list2]
      const name = probe.name()
      const made = await probe.make(
        join(withValue(text, 'lockstep'), withValue(list, [subject.element(list, name, 1)])),
      )
      const answer = await probe.put(made.path, subject.body(made.name, withValue(text, null), withValue(list, [])))
      demandStatus(answer, [200], 'PUT with null and []')
      const shown = await probe.get(made.path)
      demand([answer, shown], isUnassigned(valueAt(shown.body, text)), `no ${pathOf(text)}`)
      demand([answer, shown], isUnassigned(valueAt(shown.body, list)), `no ${pathOf(list)}`)
    },
  }),
  must('P-308', 'a PUT is answered 200 with the whole resource', {
    fix: 'Answer PUT with 200 and the resource as it is now.',
    needs: ['P-300'],
    async run(probe) {
      const subject = probe.subject()
      const made = await probe.make()
      const answer = await probe.put(made.path, subject.body(made.name, withValue(subject.text, 'lockstep')))
      const body = demandResource(answer, [200], 'PUT')
      demand(
        answer,
        body.id === made.id && valueAt(body, subject.text) === 'lockstep',
        'the resource with its new value',
      )
    },
  }),
  must('P-309', "another resource's unique value in a PUT is a conflict", {
    section: 'RFC 7644 §3.12',
    fix: 'Answer 409 uniqueness.',
    needs: ['P-300', 'S-071'],
    async run(probe) {
      const subject = probe.subject()
      subject.unique
      const [one, other] = [await probe.make(), await probe.make()]
      demandRefusal(
        await probe.put(one.path, subject.body(other.name)),
        `PUT with the ${pathOf(subject.named)} of another`,
        { status: [409, 400], keyword: ['uniqueness'] },
      )
    },
  }),
  own('P-311', 'a PUT that changes nothing keeps lastModified and version', {
    section: 'RFC 7643 §3.1',
    fix: 'Do not touch meta when nothing changes.',
    needs: ['P-300'],
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
    needs: ['P-300'],
    async run(probe) {
      const subject = probe.subject()
      const place = subject.extension
      if (subject.type.extensions.some(({ urn, required }) => urn === place.urn && required))
        throw new NotOffered('the extension is required')
      const made = await probe.make(withValue(place, 'lockstep'))
      await probe.put(made.path, subject.body(made.name))
      const shown = await probe.get(made.path)
      demand(
        shown,
        isUnassigned(dig(shown.body, place.urn)) && !texts(dig(shown.body, 'schemas')).includes(place.urn),
        `no ${place.urn}`,
      )
    },
  }),
  must('S-017/change', 'a change moves meta.lastModified and leaves meta.created', {
    section: 'RFC 7643 §3.1',
    fix: 'Set meta.lastModified with each change; never change meta.created.',
    needs: ['P-300'],
    async run(probe) {
      const subject = probe.subject()
      const made = await probe.make()
      // Servers that keep whole seconds need one to pass.
      await new Promise((resolve) =>
        setTimeout(resolve, /\.\d/.test(String(dig(made.body, 'meta', 'lastModified'))) ? 20 : 1100),
      )
      await probe.put(made.path, subject.body(made.name, withValue(subject.text, 'lockstep')))
      const shown = await probe.get(made.path)
      const time = (body: unknown, name: string) => Date.parse(String(dig(body, 'meta', name)))
      demand(
        [made.exchange, shown],
        time(shown.body, 'lastModified') > time(made.body, 'lastModified'),
        'a later meta.lastModified',
      )
      demand(
        [made.exchange, shown],
        time(shown.body, 'created') === time(made.body, 'created'),
        'the same meta.created',
      )
    },
  }),
]
