// biome-ignore-all lint/suspicious/noAssignInExpressions: a switch is one expression, so that a list of two hundred can be read
// biome-ignore-all lint/complexity/noCommaOperator: the same
// biome-ignore-all lint/suspicious/useIterableCallbackReturn: the same
import { ask, type Body, type Break, resources } from '../broken.ts'
import { pretend } from './parts.ts'

/** Groups. */
export const GROUPS_BREAKS: readonly Break[] = [
  {
    name: 'a group needs no name',
    caught: ['S-132/name'],
    wrap: ask((sent) =>
      sent.method === 'POST' && sent.path === '/Groups' && sent.body?.displayName === undefined
        ? pretend(sent)
        : undefined,
    ),
  },
  { name: 'users do not show their groups', caught: ['S-117'], wrap: resources((one) => void delete one.groups) },
  {
    name: 'members have no $ref that leads anywhere',
    caught: ['S-047', 'S-134'],
    wrap: resources((one) => one.members?.forEach((member: Body) => (member.$ref = `${member.$ref}x`))),
  },
  {
    name: 'deleted users stay in groups',
    caught: ['P-405'],
    wrap: (real) => {
      const kept = new Map<string, Body[]>()
      return async (sent) => {
        const got = await real(sent)
        if (sent.method === 'POST' && sent.path === '/Groups' && sent.body?.members)
          kept.set(got.body?.id, sent.body.members)
        const id = sent.path.split('/').at(-1) ?? ''
        if (
          sent.method === 'GET' &&
          got.status === 200 &&
          sent.path.startsWith('/Groups/') &&
          got.body.members === undefined &&
          kept.has(id) &&
          !sent.query.has('attributes')
        )
          got.body.members = kept.get(id)
        if (sent.method === 'PATCH') kept.delete(id)
        return got
      }
    },
  },
]
