// Seals secrets so that a database, a backup or an export gives none away, and opens them where they belong.

import type { Environment } from '../environment.ts'
import { requireNodeCrypto } from '../node-crypto.ts'
import { ConfigError, LockstepError } from '../protocol/index.ts'
import type { RecordKey } from '../store/index.ts'

/** A key that seals secrets. */
export interface SealKey {
  /** Eight hexadecimal digits of its hash: names it in sealed values, says nothing about it. */
  readonly id: string
  /** 32 bytes. */
  readonly bytes: Uint8Array
}

/** Seals and opens secrets of one installation. */
export interface Sealer {
  /**
   * Seals a secret for one record: moved to another tenant, kind or key it can't be opened. Throws `ConfigError` where the installation has
   * no key.
   */
  seal(secret: string, record: RecordKey): Promise<string>
  /** Opens it. Throws {@link SealError}. */
  open(sealed: string, record: RecordKey): Promise<string>
  /** Seals it again with the first key, unless it is already. Throws {@link SealError}. */
  renew(sealed: string, record: RecordKey): Promise<string>
}

/**
 * A sealed secret that can't be opened. `key`: it was sealed with a key that the installation doesn't have; `broken`: it was sealed for
 * another record, or damaged.
 */
export class SealError extends LockstepError {
  readonly reason: 'key' | 'broken'
  constructor(reason: SealError['reason'], message: string) {
    super('ERR_SEALED', message)
    this.name = 'SealError'
    this.reason = reason
  }
}

/** The form of sealed values: version, id of the key, then nonce, ciphertext and tag in base64url. */
const FORM = /^s1\.([0-9a-f]{8})\.([A-Za-z0-9_-]+)$/
const NONCE_BYTES = 12
const TAG_BYTES = 16
const KEY_BYTES = 32

/** The most keys at once. */
const MOST_KEYS = 16

/**
 * Creates the sealer of an installation. `load` gives its keys, the first of which seals while all open; it is asked again when something
 * is sealed (then it may make a key), and when a value names an unknown key, so that a key added to a file counts without a restart.
 */
export function createSealer(
  load: (options: { readonly make: boolean }) => Promise<readonly SealKey[]>,
  environment: Pick<Environment, 'random'>,
): Sealer {
  let known: readonly SealKey[] = []
  const keyOf = async (id: string) => {
    const find = () => known.find((key) => key.id === id)
    const found = find()
    if (found !== undefined) return found
    known = await load({ make: false })
    return find()
  }
  const first = async () => {
    known = await load({ make: true })
    if (known[0] !== undefined) return known[0]
    throw new ConfigError('LOCKSTEP_SEAL_KEY_FILE', 'Secrets need a key; name a file with one: openssl rand -base64 32')
  }
  const seal = async (secret: string, record: RecordKey) =>
    encrypt(secret, await first(), boundTo(record), environment.random(new Uint8Array(NONCE_BYTES)))
  const open = async (sealed: string, record: RecordKey) => {
    const [, id = '', text = ''] = FORM.exec(sealed) ?? []
    if (id === '') throw broken(record)
    const key = await keyOf(id)
    if (key !== undefined) return decrypt(text, key, record)
    throw new SealError(
      'key',
      `The secret of ${record.kind} ${record.key} can't be opened: it was sealed with key ${id}, which is not here; set the secret again, or add that key`,
    )
  }
  return {
    seal,
    open,
    renew: async (sealed, record) => {
      const { id } = await first()
      return sealedWith(sealed) === id ? sealed : seal(await open(sealed, record), record)
    },
  }
}

/** The id of the key that sealed a value; undefined for what is no sealed value. */
export function sealedWith(sealed: string): string | undefined {
  return FORM.exec(sealed)?.[1]
}

/**
 * Reads keys: 32 bytes each, in base64 or hexadecimal, separated by spaces, commas or lines; lines that begin with # are comments.
 * `where` names the setting in errors, which never repeat what was given. Throws `ConfigError`.
 */
export function parseSealKeys(text: string, where: string): readonly SealKey[] {
  const lines = text.split('\n').filter((line) => !line.trimStart().startsWith('#'))
  const words = lines.flatMap((line) => line.split(/[\s,]/)).filter((word) => word !== '')
  if (words.length === 0 || words.length > MOST_KEYS)
    throw new ConfigError(where, `1 to ${MOST_KEYS} keys are allowed, not ${words.length}: openssl rand -base64 32`)
  return words.map((word, at) => {
    const bytes = bytesOf(word)
    if (bytes !== undefined) return { id: keyId(bytes), bytes }
    throw new ConfigError(
      where,
      `Key ${at + 1} must be ${KEY_BYTES} random bytes in base64 or hexadecimal: openssl rand -base64 32`,
    )
  })
}

/** A new key as it is written to a file. */
export function makeSealKey(environment: Pick<Environment, 'random'>): string {
  return Buffer.from(environment.random(new Uint8Array(KEY_BYTES))).toString('base64')
}

function bytesOf(word: string): Uint8Array | undefined {
  if (/^[0-9a-f]{64}$/i.test(word)) return Buffer.from(word, 'hex')
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(word)) return undefined
  return Buffer.from(word, 'base64')
}

function keyId(bytes: Uint8Array): string {
  return requireNodeCrypto().createHash('sha256').update('lockstep seal key\0').update(bytes).digest('hex').slice(0, 8)
}

/** What a sealed value is bound to. */
function boundTo({ tenant, kind, key }: RecordKey): Uint8Array {
  return Buffer.from(JSON.stringify(['s1', tenant, kind, key]))
}

function encrypt(secret: string, { id, bytes }: SealKey, bound: Uint8Array, nonce: Uint8Array): string {
  const cipher = requireNodeCrypto().createCipheriv('aes-256-gcm', bytes, nonce).setAAD(bound)
  const parts = [nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]
  return `s1.${id}.${Buffer.concat(parts).toString('base64url')}`
}

function decrypt(text: string, { bytes }: SealKey, record: RecordKey): string {
  const all = Buffer.from(text, 'base64url')
  if (all.length < NONCE_BYTES + TAG_BYTES) throw broken(record)
  const decipher = requireNodeCrypto()
    .createDecipheriv('aes-256-gcm', bytes, all.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(boundTo(record))
    .setAuthTag(all.subarray(-TAG_BYTES))
  try {
    const plain = [decipher.update(all.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]
    return Buffer.concat(plain).toString('utf8')
  } catch {
    throw broken(record)
  }
}

function broken({ kind, key }: RecordKey): SealError {
  return new SealError(
    'broken',
    `The secret of ${kind} ${key} can't be opened: it was sealed for another record, or it is damaged; set it again`,
  )
}
