// Receipts of a tenant's leavers: made when the last app has confirmed, kept for good, and made on demand.

import { isDeepStrictEqual } from 'node:util'
import type { Environment } from '../../environment.ts'
import { isObject, LockstepError } from '../../protocol/index.ts'
import type { Item, Store, Work } from '../../store/index.ts'
import { type Leaver, QUEUES, type Told } from '../contract/index.ts'
import { leavingOf, namesIn } from '../engine/leavers.ts'
import { hashOfLines, type Receipt, type ReceiptLog, receiptOf } from './receipt.ts'
import { receiptIn, signReceipt } from './receipt-jws.ts'
import type { SigningKeys } from './signing-keys.ts'
import { told } from './told.ts'

/** What receipts are made with. */
export interface ReceiptsDeps {
  readonly store: Pick<Store & Work, 'records' | 'items' | 'cursors' | 'tenant' | 'changes' | 'get' | 'commit'>
  readonly environment: Pick<Environment, 'now'>
  readonly keys: Pick<SigningKeys, 'signer'>
  /** The address of the installation. */
  readonly issuer: () => Promise<string>
}

/** A receipt, signed. */
export interface SignedReceipt {
  readonly receipt: Receipt
  readonly jws: string
}

/** The leavings of one person, in order. */
export interface Leaving {
  readonly item: Item
  readonly leaver: Leaver
}

/** Log lines that are read at once. */
const CHUNK = 1_000
/** Lines from the leaving on among which a receipt vouches for those about the person. */
const LINES = 1_000

/**
 * The receipt of a person as things are now, signed. What an earlier receipt of the same leaving says is kept where nobody knows better any
 * more: links expire, and apps are removed.
 */
export async function issueReceipt(deps: ReceiptsDeps, tenant: string, user: string): Promise<SignedReceipt> {
  const { store } = deps
  const [here, leavings] = await Promise.all([presenceOf(store, tenant, user), leavingsOf(store, tenant, user)])
  const leaving = leavings.findLast(({ leaver }) => stands(leaver, here))
  if (leaving !== undefined) {
    const issued = await issue(deps, tenant, user, leaving.leaver, here)
    await keep(deps, leaving, issued)
    return issued
  }
  const left = here.isActive ? undefined : await findLeaving(store, tenant, user)
  if (here.document === undefined && left === undefined) throw nobody(tenant, user)
  return issue(deps, tenant, user, left, here)
}

/** The leaving of somebody who is out now, as a receipt takes it; undefined for who is here, or left before there was a hub. */
export async function standingLeaving(
  store: ReceiptsDeps['store'],
  tenant: string,
  user: string,
): Promise<Leaver | undefined> {
  const [here, leavings] = await Promise.all([presenceOf(store, tenant, user), leavingsOf(store, tenant, user)])
  return leavings.findLast(({ leaver }) => stands(leaver, here))?.leaver
}

/** The refusal of an id that nobody ever had. */
export function nobody(tenant: string, user: string): LockstepError {
  return new LockstepError('ERR_NOT_FOUND', `Tenant "${tenant}" never had a person with the id "${user}"`)
}

/**
 * Goes on with one leaving: when all apps have confirmed, a receipt is made; when nothing more can be read back, it is made once more and
 * the item is at rest. Returns what the item becomes.
 */
export async function followLeaving(
  deps: ReceiptsDeps,
  { item, leaver }: Leaving,
): Promise<{ readonly due: number | undefined; readonly value: Leaver }> {
  const { store, environment } = deps
  const { tenant, key } = item
  const user = key.slice(0, key.lastIndexOf('/'))
  const here = await presenceOf(store, tenant, user)
  // What was confirmed until somebody came back is in the receipt, if there was time for one.
  if (!stands(leaver, here)) return { due: undefined, value: leaver }
  const now = environment.now()
  const rows = await told(store, tenant, user)
  const before = leaver.receipt === undefined ? undefined : receiptIn(leaver.receipt)
  const draft = claims(await deps.issuer(), now, tenant, user, { left: leaver, here, rows, log: NO_LOG })
  const pause = now + pauseMs(now - leaver.at)
  if (!draft.complete) return { due: pause, value: leaver }
  // A read back that never comes is not waited for.
  const toCome = draft.apps.some(({ state, readBack }) => state === 'confirmed' && readBack === undefined)
  const due = toCome && now - lastConfirmation(draft) < FINAL_MS ? pause : undefined
  if (before !== undefined && isDeepStrictEqual(before.apps, draft.apps)) return { due, value: leaver }
  const { jws } = await issue(deps, tenant, user, leaver, here, rows)
  return { due, value: { ...leaver, receipt: jws, signedAt: now } }
}

/** Whether somebody is here, and whether everybody was told otherwise. */
interface Presence {
  readonly document?: { readonly [name: string]: unknown }
  readonly isActive: boolean
  readonly killed: boolean
}

async function presenceOf(store: ReceiptsDeps['store'], tenant: string, user: string): Promise<Presence> {
  const [stored, kills] = await Promise.all([
    store.get({ tenant, type: 'User', id: user }),
    store.items(tenant, QUEUES.kills, { keys: [user] }),
  ])
  const document: unknown = stored === undefined ? undefined : JSON.parse(stored.text)
  if (!isObject(document)) return { isActive: false, killed: kills.length > 0 }
  return { document, isActive: document.active !== false, killed: kills.length > 0 }
}

