// What goes on behind the admin API when its request has been answered, plans and probes; and who has access.

import { afterEach, expect, test } from 'vitest'
import { createAdmin } from '../../src/admin/index.ts'
import { STRICT } from '../../src/protocol/index.ts'
import { openSite, readSettings, type Site } from '../../src/site/index.ts'
import { createFakeApp, FAKE_PROFILES, listen } from '../../src/testing/index.ts'
import { folder } from '../cli/run.ts'
import { expectDocumented } from '../documented.ts'

const open: { readonly close: () => unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

/** An installation with an app that answers as long as the gate is open. */
async function start() {
  const app = createFakeApp({ profile: { ...FAKE_PROFILES['entra-era'], rates: [] } })
  let gate = Promise.resolve()
  const at = await listen({ ...app, fetch: (...request) => gate.then(() => app.fetch(...request)) })
  const { path, remove } = folder()
  const settings = readSettings({ database: `sqlite:${path('lockstep.db')}`, outboundAllow: '127.0.0.0/8' }, {})
  const site = await openSite(settings)
  open.push({ close: remove }, at)
  const { tenancy } = site
  const admin = createAdmin({ store: site.store, tenancy, directory: await site.directory(), hub: await site.hub() })
  await tenancy.tenants.create('acme')
  const { token } = await tenancy.adminTokens.create({ role: 'owner' })
  const send = async (method: string, path: string, body?: object) => {
    const whole = `/tenants/acme${path}`
    const response = await admin.fetch(
      new Request(`http://scim.example/admin/v1${whole}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    )
    const text = await response.text()
    expectDocumented(method, whole, response.status, text)
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
  }
  const ended = async (path: string) => {
    for (;;) {
      const { body } = await send('GET', path)
      if (body.state !== 'running') return body
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
  expect((await send('POST', '/apps', { app: 'wiki', options: { url: at.base, profile: 'entra-era' } })).status).toBe(
    201,
  )
  return {
    app,
    site,
    settings,
    send,
    ended,
    shut() {
      let unlock = () => {}
      gate = new Promise((resolve) => {
        unlock = resolve
      })
      return unlock
    },
  }
}

async function addPerson(site: Site, userName: string): Promise<string> {
  const context = { tenant: 'acme', actor: 'test', allow: STRICT }
  const schemas = ['urn:ietf:params:scim:schemas:core:2.0:User']
  return (await (await site.directory()).create(context, 'User', { schemas, userName })).stored.id
}

test('a plan is answered at once, made in the background, and read in pages; one at a time', async () => {
  const { site, send, ended, shut } = await start()
  open.push(site)
  for (const name of ['ada', 'ben', 'cleo']) await addPerson(site, name)
  const unlock = shut()
  const made = await send('POST', '/apps/wiki/plans')
  expect(made).toMatchObject({ status: 201, body: { state: 'running', items: 0 } })
  const path = `/apps/wiki/plans/${made.body.plan}`
  expect((await send('GET', path)).body.state).toBe('running')
  expect(await send('POST', '/apps/wiki/plans')).toMatchObject({ status: 409, body: { error: { code: 'ERR_IN_USE' } } })
  expect((await send('POST', `${path}/apply`, {})).status).toBe(404)
  unlock()
  expect(await ended(path)).toMatchObject({ state: 'done', items: 3, counts: { create: 3 } })
  const first = (await send('GET', `${path}/items?limit=2`)).body
  const second = (await send('GET', `${path}/items?limit=2&after=${first.next}`)).body
  expect([...first.items, ...second.items].map(({ name }) => name)).toEqual(['ada', 'ben', 'cleo'])
  const again = await send('POST', '/apps/wiki/plans')
  expect(again.status).toBe(201)
  await ended(`/apps/wiki/plans/${again.body.plan}`)
  expect((await send('GET', '/apps/wiki/plans')).body.items).toHaveLength(2)
})

test('a plan is carried out in the background, and the answer says where to look', async () => {
  const { site, send, ended } = await start()
  open.push(site)
  for (const name of ['ada', 'ben']) await addPerson(site, name)
  const { body: plan } = await send('POST', '/apps/wiki/plans')
  await ended(`/apps/wiki/plans/${plan.plan}`)
  const begun = await send('POST', `/apps/wiki/plans/${plan.plan}/apply`, {})
  expect(begun).toMatchObject({ status: 202, body: { kind: 'apply', plan: plan.plan, of: 2 } })
  expect(begun.body.location).toBe(`/admin/v1/tenants/acme/apps/wiki/plan-work/${begun.body.work}`)
  const path = `/apps/wiki/plan-work/${begun.body.work}`
  expect(await ended(path)).toMatchObject({ state: 'done', applied: true, holds: 2, done: 4, of: 4 })
  expect((await send('GET', `${path}/items`)).body).toEqual({ items: [] })
  expect((await send('GET', '/apps/wiki')).body).toMatchObject({ mode: 'on' })
  expect((await send('GET', '/apps/wiki/plan-work')).body.items).toMatchObject([{ work: begun.body.work }])
  // Refused at once: the app is on.
  expect((await send('POST', `/apps/wiki/plans/${plan.plan}/revert`, {})).status).toBe(409)
  expect((await send('GET', '/apps/wiki/plan-work/none')).status).toBe(404)
})

test('a plan that a stop of the server ends has failed, and says why', async () => {
  const { site, settings, send, shut } = await start()
  await addPerson(site, 'ada')
  const unlock = shut()
  const { body } = await send('POST', '/apps/wiki/plans')
  await site.close()
  unlock()
  const again = await openSite(settings)
  open.push(again)
  const hub = (await again.hub())({ actor: 'test', mayNameVariables: false })
  expect(await hub.plans.get('acme', 'wiki', body.plan)).toMatchObject({
    state: 'failed',
    message: expect.stringContaining('The server was stopped'),
  })
})

test('a run whose process has ended shows as failed', async () => {
  const { site, send } = await start()
  open.push(site)
  const old = Date.now() - 120_000
  const value = { kind: 'probe', id: 'p1', state: 'running', beganAt: old, seenAt: old }
  const item = { tenant: 'acme', queue: 'hub/runs/wiki', key: 'p1' }
  await site.store.commit([{ write: 'item', item, set: { tag: 'probe', value } }])
  expect((await send('GET', '/apps/wiki/probes/p1')).body).toMatchObject({ state: 'failed' })
})

test('a probe says what the app takes, and leaves nothing there', async () => {
  const { site, app, send, ended } = await start()
  open.push(site)
  const begun = await send('POST', '/apps/wiki/probes', {})
  expect(begun).toMatchObject({ status: 201, body: { state: 'running' } })
  const { state, report } = await ended(`/apps/wiki/probes/${begun.body.probe}`)
  expect([state, report.differences, report.left]).toEqual(['done', [], []])
  expect(report.findings.length).toBeGreaterThan(5)
  expect(app.state()).toEqual([])
  expect((await send('GET', '/apps/wiki/probes/none')).status).toBe(404)
  expect((await send('POST', '/apps/none/probes', {})).status).toBe(404)
  expect((await send('POST', '/apps/wiki/probes', { domain: 'a b' })).status).toBe(400)
})

test('access of a person, an app and a group; of exactly one, and not of the future', async () => {
  const { site, send } = await start()
  open.push(site)
  const ada = await addPerson(site, 'ada')
  const group = await send('GET', `/access?group=none`)
  expect(group).toMatchObject({ status: 200, body: { items: [], doubts: expect.any(Array) } })
  expect((await send('POST', '/apps/wiki/switch-on', { withoutPlan: true })).status).toBe(200)
  const { items } = (await send('GET', `/access?user=${ada}`)).body
  expect(items).toMatchObject([{ user: ada, name: 'ada', app: 'wiki', kind: 'account', confirmed: false }])
  const then = new Date(Date.now() - 1).toISOString()
  expect((await send('GET', `/access?user=${ada}&at=${then}`)).status).toBe(200)
  const link = { tenant: 'acme', queue: 'hub/links/wiki', key: ada }
  const value = { type: 'User', name: 'ada', account: 'x1', acked: { userName: 'ada', active: true } }
  await site.store.commit([{ write: 'item', item: link, set: { state: '', value } }])
  expect((await send('GET', '/access?app=wiki')).body.items).toMatchObject([{ user: ada, confirmed: true }])
  for (const query of [`?user=${ada}&app=wiki`, '?user=', `?user=${ada}&at=yesterday`, `?user=${ada}&limit=201`])
    expect([query, (await send('GET', `/access${query}`)).status]).toEqual([query, 400])
  const later = new Date(Date.now() + 60_000).toISOString()
  expect((await send('GET', `/access?user=${ada}&at=${later}`)).status).toBe(400)
})
