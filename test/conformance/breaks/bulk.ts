// Breaks: bulk requests.

// biome-ignore-all lint/suspicious/noAssignInExpressions: a switch is one expression, so that a list of two hundred can be read
// biome-ignore-all lint/complexity/noCommaOperator: the same
// biome-ignore-all lint/suspicious/useIterableCallbackReturn: the same
import { type Body, type Break, error, onAnswer, onRequest } from '../broken.ts'
import { bulkResults } from './building-blocks.ts'

/** Bulk. */
export const BULK_BREAKS: readonly Break[] = [
  {
    name: 'there is no bulk',
    caught: ['P-420'],
    wrap: onRequest((sent) => (sent.path === '/Bulk' ? error(501) : undefined)),
  },
  {
    name: 'bulk stops at the first error',
    caught: ['P-427'],
    wrap: onRequest((sent) => void (sent.path === '/Bulk' && sent.body?.Operations && (sent.body.failOnErrors = 1))),
  },
  {
    name: 'failOnErrors is ignored',
    caught: ['P-428'],
    wrap: onRequest((sent) => void (sent.path === '/Bulk' && sent.body && delete sent.body.failOnErrors)),
  },
  { name: 'bulkId is not returned', caught: ['P-425'], wrap: bulkResults((one) => void delete one.bulkId) },
  {
    name: 'bulk statuses are numbers',
    caught: ['P-425/status'],
    wrap: bulkResults((one) => void (one.status = Number(one.status))),
  },
  {
    name: 'bulk errors have no response',
    caught: ['P-425/error'],
    wrap: bulkResults((one) => void delete one.response),
  },
  {
    name: 'a failed operation fails the bulk request',
    caught: ['P-424'],
    wrap: onAnswer(
      (got, sent) =>
        void (
          sent.path === '/Bulk' &&
          got.status === 200 &&
          got.body.Operations.every((one: Body) => !one.status.startsWith('2')) &&
          Object.assign(got, error(400))
        ),
    ),
  },
  {
    name: 'bulk takes any number of operations',
    caught: ['P-434'],
    wrap: onRequest(
      (sent) =>
        void (
          sent.path === '/Bulk' &&
          sent.body?.Operations?.length > 1000 &&
          (sent.body.Operations = sent.body.Operations.slice(0, 1))
        ),
    ),
  },
  {
    name: 'versions in bulk are ignored',
    caught: ['P-435'],
    wrap: onRequest(
      (sent) => void (sent.path === '/Bulk' && sent.body?.Operations?.forEach?.((one: Body) => delete one.version)),
    ),
  },
  {
    name: 'bulkIds in paths are not resolved',
    caught: ['P-432/path'],
    wrap: onRequest((sent) =>
      sent.path === '/Bulk' && sent.body?.Operations?.some?.((one: Body) => /bulkId:/.test(one.path))
        ? error(400, 'invalidPath')
        : undefined,
    ),
  },
  {
    name: 'bulkIds in a PATCH are not resolved',
    caught: ['P-432/patch'],
    wrap: onRequest((sent) =>
      sent.path === '/Bulk' &&
      sent.body?.Operations?.some?.((one: Body) => one.method === 'PATCH' && /bulkId:/.test(JSON.stringify(one.data)))
        ? error(400, 'invalidValue')
        : undefined,
    ),
  },
]
