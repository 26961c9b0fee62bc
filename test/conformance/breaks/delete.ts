// Breaks: deleting resources.

// biome-ignore-all lint/suspicious/noAssignInExpressions: a switch is one expression, so that a list of two hundred can be read
// biome-ignore-all lint/complexity/noCommaOperator: the same
// biome-ignore-all lint/suspicious/useIterableCallbackReturn: the same
import { type Break, error, errors, onAnswer } from '../broken.ts'
import { isCreation } from './building-blocks.ts'

/** Delete. */
export const DELETE_BREAKS: readonly Break[] = [
  {
    name: 'DELETE is answered 200',
    caught: ['P-400/status', 'S-002', 'P-003/type'],
    wrap: onAnswer(
      (got, sent) =>
        void (sent.method === 'DELETE' && got.status === 204 && Object.assign(got, { status: 200, body: {} })),
    ),
  },
  {
    name: 'a second DELETE is answered 204',
    caught: ['P-401/delete', 'P-082'],
    wrap: errors(
      404,
      (got, sent) => void (sent.method === 'DELETE' && Object.assign(got, { status: 204, body: undefined })),
    ),
  },
  {
    name: 'names of deleted resources stay taken',
    caught: ['P-403'],
    wrap: (real) => {
      const names = new Map<string, string>()
      const gone = new Set<string>()
      return async (sent) => {
        if (isCreation(sent) && gone.has(sent.body?.userName)) return error(409, 'uniqueness')
        const got = await real(sent)
        if (isCreation(sent) && got.status === 201) names.set(got.body.id, sent.body.userName)
        if (sent.method === 'DELETE' && got.status === 204)
          gone.add(names.get(sent.path.split('/').at(-1) ?? '') ?? sent.path)
        return got
      }
    },
  },
]
