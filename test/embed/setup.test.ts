// Setup links in an app: the page and its routes mounted beside SCIM, on the app's own store.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../examples/setup-link.ts'
import { setupPage } from '../../src/embed/setup/setup-page.ts'
import { bearer, lockstep, memoryStore } from '../../src/index.ts'
import { scim as ask, begin, keyOf } from '../setup/customer.ts'

const scim = lockstep({ store: memoryStore(), url: '/t/:tenant/scim/v2' })
const setup = setupPage(scim, { page: { name: 'Acme App', support: 'it@acme.example' } })
const toScim = scim.node()
const toSetup = setup.node()
const server = createServer((request, response) =>
  request.url?.startsWith('/setup') ? toSetup(request, response) : toScim(request, response),
)
let url = ''

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  await setup.close()
  server.closeAllConnections()
  server.close()
  await scim.close()
})

describe('an app', () => {
  test('makes a link, and its customer connects; the app sees how far', async () => {
    const made = await setup.links('globex', 'ada').create({ kinds: ['okta', 'entra'], note: 'for Globex' })
    expect(made.url).toMatch(/^\/setup#k=globex\./)
    const customer = await begin(url, `${url}${made.url}`)
    expect(await customer.state()).toMatchObject({ vendor: { name: 'Acme App' }, kinds: ['okta', 'entra'] })
    const token = await customer.token('entra')
    const { baseUrl } = await customer.state()
    expect(baseUrl).toBe(`${url}/t/globex/scim/v2`)
    await ask(baseUrl, `Bearer ${token.slice(0, -4)}`)
    await expect.poll(async () => (await customer.state()).arrivals.at(-1)?.wrong).toMatchObject({ fault: 'cut' })
    await ask(baseUrl, `Bearer ${token}`)
    await expect.poll(async () => (await customer.state()).connected).toBeDefined()
    await customer.step({ step: 'done' })
    const [shown] = await setup.links('globex').list()
    expect(shown).toMatchObject({ link: made.link.link, by: 'ada', step: 'done', chosen: 'entra', state: 'open' })
    expect(await scim.credentials('globex').list()).toMatchObject([{ kind: 'entra', tokens: [{}] }])
    await setup.links('globex').revoke(made.link.link, { tokens: true })
    expect((await ask(baseUrl, `Bearer ${token}`)).status).toBe(401)
    expect((await customer.ask('GET', '/state')).status).toBe(401)
  })

  test('follows the state by a stream, which ends with the page', async () => {
    const { url: link } = await setup.links('initech').create()
    const customer = await begin(url, `${url}${link}`)
    const stream = await customer.ask('GET', '/stream')
    const reader = stream.body?.getReader()
    let text = ''
    while (!text.includes('event: state')) text += new TextDecoder().decode((await reader?.read())?.value)
    await reader?.cancel()
  })

  test('serves the page with a strict policy, and nothing beside it', async () => {
    const page = await fetch(`${url}/setup`)
    // Where the pages were not built, that is what it says.
    if (page.status === 404) expect(await page.text()).toContain('npm run console')
    else {
      const html = await page.text()
      expect(page.headers.get('content-security-policy')).toContain("script-src 'self'")
      const assets = [...html.matchAll(/"(\/setup\/assets\/[^"]+)"/g)].map(([, path = '']) => path)
      expect(assets.length).toBeGreaterThan(2)
      for (const path of assets) expect((await fetch(url + path)).status).toBe(200)
    }
    for (const path of ['/setup/assets/../../package.json', '/setup/assets/%2e%2e/x', '/setup/__proto__'])
      expect((await fetch(url + path)).status).toBe(404)
    expect((await fetch(`${url}/setup`, { method: 'POST' })).status).toBe(405)
  })

  test('has links by its public address, where it says one', async () => {
    const own = lockstep({ store: memoryStore(), url: 'https://app.example/t/:tenant/scim/v2' })
    const { links, close } = setupPage(own, { url: 'https://app.example/connect' })
    const { url: link } = await links('acme').create({ code: true })
    expect(link).toMatch(/^https:\/\/app\.example\/connect#k=/)
    expect(keyOf(link)).toMatch(/^acme\./)
    await close()
    await own.close()
  })

  test('as in the guide invites a customer, and passes other paths on to the app', async () => {
    const example = createApp(':memory:')
    example.app.get('/setup-of-mine', (_request, response) => void response.send('mine'))
    const own = example.app.listen(0, '127.0.0.1')
    await new Promise((resolve) => own.once('listening', resolve))
    const address = `http://127.0.0.1:${(own.address() as AddressInfo).port}`
    const { url: link, code } = await example.invite('acme')
    expect(link).toMatch(/^https:\/\/app\.example\/setup#k=acme\./)
    const customer = await begin(address, link, code).catch((error: unknown) => error)
    // Its cookie is for https alone, which this isn't: what matters is that the link has opened.
    expect(customer).not.toBeInstanceOf(Error)
    expect(await (await fetch(`${address}/setup-of-mine`)).text()).toBe('mine')
    own.closeAllConnections()
    own.close()
    await example.setup.close()
    await example.scim.close()
  })

  test('that keeps credentials itself, or gives something else, is told so at once', () => {
    const own = lockstep({ store: memoryStore(), authenticate: bearer({ x: { tenant: 'a', actor: 'b' } }) })
    expect(() => setupPage(own)).toThrow('authenticate')
    expect(() => setupPage({})).toThrow('lockstep({ … })')
    expect(() => setupPage(scim, { url: '/t/:tenant/setup' })).toThrow('must not name a tenant')
  })
})
