// The routes of the admin API that find people, groups and other resources as one types, and members of groups.

import { z } from 'zod'
import { type ResourceType, typeByName } from '../../protocol/index.ts'
import { type Tenancy, TenancyError } from '../../tenancy/index.ts'
import { type FoundPage, findResources } from '../find.ts'
import { membersOf, nestingOf } from '../members.ts'
import { type Route, type RouteDeps, route } from '../route.ts'
import { PageQuery, Word } from '../shapes.ts'

/** What is looked for. */
const FindQuery = z.strictObject({
  q: Word.max(200).describe('The text that one has typed'),
  after: PageQuery.shape.after,
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('Most entries of the page'),
  attributes: Word.optional().describe(
    'Attributes to show of each, separated by commas; absent: all but members and groups',
  ),
})
/** What was found. */
const FoundBody = z.object({
  items: z.array(
    z.object({
      resource: z.looseObject({ id: z.string() }).describe('As SCIM shows it'),
      matched: z.object({
        path: z.string().describe('The attribute by which it was found'),
        how: z.enum(['begins', 'contains']).describe('Whether its value begins with the text, or contains it'),
      }),
    }),
  ),
  reading: z
    .boolean()
    .describe(
      'Whether the next page, or this one, reads a whole index or every resource, which takes longer: first comes what an index gives at once',
    ),
  next: z.string().optional().describe('Pass it as `after` to read on; absent on the last page'),
})

/** A member of a group. */
const MemberBody = z.object({
  id: z.string(),
  type: z.string(),
  display: z.string(),
  direct: z.boolean().describe('Whether it is a member itself, not through a group inside'),
})

/** A resource type of a tenant, which exists. Throws {@link TenancyError} otherwise. */
export async function typeIn(tenancy: Tenancy, tenant: string, name: string): Promise<ResourceType> {
  await tenancy.tenants.show(tenant)
  await tenancy.ready(tenant)
  const type = typeByName(tenancy.catalog(tenant), name)
  if (type !== undefined) return type
  throw new TenancyError('ERR_NOT_FOUND', `Tenant "${tenant}" has no resource type "${name}"`)
}

async function found(
  { tenancy, directory, scim }: RouteDeps,
  tenant: string,
  name: string,
  { q, after, limit, attributes }: z.output<typeof FindQuery>,
): Promise<FoundPage> {
  const type = await typeIn(tenancy, tenant, name)
  const shown = attributes?.split(',').flatMap((one) => one.trim() || [])
  return findResources({ directory, ask: scim }, tenant, type, { text: q, after, limit, attributes: shown })
}

/** The routes that find resources. */
export const FIND_ROUTES: readonly Route[] = [
  route({
    method: 'get',
    path: '/tenants/{tenant}/people',
    id: 'findPeople',
    does: 'Find people by the beginning of userName, displayName, e-mail address, family name, externalId or id; then those that contain the text',
    needs: { capability: 'values', reach: 'tenant' },
    query: FindQuery,
    gives: { status: 200, body: FoundBody },
    run: ({ params, query }, deps) => found(deps, params.tenant, 'User', query),
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/groups',
    id: 'findGroups',
    does: 'Find groups by the beginning of displayName, externalId or id; then those that contain the text',
    needs: { capability: 'values', reach: 'tenant' },
    query: FindQuery,
    gives: { status: 200, body: FoundBody },
    run: ({ params, query }, deps) => found(deps, params.tenant, 'Group', query),
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/resources/{type}',
    id: 'findResources',
    does: 'Find resources of any type by the beginning of what is indexed of them; then those that contain the text',
    needs: { capability: 'values', reach: 'tenant' },
    query: FindQuery,
    gives: { status: 200, body: FoundBody },
    run: ({ params, query }, deps) => found(deps, params.tenant, params.type, query),
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/groups/{group}/members',
    id: 'listMembers',
    does: 'List the members of a group, however many; or those whose name begins with a text or contains it',
    needs: { capability: 'values', reach: 'tenant' },
    query: z.strictObject({
      q: Word.max(200).optional().describe('Only people who are found by this text'),
      after: PageQuery.shape.after,
      limit: PageQuery.shape.limit,
      direct: z
        .enum(['true', 'false'])
        .default('true')
        .describe('false: people who are in it through groups inside, too; groups inside have a route of their own'),
    }),
    gives: { status: 200, body: z.object({ items: z.array(MemberBody), next: FoundBody.shape.next }) },
    run: async ({ params, query }, { tenancy, directory, scim }) => {
      const { tenant, group: id } = params
      const user = await typeIn(tenancy, tenant, 'User')
      const { q: text, after, limit } = query
      const wanted = { text, after, limit, direct: query.direct === 'true' }
      return membersOf({ directory, ask: scim }, { tenant, id }, user, wanted)
    },
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/groups/{group}/nesting',
    id: 'showNesting',
    does: 'Show the groups directly inside a group, and those that it is in',
    needs: { capability: 'values', reach: 'tenant' },
    gives: {
      status: 200,
      body: z.object({
        inside: z.array(MemberBody),
        complete: z.boolean().describe('Whether `inside` is all of them: a very large group is looked through in part'),
        above: z.array(MemberBody),
      }),
    },
    run: async ({ params }, { tenancy, directory }) => {
      const { tenant, group: id } = params
      return nestingOf(directory, await typeIn(tenancy, tenant, 'Group'), { tenant, id })
    },
  }),
]
