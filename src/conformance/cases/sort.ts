// Cases: the order of lists. RFC 7644 §3.4.2.3.

import type { Case, Made, Probe } from '../case.ts'
import { demand, demandList, demandRefusal } from '../demand.ts'
import type { Exchange } from '../exchange.ts'
import { NotOffered } from '../fault.ts'
import { member, pathOf, withValue } from '../json-access.ts'
import { requirements } from '../requirements.ts'

const SORTING = 'RFC 7644 §3.4.2.3'
const { must, own } = requirements(SORTING, ['P-161'])

/** The resources of a case in the order in which a sorted list shows them. */
async function sorted(
  probe: Probe,
  made: readonly Made[],
  query: { readonly [name: string]: string },
): Promise<{ readonly answer: Exchange; readonly order: readonly number[] }> {
  const subject = probe.subject()
  const filter = made.map(({ name }) => `${pathOf(subject.named)} eq "${name}"`).join(' or ')
  const answer = await probe.filter(subject.type.endpoint, filter, query)
  const { resources } = demandList(answer, `a list with sortBy=${query.sortBy}`)
  const order = resources.map((one) => made.findIndex(({ id }) => id === member(one, 'id')))
  return { answer, order }
}

/** The cases of the group "Sort". */
export const SORT: readonly Case[] = [
  must('P-161', 'sortBy sorts, ascending unless sortOrder says descending', {
    fix: 'Sort by sortBy before paging, or set sort.supported to false.',
    needs: ['P-123/or'],
    async run(probe) {
      if (probe.declared.has('sort') !== true) throw new NotOffered('sort.supported is not true')
      const path = pathOf(probe.subject().named)
      const made = [await probe.make(), await probe.make(), await probe.make()]
      const byName = made
        .map((_, at) => at)
        .toSorted((a, b) => ((made[a]?.name ?? '') < (made[b]?.name ?? '') ? -1 : 1))
      const ascending = await sorted(probe, made, { sortBy: path })
      demand(ascending.answer, ascending.order.join() === byName.join(), `ascending by ${path}`)
      const told = await sorted(probe, made, { sortBy: path, sortOrder: 'ascending' })
      demand(told.answer, told.order.join() === byName.join(), `ascending by ${path}`)
      const descending = await sorted(probe, made, { sortBy: path, sortOrder: 'descending' })
      demand(descending.answer, descending.order.join() === byName.toReversed().join(), `descending by ${path}`)
    },
  }),
  own('P-161/order', 'a sortOrder that is none is refused', {
    fix: 'Answer 400 invalidValue to a sortOrder other than ascending and descending.',
    async run(probe) {
      const { type, named } = probe.subject()
      demandRefusal(
        await probe.get(`${type.endpoint}?count=1&sortBy=${pathOf(named)}&sortOrder=sideways`),
        'sortOrder=sideways',
        { keyword: ['invalidValue', 'invalidSyntax'] },
      )
    },
  }),
  must('P-162', 'a multi-valued attribute sorts by its primary value', {
    fix: 'Sort by the value that is primary, else by the first.',
    async run(probe) {
      const subject = probe.subject()
      const list = subject.list
      if (list.attribute.name !== 'emails') throw new NotOffered('there is no list whose values are free')
      const [type = '', other = ''] = [0, 1].map((at) => String(subject.element(list, 'lockstep', at).type))
      const values = (primary: string, rest: string) =>
        withValue(list, [
          { value: `${rest}@example.com`, type },
          { value: `${primary}@example.com`, type: other, primary: true },
        ])
      const word = probe.name().split('@')[0]
      const made = [
        await probe.make(values(`${word}-c`, `${word}-a`)),
        await probe.make(values(`${word}-b`, `${word}-z`)),
      ]
      const { answer, order } = await sorted(probe, made, { sortBy: `${pathOf(list)}.value` })
      demand(answer, order.join() === '1,0', 'the one whose primary value comes first')
    },
  }),
  own('P-162/complex', 'sorting by a complex attribute is refused', {
    fix: 'Answer 400 invalidValue: a sub-attribute has to be named.',
    async run(probe) {
      const subject = probe.subject()
      demandRefusal(
        await probe.get(`${subject.type.endpoint}?count=1&sortBy=${pathOf(subject.complex.whole)}`),
        'sortBy of a complex attribute',
        { keyword: ['invalidValue', 'invalidPath', 'invalidSyntax'] },
      )
    },
  }),
  must('P-162/sub', 'a sub-attribute can be sorted by', {
    fix: 'Take paths like name.familyName in sortBy.',
    async run(probe) {
      const { first } = probe.subject().complex
      const made = [
        await probe.make(withValue(first, 'Bb')),
        await probe.make(withValue(first, 'Aa')),
        await probe.make(withValue(first, 'Cc')),
      ]
      const { answer, order } = await sorted(probe, made, { sortBy: pathOf(first) })
      demand(answer, order.join() === '1,0,2', `Aa, Bb, Cc by ${pathOf(first)}`)
    },
  }),
  must('P-163', 'resources without a value come last, descending first', {
    fix: 'Put resources without a value at the end when ascending and at the beginning when descending.',
    async run(probe) {
      const text = probe.subject().text
      const made = [await probe.make(), await probe.make(withValue(text, 'lockstep'))]
      const up = await sorted(probe, made, { sortBy: pathOf(text) })
      demand(up.answer, up.order.join() === '1,0', 'the one without a value last')
      const down = await sorted(probe, made, { sortBy: pathOf(text), sortOrder: 'descending' })
      demand(down.answer, down.order.join() === '0,1', 'the one without a value first')
    },
  }),
  must('P-164', 'texts with caseExact false sort without regard to case', {
    fix: 'Sort attributes with caseExact false without regard to letter case.',
    async run(probe) {
      const text = probe.subject().text
      if (text.attribute.caseExact) throw new NotOffered(`${pathOf(text)} is caseExact`)
      const made = [
        await probe.make(withValue(text, 'b')),
        await probe.make(withValue(text, 'A')),
        await probe.make(withValue(text, 'C')),
      ]
      const { answer, order } = await sorted(probe, made, { sortBy: pathOf(text) })
      demand(answer, order.join() === '1,0,2', 'A, b, C')
    },
  }),
  own('P-165', 'what sorts equal stands in one order on all pages', {
    fix: 'Break ties by id, so that no page repeats or misses a resource.',
    needs: ['P-161', 'P-183'],
    async run(probe) {
      const text = probe.subject().text
      const made = await Promise.all([1, 2, 3, 4].map(() => probe.make(withValue(text, 'lockstep'))))
      const answers: Exchange[] = []
      const seen: number[] = []
      for (const startIndex of ['1', '2', '3', '4']) {
        const { answer, order } = await sorted(probe, made, { sortBy: pathOf(text), startIndex, count: '1' })
        answers.push(answer)
        seen.push(...order)
      }
      demand(answers, seen.toSorted().join() === '0,1,2,3', `each of four with the same ${pathOf(text)} on one page`)
    },
  }),
  must('P-166', 'a list is sorted before it is cut into pages', {
    section: 'RFC 7644 §3.4.2.4',
    fix: 'Sort first, then take the page.',
    needs: ['P-161', 'P-183'],
    async run(probe) {
      const text = probe.subject().text
      const made = [
        await probe.make(withValue(text, 'c')),
        await probe.make(withValue(text, 'a')),
        await probe.make(withValue(text, 'b')),
      ]
      const seen: number[] = []
      const answers: Exchange[] = []
      for (const startIndex of ['1', '2', '3']) {
        const { answer, order } = await sorted(probe, made, { sortBy: pathOf(text), startIndex, count: '1' })
        answers.push(answer)
        seen.push(...order)
      }
      demand(answers, seen.join() === '1,2,0', 'a, b, c on three pages')
    },
  }),
]
