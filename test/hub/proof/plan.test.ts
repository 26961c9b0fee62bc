// Plans: they send nothing and write nothing, and what they say is what is sent.

import { describe, expect, test } from 'vitest'
import { environment as realEnvironment } from '../../../src/environment.ts'
import { APP_DEFAULTS, type CompiledApp, type PlanItem } from '../../../src/hub/index.ts'
import { explain } from '../../../src/hub/proof/explain.ts'
import { type PlanDeps, planApp } from '../../../src/hub/proof/plan.ts'
import { checkPlan, listPlans, makePlan, planItems, readPlan } from '../../../src/hub/proof/plan-runs.ts'
import { startHub, TENANT } from '../engine/harness.ts'
import { inTime } from '../engine/in-time.ts'
import { createMemoryApp } from '../engine/memory-app.ts'

type Hub = Awaited<ReturnType<typeof startHub>>

async function depsOf(hub: Hub, id = 'crm'): Promise<PlanDeps> {
  const { first, calm } = hub
  const app: CompiledApp | undefined = (await inTime(hub.calm, first.hub.apps(TENANT))).get(id)?.compiled
  if (app === undefined) throw new Error('the app is not there')
  const environment = { ...first.process.environment, random: realEnvironment.random }
  return { store: calm.store, environment, tenant: TENANT, app, signal: new AbortController().signal }
}

async function itemsOf(
  hub: Hub,
): Promise<{ readonly items: readonly PlanItem[]; readonly result: Awaited<ReturnType<typeof planApp>> }> {
  const items: PlanItem[] = []
  const deps = await depsOf(hub)
  const result = await inTime(
    hub.calm,
    planApp(deps, async (steps) => {
      items.push(...steps.map(({ planned }) => planned.item))
    }),
  )
  return { items, result }
}

const line = ({ action, name, why, requests }: PlanItem) =>
  `${action} ${name}: ${requests.map(({ verb, target }) => `${verb} ${target}`).join(', ')} (${why})`

/** Everything that the store holds of the tenant. */
async function contents({ calm }: Hub): Promise<string> {
  const rows: unknown[] = []
  for await (const chunk of calm.store.exportTenant(TENANT)) rows.push(...chunk)
  return JSON.stringify(rows)
}

const isWrite = (request: string) => /^(create|update|disable|remove|members [a-z0-9]+ [+])/.test(request)

describe('P12, P13: a first plan', () => {
  test('sends nothing, writes nothing, and says what switching on sends', async () => {
    const app = createMemoryApp()
    app.users.set('x1', { userName: 'kmorris', active: true, displayName: 'Kim' })
    app.users.set('x2', { userName: 'twice', active: true })
    app.users.set('x3', { userName: 'twice', active: true })
    app.users.set('x4', { userName: 'stranger', active: true })
    const hub = await startHub({ mode: 'off', scope: { users: {}, groups: {} } }, { crm: app })
    const { people, configure, pass } = hub
    const ids = [await people.create('bjensen'), await people.create('kmorris'), await people.create('twice')]
    await people.create('off', { active: false })
    await people.group('staff', ids)
    // The planner reads on; from then on nothing happens by itself.
    await pass(2_000)
    const before = await contents(hub)
    const { items, result } = await itemsOf(hub)
    expect(await contents(hub)).toBe(before)
    expect(app.requests.filter(isWrite)).toEqual([])
    expect(items.map(line)).toEqual([
      'create bjensen: create User bjensen (in scope)',
      'adopt kmorris: update User x1 (1 match on userName "kmorris")',
      'parked twice:  (More than one account has userName "twice": x2, x3)',
      expect.stringMatching(/^create staff: create Group staff, members .* \+2 -0 \(in scope\)$/),
    ])
    expect(result.counts).toEqual({ create: 2, adopt: 1, parked: 1, same: 1 })
    expect(result.guard).toMatchObject({ held: false, removals: 0 })

    app.requests.length = 0
    await configure('crm', { mode: 'on' })
    await pass(20_000)
    const planned = items.flatMap(({ requests }) => requests.map(({ verb, target }) => `${verb} ${target}`))
    const sent = app.requests.filter(isWrite)
    // The group has an id only when it is made, and its members come as their accounts do.
    const byMembers = (list: readonly string[]) => list.filter((one) => !one.startsWith('members')).sort()
    expect(byMembers(sent)).toEqual(byMembers(planned))
    expect([...app.members.values()].map((members) => members.size)).toEqual([2])
    expect(hub.errors).toEqual([])
    // And then there is nothing left to do but what is parked.
    const again = await itemsOf(hub)
    expect(again.result.counts).toEqual({ parked: 1, same: 4 })
  })

  test('lists the app once when there are many to look for', async () => {
    const app = createMemoryApp()
    const hub = await startHub({ mode: 'off' }, { crm: app })
    for (let number = 0; number < 60; number++) {
      await hub.people.create(`person${number}`)
      if (number % 2 === 0) app.users.set(`x${number}`, { userName: `person${number}`, active: true })
    }
    const { result } = await itemsOf(hub)
    expect(result.counts).toEqual({ create: 30, adopt: 30 })
    expect(app.requests.filter((one) => one.startsWith('list'))).toHaveLength(1)
    expect(app.requests.length).toBeLessThan(70)
  })
})

