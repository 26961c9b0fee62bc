// Cases: the order of lists. RFC 7644 §3.4.2.3.

import type { JsonObject } from '../../protocol/index.ts'
import type { Case, Probe } from '../case.ts'
import { demand, demandList } from '../demand.ts'
import { NotOffered } from '../fault.ts'
import { member, pathOf, withValue } from '../json-access.ts'
import { requirements } from '../requirements.ts'
import { anyOf } from '../walks/five.ts'
import type { Plan, Run } from '../walks/plan.ts'
import { refused } from '../walks/refused.ts'
import type { Exchange } from '../wire/exchange.ts'

const { must, own } = requirements('RFC 7644 §3.4.2.3', ['P-161'])

type Query = { readonly [name: string]: string }

/** Resources, and sorted lists of them. */
interface Sorting {
  /** What each resource has. */
  readonly of: readonly JsonObject[]
  /** For each query the places of the resources in `of`, in the order of the list, and the words for that order. */
  readonly by: readonly (readonly [query: Query, order: readonly number[], words: string])[]
}

/** Creates resources, and gives the order in which a list shows them: their places among those created. */
async function createSorted(probe: Probe, of: readonly JsonObject[]) {
  const { endpoint } = probe.subject().type
  const made = await probe.makeEach(...of)
  const list = async (query: Query): Promise<{ readonly answer: Exchange; readonly order: readonly number[] }> => {
    const answer = await probe.filter(endpoint, anyOf(made), query)
    const { resources } = demandList(answer, `a list with sortBy=${query.sortBy}`)
    return { answer, order: resources.map((one) => made.findIndex(({ id }) => id === member(one, 'id'))) }
  }
  return { made, list }
}

/** A walk: lists of the created resources have the order that is expected. */
function sorted(plan: Plan<Sorting>): Run {
  return async (probe) => {
    const { of, by } = await plan(probe.subject(), probe)
    const { list } = await createSorted(probe, of)
    for (const [query, wanted, words] of by) {
      const { answer, order } = await list(query)
      demand(answer, order.join() === wanted.join(), words)
    }
  }
}

/** The order across pages of one resource each. */
async function acrossPages(probe: Probe, of: readonly JsonObject[], sortBy: string) {
  const { list } = await createSorted(probe, of)
  const answers: Exchange[] = []
  const seen: number[] = []
  for (const at of of.keys()) {
    const { answer, order } = await list({ sortBy, startIndex: String(at + 1), count: '1' })
    answers.push(answer)
    seen.push(...order)
  }
  return { answers, seen }
}

