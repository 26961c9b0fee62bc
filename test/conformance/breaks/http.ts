// Breaks: media types, methods and endpoints.

// biome-ignore-all lint/suspicious/noAssignInExpressions: a switch is one expression, so that a list of two hundred can be read
// biome-ignore-all lint/complexity/noCommaOperator: the same
// biome-ignore-all lint/suspicious/useIterableCallbackReturn: the same
import { type Break, error, errors, onAnswer, onRequest } from '../broken.ts'
import { isCreation, isSingle, pretend } from './building-blocks.ts'

/** HTTP. */
export const HTTP_BREAKS: readonly Break[] = [
  {
    name: 'answers are application/json whatever Accept says',
    caught: ['P-003/scim', 'P-003/default'],
    wrap: onAnswer(
      (got) =>
        void (
          got.headers.get('content-type')?.startsWith('application/scim') &&
          got.headers.set('content-type', 'application/json')
        ),
    ),
  },
  {
    name: 'answers are text/plain',
    caught: ['P-003/scim', 'P-003/json', 'P-003/default', 'P-003/type'],
    wrap: onAnswer(
      (got) =>
        void (got.status < 300 && got.headers.has('content-type') && got.headers.set('content-type', 'text/plain')),
    ),
  },
  {
    name: 'errors are text/html',
    caught: ['P-003/error-type'],
    wrap: errors(undefined, (got) => got.headers.set('content-type', 'text/html')),
  },
  {
    name: 'a charset is refused',
    caught: ['P-004/charset'],
    wrap: onRequest((sent) => (sent.headers.get('content-type')?.includes('charset') ? error(415) : undefined)),
  },
  {
    name: 'application/json is refused',
    caught: ['P-004/json'],
    wrap: onRequest((sent) =>
      sent.headers.get('content-type')?.startsWith('application/json') ? error(415) : undefined,
    ),
  },
  {
    name: 'text/plain is accepted',
    caught: ['P-004/other'],
    wrap: onRequest(
      (sent) =>
        void (
          sent.headers.get('content-type') === 'text/plain' && sent.headers.set('content-type', 'application/json')
        ),
    ),
  },
  {
    name: 'letters outside ASCII are lost',
    caught: ['P-002'],
    wrap: onRequest(
      (sent) =>
        void (
          isCreation(sent) &&
          sent.body &&
          (sent.body = JSON.parse(JSON.stringify(sent.body).replaceAll(/[^\0-\x7f]/g, '?')))
        ),
    ),
  },
  {
    name: 'broken JSON makes the server fail',
    caught: ['P-006/broken', 'P-560/500'],
    wrap: errors(
      400,
      (got, sent) => void (sent.body === undefined && sent.text !== '' && Object.assign(got, error(500))),
    ),
  },
  {
    name: 'unknown parameters are refused',
    caught: ['P-008'],
    wrap: onRequest((sent) => (sent.query.has('lockstepnope') ? error(400, 'invalidValue') : undefined)),
  },
  {
    name: 'PUT of the endpoint works',
    caught: ['P-044/put'],
    wrap: onRequest((sent) =>
      sent.method === 'PUT' && sent.path === '/Users' ? { ...pretend(sent), status: 200 } : undefined,
    ),
  },
  {
    name: 'DELETE of the endpoint works',
    caught: ['P-044/delete'],
    wrap: onRequest((sent) =>
      sent.method === 'DELETE' && sent.path === '/Users'
        ? { status: 204, headers: new Headers(), body: undefined }
        : undefined,
    ),
  },
  { name: '405 without Allow', caught: ['P-044/allow'], wrap: errors(405, (got) => got.headers.delete('allow')) },
  {
    name: 'an unknown endpoint is an empty list',
    caught: ['P-045/endpoint'],
    wrap: errors(
      404,
      (got, sent) =>
        void (
          sent.path === '/LockstepNope' &&
          Object.assign(got, {
            status: 200,
            body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'], totalResults: 0 },
          })
        ),
    ),
  },
  {
    name: 'an unknown id is 400',
    caught: ['P-045/id'],
    wrap: errors(
      404,
      (got, sent) =>
        void (
          sent.method === 'GET' &&
          /nope$|4000-8000/.test(sent.path) &&
          isSingle(sent) &&
          Object.assign(got, error(400))
        ),
    ),
  },
]
