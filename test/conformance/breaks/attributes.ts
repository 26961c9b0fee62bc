// Breaks: attributes, excludedAttributes and search by POST.

// biome-ignore-all lint/suspicious/noAssignInExpressions: a switch is one expression, so that a list of two hundred can be read
// biome-ignore-all lint/complexity/noCommaOperator: the same
// biome-ignore-all lint/suspicious/useIterableCallbackReturn: the same
import { type Break, error, onAnswer, onRequest } from '../broken.ts'
import { isSingle } from './building-blocks.ts'

/** What is returned. */
export const ATTRIBUTES_BREAKS: readonly Break[] = [
  {
    name: 'attributes is ignored for one resource',
    caught: ['P-200/get', 'S-070', 'S-020', 'P-206'],
    wrap: onRequest((sent) => void (sent.method === 'GET' && isSingle(sent) && sent.query.delete('attributes'))),
  },
  {
    name: 'attributes is ignored in lists',
    caught: ['P-200/list'],
    wrap: onRequest((sent) => void (sent.method === 'GET' && !isSingle(sent) && sent.query.delete('attributes'))),
  },
  {
    name: 'excludedAttributes is ignored',
    caught: ['P-202', 'P-206', 'P-209', 'P-200/list'],
    wrap: onRequest((sent) => (sent.query.delete('excludedAttributes'), undefined)),
  },
  {
    name: 'attributes is compared with case',
    caught: ['P-204/case'],
    wrap: onRequest(
      (sent) =>
        void (/^[A-Z]+$/.test(sent.query.get('attributes') ?? '') && sent.query.set('attributes', 'lockstepNope')),
    ),
  },
  {
    name: 'sub-attributes cannot be selected',
    caught: ['P-204'],
    wrap: onRequest(
      (sent) =>
        void (
          sent.method === 'GET' &&
          sent.query.get('attributes')?.startsWith('name.') &&
          sent.query.set('attributes', 'name')
        ),
    ),
  },
  {
    name: 'excluding a part excludes all',
    caught: ['P-209'],
    wrap: onRequest(
      (sent) =>
        void (
          sent.query.get('excludedAttributes')?.startsWith('name.') && sent.query.set('excludedAttributes', 'name')
        ),
    ),
  },
  {
    name: 'id can be excluded',
    caught: ['P-202/always'],
    wrap: onAnswer((got, sent) => void (sent.query.get('excludedAttributes') === 'id' && delete got.body.id)),
  },
  {
    name: 'there is no search by POST',
    caught: ['P-220'],
    wrap: onRequest((sent) => (sent.path.endsWith('/.search') ? error(404) : undefined)),
  },
  {
    name: 'a search is answered 201',
    caught: ['P-220'],
    wrap: onAnswer((got, sent) => void (sent.path.endsWith('/.search') && got.status === 200 && (got.status = 201))),
  },
  {
    name: 'attributes is ignored in a search',
    caught: ['P-221/attributes'],
    wrap: onRequest(
      (sent) =>
        void (
          sent.path.endsWith('/.search') &&
          sent.body &&
          (delete sent.body.attributes, delete sent.body.excludedAttributes)
        ),
    ),
  },
  {
    name: 'paging is ignored in a search',
    caught: ['P-221/page', 'P-222/count'],
    wrap: onRequest(
      (sent) =>
        void (
          sent.path.endsWith('/.search') &&
          sent.body?.cursor === undefined &&
          sent.body &&
          (delete sent.body.count, delete sent.body.startIndex)
        ),
    ),
  },
]
