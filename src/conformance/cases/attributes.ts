// Cases: the parameters attributes and excludedAttributes. RFC 7644 §3.9.

import type { JsonObject } from '../../protocol/index.ts'
import type { Case } from '../case.ts'
import { demand, demandList, demandResource } from '../demand.ts'
import { dig, isUnassigned, join, member, pathOf, valueAt, withValue } from '../json-access.ts'
import { requirements } from '../requirements.ts'
import type { Subject } from '../subject/subject.ts'
import { type Expectation, lacks, shows, that } from '../walks/expectation.ts'
import { replace } from '../walks/operation.ts'
import { readBack } from '../walks/read-back.ts'
import { refused } from '../walks/refused.ts'

const { must, own } = requirements('RFC 7644 §3.9', ['P-200/get'])

/** A text and a complex attribute with two parts, to be left out or in. */
function filled({ text, complex: { whole, first, second } }: Subject): JsonObject {
  return join(withValue(text, 'lockstep'), withValue(whole, { [first.sub.name]: 'one', [second.sub.name]: 'two' }))
}

/** A resource has its id. */
const idIs = (id: string): Expectation => that(`id ${id}`, (user) => dig(user, 'id') === id)

/** The members of a resource that attributes=userName may show: those always returned, and extensions that have such. */
function mayShow({ type, named }: Subject): readonly string[] {
  const always = type.attributes.filter(({ returned }) => returned === 'always').map(({ name }) => name)
  const extensions = type.extensions.map(({ urn }) => urn)
  return ['schemas', 'id', 'meta', named.attribute.name, ...always, ...extensions].map((name) => name.toLowerCase())
}