/** Whether a leaving is still how things are. */
function stands({ how }: Leaver, { isActive, killed }: Presence): boolean {
  return how === 'killed' ? killed : !isActive
}

/** Makes a receipt of one leaving, or of somebody who has not left, and signs it. */
async function issue(
  deps: ReceiptsDeps,
  tenant: string,
  user: string,
  left: Leaver | undefined,
  here: Presence,
  known?: readonly Told[],
): Promise<SignedReceipt> {
  const { store, environment, keys, issuer } = deps
  const [signer, iss, rows, log] = await Promise.all([
    keys.signer(),
    issuer(),
    known ?? told(store, tenant, user),
    linesOf(store, tenant, user, left?.place),
  ])
  const receipt = claims(iss, environment.now(), tenant, user, { left, here, rows, log })
  return { receipt, jws: await signReceipt(receipt, signer) }
}

function claims(
  iss: string,
  now: number,
  tenant: string,
  user: string,
  known: {
    readonly left: Leaver | undefined
    readonly here: Presence
    readonly rows: readonly Told[]
    readonly log: ReceiptLog
  },
): Receipt {
  const { left, here, rows, log } = known
  const before = left?.receipt === undefined ? undefined : receiptIn(left.receipt)
  return receiptOf({
    iss,
    now,
    tenant,
    user,
    person: { ...namesOf(left), ...namesOf(here.document) },
    ...(left === undefined ? {} : { left: { how: left.how, at: left.at, place: left.place } }),
    log,
    told: rows,
    ...(before === undefined ? {} : { before }),
  })
}

const NO_LOG: ReceiptLog = { from: 0, to: 0, lines: [], sha256: '' }

/** After so long the receipt is the last one. Verify reads are made up to 15 minutes after the confirmation. */
const FINAL_MS = 20 * 60_000

/** Leavers are looked at again after a quarter of their age, from half a second up to an hour: the receipt is about as prompt as the apps. */
function pauseMs(ageMs: number): number {
  return Math.round(Math.min(Math.max(ageMs / 4, 500), 3_600_000))
}

function lastConfirmation({ apps }: Receipt): number {
  return Math.max(0, ...apps.map(({ confirmedAt }) => (confirmedAt === undefined ? 0 : Date.parse(confirmedAt))))
}

/** Keeps a receipt with the leaving it is about. */
async function keep({ store, environment }: ReceiptsDeps, { item, leaver }: Leaving, { jws }: SignedReceipt) {
  const { tenant, queue, key } = item
  const value = { ...leaver, receipt: jws, signedAt: environment.now() }
  await store.commit([{ write: 'item', item: { tenant, queue, key }, set: { value } }])
}

/** When and how somebody left, each time, as the hub noticed it. */
export async function leavingsOf(
  store: Pick<Work, 'items'>,
  tenant: string,
  user: string,
): Promise<readonly Leaving[]> {
  const found: Leaving[] = []
  for (let after = `${user}/`; ; ) {
    const page = await store.items(tenant, QUEUES.leavers, { after, limit: 100 })
    for (const item of page) if (item.key.startsWith(`${user}/`)) found.push({ item, leaver: leaverIn(item) })
    const last = page.at(-1)
    if (last === undefined || page.length < 100 || !last.key.startsWith(`${user}/`)) return found
    after = last.key
  }
}

/** What an item of `QUEUES.leavers` holds. */
export function leaverIn({ value }: Item): Leaver {
  return value as unknown as Leaver
}

/** The last leaving of somebody who left before there was a hub: looked for in the whole log. */
async function findLeaving(
  store: Pick<Store, 'changes' | 'tenant'>,
  tenant: string,
  user: string,
): Promise<Leaver | undefined> {
  let found: Leaver | undefined
  const begins = (await store.tenant(tenant))?.begins ?? 1
  for (let place = begins - 1; ; ) {
    const lines = await store.changes(tenant, place, CHUNK)
    for (const line of lines) {
      const how = line.id === user ? leavingOf(line) : undefined
      if (how !== undefined) found = { how, at: line.at, place: line.place, ...namesOf(found), ...namesIn(line) }
    }
    const last = lines.at(-1)
    if (last === undefined) return found
    place = last.place
  }
}

/** The lines about a person from a place on, and a hash over them. */
async function linesOf(
  store: Pick<Store, 'changes' | 'tenant'>,
  tenant: string,
  user: string,
  from: number | undefined,
): Promise<ReceiptLog> {
  const row = await store.tenant(tenant)
  const last = row?.place ?? 0
  if (from === undefined) return { from: last + 1, to: last, lines: [], sha256: hashOfLines([]) }
  const begin = Math.max(from, row?.begins ?? 1)
  const lines = await store.changes(tenant, begin - 1, Math.max(1, Math.min(LINES, last - begin + 1)))
  const own = lines.filter(({ id, type }) => type === 'User' && id === user)
  return {
    from: begin,
    to: lines.at(-1)?.place ?? begin - 1,
    lines: own.map(({ place }) => place),
    sha256: hashOfLines(own),
  }
}

/** The names that a document or a leaving has. */
export function namesOf(
  of: { readonly userName?: unknown; readonly externalId?: unknown } | undefined,
): Receipt['person'] {
  const { userName, externalId } = of ?? {}
  return {
    ...(typeof userName === 'string' ? { userName } : {}),
    ...(typeof externalId === 'string' ? { externalId } : {}),
  }
}
