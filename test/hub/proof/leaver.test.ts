// Leavers end to end, with the hub running: told, killed, and a receipt that verifies.

import { describe, expect, test } from 'vitest'
import { AppError } from '../../../src/hub/index.ts'
import { createProof, type Proof } from '../../../src/hub/proof/proof.ts'
import { receiptIn, verifyReceipt } from '../../../src/hub/proof/receipt-jws.ts'
import { startReceipts } from '../../../src/hub/proof/receipts-worker.ts'
import { createSigningKeys } from '../../../src/hub/proof/signing-keys.ts'
import { BEGINNING } from '../../simulation/process.ts'
import { startHub, TENANT } from '../engine/harness.ts'
import { createMemoryApp } from '../engine/memory-app.ts'

/** A hub with three apps, and what is asked about people. */
async function start(settings: Parameters<typeof startHub>[0] = {}) {
  const apps = { crm: createMemoryApp(), erp: createMemoryApp(), wiki: createMemoryApp() }
  const hub = await startHub(settings, apps)
  const { calm } = hub
  const environment = { ...hub.first.process.environment, now: () => BEGINNING + calm.now() }
  const sealing = { seal: async (secret: string) => secret, open: async (sealed: string) => sealed }
  const issuer = async () => 'https://id.example.com'
  const deps = { store: calm.store, environment, sealing, issuer }
  const proof: Proof = createProof(deps, async () => {}, 'security')
  const keys = createSigningKeys(deps)
  const { process, store } = calm.start('receipts')
  const report = (error: unknown) => hub.errors.push(error)
  startReceipts({ store, environment: process.environment, owner: 'receipts', keys, issuer, report })
  const states = async (id: string) => (await proof.told(TENANT, id)).map(({ app, state }) => `${app} ${state}`)
  const leaving = async (id: string) => {
    const items = await calm.store.items(TENANT, 'hub/leavers', { after: `${id}/`, limit: 10 })
    return items.filter(({ key }) => key.startsWith(`${id}/`)).at(-1)
  }
  /** The receipt that was made by itself. */
  const kept = async (id: string) => {
    const value = (await leaving(id))?.value as { readonly receipt?: string } | undefined
    return value?.receipt === undefined ? undefined : receiptIn(value.receipt)
  }
  /** The same, once it is there. Keys and signatures are made in real time, which virtual time does not wait for. */
  const soon = async (id: string) => {
    for (let looks = 0; looks < 1_000; looks++) {
      const receipt = await kept(id)
      if (receipt !== undefined) return receipt
      await new Promise((resolve) => setTimeout(resolve, 5))
      await hub.pass(20)
    }
    return undefined
  }
  return { ...hub, apps, proof, states, kept, soon, leaving }
}

describe('the list of leavers', () => {
  test('has the last one first, by whether every app has confirmed, and says which has not', async () => {
    const { people, pass, proof, soon, apps } = await start()
    const first = await people.create('ada')
    const second = await people.create('bob')
    await pass(5_000)
    await people.remove(first)
    await soon(first)
    apps.erp.fault = (request) =>
      request.startsWith('disable') ? { error: new AppError('unknown', 'The connection broke') } : undefined
    await people.patch(second, { active: false })
    await pass(5_000)
    const all = await proof.leavers(TENANT, { limit: 10 })
    expect(all.items).toMatchObject([
      {
        user: second,
        how: 'deactivated',
        userName: expect.any(String),
        complete: false,
        openIn: ['erp'],
        apps: { open: 1 },
      },
      { user: first, how: 'deleted', complete: true, userName: 'ada', returned: false },
    ])
    expect(all.next).toBeUndefined()
    expect((await proof.leavers(TENANT, { limit: 10, open: true })).items.map(({ user }) => user)).toEqual([second])
    const page = await proof.leavers(TENANT, { limit: 1 })
    const next = await proof.leavers(TENANT, { limit: 1, after: page.next })
    expect([...page.items, ...next.items].map(({ user }) => user)).toEqual([second, first])
    const at = all.items[0]?.at ?? 0
    expect((await proof.leavers(TENANT, { limit: 10, until: at - 1 })).items.map(({ user }) => user)).toEqual([first])
    expect((await proof.leavers(TENANT, { limit: 10, since: at })).items.map(({ user }) => user)).toEqual([second])
    await people.patch(second, { active: true })
    await pass(120_000)
    expect((await proof.leavers(TENANT, { limit: 1 })).items).toMatchObject([{ complete: true, returned: true }])
    await proof.forget(TENANT, first)
    expect((await proof.leavers(TENANT, { limit: 10 })).items.map(({ user }) => user)).toEqual([second])
  })
})

