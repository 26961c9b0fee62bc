// The routes of the admin API for how the setup page looks: for the whole installation, and for one tenant.

import { z } from 'zod'
import { LANGUAGES, LOGO_BYTES, type PageSettingsChange } from '../../setup/index.ts'
import { type Route, route } from '../route.ts'

const Texts = z.object({ en: z.string().optional(), de: z.string().optional() })

/** How the page looks. */
const PageBody = z.object({
  name: z.string().optional().describe("The vendor's name"),
  colour: z.string().optional().describe('Like #1f4fd8: of buttons under white text'),
  support: z.string().optional().describe('Whom customers ask: an e-mail address, or one that begins with https://'),
  text: Texts.optional().describe('A few sentences on the first page, by language'),
  languages: z.array(z.enum(LANGUAGES)).optional(),
  logo: z.string().optional().describe('Changes with the logo; absent: there is none'),
})

const Text = z.string().max(1_000).nullable().optional()

/** What a change says. */
const ChangeBody = z.strictObject({
  name: z.string().max(80).nullable().optional(),
  colour: z
    .string()
    .max(7)
    .nullable()
    .optional()
    .describe('Refused where white text on it has a contrast below 4.5 : 1'),
  support: z.string().max(200).nullable().optional(),
  text: z.strictObject({ en: Text, de: Text }).nullable().optional(),
  languages: z.array(z.enum(LANGUAGES)).min(1).nullable().optional(),
  logo: z
    .string()
    .max(Math.ceil(LOGO_BYTES / 3) * 4)
    .nullable()
    .optional()
    .describe('PNG, WebP or SVG as base64, at most 64 KiB'),
})

/** The routes for how the setup page looks. What is null is taken away; what is left out stays. */
export const SETUP_PAGE_ROUTES: readonly Route[] = [
  route({
    method: 'get',
    path: '/setup-page',
    id: 'showSetupPage',
    does: 'Show how the setup page looks',
    needs: { capability: 'see', reach: 'own' },
    gives: { status: 200, body: PageBody },
    run: (_call, { setup }) => setup.settings.own(''),
  }),
  route({
    method: 'patch',
    path: '/setup-page',
    id: 'changeSetupPage',
    does: 'Change how the setup page looks for all tenants; null takes a value away',
    needs: { capability: 'own', reach: 'database' },
    body: ChangeBody,
    gives: { status: 200, body: PageBody },
    run: ({ body, actor }, { setup }) => setup.settings.change('', body as PageSettingsChange, actor),
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/setup-page',
    id: 'showTenantSetupPage',
    does: 'Show what is different on the setup page for one tenant',
    needs: { capability: 'see', reach: 'tenant' },
    gives: { status: 200, body: PageBody },
    run: async ({ params }, { setup, tenancy }) => {
      const { name } = await tenancy.tenants.show(params.tenant)
      return setup.settings.own(name)
    },
  }),
  route({
    method: 'patch',
    path: '/tenants/{tenant}/setup-page',
    id: 'changeTenantSetupPage',
    does: 'Change how the setup page looks for one tenant; null leaves a value to the installation',
    needs: { capability: 'connect', reach: 'tenant' },
    body: ChangeBody,
    gives: { status: 200, body: PageBody },
    run: async ({ params, body, actor }, { setup, tenancy }) => {
      const { name } = await tenancy.tenants.show(params.tenant)
      return setup.settings.change(name, body as PageSettingsChange, actor)
    },
  }),
]
