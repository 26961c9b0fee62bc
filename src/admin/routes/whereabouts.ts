// The route of the admin API that says what happened to an address: arrived, refused, or never.

import { z } from 'zod'
import { environment } from '../../environment.ts'
import { hashOfName, type PlacedLine } from '../../record/index.ts'
import { isoTime } from '../../tenancy/index.ts'
import { readRecord, requireRecord } from '../record-access.ts'
import { type Route, route } from '../route.ts'
import { time } from '../shapes.ts'
import { lineJson, RequestBody } from './requests.ts'

/** Requests that are looked at. */
const MOST = 500

/** Whom to look for. */
const NameBody = z.strictObject({
  name: z.string().min(1).max(320).describe('A whole userName, e-mail address or externalId, in any letter case'),
})

/** What the requests of the last days say. */
const WhereaboutsBody = z.object({
  state: z
    .enum(['here', 'gone', 'refused', 'asked', 'never'])
    .describe(
      'here: a resource that a request with this name wrote is here; gone: it was; refused: every attempt to write it was; asked: it was only looked for; never: no kept request named it',
    ),
  type: z.string().optional(),
  resource: z.string().optional().describe('The id of the resource'),
  about: z.string().describe('The keyed hash of the name: pass it as `about` to list these requests'),
  requests: z.int().describe('How many kept requests named it, at most 500'),
  first: time.optional(),
  last: time.optional(),
  refusal: RequestBody.optional().describe('The newest one that was refused'),
  since: time.optional().describe('Requests before this time are no longer kept'),
})

/** The route. */
export const WHEREABOUTS_ROUTES: readonly Route[] = [
  route({
    method: 'post',
    path: '/tenants/{tenant}/whereabouts',
    id: 'findWhereabouts',
    does: 'Find out what happened to a userName, e-mail address or externalId: arrived, refused or never. Requests are found by a keyed hash; the name itself is not kept',
    needs: { capability: 'see', reach: 'tenant' },
    body: NameBody,
    gives: { status: 200, body: WhereaboutsBody },
    run: async ({ params, body }, { tenancy, directory, record }) => {
      const { name: tenant, created } = await tenancy.tenants.show(params.tenant)
      const { store } = requireRecord(record)
      const hash = hashOfName(await directory.secretKey('about'), tenant, body.name)
      const { items } = await readRecord(record, () =>
        store.page({ tenants: [tenant], about: hash, from: created, order: 'newest', limit: MOST }),
      )
      const { oldest } = await readRecord(record, () => store.size())
      const written = items.find(
        ({ status, version, resource }) => status < 300 && version !== undefined && resource !== undefined,
      )
      const refusal = items.find(({ status, asks }) => status >= 400 && asks !== 'door')
      const isHere =
        written?.type !== undefined && written.resource !== undefined
          ? (await directory.get({ tenant, type: written.type, id: written.resource })) !== undefined
          : undefined
      return {
        state: stateOf(items, isHere, refusal),
        ...(written === undefined ? {} : { type: written.type, resource: written.resource }),
        about: hash,
        requests: items.length,
        first: isoTime(items.at(-1)?.at),
        last: isoTime(items[0]?.at),
        ...(refusal === undefined ? {} : { refusal: lineJson(refusal) }),
        since: isoTime(oldest ?? environment.now()),
      }
    },
  }),
]

function stateOf(items: readonly PlacedLine[], isHere: boolean | undefined, refusal: PlacedLine | undefined) {
  if (isHere !== undefined) return isHere ? 'here' : 'gone'
  const isWrite = refusal !== undefined && ['create', 'update', 'bulk'].includes(refusal.asks)
  if (isWrite) return 'refused'
  return items.length === 0 ? 'never' : 'asked'
}
