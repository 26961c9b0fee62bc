// Breaks: order, pages and cursors.

// biome-ignore-all lint/suspicious/noAssignInExpressions: a switch is one expression, so that a list of two hundred can be read
// biome-ignore-all lint/complexity/noCommaOperator: the same
// biome-ignore-all lint/suspicious/useIterableCallbackReturn: the same
import { type Body, type Break, error, lists, onRequest } from '../broken.ts'

/** Sort and pages. */
export const PAGING_BREAKS: readonly Break[] = [
  { name: 'sort is ignored', caught: ['P-161'], wrap: onRequest((sent) => (sent.query.delete('sortBy'), undefined)) },
  {
    name: 'descending is ignored',
    caught: ['P-161'],
    wrap: onRequest((sent) => (sent.query.delete('sortOrder'), undefined)),
  },
  {
    name: 'resources without a value come first',
    caught: ['P-163'],
    wrap: lists(
      (body, sent) =>
        void (
          sent.query.get('sortBy') === 'nickName' &&
          body.Resources.sort((a: Body, b: Body) => Number(Boolean(a.nickName)) - Number(Boolean(b.nickName)))
        ),
    ),
  },
  {
    name: 'sorting is case-sensitive',
    caught: ['P-164'],
    wrap: lists(
      (body, sent) =>
        void (
          sent.query.get('sortBy') === 'nickName' &&
          !sent.query.has('sortOrder') &&
          !sent.query.has('startIndex') &&
          body.Resources.every((one: Body) => one.nickName) &&
          body.Resources.sort((a: Body, b: Body) => (a.nickName < b.nickName ? -1 : 1))
        ),
    ),
  },
  {
    name: 'totalResults is the number in the page',
    caught: ['P-102', 'P-182/zero', 'P-184', 'P-187', 'P-221/page'],
    wrap: lists((body) => void (body.totalResults = body.Resources.length)),
  },
  {
    name: 'totalResults is a string',
    caught: ['P-100'],
    wrap: lists((body, sent) => void (!sent.query.has('filter') && (body.totalResults = String(body.totalResults)))),
  },
  {
    name: 'itemsPerPage repeats count',
    caught: ['P-103'],
    wrap: lists(
      (body, sent) => void (sent.query.has('count') && (body.itemsPerPage = Number(sent.query.get('count')))),
    ),
  },
  {
    name: 'startIndex is a string',
    caught: ['P-100/numbers', 'P-183', 'P-180'],
    wrap: lists((body) => void (body.startIndex !== undefined && (body.startIndex = String(body.startIndex)))),
  },
  {
    name: 'count is ignored',
    caught: ['P-181', 'P-185', 'C-003'],
    wrap: onRequest((sent) => (sent.query.delete('count'), undefined)),
  },
  {
    name: 'startIndex counts from 0',
    caught: ['P-183'],
    wrap: onRequest(
      (sent) =>
        void (
          sent.query.has('startIndex') && sent.query.set('startIndex', String(Number(sent.query.get('startIndex')) + 1))
        ),
    ),
  },
  {
    name: 'a startIndex below 1 is refused',
    caught: ['P-180'],
    wrap: onRequest((sent) => (Number(sent.query.get('startIndex') ?? 1) < 1 ? error(400, 'invalidValue') : undefined)),
  },
  {
    name: 'count 0 means all',
    caught: ['P-182/zero', 'C-005'],
    wrap: onRequest((sent) => void (sent.query.get('count') === '0' && sent.query.delete('count'))),
  },
  {
    name: 'a negative count is refused',
    caught: ['P-182/negative'],
    wrap: onRequest((sent) => (Number(sent.query.get('count') ?? 0) < 0 ? error(400, 'invalidValue') : undefined)),
  },
  {
    name: 'a large count is refused',
    caught: ['P-186', 'P-107'],
    wrap: onRequest((sent) =>
      Number(sent.query.get('count') ?? 0) > 1000 && !sent.query.has('cursor') ? error(400, 'invalidValue') : undefined,
    ),
  },
  {
    name: 'lists have no Resources',
    caught: ['P-100'],
    wrap: lists((body, sent) => void (!sent.query.has('filter') && delete body.Resources)),
  },
  { name: 'nextCursor is missing', caught: ['C-003'], wrap: lists((body) => void delete body.nextCursor) },
  {
    name: 'nextCursor never ends',
    caught: ['C-003'],
    wrap: lists(
      (body, sent) => void (sent.query.has('cursor') && sent.query.get('count') !== '0' && (body.nextCursor ??= 'x')),
    ),
  },
  {
    name: 'cursors have slashes',
    caught: ['C-002'],
    wrap: (real) => async (sent) => {
      const cursor = sent.query.get('cursor')
      if (cursor?.startsWith('/')) sent.query.set('cursor', cursor.slice(1))
      if (typeof sent.body?.cursor === 'string') sent.body.cursor = sent.body.cursor.replace('/', '')
      const got = await real(sent)
      if (got.body?.nextCursor) got.body.nextCursor = `/${got.body.nextCursor}`
      return got
    },
  },
  {
    name: 'any cursor is taken for the first page',
    caught: ['C-008'],
    wrap: onRequest((sent) => void (sent.query.get('cursor') === 'lockstep-nope' && sent.query.set('cursor', ''))),
  },
  {
    name: 'each page orders equal resources differently',
    caught: ['P-165'],
    wrap: (real) => async (sent) => {
      const [path, startIndex] = ['sortBy', 'startIndex'].map((name) => sent.query.get(name))
      if (path !== 'nickName' || !startIndex) return real(sent)
      const query = new URLSearchParams(sent.query)
      query.delete('startIndex')
      query.delete('count')
      const whole: Body[] = (await real({ ...sent, query })).body.Resources
      const equal = whole.every(({ nickName }) => nickName === whole[0].nickName)
      const got = await real(sent)
      if (equal && Number(startIndex) % 2 === 0) got.body.Resources = [whole.at(-Number(startIndex))]
      return got
    },
  },
]
