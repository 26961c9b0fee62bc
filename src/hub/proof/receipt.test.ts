// Leaver receipts: what they say, that nothing in them can be altered, and that retired keys still verify.

import { CompactSign, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { beforeEach, describe, expect, test } from 'vitest'
import { createDirectory } from '../../directory/index.ts'
import { STRICT } from '../../protocol/index.ts'
import { type Change, memoryStore, NEVER, type Write } from '../../store/index.ts'
import {
  APP_DEFAULTS,
  APP_RECORD,
  type AppSettings,
  HUB_READER,
  type Link,
  QUEUES,
  RECEIPTS,
  settingsJson,
} from '../contract/index.ts'
import { leaverWrites } from '../engine/leavers.ts'
import { hashOfLines, type Receipt } from './receipt.ts'
import { type KeySet, RECEIPT_TYPE, readKeySet, receiptIn, signReceipt, verifyReceipt } from './receipt-jws.ts'
import { issueReceipt, leavingsOf, type ReceiptsDeps } from './receipts.ts'
import { followLeavers } from './receipts-worker.ts'
import { createSigningKeys, type SigningKeys } from './signing-keys.ts'

const SCHEMAS = ['urn:ietf:params:scim:schemas:core:2.0:User']
const context = { tenant: 'acme', actor: 'entra', allow: STRICT }

function settings(id: string): AppSettings {
  const rest = { mode: 'on', adapter: 'scim', options: {}, scope: { users: {} }, grants: [] } as const
  return { id, label: id.toUpperCase(), ...rest, ...APP_DEFAULTS }
}

/** A tenant with two apps, whose time is set by hand. */
async function open() {
  const store = memoryStore()
  const clock = { now: 1_800_000_000_000 }
  const directory = createDirectory({ store })
  const environment = { now: () => clock.now }
  // Sealing is proved elsewhere; here it only has to be the same way back.
  const sealing = {
    seal: async (secret: string) => Buffer.from(secret).toString('base64'),
    open: async (sealed: string) => Buffer.from(sealed, 'base64').toString(),
  }
  const keys = createSigningKeys({ store, environment, sealing })
  const deps: ReceiptsDeps = { store, environment, keys, issuer: async () => 'https://id.example.com' }
  const first = await directory.create(context, 'User', { schemas: SCHEMAS, userName: 'boss@example.com' })
  const made = await directory.create(context, 'User', {
    schemas: SCHEMAS,
    userName: 'ada@example.com',
    externalId: 'e-1',
  })
  const { id } = made.stored

  async function put(...writes: readonly Write[]) {
    const place = (await store.tenant('acme'))?.place ?? 0
    await store.commit([{ write: 'cursor', tenant: 'acme', reader: HUB_READER, place }, ...writes])
  }
  const link = (app: string, value: Link, set: object = {}): Write => ({
    write: 'item',
    item: { tenant: 'acme', queue: QUEUES.links(app), key: id },
    set: { state: '', due: NEVER, mark: 1, done: 1, ...set, value: JSON.parse(JSON.stringify(value)) },
  })
  await put(
    ...['crm', 'erp'].map((key): Write => {
      return { write: 'record', record: { tenant: 'acme', kind: APP_RECORD, key }, value: settingsJson(settings(key)) }
    }),
  )
  /** What the planner would write for all lines so far. */
  async function plan() {
    const lines = await store.changes('acme', 0, 1000)
    await put(...lines.flatMap((line: Change) => leaverWrites({ ...line, at: clock.now })))
  }
  /** A turn of the worker at a later time. */
  async function turn(afterMs: number) {
    clock.now += afterMs
    const [item] = await store.items('acme', QUEUES.receipts, { keys: [RECEIPTS] })
    if (item === undefined) throw new Error('no unit')
    const report = (error: unknown) => {
      throw error
    }
    const result = await followLeavers({ ...deps, store, report }, item, { signal: new AbortController().signal })
    await store.commit(result.writes ?? [])
    return { due: result.set?.due, leaving: (await leavingsOf(store, 'acme', id)).at(-1) }
  }
  return { store, clock, directory, keys, deps, id, boss: first.stored.id, put, link, plan, turn }
}

const active: Link = {
  type: 'User',
  name: 'ada@example.com',
  account: 'a1',
  wanted: 'active',
  ackedAt: 1,
  ackedPlace: 2,
}

describe('what it says', () => {
  test('a person in two apps: open while one has not confirmed, made when it has, and again with what was read back', async () => {
    const { clock, directory, id, put, link, plan, turn, deps, keys } = await open()
    await put(link('crm', active), link('erp', { ...active, account: 'x7' }))
    await directory.remove(context, 'User', id)
    await plan()
    const off = { at: clock.now + 700, place: 4 }
    const gone: Link = { ...active, wanted: 'disabled', off }
    await put(link('crm', gone), link('erp', { ...active, account: 'x7' }, { state: 'ready', mark: 2, due: clock.now }))

    const soon = await turn(1000)
    expect(soon.leaving?.leaver.receipt).toBeUndefined()
    expect(soon.due).toBeGreaterThan(clock.now)
    const open1 = (await issueReceipt(deps, 'acme', id)).receipt
    expect(open1).toMatchObject({
      complete: false,
      left: { how: 'deleted' },
      person: { userName: 'ada@example.com', externalId: 'e-1' },
    })
    expect(open1.apps.map(({ app, state }) => `${app} ${state}`)).toEqual(['crm confirmed', 'erp open'])

    await put(link('erp', { ...gone, account: 'x7' }))
    const done = await turn(2000)
    const receipt = receiptIn(done.leaving?.leaver.receipt ?? '')
    expect(receipt).toMatchObject({ iss: 'https://id.example.com', tenant: 'acme', sub: id, complete: true })
    expect(receipt?.apps).toEqual([
      expect.objectContaining({ app: 'crm', label: 'CRM', account: 'a1', state: 'confirmed', asked: 'disabled' }),
      expect.objectContaining({ app: 'erp', account: 'x7', state: 'confirmed' }),
    ])
    expect(done.leaving?.item.state).toBe('open')

    const readBack = { at: clock.now, found: 'off' } as const
    await put(link('crm', { ...gone, off: { ...off, readBack } }), link('erp', { ...gone, off: { ...off, readBack } }))
    const last = await turn(60_000)
    expect(last.leaving?.item).toMatchObject({ state: '' })
    const final = await verifyReceipt(last.leaving?.leaver.receipt ?? '', await keys.published())
    expect(final.valid && final.receipt.apps.map(({ state, readBack }) => [state, readBack?.found])).toEqual([
      ['verified', 'off'],
      ['verified', 'off'],
    ])
  })

  test('a person in no app gets one', async () => {
    const { directory, id, plan, turn } = await open()
    await directory.remove(context, 'User', id)
    await plan()
    const { leaving } = await turn(1000)
    const receipt = receiptIn(leaving?.leaver.receipt ?? '')
    expect(receipt?.complete).toBe(true)
    expect(receipt?.apps.map(({ state }) => state)).toEqual(['none', 'none'])
    expect(leaving?.item.state).toBe('')
  })

  test('an app that never answers stands in it as open, and it is never called complete', async () => {
    const { clock, directory, id, put, link, plan, turn, deps } = await open()
    await directory.remove(context, 'User', id)
    await plan()
    const reason = { code: 'unknown', message: 'HTTP 502 from crm.example.com', since: clock.now } as const
    await put(link('crm', { ...active, reason }, { state: 'ready', mark: 2, due: clock.now + 900_000 }))
    for (let day = 0; day < 3; day++) expect((await turn(86_400_000)).leaving?.leaver.receipt).toBeUndefined()
    const { receipt } = await issueReceipt(deps, 'acme', id)
    expect(receipt.complete).toBe(false)
    expect(receipt.apps[0]).toMatchObject({ app: 'crm', state: 'open', reason: { message: reason.message } })
    expect(receipt.apps[0]?.nextAt).toBeDefined()
  })

  test('it outlives the link and the app', async () => {
    const { clock, store, directory, id, put, link, plan, turn, deps } = await open()
    await directory.remove(context, 'User', id)
    await plan()
    const off = { at: clock.now, place: 4, readBack: { at: clock.now, found: 'none' } } as const
    await put(link('crm', { ...active, wanted: 'disabled', off }))
    await turn(1000)
    const item = { tenant: 'acme', queue: QUEUES.links('crm'), key: id }
    const record = { tenant: 'acme', kind: APP_RECORD, key: 'erp' }
    await store.commit([
      { write: 'item', item, set: undefined },
      { write: 'record', record, value: undefined },
    ])
    const { receipt } = await issueReceipt(deps, 'acme', id)
    expect(receipt.apps.map(({ app, state }) => `${app} ${state}`)).toEqual(['crm verified', 'erp none'])
    expect(receipt.complete).toBe(true)
  })

  test('somebody who came back has not left', async () => {
    const { directory, id, put, link, plan, turn, deps } = await open()
    await put(link('crm', active))
    await directory.replace(context, 'User', id, { schemas: SCHEMAS, userName: 'ada@example.com', active: false })
    await plan()
    await directory.replace(context, 'User', id, { schemas: SCHEMAS, userName: 'ada@example.com', active: true })
    await put()
    expect((await turn(1000)).leaving?.item.state).toBe('')
    const { receipt } = await issueReceipt(deps, 'acme', id)
    expect(receipt).toMatchObject({ complete: false })
    expect(receipt.left).toBeUndefined()
  })

  test('somebody who left before there was a hub is found in the log', async () => {
    const { directory, id, put, deps } = await open()
    await directory.remove(context, 'User', id)
    await put()
    const { receipt } = await issueReceipt(deps, 'acme', id)
    expect(receipt).toMatchObject({
      left: { how: 'deleted', place: 3 },
      person: { userName: 'ada@example.com' },
      complete: true,
    })
  })

  test('the hash is that of the lines it names', async () => {
    const { store, directory, id, boss, plan, deps } = await open()
    await directory.replace(context, 'User', id, { schemas: SCHEMAS, userName: 'ada@example.com', active: false })
    await directory.remove(context, 'User', boss)
    await directory.remove(context, 'User', id)
    await plan()
    const { receipt } = await issueReceipt(deps, 'acme', id)
    const lines = await store.changes('acme', 0, 100)
    const own = lines.filter(({ place }) => receipt.log.lines.includes(place))
    expect(own.map((line) => `${line.op} ${line.id === id}`)).toEqual(['delete true'])
    expect(receipt.log.sha256).toBe(hashOfLines(own))
    expect(hashOfLines(own.map((line) => ({ ...line, at: line.at + 1 })))).not.toBe(receipt.log.sha256)
  })
})

describe('that it is genuine', () => {
  let jws: string
  let keys: SigningKeys
  let set: KeySet
  let receipt: Receipt
  beforeEach(async () => {
    const tenant = await open()
    keys = tenant.keys
    await tenant.directory.remove(context, 'User', tenant.id)
    await tenant.plan()
    const issued = await issueReceipt(tenant.deps, 'acme', tenant.id)
    receipt = issued.receipt
    jws = issued.jws
    set = await keys.published()
  })

  test('verifies against the published keys, which hold nothing private', async () => {
    expect(await verifyReceipt(`${jws}\n`, set)).toEqual({ valid: true, receipt, kid: set.keys[0]?.kid, alg: 'EdDSA' })
    expect(JSON.stringify(set)).not.toMatch(/"d"|sealed/)
    expect(readKeySet(JSON.stringify(set))).toEqual(set)
  })

  test('no byte of it can be altered', async () => {
    for (let at = 0; at < jws.length; at++) {
      for (const other of ['A', 'B', '.', '-']) {
        if (jws[at] === other) continue
        const altered = jws.slice(0, at) + other + jws.slice(at + 1)
        expect((await verifyReceipt(altered, set)).valid, `${at} ${other}`).toBe(false)
      }
    }
    // The last character of a signature has bits that mean nothing.
    for (const last of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_') {
      const altered = jws.slice(0, -1) + last
      expect((await verifyReceipt(altered, set)).valid).toBe(altered === jws)
    }
    expect((await verifyReceipt(jws.slice(0, -1), set)).valid).toBe(false)
    expect((await verifyReceipt('', set)).valid).toBe(false)
  })

  test('retired keys still verify, and sign no more', async () => {
    const before = await keys.signer()
    const kid = await keys.rotate()
    expect((await keys.signer()).kid).toBe(kid)
    expect((await keys.list()).map(({ retiredAt }) => retiredAt === undefined).sort()).toEqual([false, true])
    const both = await keys.published()
    expect(both.keys).toHaveLength(2)
    expect((await verifyReceipt(jws, both)).valid).toBe(true)
    expect((await verifyReceipt(await signReceipt(receipt, await keys.signer()), both)).valid).toBe(true)
    expect(before.kid).not.toBe(kid)
    expect(await verifyReceipt(jws, { keys: both.keys.filter((one) => one.kid === kid) })).toMatchObject({
      why: 'unknown-key',
    })
  })

  test('another algorithm may be asked for', async () => {
    await keys.rotate('ES256')
    const other = await signReceipt(receipt, await keys.signer())
    expect(await verifyReceipt(other, await keys.published())).toMatchObject({ valid: true, alg: 'ES256' })
  })

  test.each([
    ['none', (head: object) => ({ ...head, alg: 'none' }), 'wrong-algorithm'],
    ['HS256', (head: object) => ({ ...head, alg: 'HS256' }), 'wrong-algorithm'],
    ['ES256 with an EdDSA key', (head: object) => ({ ...head, alg: 'ES256' }), 'wrong-algorithm'],
    ['a key that nobody published', (head: object) => ({ ...head, kid: 'mine' }), 'unknown-key'],
    ['another type', (head: object) => ({ ...head, typ: 'JWT' }), 'not-a-receipt'],
  ])('a header that says %s is refused', async (_case, change, why) => {
    const [head = '', ...rest] = jws.split('.')
    const header = change(JSON.parse(Buffer.from(head, 'base64url').toString()))
    const forged = [Buffer.from(JSON.stringify(header)).toString('base64url'), ...rest].join('.')
    expect(await verifyReceipt(forged, set)).toMatchObject({ valid: false, why })
  })

  test('a receipt that somebody else signed under the same key id is refused', async () => {
    const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
    const kid = set.keys[0]?.kid ?? ''
    const forged = await signReceipt(receipt, { kid, alg: 'EdDSA', key: privateKey })
    expect(await verifyReceipt(forged, set)).toMatchObject({ valid: false, why: 'altered' })
    // A key that the document brings along is not looked at.
    const jwk = await exportJWK(publicKey)
    const payload = new TextEncoder().encode(JSON.stringify(receipt))
    const brought = await new CompactSign(payload)
      .setProtectedHeader({ alg: 'EdDSA', kid: 'mine', typ: RECEIPT_TYPE, jwk })
      .sign(privateKey)
    expect(await verifyReceipt(brought, set)).toMatchObject({ valid: false, why: 'unknown-key' })
  })

  test('an HMAC made with the public key is refused', async () => {
    const { kid, x } = set.keys[0] ?? { kid: '', x: '' }
    const forged = await new SignJWT({ ...receipt } as never)
      .setProtectedHeader({ alg: 'HS256', kid, typ: RECEIPT_TYPE })
      .sign(new TextEncoder().encode(x.padEnd(32, '0')))
    expect(await verifyReceipt(forged, set)).toMatchObject({ valid: false, why: 'wrong-algorithm' })
  })
})