describe('somebody who leaves', () => {
  test('is told in every app, and has a receipt within seconds, and another one once it was read back', async () => {
    const { people, pass, proof, states, kept, soon, errors } = await start()
    const id = await people.create('ada')
    await pass(5_000)
    expect(await states(id)).toEqual(['crm confirmed', 'erp confirmed', 'wiki confirmed'])
    expect(await kept(id)).toBeUndefined()
    await people.remove(id)
    await pass(5_000)
    expect(await states(id)).toEqual(['crm confirmed', 'erp confirmed', 'wiki confirmed'])
    expect(await soon(id)).toMatchObject({ complete: true, left: { how: 'deleted' }, person: { userName: 'ada' } })
    await pass(2_000_000)
    expect(await states(id)).toEqual(['crm verified', 'erp verified', 'wiki verified'])
    const { jws, receipt } = await proof.receipt(TENANT, id)
    expect(receipt.apps.map(({ readBack }) => readBack?.found)).toEqual(['off', 'off', 'off'])
    expect(await verifyReceipt(jws, await proof.keys.published())).toMatchObject({ valid: true, receipt })
    // What apps were told counts from the same moment.
    const told = await proof.told(TENANT, id)
    expect(told.map(({ changedAt = 0 }) => new Date(changedAt).toISOString())).toEqual(Array(3).fill(receipt.left?.at))
    expect(errors).toEqual([])
  })

  test('whom one app never hears of stands as open there, with the reason', async () => {
    const { people, pass, proof, states, kept, soon, apps } = await start()
    const id = await people.create('ada')
    await pass(5_000)
    apps.erp.fault = () => ({ error: new AppError('unknown', 'HTTP 502', { status: 502 }) })
    await people.patch(id, { active: false })
    await pass(60_000)
    expect(await states(id)).toEqual(['crm confirmed', 'erp pending', 'wiki confirmed'])
    expect(await kept(id)).toBeUndefined()
    const { receipt } = await proof.receipt(TENANT, id)
    expect(receipt.complete).toBe(false)
    expect(receipt.apps[1]).toMatchObject({ state: 'open', asked: 'disabled', reason: { message: 'HTTP 502' } })
    apps.erp.fault = () => undefined
    await pass(1_000_000)
    expect(await soon(id)).toMatchObject({ complete: true })
  })
})

test('an erased person is forgotten: receipts at once, links when nothing is to be confirmed or read any more', async () => {
  const { people, pass, proof, leaving, item, soon, calm } = await start()
  const id = await people.create('ada')
  await pass(5_000)
  await people.remove(id)
  await pass(5_000)
  await soon(id)
  expect(await proof.forget(TENANT, id)).toEqual({ open: ['crm', 'erp', 'wiki'] })
  expect(await leaving(id)).toBeUndefined()
  await pass(2_000_000)
  expect(await proof.forget(TENANT, id)).toEqual({ open: [] })
  expect(await item(id)).toBeUndefined()
  const rows: unknown[] = []
  for await (const chunk of calm.store.exportTenant(TENANT)) rows.push(...chunk.filter(({ row }) => row === 'item'))
  expect(JSON.stringify(rows)).not.toContain('ada')
})