/** The cases of the group "attributes and excludedAttributes". */
export const ATTRIBUTES: readonly Case[] = [
  must('P-201', 'attributes returns the named attributes, id, and nothing else', {
    fix: 'With attributes, return only the named attributes and those that are always returned.',
    async run(probe) {
      const subject = probe.subject()
      const { path } = await probe.make(filled(subject))
      const answer = await probe.get(`${path}?attributes=${pathOf(subject.named)}`)
      const body = demandResource(answer, [200], 'GET with attributes')
      const wrong = Object.keys(body).filter((name) => !mayShow(subject).includes(name.toLowerCase()))
      demand(answer, typeof body.id === 'string', 'id, which is always returned')
      demand(answer, wrong.length === 0, `no ${wrong.join(', ')}`)
    },
  }),
  must('P-202', 'excludedAttributes leaves out the named attributes', {
    fix: 'With excludedAttributes, return the default attributes except the named ones.',
    needs: [],
    run: readBack(async (subject, probe) => {
      const on = await probe.make(filled(subject))
      const query = `excludedAttributes=${pathOf(subject.text)}`
      return { on, query, expect: [lacks(subject.text), shows(subject.named, on.name)] }
    }),
  }),
  must('P-202/always', 'id cannot be excluded', {
    section: 'RFC 7643 §3.1',
    fix: 'Return id whatever excludedAttributes says.',
    needs: [],
    run: readBack(async (_, probe) => {
      const on = await probe.make()
      return { on, query: 'excludedAttributes=id', expect: idIs(on.id) }
    }),
  }),
  must('P-203', 'names in attributes are separated by commas', {
    fix: 'Split attributes at commas.',
    run: readBack(async (subject, probe) => {
      const { named, text } = subject
      const on = await probe.make(filled(subject))
      const query = `attributes=${pathOf(named)},${pathOf(text)}`
      return { on, query, expect: [shows(named, on.name), shows(text, 'lockstep')] }
    }),
  }),
  must('P-204', 'sub-attributes can be selected', {
    section: 'RFC 7644 §3.10',
    fix: 'Accept name.givenName in attributes and return only that part.',
    run: readBack((subject) => {
      const { first, second } = subject.complex
      return {
        with: filled(subject),
        query: `attributes=${pathOf(first)}`,
        expect: [shows(first, 'one'), lacks(second)],
      }
    }),
  }),
  must('P-204/case', 'names in attributes are case-insensitive', {
    section: 'RFC 7643 §2.1',
    fix: 'Match the names in attributes without regard to case.',
    run: readBack((subject) => ({
      with: filled(subject),
      query: `attributes=${pathOf(subject.text).toUpperCase()}`,
      expect: shows(subject.text, 'lockstep'),
    })),
  }),
  must('P-204/extension', 'extension attributes can be selected by their qualified names', {
    section: 'RFC 7644 §3.10',
    fix: 'Accept URN:attribute in attributes.',
    run: readBack(({ named, extension }) => ({
      with: withValue(extension, 'lockstep'),
      query: `attributes=${pathOf(extension)}`,
      expect: [shows(extension, 'lockstep'), lacks(named)],
    })),
  }),
  own('P-206', 'attributes and excludedAttributes together are refused', {
    fix: 'Answer 400 invalidValue: they exclude each other.',
    needs: [],
    run: refused(async ({ named }, probe) => {
      const { path } = await probe.make()
      return {
        by: probe.get(`${path}?attributes=${pathOf(named)}&excludedAttributes=meta`),
        what: 'both parameters',
        keyword: ['invalidValue', 'invalidSyntax'],
      }
    }),
  }),
  own('P-207', 'unknown names in attributes are ignored', {
    fix: 'Ignore names that no schema has.',
    needs: [],
    run: readBack(async (_, probe) => {
      const on = await probe.make()
      return { on, query: 'attributes=lockstepNope', expect: idIs(on.id) }
    }),
  }),
  own('P-208', 'an empty attributes parameter is ignored', {
    fix: 'Treat an empty attributes parameter as an absent one.',
    needs: [],
    run: readBack(async ({ named }, probe) => {
      const on = await probe.make()
      return { on, query: 'attributes=', expect: shows(named, on.name) }
    }),
  }),
  must('P-209', 'excluding a sub-attribute keeps the others', {
    fix: 'Leave out only the part that excludedAttributes names.',
    needs: [],
    run: readBack((subject) => {
      const { first, second } = subject.complex
      return {
        with: filled(subject),
        query: `excludedAttributes=${pathOf(first)}`,
        expect: [lacks(first), shows(second, 'two')],
      }
    }),
  }),
  must('P-200/list', 'lists support attributes and excludedAttributes', {
    fix: 'Apply attributes and excludedAttributes to every resource of a list.',
    needs: ['P-121'],
    async run(probe) {
      const subject = probe.subject()
      const { named, text } = subject
      const made = await probe.make(filled(subject))
      for (const query of [{ attributes: pathOf(named) }, { excludedAttributes: pathOf(text) }]) {
        const answer = await probe.filter(made.type.endpoint, made.filter, query)
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
  ).map(([method, basic]) =>
    must(`P-200/${method}`, `${method.toUpperCase()} supports attributes`, {
      fix: 'Answer writes that have attributes with 200 and only those attributes.',
      needs: [basic],
      async run(probe) {
        const { text, named, body } = probe.subject()
        const made = await probe.make()
        const path = `${made.path}?attributes=${pathOf(named)}`
        const answer =
          method === 'put'
            ? await probe.put(path, body(made.name, withValue(text, 'lockstep')))
            : await probe.patch(path, [replace(text, 'lockstep')])
        const shown = demandResource(answer, [200], `${method.toUpperCase()} with attributes`)
        demand(answer, valueAt(shown, named) === made.name, pathOf(named))
        demand(answer, isUnassigned(valueAt(shown, text)), `no ${pathOf(text)}`)
      },
    }),
  ),
  must('P-205', 'a secret is not returned even when it is requested', {
    section: 'RFC 7643 §7',
    fix: 'Leave attributes with returned never out also when they are named.',
    needs: [],
    run: readBack(({ attribute }) => {
      const password = attribute('password')
      return {
        query: 'attributes=password',
        expect: that('no password', (user) => valueAt(user, password) === undefined),
      }
    }),
  }),
]
