// The route of the admin API for all that happened to a resource: changes, requests, pushes, receipts.

import { z } from 'zod'
import { documentOf } from '../../directory/index.ts'
import { hashOfName } from '../../record/index.ts'
import { isoTime } from '../../tenancy/index.ts'
import {
  changesOf,
  HAPPENINGS,
  type Happening,
  type HappeningKind,
  type HappeningsOf,
  joined,
  pushesOf,
  receiptsOf,
  requestsOf,
} from '../history/happenings.ts'
import { type Cursors, mergeNewest } from '../history/merge.ts'
import { readRecord } from '../record-access.ts'
import { type Route, type RouteDeps, route } from '../route.ts'
import { time } from '../shapes.ts'
import { builtTo, EntryBody, entryJson } from './history.ts'
import { AttemptBody, attemptJson } from './links.ts'
import { lineJson, RequestBody } from './requests.ts'

/** One thing that happened. */
const HappeningBody = z.object({
  key: z.string().describe('Unique in the list'),
  kind: z.enum(HAPPENINGS).describe('read: a request that was answered and changed nothing'),
  at: time,
  change: EntryBody.optional(),
  maker: z.string().optional().describe('The id of the request that made the change, where it is kept'),
  request: RequestBody.optional().describe('Of the kinds request and read'),
  push: AttemptBody.extend({ app: z.string() }).optional(),
  receipt: z
    .object({ how: z.enum(['deleted', 'deactivated', 'killed']), left: time, place: z.int(), signed: time.optional() })
    .optional(),
})

const Place = z
  .string()
  .regex(/^\d{1,15}$/)
  .nullable()
  .optional()
const Places = z.strictObject({
  requests: Place,
  named: Place,
  changes: Place,
  receipts: Place,
  pushes: z.string().max(500).nullable().optional(),
})

/** Where the list goes on, in each of its sources. */
const Beyond = z
  .string()
  .max(2_000)
  .transform((text, context) => {
    const read = Places.safeParse(parsed(text))
    if (read.success)
      return Object.fromEntries(Object.entries(read.data).filter(([, place]) => place !== undefined)) as Cursors
    context.addIssue('Pass the `next` of the page before')
    return z.NEVER
  })

function parsed(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    return undefined
  }
}

/** What is looked at: also by the userName of who is here, so that requests are found that named it before it was. */
async function subjectOf(
  { tenancy, directory, record }: RouteDeps,
  { tenant, type, id }: { readonly tenant: string; readonly type: string; readonly id: string },
): Promise<HappeningsOf> {
  const { name, created } = await tenancy.tenants.show(tenant)
  const stored = record === undefined ? undefined : await directory.get({ tenant: name, type, id })
  const userName = stored === undefined ? undefined : documentOf(stored).userName
  const about =
    typeof userName === 'string' ? hashOfName(await directory.secretKey('about'), name, userName) : undefined
  return { tenant: name, type, id, about, created }
}

async function pageOf(
  given: RouteDeps,
  of: HappeningsOf,
  {
    kinds,
    before,
    limit,
  }: { readonly kinds: readonly HappeningKind[]; readonly before: Cursors; readonly limit: number },
) {
  const { store, history, record, hub } = given
  const wanted = new Set(kinds)
  const reach = { begins: 1, builtTo: 0 }
  const readsRequests = wanted.has('request') || wanted.has('read')
  const sources = [
    ...(record === undefined || !readsRequests
      ? []
      : requestsOf({ page: (query) => readRecord(record, () => record.store.page(query)) }, of, wanted)),
    ...(wanted.has('push') ? [pushesOf(hub, of)] : []),
    ...(wanted.has('receipt') && of.type === 'User' ? [receiptsOf(hub, of)] : []),
    ...(wanted.has('change') ? [changesOf(store, history, of, (told) => Object.assign(reach, told))] : []),
  ]
  const page = await mergeNewest(sources, before, limit)
  const items = joined(page.items)
  const groups = items.flatMap((one) => (one.kind === 'change' && 'group' in one.entry ? [one.entry.group] : []))
  const names = new Map((await store.names(of.tenant, groups)).map((group) => [group.id, group.display]))
  return {
    items: items.map((one) => happeningJson(one, names)),
    ...(page.next === undefined ? {} : { next: Buffer.from(JSON.stringify(page.next)).toString('base64url') }),
    ...reach,
  }
}

function happeningJson(one: Happening, names: ReadonlyMap<string, string>) {
  const { kind, at } = one
  const common = { kind, at: isoTime(at) ?? '' }
  switch (kind) {
    case 'change': {
      const { entry, request } = one
      const maker = request === undefined ? {} : { maker: request }
      return { key: `change ${entry.line.place}`, ...common, change: entryJson(entry, names), ...maker }
    }
    case 'push': {
      const { delivery } = one
      return { key: `push ${one.next}`, ...common, push: { ...attemptJson(delivery), app: delivery.app } }
    }
    case 'receipt': {
      const { how, at: left, place, signedAt } = one.leaving
      return {
        key: `receipt ${place}`,
        ...common,
        receipt: { how, left: isoTime(left), place, signed: isoTime(signedAt) },
      }
    }
    default:
      return { key: `request ${one.line.place}`, ...common, request: lineJson(one.line) }
  }
}

/** The route for all that happened. */
export const HAPPENING_ROUTES: readonly Route[] = [
  route({
    method: 'get',
    path: '/tenants/{tenant}/resources/{type}/{id}/happenings',
    id: 'readHappenings',
    does: 'Read all that happened to a resource as one list, newest first: its changes, the kept requests that touched or named it, what apps were sent of it, its receipts. Also of one that is gone',
    needs: { capability: 'values', reach: 'tenant' },
    query: z.strictObject({
      kinds: z
        .string()
        .default('change,request,push,receipt')
        .transform((text) => text.split(','))
        .pipe(z.array(z.enum(HAPPENINGS)).min(1))
        .describe(`Some of ${HAPPENINGS.join(',')}`),
      before: Beyond.optional().describe('The `next` of the page before'),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
    gives: {
      status: 200,
      body: z.object({
        items: z.array(HappeningBody),
        next: z
          .string()
          .optional()
          .describe(
            'Pass it as `before` to read on; absent at the end. A page may have fewer items although there are more',
          ),
        begins: z.int().describe('The first place of the log that this reaches back to'),
        builtTo,
      }),
    },
    run: async ({ params, query: { before = {}, ...query } }, given) =>
      pageOf(given, await subjectOf(given, params), { ...query, before }),
  }),
]