describe('kill', () => {
  test('puts somebody out of every app at once, whatever scopes say, until it is revoked', async () => {
    const { people, pass, proof, states, soon, apps, errors } = await start()
    const id = await people.create('mallory')
    await pass(5_000)
    expect(await proof.kill(TENANT, id)).toEqual({ already: false, apps: ['crm', 'erp', 'wiki'] })
    await pass(5_000)
    const active = () => Object.values(apps).flatMap(({ users }) => [...users.values()].map((user) => user.active))
    expect(active()).toEqual([false, false, false])
    expect(await states(id)).toEqual(['crm confirmed', 'erp confirmed', 'wiki confirmed'])
    expect(await soon(id)).toMatchObject({ complete: true, left: { how: 'killed' } })
    // Changes of the directory don't bring anybody back.
    await people.patch(id, { displayName: 'Mal', active: true })
    await pass(5_000)
    expect(active()).toEqual([false, false, false])
    expect(await proof.kill(TENANT, id)).toMatchObject({ already: true })
    expect(await proof.revokeKill(TENANT, id)).toBe(true)
    expect(await proof.revokeKill(TENANT, id)).toBe(false)
    await pass(5_000)
    expect(active()).toEqual([true, true, true])
    expect(await proof.killed(TENANT, id)).toMatchObject({ by: 'security', revoked: { by: 'security' } })
    await proof.forget(TENANT, id)
    expect(await proof.killed(TENANT, id)).toBeUndefined()
    expect(errors).toEqual([])
  })

  test('passes the guard, and is told in the log by whom', async () => {
    const guard = { floor: 0, percent: 0, membersFloor: 0, membersPercent: 0 }
    const { people, pass, proof, states, apps, calm } = await start({ guard })
    const [one = '', other = ''] = [await people.create('a'), await people.create('b')]
    await pass(5_000)
    await people.patch(other, { active: false })
    await pass(5_000)
    expect(await states(other)).toEqual(['crm held', 'erp held', 'wiki held'])
    await proof.kill(TENANT, other)
    await proof.kill(TENANT, one)
    await pass(5_000)
    expect([...apps.crm.users.values()].map(({ active }) => active)).toEqual([false, false])
    const notes = (await calm.store.changes(TENANT, 0, 100)).filter(({ op, type }) => op === 'note' && type === 'User')
    expect(notes.map(({ id, actor, paths }) => [id, actor, paths[0]?.new])).toEqual([
      [other, 'security', 'killed'],
      [one, 'security', 'killed'],
    ])
  })

  test('reaches those who are out of scope, or deleted, where leavers are left alone', async () => {
    const policy = { onLeave: 'ignore', tombstoneDays: 30, adopt: 'one' } as const
    const { people, pass, proof, apps } = await start({ policy })
    const [gone = '', moved = ''] = [await people.create('gone'), await people.create('moved', { title: 'Lead' })]
    await pass(5_000)
    await people.remove(gone)
    await pass(5_000)
    expect([...apps.crm.users.values()].map(({ active }) => active)).toEqual([true, true])
    const { receipt } = await proof.receipt(TENANT, gone)
    expect(receipt.complete).toBe(false)
    expect(receipt.apps[0]).toMatchObject({ state: 'open', reason: { code: 'app' } })
    await proof.kill(TENANT, gone)
    await proof.kill(TENANT, moved)
    await pass(5_000)
    expect([...apps.crm.users.values()].map(({ active }) => active)).toEqual([false, false])
  })

  test('passes a pause, and nobody else does', async () => {
    const { people, pass, proof, states, apps, configure, errors } = await start()
    const [out = '', off = '', stays = ''] = [
      await people.create('out'),
      await people.create('off'),
      await people.create('stays'),
    ]
    await pass(5_000)
    await configure('crm', { mode: 'paused' })
    await configure('erp', { mode: 'paused', review: { since: BEGINNING + 3_600_000, reason: 'restored' } })
    await configure('wiki', { mode: 'off' })
    await pass(5_000)
    for (const app of Object.values(apps)) app.requests.length = 0
    await people.patch(off, { active: false })
    await people.patch(stays, { displayName: 'Other' })
    await people.create('new')
    await proof.kill(TENANT, out)
    await pass(5_000)
    // Accounts are made in any order.
    const active = (app: keyof typeof apps) =>
      Object.fromEntries([...(apps[app]?.users.values() ?? [])].map((user) => [user.userName, user.active]))
    expect(active('crm')).toEqual({ out: false, off: true, stays: true })
    expect(apps.crm?.requests.filter((request) => !request.startsWith('read'))).toHaveLength(1)
    // A kill from before a restored backup may have been revoked since, and an app that is off gets nothing.
    expect([apps.erp?.requests, apps.wiki?.requests]).toEqual([[], []])
    expect(await states(out)).toEqual(['crm confirmed', 'erp pending', 'wiki pending'])
    // Verify reads come too.
    await pass(900_000)
    expect((await states(out))[0]).toBe('crm verified')
    // Revoked while the app is paused: what follows waits again.
    await proof.revokeKill(TENANT, out)
    await pass(5_000)
    expect(active('crm')).toEqual({ out: false, off: true, stays: true })
    await configure('crm', { mode: 'on' })
    await pass(20_000)
    expect(active('crm')).toEqual({ out: true, off: false, stays: true, new: true })
    expect(errors).toEqual([])
  })

  test('is refused for somebody who never was', async () => {
    const { proof } = await start()
    await expect(proof.kill(TENANT, 'nobody')).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' })
  })
})
