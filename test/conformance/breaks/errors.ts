// Breaks: errors.

// biome-ignore-all lint/suspicious/noAssignInExpressions: a switch is one expression, so that a list of two hundred can be read
// biome-ignore-all lint/complexity/noCommaOperator: the same
// biome-ignore-all lint/suspicious/useIterableCallbackReturn: the same
import { type Break, errors, onRequest } from '../broken.ts'

/** Errors and credentials. */
export const ERRORS_BREAKS: readonly Break[] = [
  {
    name: 'status in errors is a number',
    caught: ['P-470/status'],
    wrap: errors(undefined, (got) => void (got.body.status = got.status)),
  },
  {
    name: 'status in errors differs from the HTTP status',
    caught: ['P-048'],
    wrap: errors(undefined, (got) => void (got.body.status = '500')),
  },
  {
    name: 'errors have no detail',
    caught: ['P-470/detail'],
    wrap: errors(undefined, (got) => void delete got.body.detail),
  },
  {
    name: '404 has an HTML page as its body',
    caught: ['P-470', 'P-471/404'],
    wrap: errors(404, (got) => void (got.body = '<h1>Not Found</h1>')),
  },
  { name: '405 has no body', caught: ['P-471/405'], wrap: errors(405, (got) => void (got.body = undefined)) },
  { name: '401 has no body', caught: ['P-471/401'], wrap: errors(401, (got) => void (got.body = undefined)) },
  { name: '412 has no body', caught: ['P-471/412'], wrap: errors(412, (got) => void (got.body = undefined)) },
  { name: '409 has no body', caught: ['S-071', 'P-471/409'], wrap: errors(409, (got) => void (got.body = undefined)) },
  {
    name: 'an unregistered scimType',
    caught: ['P-470/type'],
    wrap: errors(404, (got) => void (got.body.scimType = 'notFound')),
  },
  {
    name: 'errors show the stack',
    caught: ['P-477'],
    wrap: errors(404, (got) => void (got.body.detail = 'Error: gone\n    at find (/srv/app/store.js:7:9)')),
  },
  {
    name: '401 has no WWW-Authenticate',
    caught: ['P-020'],
    wrap: errors(401, (got) => got.headers.delete('www-authenticate')),
  },
  {
    name: 'reading needs no credentials',
    caught: ['P-020', 'P-020/wrong'],
    wrap: onRequest((sent) => void (sent.method === 'GET' && sent.headers.set('authorization', 'Bearer secret'))),
  },
]
