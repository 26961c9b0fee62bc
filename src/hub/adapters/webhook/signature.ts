// Signs events in the form of Standard Webhooks, so that receivers can check them with a library they have.

import { createHmac } from 'node:crypto'
import { AppError } from '../../contract/index.ts'

/** Secrets that sign at the same time, so that a receiver can change from one to the next. */
const MOST_SECRETS = 2

/** Names the form of the key and marks it as a secret. */
const PREFIX = 'whsec_'
/** Bytes of a key. Standard Webhooks, "Symmetric signatures". */
const KEY_BYTES = { least: 24, most: 64 }

/** Reads the keys in a secret: one or two, separated by spaces. Throws AppError; the message never repeats the secret. */
export function readKeys(secret: string | undefined): readonly Uint8Array[] {
  const words = (secret ?? '').split(/\s+/).filter((word) => word !== '')
  const keys = words.map((word) =>
    word.startsWith(PREFIX) ? Buffer.from(word.slice(PREFIX.length), 'base64') : undefined,
  )
  const fit = keys.filter((key) => key !== undefined && key.length >= KEY_BYTES.least && key.length <= KEY_BYTES.most)
  if (words.length >= 1 && words.length <= MOST_SECRETS && fit.length === words.length) return fit as Uint8Array[]
  throw new AppError(
    'credentials',
    `The secret of a webhook must be one or two keys, each ${PREFIX} and ${KEY_BYTES.least} to ${KEY_BYTES.most} bytes in base64`,
  )
}

/** The value of `webhook-signature`: a signature by each key, over `id.timestamp.body`. `seconds` since 1970. */
export function signatures(keys: readonly Uint8Array[], id: string, seconds: number, body: string): string {
  return keys
    .map((key) => `v1,${createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')}`)
    .join(' ')
}
