// The route of the admin API that tries a SCIM request as a connection would send it.

import { z } from 'zod'
import { type Administrator, hasCapability } from '../../access/index.ts'
import { type Json, LIMITS } from '../../protocol/index.ts'
import { adjusted, KINDS, type Kind, profileOf } from '../../quirks/index.ts'
import type { Connection, Tenancy } from '../../tenancy/index.ts'
import { Refused } from '../refusals.ts'
import { type Route, route } from '../route.ts'
import { type Speaker, tryRequest } from '../try.ts'
import { ExplanationBody } from './explain.ts'

const TryBody = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  path: z
    .string()
    .max(LIMITS.URL_LENGTH)
    .regex(/^\/[^\p{Cc}\s#]*$/u)
    .describe('Below the base URL, with its query: /Users?filter=…, percent-encoded'),
  body: z.unknown().optional().describe('JSON; a text is sent as it is, so that what is no JSON can be tried'),
  ifMatch: z.string().max(200).optional().describe('The ETag that the resource must have'),
  connection: z.string().max(200).optional().describe('Id of a connection: its profile and rights'),
  kind: z.enum(KINDS).optional().describe('Without a connection: the kind whose dialect is spoken. Default: strict'),
  dry: z.boolean().default(true).describe('Stop before the commit: nothing is written'),
  language: z.enum(['en', 'de']).default('en').describe('Of the explanation'),
})

/** What came of a request that was tried. */
export const TriedBody = z.object({
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  body: z.unknown().optional(),
  explanation: ExplanationBody.optional().describe('Present where it was refused'),
  bends: z
    .array(
      z.object({
        name: z.string(),
        quirks: z.array(z.string()).describe('Numbers in the quirk table'),
        source: z.string(),
        before: z.unknown().optional(),
        after: z.unknown().optional(),
      }),
    )
    .describe('Rewrites that changed the message, in order'),
  left: z.array(z.string()).describe('Attributes that no schema has and that were left out'),
  changes: z
    .array(
      z.object({
        op: z.enum(['create', 'replace', 'patch', 'delete']),
        type: z.string(),
        id: z.string(),
        paths: z.array(z.looseObject({ path: z.string() })),
        members: z
          .object({ added: z.array(z.string()), removed: z.array(z.string()), all: z.literal(true).optional() })
          .optional(),
      }),
    )
    .describe('What would change; empty where it was carried out'),
  dry: z.boolean(),
})

/** Whoever sends a request: a connection with its rights, or a kind with all of them. */
export async function speakerOf(
  tenancy: Tenancy,
  tenant: string,
  actor: string,
  { connection, kind = 'strict' }: { readonly connection?: string | undefined; readonly kind?: Kind | undefined },
): Promise<Speaker> {
  const { name } = await tenancy.tenants.show(tenant)
  if (connection !== undefined) return asConnection(await tenancy.connections.show(name, connection), actor)
  return { kind, tenant: name, actor, profile: profileOf(kind), rights: { '*': { read: true, write: true } } }
}

/** A connection, with the name of whoever tries as the actor. */
export function asConnection(connection: Connection, actor: string): Speaker {
  const { tenant, kind, rights, subject } = connection
  const profile = adjusted(profileOf(connection.profile ?? kind), connection)
  return { kind, tenant, actor, profile, rights, ...(subject === undefined ? {} : { subject }) }
}

/** Refuses a request that would be carried out by somebody who may not change anything. */
export function requireEdit(administrator: Administrator): void {
  if (hasCapability(administrator, 'edit')) return
  throw new Refused(403, 'ERR_FORBIDDEN', 'This needs the capability edit; leave dry on to try it without a change')
}

/** The route that tries a request. */
export const TRY_ROUTES: readonly Route[] = [
  route({
    method: 'post',
    path: '/tenants/{tenant}/try',
    id: 'tryRequest',
    does: 'Try a SCIM request as a connection, or an identity provider of a kind, would send it. Dry, it goes up to the commit and is rolled back: the answer, what bent the message, and what would change. Not dry, it needs edit and is carried out',
    needs: { capability: 'values', reach: 'tenant' },
    body: TryBody,
    gives: { status: 200, body: TriedBody },
    run: async ({ params, body, administrator, actor, origin }, { tenancy, directory, provider }) => {
      const { method, path, ifMatch, connection, kind, dry, language } = body
      if (!dry) requireEdit(administrator)
      const speaker = await speakerOf(tenancy, params.tenant, actor, { connection, kind })
      const request = { method, path, body: body.body as Json | undefined, ifMatch }
      const tried = await tryRequest({ directory, tenancy, provider, origin }, speaker, request, { dry, language })
      return { ...tried, dry }
    },
  }),
]
