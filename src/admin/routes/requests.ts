// The routes of the admin API for the record of requests.

import { z } from 'zod'
import { ANSWER_CLASSES, type LineFilter, type PlacedLine, REQUEST_ID, REQUEST_KINDS } from '../../record/index.ts'
import { isoTime } from '../../tenancy/index.ts'
import { type RecordAccess, readRecord, requireRecord } from '../record-access.ts'
import { Refused } from '../refusals.ts'
import { type Route, route } from '../route.ts'
import { time } from '../shapes.ts'

/** A request that was kept, or a line for several that were not. */
export const RequestBody = z.looseObject({
  id: z.string().describe('The same as in X-Request-Id, and at the end of the detail of an error'),
  place: z.int().describe('In the order in which requests came to the record'),
  at: time,
  tenant: z.string(),
  connection: z.string().optional(),
  kind: z.string().optional().describe('Which identity provider the connection is for'),
  token: z.string().optional().describe('Short name of the token; not a secret'),
  method: z.string(),
  route: z.string(),
  asks: z.enum(REQUEST_KINDS),
  path: z.string().describe('With its query; values are masked'),
  status: z.int(),
  us: z.int().describe('Time to answer, in microseconds'),
  bytesIn: z.int(),
  bytesOut: z.int(),
  type: z.string().optional(),
  resource: z.string().optional().describe('The id of the resource'),
  version: z.int().optional().describe('The version of the resource that the request made'),
  code: z.string().optional(),
  detail: z.string().optional().describe('Values are masked'),
  print: z.string().optional().describe('Similar failures have the same'),
  bends: z.array(z.string()).optional().describe('Rewrites that changed the message'),
  left: z.array(z.string()).optional().describe('Attributes that no schema has and that were left out'),
  process: z.string(),
  address: z.string().optional().describe('The network of the client'),
  agent: z.string().optional(),
  body: z.enum(['shape', 'values']).optional(),
  unkept: z.int().optional().describe('The line stands for so many requests that were counted and not kept'),
  since: time.optional(),
})

/** One request with its body. */
const WholeBody = RequestBody.extend({
  sent: z.unknown().optional().describe('Its shape: names, structure, and how long values are'),
})

const list = (text: string) => text.split(',').filter((one) => one !== '')

/** Which requests. */
export const RequestFilter = {
  connection: z.string().max(200).optional(),
  kind: z.string().max(50).optional(),
  method: z.string().max(20).optional(),
  asks: z.enum(REQUEST_KINDS).optional(),
  outcome: z
    .string()
    .transform(list)
    .pipe(z.array(z.enum(ANSWER_CLASSES)))
    .optional()
    .describe(`Some of ${ANSWER_CLASSES.join(',')}`),
  status: z
    .string()
    .transform((text) => list(text).map(Number))
    .pipe(z.array(z.int().min(100).max(599)).max(50))
    .optional()
    .describe('Like 409 or 404,409'),
  code: z.string().max(100).optional(),
  print: z.string().max(100).optional(),
  bent: z.string().max(100).optional().describe('any, or the name of a rewrite'),
  type: z.string().max(100).optional(),
  resource: z.string().max(200).optional(),
  about: z
    .string()
    .regex(/^[\w-]{22}$/)
    .optional()
    .describe('The keyed hash of a userName, address or externalId, as whereabouts gives it: requests that named it'),
  text: z.string().max(200).optional().describe('A part of the masked path'),
  took: z.coerce.number().min(0).optional().describe('At least so many milliseconds'),
  from: time.optional(),
  until: time.optional(),
}

/** Which page of them. */
const RequestQuery = z.strictObject({
  ...RequestFilter,
  order: z.enum(['newest', 'oldest']).default('newest'),
  after: z.coerce.number().int().min(0).optional().describe('The `next` of the page before, or a place'),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
})

/** A page of them. */
const RequestsBody = z.object({
  items: z.array(RequestBody),
  next: z.int().optional().describe('Pass it as `after` to read on; absent at the end'),
  failingSince: time
    .optional()
    .describe('Nothing has been kept since then: the database of the record cannot be written'),
})

/** The filter of the store for that of a query. */
export function lineFilter(
  { outcome, status, took, from, until, ...same }: z.output<z.ZodObject<typeof RequestFilter>>,
  tenants: readonly string[] | undefined,
): LineFilter {
  return {
    ...same,
    tenants,
    outcomes: outcome,
    statuses: status,
    took: took === undefined ? undefined : took * 1_000,
    from: from === undefined ? undefined : Date.parse(from),
    until: until === undefined ? undefined : Date.parse(until),
  }
}