/** The cases of the group "Sort". */
export const SORT: readonly Case[] = [
  must('P-161', 'sortBy sorts, ascending unless sortOrder is descending', {
    fix: 'Sort by sortBy before paging, or set sort.supported to false.',
    needs: ['P-123/or'],
    async run(probe) {
      if (probe.declared.has('sort') !== true) throw new NotOffered('sort.supported is not true')
      const sortBy = pathOf(probe.subject().named)
      const { made, list } = await createSorted(probe, [{}, {}, {}])
      const names = made.map(({ name }) => name)
      const ascending = [...names.keys()].toSorted((a, b) => ((names[a] ?? '') < (names[b] ?? '') ? -1 : 1))
      for (const query of [{ sortBy }, { sortBy, sortOrder: 'ascending' }, { sortBy, sortOrder: 'descending' }]) {
        const { answer, order } = await list(query)
        const isDown = query.sortOrder === 'descending'
        const wanted = isDown ? ascending.toReversed() : ascending
        demand(answer, order.join() === wanted.join(), `${isDown ? 'descending' : 'ascending'} by ${sortBy}`)
      }
    },
  }),
  own('P-161/order', 'an unknown sortOrder is refused', {
    fix: 'Answer 400 invalidValue to a sortOrder other than ascending and descending.',
    run: refused(({ type, named }, probe) => ({
      by: probe.get(`${type.endpoint}?count=1&sortBy=${pathOf(named)}&sortOrder=sideways`),
      what: 'sortOrder=sideways',
      keyword: ['invalidValue', 'invalidSyntax'],
    })),
  }),
  must('P-162', 'a multi-valued attribute sorts by its primary value', {
    fix: 'Sort by the value that is primary, else by the first.',
    run: sorted(({ list }, probe) => {
      if (list.attribute.name !== 'emails') throw new NotOffered('there is no list whose values are free')
      const [{ type }, { type: other }] = probe.elements(list)
      const word = probe.word()
      const values = (primary: string, rest: string) =>
        withValue(list, [
          { value: `${word}-${rest}@example.com`, type },
          { value: `${word}-${primary}@example.com`, type: other, primary: true },
        ])
      const words = 'the one whose primary value comes first'
      return { of: [values('c', 'a'), values('b', 'z')], by: [[{ sortBy: `${pathOf(list)}.value` }, [1, 0], words]] }
    }),
  }),
  own('P-162/complex', 'sorting by a complex attribute is refused', {
    fix: 'Answer 400 invalidValue: a sub-attribute has to be named.',
    run: refused(({ type, complex: { whole } }, probe) => ({
      by: probe.get(`${type.endpoint}?count=1&sortBy=${pathOf(whole)}`),
      what: 'sortBy of a complex attribute',
      keyword: ['invalidValue', 'invalidPath', 'invalidSyntax'],
    })),
  }),
  must('P-162/sub', 'a list can be sorted by a sub-attribute', {
    fix: 'Accept paths like name.familyName in sortBy.',
    run: sorted(({ complex: { first } }) => ({
      of: [withValue(first, 'Bb'), withValue(first, 'Aa'), withValue(first, 'Cc')],
      by: [[{ sortBy: pathOf(first) }, [1, 0, 2], `Aa, Bb, Cc by ${pathOf(first)}`]],
    })),
  }),
  must('P-163', 'resources without a value come last, or first when descending', {
    fix: 'Put resources without a value at the end when ascending and at the beginning when descending.',
    run: sorted(({ text }) => ({
      of: [{}, withValue(text, 'lockstep')],
      by: [
        [{ sortBy: pathOf(text) }, [1, 0], 'the one without a value last'],
        [{ sortBy: pathOf(text), sortOrder: 'descending' }, [0, 1], 'the one without a value first'],
      ],
    })),
  }),
  must('P-164', 'strings with caseExact false are sorted ignoring case', {
    fix: 'Sort attributes with caseExact false without regard to letter case.',
    run: sorted(({ text }) => {
      if (text.attribute.caseExact) throw new NotOffered(`${pathOf(text)} is caseExact`)
      const of = ['b', 'A', 'C'].map((value) => withValue(text, value))
      return { of, by: [[{ sortBy: pathOf(text) }, [1, 0, 2], 'A, b, C']] }
    }),
  }),
  own('P-165', 'resources that sort equal keep one order across pages', {
    fix: 'Break ties by id, so that no page repeats or misses a resource.',
    needs: ['P-161', 'P-183'],
    async run(probe) {
      const { text } = probe.subject()
      const same = withValue(text, 'lockstep')
      const { answers, seen } = await acrossPages(probe, [same, same, same, same], pathOf(text))
      demand(answers, seen.toSorted().join() === '0,1,2,3', `each of four with the same ${pathOf(text)} on one page`)
    },
  }),
  must('P-166', 'a list is sorted before it is cut into pages', {
    section: 'RFC 7644 §3.4.2.4',
    fix: 'Sort first, then take the page.',
    needs: ['P-161', 'P-183'],
    async run(probe) {
      const { text } = probe.subject()
      const of = ['c', 'a', 'b'].map((value) => withValue(text, value))
      const { answers, seen } = await acrossPages(probe, of, pathOf(text))
      demand(answers, seen.join() === '1,2,0', 'a, b, c on three pages')
    },
  }),
]
