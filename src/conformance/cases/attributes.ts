// Cases: the parameters attributes and excludedAttributes. RFC 7644 §3.9.

import type { Json } from '../../protocol/index.ts'
import type { Case, Made, Probe } from '../case.ts'
import { demand, demandList, demandRefusal, demandResource } from '../demand.ts'
import { dig, isUnassigned, join, member, pathOf, valueAt, withValue } from '../json-access.ts'
import { requirements } from '../requirements.ts'

const NINE = 'RFC 7644 §3.9'
const { must, own } = requirements(NINE)

/** A resource with a text and a complex attribute to be left out or in. */
async function filled(probe: Probe): Promise<Made> {
  const subject = probe.subject()
  const { first, second, whole: place } = subject.complex
  const both = {
    [place.attribute.name]: {
      ...(withValue(first, 'one')[place.attribute.name] as object),
      ...(withValue(second, 'two')[place.attribute.name] as object),
    } as Json,
  }
  return probe.make(join(withValue(subject.text, 'lockstep'), both))
}

/** The cases of the group "attributes and excludedAttributes". */
export const ATTRIBUTES: readonly Case[] = [
  must('P-201', 'attributes gives what is named, id, and nothing else', {
    fix: 'With attributes, return only the named attributes and those that are always returned.',
    needs: ['P-200/get'],
    async run(probe) {
      const subject = probe.subject()
      const made = await filled(probe)
      const answer = await probe.get(`${made.path}?attributes=${pathOf(subject.named)}`)
      const body = demandResource(answer, [200], 'GET with attributes')
      const always = subject.type.attributes.filter(({ returned }) => returned === 'always').map(({ name }) => name)
      const known = [
        'schemas',
        'id',
        'meta',
        subject.named.attribute.name,
        ...always,
        ...subject.type.extensions.map(({ urn }) => urn),
      ].map((name) => name.toLowerCase())
      const wrong = Object.keys(body).filter((name) => !known.includes(name.toLowerCase()))
      demand(answer, typeof body.id === 'string', 'id, which is always returned')
      demand(answer, wrong.length === 0, `no ${wrong.join(', ')}`)
    },
  }),
  must('P-202', 'excludedAttributes leaves out what is named', {
    fix: 'With excludedAttributes, return the default attributes but the named ones.',
    async run(probe) {
      const text = probe.subject().text
      const made = await filled(probe)
      const answer = await probe.get(`${made.path}?excludedAttributes=${pathOf(text)}`)
      const body = demandResource(answer, [200], 'GET with excludedAttributes')
      demand(answer, isUnassigned(valueAt(body, text)), `no ${pathOf(text)}`)
      demand(answer, valueAt(body, probe.subject().named) === made.name, 'everything else')
    },
  }),
  must('P-202/always', 'id can not be excluded', {
    section: 'RFC 7643 §3.1',
    fix: 'Return id whatever excludedAttributes says.',
    async run(probe) {
      const made = await probe.make()
      const answer = await probe.get(`${made.path}?excludedAttributes=id`)
      demand(answer, dig(answer.body, 'id') === made.id, 'id')
    },
  }),
  must('P-203', 'names are separated by commas', {
    fix: 'Split attributes at commas.',
    needs: ['P-200/get'],
    async run(probe) {
      const subject = probe.subject()
      const made = await filled(probe)
      const answer = await probe.get(`${made.path}?attributes=${pathOf(subject.named)},${pathOf(subject.text)}`)
      demand(
        answer,
        valueAt(answer.body, subject.named) === made.name && valueAt(answer.body, subject.text) === 'lockstep',
        'both attributes',
      )
    },
  }),
  must('P-204', 'sub-attributes can be selected', {
    section: 'RFC 7644 §3.10',
    fix: 'Take name.givenName in attributes and return only that part.',
    needs: ['P-200/get'],
    async run(probe) {
      const { first, second } = probe.subject().complex
      const made = await filled(probe)
      const answer = await probe.get(`${made.path}?attributes=${pathOf(first)}`)
      demand(answer, valueAt(answer.body, first) === 'one', pathOf(first))
      demand(answer, isUnassigned(valueAt(answer.body, second)), `no ${pathOf(second)}`)
    },
  }),
  must('P-204/case', 'names in attributes compare without regard to case', {
    section: 'RFC 7643 §2.1',
    fix: 'Match the names in attributes without regard to case.',
    needs: ['P-200/get'],
    async run(probe) {
      const text = probe.subject().text
      const made = await filled(probe)
      const answer = await probe.get(`${made.path}?attributes=${pathOf(text).toUpperCase()}`)
      demand(answer, valueAt(answer.body, text) === 'lockstep', pathOf(text))
    },
  }),
  must('P-204/extension', 'attributes of extensions can be selected by their qualified name', {
    section: 'RFC 7644 §3.10',
    fix: 'Take URN:attribute in attributes.',
    needs: ['P-200/get'],
    async run(probe) {
      const place = probe.subject().extension
      const made = await probe.make(withValue(place, 'lockstep'))
      const answer = await probe.get(`${made.path}?attributes=${pathOf(place)}`)
      demand(answer, valueAt(answer.body, place) === 'lockstep', pathOf(place))
      demand(answer, isUnassigned(valueAt(answer.body, probe.subject().named)), `no ${pathOf(probe.subject().named)}`)
    },
  }),
  own('P-206', 'attributes and excludedAttributes together are refused', {
    fix: 'Answer 400 invalidValue: they exclude each other.',
    async run(probe) {
      const subject = probe.subject()
      const made = await probe.make()
      demandRefusal(
        await probe.get(`${made.path}?attributes=${pathOf(subject.named)}&excludedAttributes=meta`),
        'both parameters',
        { keyword: ['invalidValue', 'invalidSyntax'] },
      )
    },
  }),
  own('P-207', 'unknown names in attributes are ignored', {
    fix: 'Ignore names that no schema knows.',
    async run(probe) {
      const made = await probe.make()
      const answer = await probe.get(`${made.path}?attributes=lockstepNope`)
      demand(
        answer,
        demandResource(answer, [200], 'GET with an unknown name').id === made.id,
        'the resource with its id',
      )
    },
  }),
  own('P-208', 'an empty list of attributes is none', {
    fix: 'Take an empty attributes parameter for an absent one.',
    async run(probe) {
      const made = await probe.make()
      const answer = await probe.get(`${made.path}?attributes=`)
      demand(answer, valueAt(answer.body, probe.subject().named) === made.name, 'the whole resource')
    },
  }),
  must('P-209', 'excluding a sub-attribute keeps the others', {
    fix: 'Leave out only the part that excludedAttributes names.',
    async run(probe) {
      const { first, second } = probe.subject().complex
      const made = await filled(probe)
      const answer = await probe.get(`${made.path}?excludedAttributes=${pathOf(first)}`)
      demand(answer, isUnassigned(valueAt(answer.body, first)), `no ${pathOf(first)}`)
      demand(answer, valueAt(answer.body, second) === 'two', pathOf(second))
    },
  }),
  must('P-200/list', 'lists take attributes and excludedAttributes', {
    fix: 'Apply attributes and excludedAttributes to every resource of a list.',
    needs: ['P-121'],
    async run(probe) {
      const subject = probe.subject()
      const text = subject.text
      const made = await filled(probe)
      const filter = `${pathOf(subject.named)} eq "${made.name}"`
      for (const query of [{ attributes: pathOf(subject.named) }, { excludedAttributes: pathOf(text) }]) {
        const answer = await probe.filter(subject.type.endpoint, filter, query)
        const [first] = demandList(answer, 'a list').resources
        demand(answer, first !== undefined && isUnassigned(valueAt(first, text)), `no ${pathOf(text)}`)
        demand(answer, member(first, 'id') === made.id, 'id')
      }
    },
  }),
  ...(
    [
      ['put', 'P-300'],
      ['patch', 'P-340'],
    ] as const
  ).map(
    ([method, basic]): Case => ({
      id: `P-200/${method}`,
      level: 'MUST',
      section: NINE,
      title: `${method.toUpperCase()} takes attributes`,
      fix: 'Answer writes with attributes by 200 and just those attributes.',
      needs: [basic],
      async run(probe) {
        const subject = probe.subject()
        const [text, { named }] = [subject.text, subject]
        const made = await probe.make()
        const path = `${made.path}?attributes=${pathOf(named)}`
        const answer =
          method === 'put'
            ? await probe.put(path, subject.body(made.name, withValue(text, 'lockstep')))
            : await probe.patch(path, [{ op: 'replace', path: pathOf(text), value: 'lockstep' }])
        const body = demandResource(answer, [200], `${method.toUpperCase()} with attributes`)
        demand(answer, valueAt(body, named) === made.name, pathOf(named))
        demand(answer, isUnassigned(valueAt(body, text)), `no ${pathOf(text)}`)
      },
    }),
  ),
  must('P-205', 'naming a secret in attributes does not show it', {
    section: 'RFC 7643 §7',
    fix: 'Leave attributes with returned never out also when they are named.',
    async run(probe) {
      probe.subject().attribute('password')
      const made = await probe.make()
      const answer = await probe.get(`${made.path}?attributes=password`)
      demand(answer, dig(answer.body, 'password') === undefined, 'no password')
    },
  }),
]
