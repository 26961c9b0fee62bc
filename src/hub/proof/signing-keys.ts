// The keys that sign receipts: made when they are first needed, kept sealed, published, changed.

import type { Environment } from '../../environment.ts'
import { isObject, type Json, LockstepError } from '../../protocol/index.ts'
import { allRecords, putIfSame, type RecordKey, type Store, type StoredRecord, type Write } from '../../store/index.ts'
import { jose } from './jose.ts'
import type { KeySet, PublicKey, ReceiptAlgorithm, Signer } from './receipt-jws.ts'

/** Kind of the records that hold keys, of the whole database. Key = key id. */
const SIGNING_KEY = 'signing-key'

/** Seals and opens secrets, each bound to the record that holds it. */
export interface Sealing {
  readonly seal: (secret: string, record: RecordKey) => Promise<string>
  readonly open: (sealed: string, record: RecordKey) => Promise<string>
}

/** A key as it is listed. */
export interface KeyInfo {
  readonly kid: string
  readonly alg: string
  /** In milliseconds since 1970. */
  readonly madeAt: number
  /** Absent: it signs. */
  readonly retiredAt?: number
}

/** The signing keys of an installation. */
export interface SigningKeys {
  /** The key that signs now; the first one is made here. */
  readonly signer: () => Promise<Signer>
  /** All public keys, retired ones included: what they have signed stays verifiable. */
  readonly published: () => Promise<KeySet>
  readonly list: () => Promise<readonly KeyInfo[]>
  /** Makes a new key; the others sign nothing more, and their private parts are destroyed. Returns the id of the new one. */
  readonly rotate: (alg?: ReceiptAlgorithm) => Promise<string>
}

/** What signing keys work with. */
export interface SigningKeysDeps {
  readonly store: Pick<Store, 'records' | 'commit'>
  readonly environment: Pick<Environment, 'now'>
  readonly sealing: Sealing
}

/** A key as its record holds it. */
interface KeyRecord {
  readonly record: StoredRecord
  readonly alg: ReceiptAlgorithm
  readonly public: PublicKey
  readonly sealed?: string
  readonly madeAt: number
  readonly retiredAt?: number
}

/** Creates the signing keys. */
export function createSigningKeys({ store, environment, sealing }: SigningKeysDeps): SigningKeys {
  const opened = new Map<string, Signer>()

  async function all(): Promise<readonly KeyRecord[]> {
    return (await allRecords(store, '', SIGNING_KEY)).flatMap((record) => keyIn(record) ?? [])
  }

  async function make(alg: ReceiptAlgorithm, others: readonly KeyRecord[]): Promise<string> {
    const now = environment.now()
    const { calculateJwkThumbprint, exportJWK, generateKeyPair } = await jose()
    const pair = await generateKeyPair(alg, { extractable: true, ...(alg === 'EdDSA' ? { crv: 'Ed25519' } : {}) })
    const [open, secret] = await Promise.all([exportJWK(pair.publicKey), exportJWK(pair.privateKey)])
    const kid = await calculateJwkThumbprint(open)
    const value: Json = {
      alg,
      public: { ...(open as { [name: string]: Json }), kid, alg, use: 'sig' },
      sealed: await sealing.seal(JSON.stringify(secret), recordOf(kid)),
      madeAt: now,
    }
    const retired = others
      .filter(({ retiredAt }) => retiredAt === undefined)
      .map(({ record }): Write => putIfSame(record, retiredValue(record, now)))
    await store.commit([{ write: 'record', record: recordOf(kid), value, ifAbsent: true }, ...retired])
    return kid
  }

  async function current(): Promise<KeyRecord> {
    // Two processes may have made the first one at the same time: both are published, and all use the same one of them.
    const signing = (await all()).filter(({ retiredAt }) => retiredAt === undefined)
    const [key] = signing.sort(
      (one, other) => one.madeAt - other.madeAt || (one.record.key < other.record.key ? -1 : 1),
    )
    if (key !== undefined) return key
    await make('EdDSA', [])
    return current()
  }

  return {
    async signer() {
      const { record, alg, sealed } = await current()
      const known = opened.get(record.key)
      if (known !== undefined) return known
      const secret = JSON.parse(await sealing.open(sealed ?? '', recordOf(record.key)))
      const { importJWK } = await jose()
      const key = await importJWK(secret, alg)
      if (key instanceof Uint8Array) throw new LockstepError('ERR_INTERNAL', 'A signing key is not a key pair')
      const signer: Signer = { kid: record.key, alg, key }
      opened.clear()
      opened.set(record.key, signer)
      return signer
    },
    published: async () => ({ keys: (await all()).map((key) => key.public) }),
    list: async () =>
      (await all()).map(({ record, alg, madeAt, retiredAt }) => ({
        kid: record.key,
        alg,
        madeAt,
        ...(retiredAt === undefined ? {} : { retiredAt }),
      })),
    rotate: async (alg = 'EdDSA') => make(alg, await all()),
  }
}

function recordOf(kid: string): RecordKey {
  return { tenant: '', kind: SIGNING_KEY, key: kid }
}

function keyIn(record: StoredRecord): KeyRecord | undefined {
  const { value } = record
  if (!isObject(value) || !isObject(value.public) || (value.alg !== 'EdDSA' && value.alg !== 'ES256')) return undefined
  const { alg, sealed, madeAt, retiredAt } = value
  return {
    record,
    alg,
    public: value.public as unknown as PublicKey,
    ...(typeof sealed === 'string' ? { sealed } : {}),
    madeAt: typeof madeAt === 'number' ? madeAt : 0,
    ...(typeof retiredAt === 'number' ? { retiredAt } : {}),
  }
}

/** A key that signs nothing more. */
function retiredValue({ value }: StoredRecord, now: number): Json {
  if (!isObject(value)) return value
  const { sealed: _destroyed, ...rest } = value
  return { ...rest, retiredAt: now }
}
