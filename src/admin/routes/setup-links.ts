// The routes of the admin API for setup links: made, listed, extended, revoked.

import { z } from 'zod'
import { environment } from '../../environment.ts'
import {
  describeLink,
  describeShownLink,
  LINK_DAYS,
  type MadeLink,
  OFFERED_KINDS,
  type ShownLink,
  STEPS,
} from '../../setup/index.ts'
import { isoTime } from '../../tenancy/index.ts'
import { pageWith, type Route, route } from '../route.ts'
import { PageQuery, pageOf, time } from '../shapes.ts'

const Days = z.number().positive().max(LINK_DAYS.MOST)
const Kind = z.enum(OFFERED_KINDS)

/** A link without its secret. */
const LinkBody = z.object({
  link: z.string().describe('Short name of the link; not a secret'),
  state: z.enum(['open', 'expired', 'revoked', 'guessed']).describe('guessed: closed after five wrong codes'),
  kinds: z.array(z.string()),
  connection: z.string().optional().describe('Absent until the first token is made'),
  label: z.string().optional(),
  note: z.string().optional(),
  hasCode: z.boolean(),
  created: time,
  by: z.string(),
  expires: time,
  ended: time.optional(),
  tokens: z.array(z.object({ id: z.string(), made: time, ended: time.optional() })),
})

/** A link with how far its customer has come. */
const ShownBody = LinkBody.extend({
  opened: z.object({
    times: z.int(),
    last: z.array(z.object({ at: time, from: z.string().describe('The network, not the address') })),
  }),
  step: z.enum(STEPS).describe('The furthest step so far'),
  chosen: z.string().optional().describe('The identity provider that was chosen'),
  leaverSkipped: z.boolean().optional(),
  looksDifferent: z.array(z.object({ at: time, click: z.string() })).describe('Steps that look different there'),
  done: time.optional(),
})

/** What a new link is to be. */
const DraftBody = z.strictObject({
  kinds: z.array(Kind).min(1).optional().describe('The identity providers to choose from; absent: all'),
  connection: z.string().min(1).max(200).optional().describe('A connection whose token the customer replaces'),
  label: z.string().min(1).max(200).optional().describe('A name for the connection'),
  days: Days.optional().describe(`How long it opens: ${LINK_DAYS.DEFAULT} days unless stated`),
  code: z.boolean().optional().describe('Ask for six digits, to be told by another way'),
  note: z.string().min(1).max(200).optional().describe('For whom it is; only shown here'),
})

/** A link just made. */
const MadeBody = z
  .object({ link: z.string(), url: z.url(), code: z.string().optional(), expires: time })
  .describe('The link and its code are shown only this once; only their hashes are stored')

/** The routes for setup links. */
export const SETUP_LINK_ROUTES: readonly Route[] = [
  route({
    method: 'get',
    path: '/tenants/{tenant}/setup-links',
    id: 'listSetupLinks',
    does: 'List the setup links of a tenant, newest first: opened when and from where, which step, tokens made; search by id or note',
    needs: { capability: 'see', reach: 'tenant' },
    query: PageQuery,
    gives: { status: 200, body: pageOf(ShownBody) },
    run: async ({ params, query, actor }, { setup }) =>
      pageWith(await setup.links(actor).page(params.tenant, query), shownJson),
  }),
  route({
    method: 'post',
    path: '/tenants/{tenant}/setup-links',
    id: 'createSetupLink',
    does: "Make a link with which a customer's administrator connects an identity provider alone; it is shown only this once",
    needs: { capability: 'connect', reach: 'tenant' },
    body: DraftBody,
    gives: { status: 201, body: MadeBody },
    run: async ({ params, body, actor, origin }, { setup }) => {
      const { kinds, connection, label, days, code, note } = body
      const made = await setup.links(actor).create(params.tenant, {
        ...(kinds === undefined ? {} : { kinds }),
        ...(connection === undefined ? {} : { connection }),
        ...(label === undefined ? {} : { label }),
        ...(days === undefined ? {} : { days }),
        ...(code === undefined ? {} : { code }),
        ...(note === undefined ? {} : { note }),
      })
      return madeJson(made, setup.address(origin, made.key))
    },
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/setup-links/{link}',
    id: 'showSetupLink',
    does: 'Show a setup link, and how far its customer has come',
    needs: { capability: 'see', reach: 'tenant' },
    gives: { status: 200, body: ShownBody },
    run: async ({ params, actor }, { setup }) => shownJson(await setup.links(actor).show(params.tenant, params.link)),
  }),
  route({
    method: 'patch',
    path: '/tenants/{tenant}/setup-links/{link}',
    id: 'extendSetupLink',
    does: `Let a setup link open for so many days from now, at most ${LINK_DAYS.MOST}`,
    needs: { capability: 'connect', reach: 'tenant' },
    body: z.strictObject({ days: Days }),
    gives: { status: 200, body: LinkBody },
    run: async ({ params, body, actor }, { setup }) =>
      describeLink(await setup.links(actor).extend(params.tenant, params.link, body.days), environment.now()),
  }),
  route({
    method: 'delete',
    path: '/tenants/{tenant}/setup-links/{link}',
    id: 'revokeSetupLink',
    does: 'Revoke a setup link at once; the connection that was made through it stays unless `tokens` is true',
    needs: { capability: 'connect', reach: 'tenant' },
    query: z.strictObject({
      tokens: z.enum(['true', 'false']).default('false').describe('Revoke the connection that was made through it'),
    }),
    gives: { status: 204 },
    run: async ({ params, query, actor }, { setup }) => {
      await setup.links(actor).revoke(params.tenant, params.link, { tokens: query.tokens === 'true' })
    },
  }),
]

/** A link just made, as an answer. */
function madeJson({ link, code }: MadeLink, url: string) {
  return { link: link.id, url, code, expires: isoTime(link.expires) }
}

/** A link with how far its customer has come, as an answer. */
function shownJson(shown: ShownLink) {
  return describeShownLink(shown, environment.now())
}
