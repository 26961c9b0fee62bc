// Receipts as signed documents: compact JWS, made and verified. RFC 7515, RFC 8037.

import { isObject } from '../../protocol/index.ts'
import { jose, type SigningKey } from './jose.ts'
import type { Receipt } from './receipt.ts'

/** Algorithms of receipts: Ed25519 (RFC 8037), and P-256 where that is asked for. Nothing else is accepted, `none` and HMAC least of all. */
export const RECEIPT_ALGORITHMS = ['EdDSA', 'ES256'] as const

/** One of {@link RECEIPT_ALGORITHMS}. */
export type ReceiptAlgorithm = (typeof RECEIPT_ALGORITHMS)[number]

/** The `typ` of receipts, so that no other signed document passes for one. RFC 7515 §4.1.9. */
export const RECEIPT_TYPE = 'lockstep-receipt+jws'

/** Public keys, as published. RFC 7517 §5. */
export interface KeySet {
  readonly keys: readonly PublicKey[]
}

/** One public key. RFC 7517 §4. */
export interface PublicKey {
  readonly kty: string
  readonly kid: string
  readonly alg: string
  readonly use: 'sig'
  readonly crv: string
  readonly x: string
  readonly y?: string
}

/** A key that signs. */
export interface Signer {
  readonly kid: string
  readonly alg: ReceiptAlgorithm
  readonly key: SigningKey
}

/** What came of verifying a receipt. */
export type Verified =
  | { readonly valid: true; readonly receipt: Receipt; readonly kid: string; readonly alg: string }
  | NotValid

/** A signed document that is not what it should be, and why. */
export interface NotValid {
  readonly valid: false
  readonly why: Invalid
  readonly message: string
}

/** What came of verifying a signed document of any type. */
export type VerifiedDocument =
  | {
      readonly valid: true
      readonly payload: { readonly [name: string]: unknown }
      readonly kid: string
      readonly alg: string
    }
  | NotValid

/** Why a receipt is not valid. */
export type Invalid = 'not-a-receipt' | 'wrong-algorithm' | 'unknown-key' | 'altered'

/** Longest receipt, and longest key set, that is read, in characters. */
export const RECEIPT_LIMITS = { RECEIPT: 1_048_576, KEY_SET: 262_144 } as const

const BASE64URL = /^[A-Za-z0-9_-]+$/

/** Signs a receipt. */
export function signReceipt(receipt: Receipt, signer: Signer): Promise<string> {
  return signDocument(receipt, RECEIPT_TYPE, signer)
}

/** Signs a document of a type. */
export async function signDocument(payload: object, typ: string, { kid, alg, key }: Signer): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(payload))
  const { CompactSign } = await jose()
  return new CompactSign(bytes).setProtectedHeader({ alg, kid, typ }).sign(key)
}

/** Verifies a receipt against published keys. It needs nothing else: no clock, no network. */
export async function verifyReceipt(text: string, keys: KeySet): Promise<Verified> {
  const verified = await verifyDocument(text, keys, RECEIPT_TYPE, 'receipt')
  if (!verified.valid) return verified
  const { payload, kid, alg } = verified
  return { valid: true, receipt: payload as unknown as Receipt, kid, alg }
}

/** Verifies a signed document of a type, which errors call `what`. */
export async function verifyDocument(
  text: string,
  keys: KeySet,
  type: string,
  what: string,
): Promise<VerifiedDocument> {
  const jws = text.trim()
  if (jws.length > RECEIPT_LIMITS.RECEIPT) return invalid('not-a-receipt', `It is too long to be a ${what}`)
  const parts = jws.split('.')
  const [head = '', body = ''] = parts
  if (parts.length !== 3 || !parts.every(isCanonical))
    return invalid('not-a-receipt', 'It is not a compact JWS: three parts of base64url, divided by full stops')
  const header = objectIn(head)
  if (header === undefined) return invalid('not-a-receipt', 'Its header is not JSON')
  const { alg, kid, typ } = header
  if (!RECEIPT_ALGORITHMS.some((one) => one === alg))
    return invalid(
      'wrong-algorithm',
      `It says that it is signed with ${JSON.stringify(alg) ?? 'nothing'}; ${what}s are signed with EdDSA or ES256`,
    )
  if (typ !== type)
    return invalid('not-a-receipt', `It is a signed document of another type (${JSON.stringify(typ) ?? 'none'})`)
  const key = keys.keys.find((one) => one.kid === kid)
  if (key === undefined)
    return invalid(
      'unknown-key',
      `It is signed with the key ${JSON.stringify(kid) ?? '(none)'}, which is not among the keys given`,
    )
  if (key.alg !== alg) return invalid('wrong-algorithm', `Its key is for ${key.alg}, and it says ${String(alg)}`)
  const { compactVerify, createLocalJWKSet, errors } = await jose()
  try {
    const set = { keys: [{ ...key }] }
    await compactVerify(jws, createLocalJWKSet(set), { algorithms: [...RECEIPT_ALGORITHMS] })
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed)
      return invalid(
        'altered',
        'Its signature does not fit: it was altered after it was signed, or signed by somebody else',
      )
    if (error instanceof errors.JOSEError) return invalid('not-a-receipt', error.message)
    throw error
  }
  const payload = objectIn(body)
  if (payload?.v !== 1) return invalid('not-a-receipt', 'It is signed, but in a form that this version does not know')
  return { valid: true, payload, kid: key.kid, alg: key.alg }
}

/** What a receipt says, unverified: for those that were kept here. */
export function receiptIn(jws: string): Receipt | undefined {
  const payload = objectIn(jws.split('.')[1] ?? '')
  return payload?.v === 1 ? (payload as unknown as Receipt) : undefined
}

/** Reads a key set; undefined for what is none. Private parts are not taken in. */
export function readKeySet(text: string): KeySet | undefined {
  if (text.length > RECEIPT_LIMITS.KEY_SET) return undefined
  const json = jsonOf(text)
  if (!isObject(json) || !Array.isArray(json.keys)) return undefined
  const keys: PublicKey[] = []
  for (const key of json.keys) {
    if (!isObject(key)) return undefined
    const { kty, kid, alg, crv, x, y } = key
    if (typeof kid !== 'string' || typeof kty !== 'string' || typeof crv !== 'string' || typeof x !== 'string') continue
    const known = typeof alg === 'string' ? alg : crv === 'Ed25519' ? 'EdDSA' : 'ES256'
    keys.push({ kty, kid, alg: known, use: 'sig', crv, x, ...(typeof y === 'string' ? { y } : {}) })
  }
  return { keys }
}

function invalid(why: Invalid, message: string): NotValid {
  return { valid: false, why, message }
}

/** Whether a part is the one way to write its bytes: otherwise its last character could be another, and the bytes the same. */
function isCanonical(part: string): boolean {
  return BASE64URL.test(part) && Buffer.from(part, 'base64url').toString('base64url') === part
}

function objectIn(part: string): { readonly [name: string]: unknown } | undefined {
  const json = jsonOf(Buffer.from(part, 'base64url').toString())
  return isObject(json) ? json : undefined
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
