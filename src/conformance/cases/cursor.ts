// Cases: pages by cursor. RFC 9865.

import type { Case } from '../case.ts'
import { demand, demandList } from '../demand.ts'
import { NotOffered } from '../fault.ts'
import { dig, member, pathOf } from '../json-access.ts'
import { requirements } from '../requirements.ts'
import { fiveByCursor, idsOn } from '../walks/five.ts'
import { refused } from '../walks/refused.ts'
import type { Exchange } from '../wire/exchange.ts'

const { must, should, may, own } = requirements('RFC 9865 §2', ['C-003'])

/** The next cursor of a page. */
function nextOf(answer: Exchange): string {
  const next = member(answer.body, 'nextCursor')
  demand(answer, typeof next === 'string' && next !== '', 'nextCursor, since more is to come')
  return String(next)
}

/** The cases of the group "Cursors". */
export const CURSOR: readonly Case[] = [
  must('C-003', 'nextCursor leads through all pages and is absent on the last', {
    fix: 'Send nextCursor with every page but the last.',
    needs: ['P-123/or'],
    async run(probe) {
      const { page } = await fiveByCursor(probe)
      const first = await page({ cursor: '', count: '2' })
      const second = await page({ cursor: nextOf(first), count: '2' })
      const third = await page({ cursor: nextOf(second), count: '2' })
      const all = [first, second, third]
      demand(all, idsOn(all).length === 5 && new Set(idsOn(all)).size === 5, 'each of the five once, on three pages')
      demand(all, member(third.body, 'nextCursor') === undefined, 'no nextCursor on the last page')
    },
  }),
  must('C-002', 'cursors consist of unreserved URI characters', {
    fix: 'Write cursors with letters, digits and -._~ only.',
    async run(probe) {
      const answer = await (await fiveByCursor(probe)).page({ cursor: '', count: '2' })
      demand(answer, /^[A-Za-z0-9\-._~]+$/.test(nextOf(answer)), 'letters, digits, -._~')
    },
  }),
  must('C-003/even', 'a full last page has no nextCursor', {
    fix: 'Check whether there is more before sending nextCursor.',
    async run(probe) {
      const answer = await (await fiveByCursor(probe)).page({ cursor: '', count: '5' })
      demand(answer, demandList(answer, 'a page of five').resources.length === 5, 'all five')
      demand(answer, member(answer.body, 'nextCursor') === undefined, 'no nextCursor, nothing being left')
    },
  }),
  may('C-004', 'previousCursor leads back, and is not on the first page', {
    fix: 'Leave previousCursor out of the first page; what it leads to is the page before.',
    async run(probe) {
      const { page } = await fiveByCursor(probe)
      const first = await page({ cursor: '', count: '2' })
      demand(first, member(first.body, 'previousCursor') === undefined, 'no previousCursor on the first page', 'MUST')
      const second = await page({ cursor: nextOf(first), count: '2' })
      const previous = member(second.body, 'previousCursor')
      if (typeof previous !== 'string') throw new NotOffered('there is no previousCursor')
      const back = await page({ cursor: previous, count: '2' })
      demand([first, back], idsOn([back]).join() === idsOn([first]).join(), 'the first page again')
    },
  }),
  must('C-005', 'count limits cursor pages, and 0 returns totals only', {
    fix: 'Treat count as with startIndex: never more, and none for 0.',
    async run(probe) {
      const { page } = await fiveByCursor(probe)
      const none = await page({ cursor: '', count: '0' })
      demand(none, demandList(none, 'count=0').resources.length === 0, 'no resources')
      const three = await page({ cursor: '', count: '3' })
      demand(three, demandList(three, 'count=3').resources.length <= 3, 'at most three')
    },
  }),
  should('C-007', 'a cursor from another query is refused', {
    section: 'RFC 9865 §2.1',
    fix: 'Bind cursors to filter, sort and endpoint; answer 400 invalidCursor.',
    run: refused(async ({ type }, probe) => {
      const cursor = nextOf(await (await fiveByCursor(probe)).page({ cursor: '', count: '2' }))
      return {
        by: probe.filter(type.endpoint, 'id pr', { cursor, count: '2' }),
        what: 'a cursor with another filter',
        keyword: ['invalidCursor', 'invalidCount'],
      }
    }),
  }),
  should('C-008', 'a made-up cursor is refused', {
    section: 'RFC 9865 §2.1',
    fix: 'Answer 400 invalidCursor to a cursor that was never given out.',
    run: refused(async (_, probe) => {
      const { page } = await fiveByCursor(probe)
      const by = page({ cursor: 'lockstep-nope', count: '2' })
      return { by, what: 'a made-up cursor', keyword: ['invalidCursor'] }
    }),
  }),
  own('C-009', 'a count above the limit is capped on the first page', {
    section: 'RFC 9865 §4',
    fix: 'Return fewer than requested.',
    async run(probe) {
      const answer = await (await fiveByCursor(probe)).page({ cursor: '', count: '1000000' })
      demand(answer, demandList(answer, 'count=1000000').resources.length === 5, 'all five')
    },
  }),
  should('C-010', 'cursor pages are sorted when sortBy is given', {
    section: 'RFC 9865 §2.2',
    fix: 'Sort before cutting into pages.',
    needs: ['C-003', 'P-161'],
    async run(probe) {
      const { made, page } = await fiveByCursor(probe)
      const sorted = { sortBy: pathOf(probe.subject().named), sortOrder: 'descending', count: '3' }
      const first = await page({ ...sorted, cursor: '' })
      const second = await page({ ...sorted, cursor: nextOf(first) })
      const wanted = made.toSorted((a, b) => (a.name < b.name ? 1 : -1)).map(({ id }) => id)
      const both = [first, second]
      demand(both, idsOn(both).join() === wanted.join(), `descending by ${sorted.sortBy} across pages`)
    },
  }),
  own('C-013', 'cursor and startIndex together are refused', {
    fix: 'Answer 400 invalidValue when both are given.',
    run: refused(async (_, probe) => {
      const { page } = await fiveByCursor(probe)
      return {
        by: page({ cursor: '', startIndex: '1', count: '2' }),
        what: 'cursor with startIndex',
        keyword: ['invalidValue', 'invalidSyntax', 'invalidCursor'],
      }
    }),
  }),
  must('C-015', '.search accepts cursor and count in its body', {
    section: 'RFC 9865 §3',
    fix: 'Read cursor from the SearchRequest as well.',
    needs: ['C-003', 'P-220', 'P-220/there'],
    async run(probe) {
      const { filter } = await fiveByCursor(probe)
      const { endpoint } = probe.subject().type
      const first = await probe.search(endpoint, { filter, cursor: '', count: 3 })
      const second = await probe.search(endpoint, { filter, cursor: nextOf(first), count: 3 })
      const both = [first, second]
      demand(both, new Set(idsOn(both)).size === 5, 'each of the five once, on two pages')
    },
  }),
  should('C-016', 'pagination declares cursor and index as booleans', {
    section: 'RFC 9865 §4',
    fix: 'Give pagination both cursor and index as booleans.',
    needs: [],
    async run({ declared: { config } }) {
      const pagination = dig(config.body, 'pagination')
      if (pagination === undefined) throw new NotOffered('there is no pagination in /ServiceProviderConfig')
      for (const name of ['cursor', 'index'])
        demand(config, typeof member(pagination, name) === 'boolean', `pagination.${name} as a boolean`)
    },
  }),
  must('C-012', 'a request without a pagination method gets the default one', {
    section: 'RFC 9865 §2.4',
    fix: 'Page by index when neither startIndex nor cursor is given, unless defaultPaginationMethod says cursor.',
    async run(probe) {
      const answer = await (await fiveByCursor(probe)).page({ count: '2' })
      demandList(answer, 'a list')
      if (dig(probe.declared.config.body, 'pagination', 'defaultPaginationMethod') === 'cursor') nextOf(answer)
      else demand(answer, member(answer.body, 'nextCursor') === undefined, 'no nextCursor, index being the default')
    },
  }),
  should('C-020', 'a cursor that has been tampered with is refused', {
    section: 'RFC 9865 §5.2',
    fix: 'Sign or encrypt cursors.',
    run: refused(async (_, probe) => {
      const { page } = await fiveByCursor(probe)
      const cursor = nextOf(await page({ cursor: '', count: '2' }))
      const middle = Math.floor(cursor.length / 2)
      const other = cursor[middle] === 'A' ? 'B' : 'A'
      return {
        by: page({ cursor: cursor.slice(0, middle) + other + cursor.slice(middle + 1), count: '2' }),
        what: 'a cursor with another letter in it',
        keyword: ['invalidCursor', 'expiredCursor'],
      }
    }),
  }),
  own('C-025', 'a page with count=0 has no nextCursor', {
    fix: 'Leave nextCursor out when count is 0.',
    needs: ['C-005'],
    async run(probe) {
      const answer = await (await fiveByCursor(probe)).page({ cursor: '', count: '0' })
      demand(answer, member(answer.body, 'nextCursor') === undefined, 'no nextCursor')
    },
  }),
]
