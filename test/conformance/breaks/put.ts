// Breaks: PUT.

// biome-ignore-all lint/suspicious/noAssignInExpressions: a switch is one expression, so that a list of two hundred can be read
// biome-ignore-all lint/complexity/noCommaOperator: the same
// biome-ignore-all lint/suspicious/useIterableCallbackReturn: the same
import { type Break, error, errors, onAnswer, onRequest } from '../broken.ts'
import { isSingle, pretend } from './building-blocks.ts'

/** Replace. */
export const PUT_BREAKS: readonly Break[] = [
  {
    name: 'PUT creates',
    caught: ['P-301', 'P-401/put'],
    wrap: errors(404, (got, sent) => void (sent.method === 'PUT' && Object.assign(got, pretend(sent)))),
  },
  {
    name: 'PUT is answered 204',
    caught: [
      'S-064',
      'P-303',
      'P-303/unset',
      'P-200/put',
      'P-302',
      'P-304',
      'S-009/put',
      'P-304/same',
      'P-306',
      'P-307',
      'P-308',
      'P-501/current',
      'P-502',
      'P-505',
    ],
    wrap: onAnswer(
      (got, sent) =>
        void (
          sent.method === 'PUT' &&
          got.status === 200 &&
          isSingle(sent) &&
          (Object.assign(got, { status: 204, body: undefined }), got.headers.delete('content-type'))
        ),
    ),
  },
  {
    name: 'PUT refuses meta',
    caught: ['P-304', 'P-304/same'],
    wrap: onRequest((sent) =>
      sent.method === 'PUT' && isSingle(sent) && sent.body?.meta !== undefined ? error(400, 'mutability') : undefined,
    ),
  },
  {
    name: 'PUT refuses an id',
    caught: ['S-009/put', 'P-304/same'],
    wrap: onRequest((sent) =>
      sent.method === 'PUT' && isSingle(sent) && sent.body?.id !== undefined ? error(400, 'mutability') : undefined,
    ),
  },
  {
    name: 'PUT keeps lists',
    caught: ['P-302'],
    wrap: onRequest(
      (sent) =>
        void (sent.method === 'PUT' && isSingle(sent) && sent.body?.emails?.length === 1 && delete sent.body.emails),
    ),
  },
  {
    name: 'there is no PUT',
    caught: ['P-300', 'P-301'],
    wrap: onRequest((sent) => (sent.method === 'PUT' && isSingle(sent) ? error(501) : undefined)),
  },
]
