// `lockstep receipt`: shows, exports and verifies receipts of leavers, and changes the keys that sign them.

import { readFile } from 'node:fs/promises'
import {
  type KeySet,
  RECEIPT_ALGORITHMS,
  RECEIPT_LIMITS,
  type Receipt,
  type ReceiptApp,
  readKeySet,
  verifyReceipt,
} from '../../hub/index.ts'
import { LockstepError } from '../../protocol/index.ts'
import { withLocal } from '../database/local.ts'
import { openOut } from '../files/out-file.ts'
import { readInput } from '../resources/json-input.ts'
import { flagOption, type Options, textOption, UsageError } from '../terminal/options.ts'
import { cut, formatTime, printFacts, printJson, printLine, printTable } from '../terminal/print.ts'
import { personOf } from './person.ts'

/** How long the address of a key set may take, in milliseconds. */
const FETCH_MS = 10_000

/** `lockstep receipt show USER`. */
export async function showReceipt([who = '']: readonly string[], options: Options): Promise<void> {
  await withLocal(options, async (local) => {
    const { tenant, id } = await personOf(local, options, who)
    const { receipt, jws } = await (await local.hub()).proof.receipt(tenant, id)
    if (flagOption(options, 'json')) return printJson({ receipt, jws })
    printReceipt(receipt)
  })
}

/** `lockstep receipt export USER`. */
export async function exportReceipt([who = '']: readonly string[], options: Options): Promise<void> {
  const to = textOption(options, 'to')
  await withLocal(options, async (local) => {
    const { tenant, id, name } = await personOf(local, options, who)
    const { receipt, jws } = await (await local.hub()).proof.receipt(tenant, id)
    if (to === undefined || to === '-') return printLine(jws)
    const file = await openOut(to, { append: false })
    await file.write(`${jws}\n`)
    await file.end()
    if (flagOption(options, 'json')) return printJson({ tenant, user: id, file: to, complete: receipt.complete })
    printLine(`The receipt of ${name} is in ${to}. ${summaryOf(receipt)}`)
  })
}

/** `lockstep receipt verify FILE`: needs no database when the keys are given. Fails unless the receipt is genuine. */
export async function verify([file = '']: readonly string[], options: Options): Promise<void> {
  const text = await readInput(file)
  const from = textOption(options, 'jwks')
  const keys =
    from === undefined
      ? await withLocal(options, async (local) => (await local.hub()).proof.keys.published())
      : await keysFrom(from)
  const verified = await verifyReceipt(text, keys)
  if (!verified.valid) {
    if (flagOption(options, 'json')) await printJson(verified)
    throw new LockstepError('ERR_RECEIPT', `This receipt is not genuine. ${verified.message}`)
  }
  if (flagOption(options, 'json')) return printJson(verified)
  const { receipt, kid, alg } = verified
  printLine(
    `The receipt is genuine: ${receipt.iss} signed it with the key ${kid} (${alg}), and nothing was altered since.`,
  )
  printLine('')
  printReceipt(receipt)
}

/** `lockstep receipt keys`: the public keys, as an auditor needs them. */
export async function receiptKeys(options: Options): Promise<void> {
  await withLocal(options, async (local) => {
    const { keys } = (await local.hub()).proof
    if (flagOption(options, 'json')) return printJson(await keys.published())
    const list = await keys.list()
    if (list.length === 0) return printLine('No receipt has been signed yet; the key is made with the first one.')
    printTable(list, [
      ['KEY', ({ kid }) => kid],
      ['ALGORITHM', ({ alg }) => alg],
      ['CREATED', ({ madeAt }) => formatTime(madeAt)],
      ['RETIRED', ({ retiredAt }) => formatTime(retiredAt)],
    ])
  })
}

/** `lockstep receipt rotate`: a new key; what the others have signed stays verifiable. */
export async function rotateKey(options: Options): Promise<void> {
  const asked = textOption(options, 'alg') ?? 'EdDSA'
  const alg = RECEIPT_ALGORITHMS.find((one) => one === asked)
  if (alg === undefined) throw new UsageError(`--alg must be ${RECEIPT_ALGORITHMS.join(' or ')}`)
  await withLocal(options, async (local) => {
    const kid = await (await local.hub()).proof.keys.rotate(alg)
    if (flagOption(options, 'json')) return printJson({ kid, alg })
    printLine(`Receipts are signed with the new key ${kid} from now on. What older keys have signed still verifies.`)
  })
}

/** Reads a key set from a file or an address. */
export async function keysFrom(from: string): Promise<KeySet> {
  const text = /^https?:\/\//.test(from) ? await fetchKeys(from) : await readFile(from, 'utf8')
  const keys = readKeySet(text)
  if (keys === undefined) throw new UsageError(`${from} is not a JSON Web Key Set: {"keys": [ … ]}`)
  return keys
}

async function fetchKeys(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_MS), redirect: 'error' })
  if (!response.ok) throw new LockstepError('ERR_RECEIPT', `${url} answered with HTTP ${response.status}`)
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > RECEIPT_LIMITS.KEY_SET) throw new LockstepError('ERR_RECEIPT', `${url} is too long for a key set`)
  }
  return text
}

function printReceipt(receipt: Receipt): void {
  const { sub, tenant, person, left, iat, iss, log, apps } = receipt
  printFacts([
    ['Person', [person.userName, sub].filter((text) => text !== undefined).join(', id ')],
    ...(person.externalId === undefined ? [] : ([['External id', person.externalId]] as const)),
    ['Tenant', tenant],
    ['Left', left === undefined ? 'no' : `${HOW[left.how]} on ${isoText(left.at)}, line ${left.place} of the log`],
    ['Receipt of', `${formatTime(iat * 1000)}, by ${iss}`],
    ...(log.lines.length === 0 ? [] : ([['Log lines', `${log.lines.join(', ')} (SHA-256 ${log.sha256})`]] as const)),
  ])
  printLine('')
  if (apps.length > 0) printAppTable(apps)
  printLine(summaryOf(receipt))
}

function printAppTable(apps: readonly ReceiptApp[]): void {
  printTable(apps, [
    ['APP', ({ app }) => app],
    ['ACCOUNT', ({ account }) => account],
    ['STATE', ({ state, asked }) => STATES[state] + (asked === undefined ? '' : `: ${ASKED[asked]}`)],
    ['CONFIRMED', ({ confirmedAt }) => isoText(confirmedAt)],
    ['READ BACK', ({ readBack }) => readBack && `${FOUND[readBack.found]} ${isoText(readBack.at)}`],
    ['WHY NOT', ({ reason }) => reason && cut(reason.message, 120)],
  ])
}

const HOW = { deleted: 'deleted', deactivated: 'deactivated', killed: 'removed from all apps' } as const
const STATES = { confirmed: 'confirmed', verified: 'verified', open: 'OPEN', none: 'no account known' } as const
const ASKED = { active: 'active', disabled: 'switched off', absent: 'removed' } as const
const FOUND = { none: 'no account', off: 'off', active: 'active' } as const

function summaryOf({ complete, left, apps }: Receipt): string {
  const open = apps.filter(({ state }) => state === 'open').map(({ app }) => app)
  if (complete) return `Complete: every app in which there was an account has confirmed that it is off.`
  if (left === undefined) return 'This person has not left.'
  return `Not complete: ${open.join(', ')} ${open.length === 1 ? 'has' : 'have'} not confirmed.`
}

function isoText(iso: string | undefined): string {
  return iso === undefined ? '' : formatTime(Date.parse(iso))
}