describe('a plan of a change of scope', () => {
  test('says who leaves, by which clause, and that the guard would hold them', async () => {
    const hub = await startHub({ guard: { ...APP_DEFAULTS.guard, floor: 2 } })
    const { people, configure, pass, app } = hub
    for (const name of ['a', 'b', 'c', 'd']) await people.create(name, { title: name === 'a' ? 'Lead' : 'Hand' })
    await pass(5_000)
    app.requests.length = 0
    await configure('crm', { mode: 'paused', scope: { users: { filter: 'title eq "Lead"' } } })
    await pass(2_000)
    const { items, result } = await itemsOf(hub)
    expect(items.map(line)).toEqual(
      ['b', 'c', 'd'].map((name) => expect.stringContaining(`disable ${name}: disable User `)),
    )
    expect(items[0]?.why).toBe('left scope: title eq "Lead" is false ("Hand")')
    expect(result.guard).toEqual({ held: true, removals: 3, limit: 2, managed: 4 })
    expect(app.requests).toEqual([])
  })
})

describe('plans that are kept', () => {
  test('are read page by page, and compared with how things are now', async () => {
    const hub = await startHub({ mode: 'off' })
    const { people, calm } = hub
    const ids = []
    for (const name of ['a', 'b', 'c']) ids.push(await people.create(name))
    const deps = await depsOf(hub)
    const run = await inTime(hub.calm, makePlan(deps))
    expect(await readPlan(calm.store, TENANT, 'crm', run.id)).toEqual(run)
    expect(await listPlans(calm.store, TENANT, 'crm')).toEqual([run])
    const first = await planItems(calm.store, TENANT, 'crm', run.id, 2)
    expect(first.items.map(({ name }) => name)).toEqual(['a', 'b'])
    const second = await planItems(calm.store, TENANT, 'crm', run.id, 2, first.next)
    expect(second).toEqual({ items: [expect.objectContaining({ name: 'c' })] })

    await people.patch(ids[1] ?? '', { userName: 'bb' })
    await people.remove(ids[2] ?? '')
    const check = await inTime(hub.calm, checkPlan(deps, run))
    expect(check.holds).toBe(1)
    expect(check.changed.map(({ name, action }) => `${name} ${action}`)).toEqual(['bb create', 'c same'])
  })

  test('say why they failed', async () => {
    const app = createMemoryApp()
    const hub = await startHub({ mode: 'off' }, { crm: app })
    await hub.people.create('a')
    const { AppError } = await import('../../../src/hub/index.ts')
    app.fault = () => ({ error: new AppError('credentials', 'The token was refused', { status: 401 }) })
    const deps = await depsOf(hub)
    await expect(inTime(hub.calm, makePlan(deps))).rejects.toThrow('The token was refused')
    expect((await listPlans(hub.calm.store, TENANT, 'crm'))[0]).toMatchObject({
      state: 'failed',
      message: 'The token was refused',
    })
  })
})

test('one person is explained: source, scope clause by clause, match, difference, requests', async () => {
  const app = createMemoryApp()
  app.users.set('x1', { userName: 'ada', active: true, title: 'Old' })
  const hub = await startHub({ mode: 'off', scope: { users: { filter: 'title sw "L"' } } }, { crm: app })
  const id = await hub.people.create('ada', { title: 'Lead' })
  const out = await hub.people.create('bob', { title: 'Hand' })
  const deps = await depsOf(hub)
  expect(await inTime(hub.calm, explain(deps, id))).toMatchObject({
    source: { userName: 'ada', title: 'Lead' },
    scope: { in: true, clauses: [{ clause: 'filter', text: 'title sw "L"', holds: true }] },
    match: {
      keys: [
        { attribute: 'externalId', value: id },
        { attribute: 'userName', value: 'ada' },
      ],
      found: ['x1'],
    },
    wanted: { userName: 'ada', title: 'Lead', active: true },
    link: { state: '' },
    item: { action: 'adopt', account: 'x1', requests: [{ verb: 'update', target: 'User x1' }] },
  })
  expect(await inTime(hub.calm, explain(deps, out))).toMatchObject({
    scope: { in: false, clauses: [{ holds: false, value: '"Hand"' }] },
    item: { action: 'same', why: 'out of scope, and no account' },
  })
  expect(app.requests.filter(isWrite)).toEqual([])
})

test('a plan says who will be parked because the app is known not to take such an account', async () => {
  const app = createMemoryApp()
  const unfit = ({ displayName }: { readonly displayName?: unknown }) =>
    displayName === undefined ? 'The app needs displayName' : undefined
  app.traits = { ...app.traits, users: { ...app.traits.users, unfit } }
  const hub = await startHub({ mode: 'off' }, { crm: app })
  await hub.people.create('bjensen', { displayName: 'Babs' })
  await hub.people.create('nameless')
  const { items } = await itemsOf(hub)
  expect(items.map(line).toSorted()).toEqual([
    'create bjensen: create User bjensen (in scope)',
    'parked nameless:  (The app needs displayName)',
  ])
})
