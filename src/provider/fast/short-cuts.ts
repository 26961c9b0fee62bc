// The short cuts of speed; LOCKSTEP_FAST=off runs without them, with the same answers.

import type { Call } from '../../call.ts'
import type { Directory } from '../../directory/index.ts'
import type { TextsOfRequest } from '../request.ts'
import { createKeptTexts, type KeptTexts } from './kept-texts.ts'

/** Characters of texts that are kept unless an option says otherwise. */
const KEPT = 64 * 1024 * 1024

/**
 * Opens the kept texts of a provider; `undefined` when short cuts are switched off. Where changes of other processes are seen
 * late, nothing is kept: a kept text would be older than the database.
 */
export function openKeptTexts(directory: Directory, bytes = KEPT): KeptTexts | undefined {
  // Not every runtime has a process.
  if (globalThis.process?.env.LOCKSTEP_FAST === 'off') return undefined
  const texts = createKeptTexts(directory.freshness === 'immediate' ? bytes : 0)
  directory.watch((affected) => texts.forget(affected))
  return texts
}

/** The kept texts for one request, which began at `revision`. */
export function textsForRequest(
  texts: KeptTexts | undefined,
  call: Call,
  tenant: string,
  revision: number,
): TextsOfRequest | undefined {
  if (texts === undefined) return undefined
  return {
    numbered: (number, type) => texts.numbered(number, tenant, call.base, type),
    keep: (type, { tenant, id, version }, text, number) => {
      if (revision !== texts.revision() || !texts.wants(id)) return
      const { name, endpoint } = type
      texts.put({ id, number, tenant, base: call.base, endpoint, type: name, version, text })
    },
  }
}
