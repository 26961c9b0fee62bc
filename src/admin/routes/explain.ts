// The route of the admin API that explains an error.

import { z } from 'zod'
import { explain } from '../../explain/index.ts'
import { type Route, route } from '../route.ts'

const ExplainQuery = z.strictObject({
  code: z
    .string()
    .min(1)
    .max(100)
    .describe('The stable code, such as SCIM_UNIQUENESS; a scimType, such as uniqueness; or a status'),
  kind: z.string().max(100).optional().describe('Kind of the connection, for its own words and places'),
  detail: z.string().max(4_000).optional().describe('What the error said; it tells more than the code'),
  bends: z.string().max(1_000).optional().describe('What bent the message before, by name, separated by commas'),
  language: z.enum(['en', 'de']).default('en'),
})

/** An error in three sentences. */
export const ExplanationBody = z.object({
  code: z.string(),
  cause: z.string().describe('Which of the known causes it was; unknown where it is none'),
  isCertain: z.boolean().describe('Whether the detail tells the cause; if not, it is what the code means in general'),
  happened: z.string().describe('What happened. *…* marks what a menu says, `…` what is typed or sent'),
  why: z.string(),
  todo: z.string().describe('What to do'),
  place: z.array(z.string()).optional().describe('Where to click in the identity provider, menu by menu'),
})

/** The route that explains. */
export const EXPLAIN_ROUTES: readonly Route[] = [
  route({
    method: 'get',
    path: '/explain',
    id: 'explainError',
    does: 'Explain an error: what happened, why, and what to do, with the place to click in that identity provider',
    needs: { capability: 'see', reach: 'own' },
    query: ExplainQuery,
    gives: { status: 200, body: ExplanationBody },
    run: async ({ query: { bends, kind, detail, ...facts } }) =>
      explain({
        ...facts,
        ...(kind === undefined ? {} : { kind }),
        ...(detail === undefined ? {} : { detail }),
        ...(bends === undefined ? {} : { bends: bends.split(',').filter((name) => name !== '') }),
      }),
  }),
]
