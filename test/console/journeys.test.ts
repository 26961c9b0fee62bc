// What people come to the console for, walked by pointer and by keyboard alone, in the clicks that are promised.

import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type JsonObject, STRICT } from '../../src/protocol/index.ts'
import { simulate } from '../../src/simulate/index.ts'
import { createFakeApp, FAKE_PROFILES, type FakeApp, listen } from '../../src/testing/index.ts'
import { has, until } from '../hub-processes.ts'
import { type Serving, serve } from '../serve.ts'
import { vendorOf } from '../setup/customer.ts'
import { createHand, type Hand } from './hands.ts'
import { hasBrowser, type OpenConsole, openConsole, theBrowser, watchedPage } from './open-console.ts'

const TOKEN = 'canary-5d0e'
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
/** In CI by keyboard alone: it goes where the pointer goes, and further. */
const BY = process.env.CI === undefined ? (['pointer', 'keyboard'] as const) : (['keyboard'] as const)
type Who = 'operator' | 'administrator' | 'auditor' | 'support'

describe.runIf(hasBrowser)('what people come for', () => {
  let serving: Serving
  let admin: Awaited<ReturnType<typeof vendorOf>>
  let figma: FakeApp
  let refused = ''
  const undo: (() => unknown)[] = []
  const consoles = new Map<string, OpenConsole>()
  const context = { tenant: 'acme', actor: 'hr', allow: STRICT }

  /** The console of somebody; opened once. */
  async function of(role: Who): Promise<OpenConsole> {
    const known = consoles.get(role)
    if (known !== undefined) return known
    const tenants = role === 'operator' ? {} : { tenants: ['acme'] }
    const opened = await openConsole({ serving, role, ...tenants })
    consoles.set(role, opened)
    undo.push(opened.close)
    return opened
  }

  /** An app that is added and switched on, by the admin API. */
  async function app(id: string, label: string, fake: FakeApp): Promise<void> {
    const at = await listen(fake)
    undo.push(at.close)
    const path = '/tenants/acme/apps'
    const credentials = { kind: 'bearer', secret: TOKEN }
    const added = await admin('POST', path, { app: id, label, options: { url: at.base }, credentials })
    expect(added.status, JSON.stringify(added.body)).toBe(201)
    const on = await admin('POST', `${path}/${id}/switch-on`, { withoutPlan: true })
    expect(on.status, JSON.stringify(on.body)).toBe(200)
  }

  beforeAll(async () => {
    serving = await serve({ flags: { outboundAllow: '127.0.0.1' } })
    undo.push(serving.close)
    await serving.tenant('acme')
    admin = await vendorOf(serving)
    const okta = await serving.connection('okta', { tenant: 'acme' })
    await simulate('okta', {
      url: okta.base,
      token: okta.token,
      keep: true,
      seed: 7,
      people: 3,
      only: ['joiner', 'group'],
    })
    const { stored } = await serving.directory.create(context, 'User', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName: 'bjensen',
      active: true,
    })
    // A group that somebody empties.
    const { stored: group } = await serving.directory.create(context, 'Group', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
      displayName: 'Finance-Approvers',
      members: [{ value: stored.id }],
    })
    const clear: JsonObject = { schemas: [PATCH], Operations: [{ op: 'remove', path: 'members' }] }
    await serving.directory.patch({ ...context, actor: 'mallory' }, 'Group', group.id, clear)
    figma = createFakeApp({ profile: FAKE_PROFILES.strict, token: TOKEN })
    await app('figma', 'Figma', figma)
    const broken = createFakeApp({ profile: FAKE_PROFILES.strict, token: TOKEN })
    await app('slack', 'Slack', broken)
    // From now on it refuses all.
    broken.fault({ fault: { kind: 'unauthorized' } })
    await until(() => has(figma, 'bjensen'))
    await serving.directory.remove(context, 'User', stored.id)
    await until(() => !has(figma, 'bjensen'))
    // And somebody who is switched off.
    const { stored: barbara } = await serving.directory.create(context, 'User', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName: 'barbara.jensen@acme.example',
      displayName: 'Barbara Jensen',
      active: true,
    })
    await until(() => has(figma, 'barbara.jensen@acme.example'))
    const off: JsonObject = { schemas: [PATCH], Operations: [{ op: 'replace', path: 'active', value: false }] }
    await serving.directory.patch(context, 'User', barbara.id, off)
    // The customer's mapping in Entra lacks userName: each of its new people is refused.
    const entra = await serving.connection('entra', { tenant: 'acme' })
    const unmapped = async (request: Request) => {
      if (request.method !== 'POST') return fetch(request)
      const { userName: _left, ...body } = (await request.json()) as JsonObject
      return fetch(request.url, { method: 'POST', headers: request.headers, body: JSON.stringify(body) })
    }
    const only = ['joiner'] as const
    const played = await simulate('entra', { url: entra.base, token: entra.token, fetch: unmapped, only, people: 8 })
    expect(played.works).toBe(false)
    // What was counted is written within seconds.
    await until(async () => {
      const { body } = await admin('GET', '/attention')
      return (body.items as readonly { readonly code: string }[]).some(({ code }) => code === 'connection.refused')
    })
    const { body } = await admin('GET', '/tenants/acme/requests?outcome=refused&limit=1')
    const items = body.items as readonly { readonly id: string }[]
    refused = items[0]?.id ?? ''
  })
  afterAll(async () => {
    for (const one of undo.reverse()) await one()
  })

  const heading = (open: OpenConsole, name: string | RegExp) => open.page.getByRole('heading', { name }).first()
  const link = (open: OpenConsole, name: string) =>
    open.page.getByRole('navigation').getByRole('link', { name, exact: true })

  /** Types into the search that opens anywhere. */
  const ask = async ({ page }: OpenConsole, words: string) => {
    await page.keyboard.press('Control+k')
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox').fill(words)
    return dialog
  }

  /** A walk: who, from where, in how many clicks. */
  const walks: readonly {
    readonly question: string
    readonly who: Who
    readonly clicks: number
    readonly walk: (open: OpenConsole, hand: Hand) => Promise<void>
  }[] = [
    {
      question: "Acme's Entra sync fails. Why?",
      who: 'operator',
      clicks: 2,
      walk: async (open, hand) => {
        await hand.use(open.page.getByRole('listitem').filter({ hasText: 'Entra' }).getByRole('link'))
        await heading(open, 'Similar failures').waitFor()
        await hand.use(open.page.getByRole('button', { name: 'Ask whether it would pass now' }))
        await open.page.getByRole('status').filter({ hasText: 'It would be refused: 400' }).first().waitFor()
      },
    },
    {
      question: 'Is it us or them?',
      who: 'operator',
      clicks: 0,
      walk: async ({ page }) => {
        await page.getByRole('listitem').filter({ hasText: 'Entra' }).waitFor()
        await page.getByRole('heading', { name: 'Time to answer' }).waitFor()
      },
    },
    {
      question: 'Who may do what in Figma?',
      who: 'administrator',
      clicks: 2,
      walk: async (open, hand) => {
        await hand.use(link(open, 'Access'))
        await hand.use(open.page.getByRole('columnheader').getByRole('link', { name: 'Figma' }))
        await heading(open, 'Figma').waitFor()
        await open.page.getByRole('cell', { name: 'scope: all' }).first().waitFor()
      },
    },
    {
      question: 'What will happen if I change this scope?',
      who: 'administrator',
      clicks: 3,
      walk: async (open, hand) => {
        const sent = figma.trace().filter(({ method }) => method !== 'GET').length
        await hand.use(link(open, 'Apps'))
        await hand.use(open.page.getByRole('main').getByRole('link', { name: 'Figma' }))
        await hand.use(open.page.getByRole('tab', { name: 'Plan' }))
        await heading(open, /^Plan of/).waitFor()
        expect(figma.trace().filter(({ method }) => method !== 'GET').length).toBe(sent)
      },
    },
    {
      question: 'Who emptied Finance-Approvers, and who approved it?',
      who: 'auditor',
      clicks: 3,
      walk: async (open, hand) => {
        await hand.use(link(open, 'Changes'))
        await hand.use(open.page.getByRole('radio', { name: 'Groups' }))
        await hand.use(open.page.getByRole('row').filter({ hasText: 'mallory' }))
        await open.page.getByRole('link', { name: 'Finance-Approvers' }).waitFor()
        // Who went, by name, although she is deleted since.
        await open.page.getByRole('listitem').filter({ hasText: 'bjensen (deleted)' }).waitFor()
        expect(await open.page.getByText('mallory').count()).toBeGreaterThan(1)
      },
    },
    {
      question: 'Show me every leaver of the quarter',
      who: 'auditor',
      clicks: 3,
      walk: async (open, hand) => {
        await hand.use(link(open, 'Leavers'))
        await hand.use(open.page.getByRole('button', { name: 'This quarter' }))
        const file = open.page.waitForEvent('download')
        await hand.use(open.page.getByRole('button', { name: 'Export' }))
        const { leavers } = JSON.parse(await text(await (await file).createReadStream()))
        const receipt = expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/)
        const of = (userName: string) => expect.objectContaining({ userName, receipt })
        expect(leavers).toHaveLength(2)
        expect(leavers).toEqual(expect.arrayContaining([of('bjensen'), of('barbara.jensen@acme.example')]))
      },
    },
    {
      question: 'Their admin sent me this error text',
      who: 'operator',
      clicks: 1,
      walk: async (open, hand) => {
        const found = await ask(open, `Errors reported by remote server: userName is required [${refused}]`)
        await found.getByText('400 POST /Users').waitFor()
        await hand.enter()
        await heading(open, `Request ${refused}`).waitFor()
      },
    },
    {
      question: 'Is B. Jensen out, everywhere?',
      who: 'administrator',
      clicks: 2,
      walk: async (open, hand) => {
        const found = await ask(open, 'Barbara')
        await found.getByText('Barbara Jensen').waitFor()
        await hand.enter()
        await open.page.getByText(/^Out of (?:the one app|1 of 2 apps)/).waitFor()
        await hand.use(open.page.getByRole('link', { name: 'Leaver receipt' }))
        await heading(open, 'The signed receipt').waitFor()
      },
    },
    {
      question: 'The customer says a new hire is missing',
      who: 'support',
      clicks: 1,
      walk: async (open, hand) => {
        await open.goto('/t/acme')
        const found = await ask(open, 'new.hire@acme.example')
        await found.getByText(/^Never arrived in acme/).waitFor()
        await hand.enter()
        await heading(open, 'Requests').waitFor()
      },
    },
    {
      question: 'How do I script this?',
      who: 'auditor',
      clicks: 1,
      walk: async (open, hand) => {
        await open.goto('/t/acme/leavers')
        await hand.use(open.page.getByRole('button', { name: 'As command' }))
        await open.page.getByText('/tenants/acme/leavers').first().waitFor()
      },
    },
  ]

  test.each(walks.flatMap((one) => BY.map((by) => ({ ...one, by }))))('$question, by $by', async (given) => {
    const open = await of(given.who)
    await open.goto('/')
    const hand = createHand(open.page, given.by)
    await given.walk(open, hand)
    expect(hand.clicks()).toBe(given.clicks)
    expect(open.faults()).toEqual([])
  })

  test.each(BY)('Connect our Entra to this app, by %s', async (by) => {
    const tenant = await serving.tenant()
    const { body } = await admin('POST', `/tenants/${tenant}/setup-links`, {})
    const browser = await (await theBrowser()).newContext({ locale: 'en-GB', viewport: { width: 1440, height: 900 } })
    undo.push(() => browser.close())
    const { page, faults } = await watchedPage(browser, serving.url)
    await page.goto(body.url)
    const hand = createHand(page, by)
    await hand.use(page.getByRole('button', { name: 'Begin' }))
    await hand.use(page.getByRole('radio', { name: 'Microsoft Entra ID' }))
    await page.getByRole('heading', { name: 'What you need' }).waitFor()
    await hand.use(page.getByRole('button', { name: 'Make the token' }))
    await page.locator('.copyable code').nth(1).waitFor()
    expect(hand.clicks()).toBe(3)
    expect(faults()).toEqual([])
  })
})