/** A line as lists show it: without its body. */
export function lineJson({ sent: _sent, about: _about, at, since, ...line }: PlacedLine) {
  return { ...line, at: isoTime(at), ...(since === undefined ? {} : { since: isoTime(since) }) }
}

/** The same filter, without what was kept before a tenant was made: an earlier one may have had its name. */
function since(filter: LineFilter, created: number): LineFilter {
  return created === 0 ? filter : { ...filter, from: Math.max(created, filter.from ?? 0) }
}

async function pageOf(
  record: RecordAccess | undefined,
  { order, after, limit, ...filter }: z.output<typeof RequestQuery>,
  tenants: readonly string[] | undefined,
  created = 0,
) {
  const { store, failingSince } = requireRecord(record)
  const { items, next } = await readRecord(record, () =>
    store.page({ ...since(lineFilter(filter, tenants), created), order, after, limit }),
  )
  const failing = failingSince()
  return {
    items: items.map(lineJson),
    ...(next === undefined ? {} : { next }),
    ...(failing === undefined ? {} : { failingSince: isoTime(failing) }),
  }
}

async function oneRequest(
  record: RecordAccess | undefined,
  id: string,
  tenants: readonly string[] | undefined,
  created = 0,
): Promise<PlacedLine> {
  const { store } = requireRecord(record)
  const line = REQUEST_ID.test(id) ? await readRecord(record, () => store.line(id, tenants)) : undefined
  if (line === undefined || line.at < created) {
    throw new Refused(
      404,
      'ERR_NOT_FOUND',
      `There is no request ${id.slice(0, 50)} here; it may be older than what is kept, or was counted and not kept`,
    )
  }
  return line
}

/** A request with the shape of its body; a body with values has a route of its own. */
function wholeJson(line: PlacedLine) {
  const { sent, body } = line
  return { ...lineJson(line), ...(sent === undefined || body !== 'shape' ? {} : { sent: JSON.parse(sent) }) }
}

/** The routes for the record of requests. */
export const REQUEST_ROUTES: readonly Route[] = [
  route({
    method: 'get',
    path: '/requests',
    id: 'listAllRequests',
    does: 'List the requests that were kept, of all tenants that the caller reaches, newest first',
    needs: { capability: 'see', reach: 'own' },
    query: RequestQuery,
    gives: { status: 200, body: RequestsBody },
    run: ({ query, administrator }, { record }) => pageOf(record, query, administrator.tenants),
  }),
  route({
    method: 'get',
    path: '/requests/{id}',
    id: 'findRequest',
    does: 'Find a request by its id, in any tenant that the caller reaches',
    needs: { capability: 'see', reach: 'own' },
    gives: { status: 200, body: WholeBody },
    run: async ({ params, administrator }, { record }) =>
      wholeJson(await oneRequest(record, params.id, administrator.tenants)),
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/requests',
    id: 'listRequests',
    does: 'List the requests of a tenant that were kept, newest first',
    needs: { capability: 'see', reach: 'tenant' },
    query: RequestQuery,
    gives: { status: 200, body: RequestsBody },
    run: async ({ params, query }, { tenancy, record }) => {
      const { name, created } = await tenancy.tenants.show(params.tenant)
      return pageOf(record, query, [name], created)
    },
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/requests/{id}',
    id: 'showRequest',
    does: 'Show a request, with the shape of its body',
    needs: { capability: 'see', reach: 'tenant' },
    gives: { status: 200, body: WholeBody },
    run: async ({ params }, { tenancy, record }) => {
      const { name, created } = await tenancy.tenants.show(params.tenant)
      return wholeJson(await oneRequest(record, params.id, [name], created))
    },
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/requests/{id}/values',
    id: 'showRequestValues',
    does: 'Show a request with the values of its body, where they were recorded; each look is a line of the audit',
    needs: { capability: 'values', reach: 'tenant', fresh: true },
    audited: true,
    gives: { status: 200, body: WholeBody },
    run: async ({ params }, { tenancy, record }) => {
      const { name, created } = await tenancy.tenants.show(params.tenant)
      const line = await oneRequest(record, params.id, [name], created)
      return { ...lineJson(line), ...(line.sent === undefined ? {} : { sent: JSON.parse(line.sent) }) }
    },
  }),
]
