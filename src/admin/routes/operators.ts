// The routes of the admin API for operators, and for the links that sign them in.

import { z } from 'zod'
import { ROLES, type Role } from '../../access/index.ts'
import { isoTime, type Operator } from '../../tenancy/index.ts'
import { type Call, type Route, type RouteDeps, route } from '../route.ts'
import { time } from '../shapes.ts'
import { LINK_MS } from '../sign-in/one-time-links.ts'

const MINUTE_MS = 60_000
const role = z.enum(Object.keys(ROLES) as Role[])
const tenants = z.array(z.string()).describe('The tenants it is limited to')

/** An operator. */
const OperatorBody = z.object({
  operator: z.string(),
  name: z.string(),
  role,
  tenants: tenants.optional().describe('Absent: all, and the whole database'),
  created: time,
})

const ChangeBody = z.strictObject({
  name: z.string().optional(),
  role: role.optional(),
  tenants: tenants.nullable().optional().describe('null: all, and the whole database'),
})

function operatorJson({ id, created, ...rest }: Operator) {
  return { operator: id, ...rest, created: isoTime(created) }
}

function operatorsOf({ giver }: Pick<Call, 'giver'>, { ways }: RouteDeps) {
  return ways.operators(giver)
}

const ALL = { capability: 'own', reach: 'database' } as const
const CHANGES = { ...ALL, fresh: true } as const

/** The routes for operators. */
export const OPERATOR_ROUTES: readonly Route[] = [
  route({
    method: 'get',
    path: '/operators',
    id: 'listOperators',
    does: 'List the operators, who run this installation, by id',
    needs: ALL,
    gives: { status: 200, body: z.object({ items: z.array(OperatorBody) }) },
    run: async (call, deps) => ({ items: (await operatorsOf(call, deps).list()).map(operatorJson) }),
  }),
  route({
    method: 'post',
    path: '/operators',
    id: 'createOperator',
    does: 'Make an operator. Nobody gives a role that they lack; a link signs the operator in',
    needs: CHANGES,
    body: ChangeBody.extend({
      operator: z
        .string()
        .describe('1 to 40 characters of a-z, 0-9, dot, hyphen and underscore; the log names operators by it'),
      role,
    }),
    gives: { status: 201, body: OperatorBody },
    run: async (call, deps) => {
      const { operator, ...draft } = call.body
      return operatorJson(await operatorsOf(call, deps).create(operator, draft))
    },
  }),
  route({
    method: 'patch',
    path: '/operators/{operator}',
    id: 'changeOperator',
    does: 'Change the name, role or tenants of an operator; sessions have the new role at once. The last owner stays one',
    needs: CHANGES,
    body: ChangeBody,
    gives: { status: 200, body: OperatorBody },
    run: async (call, deps) => operatorJson(await operatorsOf(call, deps).change(call.params.operator, call.body)),
  }),
  route({
    method: 'delete',
    path: '/operators/{operator}',
    id: 'removeOperator',
    does: 'Remove an operator; sessions end at once. The last owner stays',
    needs: CHANGES,
    gives: { status: 204 },
    run: (call, deps) => operatorsOf(call, deps).remove(call.params.operator),
  }),
  route({
    method: 'post',
    path: '/links',
    id: 'createLink',
    does: 'Make a link that signs an operator in, once and within half an hour; it is shown only this once',
    needs: CHANGES,
    body: z.strictObject({
      operator: z.string(),
      minutes: z
        .number()
        .positive()
        .max(LINK_MS.longest / MINUTE_MS)
        .default(LINK_MS.longest / MINUTE_MS),
    }),
    gives: { status: 201, body: z.object({ link: z.url(), operator: z.string(), expires: time }) },
    run: async ({ body, giver, visit, facts }, { ways }) => {
      facts.object = body.operator
      const { id } = await ways.operator(body.operator)
      const { secret, expires } = await ways.links.make({ operator: id }, body.minutes * MINUTE_MS, giver)
      return { link: `${visit.origin}/console/first#k=${secret}`, operator: id, expires: isoTime(expires) }
    },
  }),
]
