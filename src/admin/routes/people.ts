// The routes of the admin API for what apps were told of people: told, kill, receipts.

import { z } from 'zod'
import type { HubAdministration, Told } from '../../hub/index.ts'
import { isoTime } from '../../tenancy/index.ts'
import { pageWith, type Route, route } from '../route.ts'
import { PageQuery, pageOf, time } from '../shapes.ts'

const wanted = z.enum(['active', 'disabled', 'absent'])
const readBack = z.object({ found: z.enum(['none', 'off', 'active']), at: time })
const reason = z.looseObject({ code: z.string(), message: z.string(), since: time })

/** What one app was told of a person. */
const ToldRowBody = z.object({
  app: z.string(),
  label: z.string(),
  account: z.string().optional().describe("The app's id of the account"),
  state: z
    .enum(['confirmed', 'verified', 'pending', 'waiting', 'held', 'parked', 'none'])
    .describe('verified: a read after the confirmation showed it; none: no account there, and none wanted'),
  wanted: wanted.describe('What the account should be'),
  changedAt: time.optional(),
  confirmedAt: time.optional(),
  place: z.int().optional().describe('The place in the log that the confirmation reflects'),
  readBack: readBack.optional(),
  reason: reason.optional().describe('Why it is not confirmed'),
  nextAt: time.optional().describe('When it is tried next'),
})
/** Somebody removed a person from every app at once. */
const KilledBody = z.object({
  at: time,
  by: z.string(),
  revoked: z.object({ at: time, by: z.string() }).optional().describe('Taken back; absent while it stands'),
})
/** What all apps were told. */
const ToldBody = z.object({
  user: z.string(),
  kill: KilledBody.optional().describe('The last time somebody removed the person from every app at once'),
  apps: z.array(ToldRowBody),
})

/** What came of a kill. */
const KillBody = z.object({
  user: z.string(),
  already: z.boolean().describe('It was decided before; apps that are open were told again'),
  apps: z.array(z.string()).describe('Apps in which the person has, or had, an account'),
})

/** A receipt. */
const ReceiptBody = z.object({
  jws: z.string().describe('The signed document, as an auditor verifies it'),
  receipt: z.looseObject({
    sub: z.string(),
    tenant: z.string(),
    complete: z.boolean().describe('The person has left, and every app in which there was an account has confirmed'),
    apps: z.array(z.looseObject({ app: z.string(), state: z.enum(['confirmed', 'verified', 'open', 'none']) })),
  }),
})

/** What one app was told, as an answer. */
function toldJson({ changedAt, confirmedAt, nextAt, readBack, reason, ...row }: Told) {
  return {
    ...row,
    changedAt: isoTime(changedAt),
    confirmedAt: isoTime(confirmedAt),
    ...(readBack === undefined ? {} : { readBack: { found: readBack.found, at: isoTime(readBack.at) } }),
    ...(reason === undefined ? {} : { reason: { ...reason, since: isoTime(reason.since) } }),
    nextAt: isoTime(nextAt),
  }
}

type Killed = Awaited<ReturnType<HubAdministration['proof']['killed']>>

/** The last kill of a person, as an answer. */
function killedJson(kill: Killed) {
  if (kill === undefined) return {}
  const { at, by, revoked } = kill
  return { kill: { at: isoTime(at), by, ...(revoked && { revoked: { ...revoked, at: isoTime(revoked.at) } }) } }
}

const instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))

/** Which leavings are wanted. */
const LeaversQuery = PageQuery.omit({ search: true }).extend({
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('Most entries of the page'),
  since: instant.optional().describe('Only those since then, as 2026-03-01T12:00:00Z'),
  until: instant.optional().describe('Only those until then'),
  open: z.enum(['true', 'false']).default('false').describe('Only those that some app has not confirmed'),
})

/** Somebody who left. */
const LeaverBody = z.object({
  user: z.string(),
  userName: z.string().optional(),
  externalId: z.string().optional(),
  how: z.enum(['deleted', 'deactivated', 'killed']),
  at: time,
  place: z.int(),
  complete: z.boolean().describe('Every app in which there was an account has confirmed'),
  returned: z.boolean().describe('The person came back before the apps had confirmed'),
  signed: time.optional().describe('When the receipt was signed'),
  apps: z.object({ confirmed: z.int(), verified: z.int(), open: z.int() }),
  openIn: z.array(z.string()).describe('Labels of apps that have not confirmed, a few of them'),
  lastConfirmed: time.optional(),
})

type LeaverRow = Awaited<ReturnType<HubAdministration['proof']['leavers']>>['items'][number]

function leaverJson({ at, signedAt, lastConfirmedAt, ...row }: LeaverRow) {
  return { ...row, at: isoTime(at), signed: isoTime(signedAt), lastConfirmed: isoTime(lastConfirmedAt) }
}

/** The routes for what apps were told of people. People are named by id, deleted ones too. */
export const PEOPLE_ROUTES: readonly Route[] = [
  route({
    method: 'get',
    path: '/tenants/{tenant}/leavers',
    id: 'listLeavers',
    does: 'List who has left, the last one first, and whether every app has confirmed it',
    needs: { capability: 'values', reach: 'tenant' },
    query: LeaversQuery,
    gives: { status: 200, body: pageOf(LeaverBody) },
    run: async ({ params, query: { open, ...query } }, { hub }) =>
      pageWith(await hub.proof.leavers(params.tenant, { ...query, open: open === 'true' }), leaverJson),
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/people/{user}/told',
    id: 'tellWho',
    does: 'What each app was told of a person: when it confirmed, or why it has not yet and when it is tried next; and whether somebody removed the person from every app',
    needs: { capability: 'values', reach: 'tenant' },
    gives: { status: 200, body: ToldBody },
    run: async ({ params }, { hub }) => {
      const { tenant, user } = params
      const [rows, kill] = await Promise.all([hub.proof.told(tenant, user), hub.proof.killed(tenant, user)])
      return { user, ...killedJson(kill), apps: rows.map(toldJson) }
    },
  }),
  route({
    method: 'post',
    path: '/tenants/{tenant}/people/{user}/kill',
    id: 'killPerson',
    does: 'Remove a person from every app at once, whatever scopes and guards say, until it is revoked. Done again, it changes nothing',
    needs: { capability: 'approve', reach: 'tenant', fresh: true },
    gives: { status: 200, body: KillBody },
    run: async ({ params }, { hub }) => ({
      user: params.user,
      ...(await hub.proof.kill(params.tenant, params.user)),
    }),
  }),
  route({
    method: 'delete',
    path: '/tenants/{tenant}/people/{user}/kill',
    id: 'revokeKill',
    does: 'Take a kill back: the directory and the scopes decide again',
    needs: { capability: 'approve', reach: 'tenant', fresh: true },
    gives: { status: 204 },
    run: async ({ params }, { hub }) => {
      await hub.proof.revokeKill(params.tenant, params.user)
    },
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/people/{user}/receipt',
    id: 'showReceipt',
    does: 'The receipt of somebody who left, as of now: which apps confirmed, when, and what was read back. Signed; the keys are at /.well-known/lockstep/jwks.json',
    needs: { capability: 'values', reach: 'tenant' },
    gives: { status: 200, body: ReceiptBody },
    run: async ({ params }, { hub }) => hub.proof.receipt(params.tenant, params.user),
  }),
]
