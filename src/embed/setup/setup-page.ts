// The door `lockstep/setup`: setup links and the setup page in an app, mounted like SCIM itself.

import { type Answer, type Call, DIRECT, type Direct } from '../../call.ts'
import { openTenant } from '../../directory/index.ts'
import { ConfigError } from '../../protocol/index.ts'
import { fetchThrough } from '../../provider/index.ts'
import {
  createSetup,
  describeLink,
  describeShownLink,
  type PageSettings,
  type Setup,
  type SetupLinkDraft,
} from '../../setup/index.ts'
import { createNote } from '../../store/index.ts'
import { createConnections, noTenant } from '../../tenancy/index.ts'
import { createMounts, type Mounts } from '../mounts/mounts.ts'
import { readUrl, requireTenant, type UrlTemplate } from '../url.ts'
import { answerOf, requestOf } from './answer.ts'
import { INSIDE, type Inside } from './inside.ts'
import { answerPage } from './page.ts'

export type { PageSettings, SetupLinkDraft } from '../../setup/index.ts'

/** Options of {@link setupPage}. */
export interface SetupPageOptions {
  /** Where the page is: `https://app.example/setup`, or a path like `/setup`, which is the default. */
  readonly url?: string | undefined
  /** How it looks: the app's name, colour, support address, words. A colour is refused where white text on it is hard to read. */
  readonly page?: PageSettings | undefined
}

/** A link just made: the only time that it is shown. */
export interface NewSetupLink {
  /** To be sent to the customer. Where the option `url` is a path, only the path. */
  readonly url: string
  /** Six digits to be told by another way, if they were asked for. */
  readonly code?: string
  readonly link: SetupLinkFacts
}

/** A link as an app sees it; times are ISO 8601. */
export type SetupLinkFacts = ReturnType<typeof describeLink>
/** A link with how far its customer has come. */
export type ShownSetupLink = ReturnType<typeof describeShownLink>

/** The setup links of a tenant. All reject with SetupError. */
export interface TenantSetupLinks {
  /** @example const { url } = await setup.links('acme').create({ kinds: ['entra', 'okta'] }) */
  readonly create: (draft?: SetupLinkDraft) => Promise<NewSetupLink>
  /** The last thousand, newest first. */
  readonly list: () => Promise<readonly ShownSetupLink[]>
  readonly show: (id: string) => Promise<ShownSetupLink>
  /** Lets a link open for so many days from now, at most 30. */
  readonly extend: (id: string, days: number) => Promise<SetupLinkFacts>
  /** Ends a link at once; `tokens`: with the credential that was made through it. */
  readonly revoke: (id: string, options?: { readonly tokens?: boolean }) => Promise<void>
}

/** The setup page of an app: mounted like SCIM, and the links that lead to it. */
export interface SetupPage extends Mounts {
  readonly fetch: (request: Request) => Promise<Response>
  /** The links of a tenant; `actor`: who makes them, in the log. */
  readonly links: (tenant: string, actor?: string) => TenantSetupLinks
  /** Ends streams. The store is closed by `scim.close`, after this. */
  readonly close: () => Promise<void>
}

/**
 * Adds setup links to an app that embeds SCIM, with credentials in the store: a customer's administrator makes the token alone. Throws
 * ConfigError for options that make no sense, and where the app keeps credentials itself.
 * @example
 * export const setup = setupPage(scim, { url: 'https://app.example/setup', page: { name: 'Acme App' } })
 * app.use(setup.express())
 */
export function setupPage(scim: object, options: SetupPageOptions = {}): SetupPage {
  const inside = (scim as { readonly [INSIDE]?: Inside })[INSIDE]
  if (inside === undefined) throw new ConfigError('scim', 'must be what lockstep({ … }) returns')
  const { elsewhere, report } = inside
  if (elsewhere !== undefined)
    throw new ConfigError(elsewhere, 'keeps credentials in the app, so that a setup link could make none; leave it out')
  const url = readUrl(options.url ?? '/setup', { trustProxy: inside.trustProxy })
  if (url.tenantIn !== 'credential') throw new ConfigError('url', 'must not name a tenant: the link does')
  const opened = once(() => open(inside, url, options.page))
  inside.observe((call, answer) => {
    void opened().then((setup) => setup.watch.seen(call, answer), report)
  })
  const direct: Direct = {
    handle: (call) => handle(call, opened, url),
    locate: url.locate,
  }
  const fetch = Object.assign((request: Request) => fetchThrough(direct, request), { [DIRECT]: direct })
  const close = async () => {
    await (await opened()).close()
  }
  return {
    ...createMounts(fetch, direct, url, { report: ({ error }) => report(error), close }),
    fetch,
    links: (tenant, actor = 'app') => linksOf(requireTenant(tenant), actor, inside, opened, url),
    close,
  }
}

/** Runs at the first use, and again where it failed. */
function once<T>(run: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined
  return () => {
    running ??= run().catch((error: unknown) => {
      running = undefined
      throw error
    })
    return running
  }
}

async function open(inside: Inside, url: UrlTemplate, page: PageSettings | undefined): Promise<Setup> {
  const { environment, report, base } = inside
  const { store } = await inside.open()
  const show = async (name: string) => {
    const row = await store.tenant(name)
    if (row === undefined) throw noTenant(name)
    return { ...row, name }
  }
  const pathOf = (tenant: string) => new URL(base(tenant), 'http://localhost').pathname
  return createSetup({
    store,
    environment,
    // A tenant of an app begins with its first link, credential or resource.
    requireTenant: async () => undefined,
    connections: (actor) =>
      createConnections({
        store,
        environment,
        tenants: { show },
        note: createNote(environment, actor),
        types: inside.types,
      }),
    catalog: inside.catalog,
    basePath: pathOf,
    baseUrl: (tenant, origin) => (base(tenant).startsWith('/') ? origin + base(tenant) : base(tenant)),
    tenantIn: () => undefined,
    path: url.path,
    ...(page === undefined ? {} : { page }),
    report,
  })
}

async function handle(call: Call, opened: () => Promise<Setup>, url: UrlTemplate): Promise<Answer> {
  if (!call.path.startsWith('/v1/')) return answerPage(call, url.path)
  const request = await requestOf(call)
  if (request === undefined) return { status: 413, headers: [] }
  const { api } = await opened()
  const { origin } = new URL(request.url)
  return answerOf(await api.fetch(request, { origin, remote: call.remote ?? '' }))
}

function linksOf(
  tenant: string,
  actor: string,
  { open: opening, environment }: Inside,
  opened: () => Promise<Setup>,
  url: UrlTemplate,
): TenantSetupLinks {
  const links = async () => (await opened()).links(actor)
  const now = () => environment.now()
  return {
    async create(draft = {}) {
      const { store } = await opening()
      await openTenant(store, tenant, now())
      const { link, key, code } = await (await links()).create(tenant, draft)
      const address = `${url.base('')}#k=${key}`
      return { url: address, link: describeLink(link, now()), ...(code === undefined ? {} : { code }) }
    },
    async list() {
      const { items } = await (await links()).page(tenant, { limit: 1_000 })
      return items.map((shown) => describeShownLink(shown, now()))
    },
    show: async (id) => describeShownLink(await (await links()).show(tenant, id), now()),
    extend: async (id, days) => describeLink(await (await links()).extend(tenant, id, days), now()),
    async revoke(id, options) {
      await (await links()).revoke(tenant, id, options)
    },
  }
}
