// Breaks: groups and their members.

// biome-ignore-all lint/suspicious/noAssignInExpressions: a switch is one expression, so that a list of two hundred can be read
// biome-ignore-all lint/complexity/noCommaOperator: the same
// biome-ignore-all lint/suspicious/useIterableCallbackReturn: the same
import { type Body, type Break, error, errors, onRequest, resources, type Sent } from '../broken.ts'
import { HERE } from '../here.ts'
import { isCreation, pretend } from './building-blocks.ts'

/** The members in the creation of a group. */
const members = (sent: Sent): readonly Body[] =>
  isCreation(sent) && Array.isArray(sent.body?.members) ? sent.body.members : []

/** Groups. */
export const GROUPS_BREAKS: readonly Break[] = [
  {
    name: 'null for members is refused',
    caught: ['S-080/members'],
    wrap: onRequest((sent) => (sent.body?.members === null ? error(400, 'invalidValue') : undefined)),
  },
  {
    name: 'null for members in a PUT changes nothing',
    caught: ['P-307/members'],
    wrap: (real) => (sent) =>
      real(
        sent.method === 'PUT' && sent.body?.members === null
          ? { ...sent, method: 'GET', body: undefined, text: '' }
          : sent,
      ),
  },
  {
    name: 'a group needs no name',
    caught: ['S-132/name'],
    wrap: onRequest((sent) =>
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
        if (sent.method === 'PATCH' || sent.method === 'PUT') kept.delete(id)
        return got
      }
    },
  },
  {
    name: 'relative references are refused',
    caught: ['S-046'],
    wrap: onRequest((sent) =>
      members(sent).some(({ $ref }) => $ref !== undefined && !$ref.startsWith('http'))
        ? error(400, 'invalidValue')
        : undefined,
    ),
  },
  {
    name: 'relative references are resolved against the endpoint',
    caught: ['S-046/shown'],
    wrap: (real) => {
      const wrong = new Map<string, string>()
      return async (sent) => {
        const got = await real(sent)
        const [first] = members(sent)
        if (first?.$ref?.startsWith('Users/')) wrong.set(`/Groups/${got.body.id}`, `${HERE}/Groups/${first.$ref}`)
        const ref = sent.method === 'GET' ? wrong.get(sent.path) : undefined
        if (ref !== undefined && got.body?.members) got.body.members[0].$ref = ref
        return got
      }
    },
  },
  {
    name: 'a member needs a value',
    caught: ['S-046/alone'],
    wrap: onRequest((sent) =>
      members(sent).some(({ value, $ref }) => $ref !== undefined && value === undefined)
        ? error(400, 'invalidValue')
        : undefined,
    ),
  },
  {
    name: 'references are compared with their version',
    caught: ['S-087'],
    wrap: onRequest((sent) =>
      members(sent).some(({ $ref }) => $ref?.startsWith('http') && !$ref.startsWith(HERE))
        ? error(400, 'invalidValue')
        : undefined,
    ),
  },
  {
    name: 'a member is listed once per spelling of its reference',
    caught: ['S-087'],
    wrap: (real) => {
      const twice = new Set<string>()
      return async (sent) => {
        const got = await real(sent)
        const added = sent.method === 'PATCH' ? sent.body?.Operations?.[0]?.value?.[0]?.$ref : undefined
        if (added?.startsWith(HERE)) twice.add(sent.path)
        if (sent.method === 'GET' && twice.has(sent.path)) got.body.members?.push(got.body.members[0])
        return got
      }
    },
  },
  {
    name: 'the type of a member changes',
    caught: ['P-390/replace', 'P-390/remove'],
    wrap: errors(
      400,
      (got, sent) =>
        void (
          got.body.scimType === 'mutability' &&
          /^members\[.*\]\.type$/.test(sent.body?.Operations?.[0]?.path) &&
          Object.assign(got, { status: 204, body: undefined })
        ),
    ),
  },
]
