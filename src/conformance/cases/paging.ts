// Cases: lists, and pages by index. RFC 7644 §3.4.2.

import { LIST_RESPONSE } from '../../protocol/index.ts'
import type { Case } from '../case.ts'
import { demand, demandList, demandRefusal, demandStatus } from '../demand.ts'
import { dig, member, pathOf, texts } from '../json-access.ts'
import { requirements } from '../requirements.ts'
import { five, idsOn } from '../walks/five.ts'
import type { Exchange } from '../wire/exchange.ts'

const { must, should, own } = requirements('RFC 7644 §3.4.2.4', ['P-123/or'])
const LIST = 'RFC 7644 §3.4.2'

/** The cases of the group "Lists and pages". */
export const PAGING: readonly Case[] = [
  must('P-100', 'a list is a ListResponse with totalResults and Resources', {
    section: LIST,
    fix: 'Answer lists with schemas, totalResults (a number) and Resources (an array).',
    needs: [],
    async run(probe) {
      const { endpoint } = probe.subject().type
      await probe.make()
      const answer = await probe.get(endpoint)
      demandList(answer, `GET ${endpoint}`)
      demand(answer, texts(member(answer.body, 'schemas')).includes(LIST_RESPONSE), `schemas with ${LIST_RESPONSE}`)
      demand(answer, Array.isArray(member(answer.body, 'Resources')), 'Resources as an array')
    },
  }),
  must('P-100/numbers', 'a page has startIndex and itemsPerPage as integers', {
    section: LIST,
    fix: 'Send startIndex and itemsPerPage as JSON numbers with every page.',
    async run(probe) {
      const answer = await (await five(probe)).page({ startIndex: '1', count: '2' })
      demandList(answer, 'a page of two')
      for (const name of ['startIndex', 'itemsPerPage'])
        demand(answer, Number.isInteger(member(answer.body, name)), `${name} as an integer`)
    },
  }),
  must('P-102', 'totalResults counts all matches, not the page', {
    section: LIST,
    fix: 'Count all matches, whatever the page holds.',
    async run(probe) {
      const answer = await (await five(probe)).page({ startIndex: '1', count: '2' })
      demand(answer, demandList(answer, 'a page of two').total === 5, 'totalResults 5')
    },
  }),
  must('P-103', 'itemsPerPage is the number of resources in the page', {
    section: LIST,
    fix: 'Set itemsPerPage to the number of resources in this answer.',
    needs: ['P-100/numbers'],
    async run(probe) {
      const answer = await (await five(probe)).page({ startIndex: '5', count: '2' })
      const { length } = demandList(answer, 'the last page').resources
      demand(answer, member(answer.body, 'itemsPerPage') === length, `itemsPerPage ${length}`, 'SHOULD')
    },
  }),
  must('P-181', 'a page never holds more than count', {
    fix: 'Return at most count resources.',
    async run(probe) {
      const { page } = await five(probe)
      for (const count of [1, 3]) {
        const answer = await page({ count: String(count) })
        demand(answer, demandList(answer, `count=${count}`).resources.length <= count, `at most ${count}`)
      }
    },
  }),
  must('P-183', 'a page begins at startIndex', {
    fix: 'Skip startIndex - 1 results and echo startIndex.',
    needs: ['P-121', 'P-181'],
    async run(probe) {
      const { page } = await five(probe)
      const [first, second] = [await page({ startIndex: '1', count: '3' }), await page({ startIndex: '4', count: '3' })]
      const ids = idsOn([first, second])
      demand([first, second], ids.length === 5 && new Set(ids).size === 5, 'each of the five once, on two pages')
      demand(second, member(second.body, 'startIndex') === 4, 'startIndex 4')
    },
  }),
  must('P-180', 'a startIndex below 1 means 1', {
    fix: 'Treat 0 and negative numbers as 1.',
    needs: ['P-123/or', 'P-181'],
    async run(probe) {
      const { page } = await five(probe)
      for (const startIndex of ['0', '-5']) {
        const answer = await page({ startIndex, count: '2' })
        demand(answer, demandList(answer, `startIndex=${startIndex}`).resources.length === 2, 'the first page')
        const shown = member(answer.body, 'startIndex')
        demand(answer, shown === undefined || shown === 1, 'startIndex 1', 'SHOULD')
      }
    },
  }),
  must('P-182/zero', 'count=0 returns totalResults and no resources', {
    fix: 'Answer count=0 with the true totalResults and no resources.',
    needs: ['P-123/or', 'P-181'],
    async run(probe) {
      const answer = await (await five(probe)).page({ count: '0' })
      const { resources, total } = demandList(answer, 'count=0')
      demand(answer, total === 5 && resources.length === 0, 'totalResults 5 and no resources')
    },
  }),
  must('P-182/negative', 'a negative count means 0', {
    fix: 'Treat a negative count as 0.',
    needs: ['P-123/or', 'P-181'],
    async run(probe) {
      const answer = await (await five(probe)).page({ count: '-1' })
      demand(answer, demandList(answer, 'count=-1').resources.length === 0, 'no resources')
    },
  }),
  own('P-184', 'a startIndex past the end is an empty page', {
    fix: 'Answer 200 with no resources and the true totalResults: clients page until the end.',
    async run(probe) {
      const answer = await (await five(probe)).page({ startIndex: '999', count: '2' })
      const { resources, total } = demandList(answer, 'startIndex=999')
      demand(answer, resources.length === 0 && total === 5, 'no resources and totalResults 5')
    },
  }),
  own('P-185', 'a count that is not an integer is refused', {
    fix: 'Answer 400 invalidValue to count=abc.',
    needs: [],
    async run(probe) {
      const { endpoint } = probe.subject().type
      for (const query of ['count=abc', 'startIndex=1.5'])
        demandRefusal(await probe.get(`${endpoint}?${query}`), query, { keyword: ['invalidValue', 'invalidSyntax'] })
    },
  }),
  must('P-186', 'a count above the limit is capped, not refused', {
    fix: 'Return fewer than requested instead of an error.',
    async run(probe) {
      const answer = await (await five(probe)).page({ count: '99999' })
      demand(answer, demandList(answer, 'count=99999').resources.length === 5, 'all five')
    },
  }),
  must('P-107', 'no answer holds more than filter.maxResults', {
    section: 'RFC 7643 §5',
    fix: 'Cap pages at the number that /ServiceProviderConfig declares.',
    async run(probe) {
      const { type, named } = probe.subject()
      const limit = probe.declared.maxResults
      const answer = await probe.filter(type.endpoint, `${pathOf(named)} sw "${probe.prefix}"`, { count: '100000' })
      demandStatus(answer, [200], 'count=100000')
      if (limit === undefined || limit <= 0) return
      demand(answer, demandList(answer, 'a list').resources.length <= limit, `at most ${limit} resources`)
    },
  }),
  should('P-109', 'pages of an unsorted list neither repeat nor skip resources', {
    fix: 'Give unsorted lists a fixed order, for example by id.',
    needs: ['P-183'],
    async run(probe) {
      const { page } = await five(probe)
      const answers: Exchange[] = []
      for (const startIndex of ['1', '2', '3', '4', '5']) answers.push(await page({ startIndex, count: '1' }))
      demand(answers, new Set(idsOn(answers)).size === 5, 'each of the five once, on five pages')
    },
  }),
  must('P-187', 'deleting a resource between two pages is not an error', {
    fix: 'Answer each page by itself.',
    needs: ['P-183', 'P-400'],
    async run(probe) {
      const { made, page } = await five(probe)
      await page({ startIndex: '1', count: '2' })
      for (const { path } of made.slice(0, 1)) await probe.del(path)
      const answer = await page({ startIndex: '3', count: '2' })
      demand(answer, demandList(answer, 'the second page').total === 4, 'totalResults 4')
      demand(answer, dig(answer.body, 'startIndex') === 3, 'startIndex 3')
    },
  }),
]
