// Cuts what came from a server that is checked down to what is kept of it.

import type { NeedResult, ProviderReport, Result, Shown } from '../../conformance/index.ts'
import { CHECK_LIMITS } from './check-run.ts'

/** Longest sentence that is kept. */
const TEXT = 2_000

/** A result whose exchanges take no more than `bytes`: the first ones, for those show the fault. */
export function boundedResult(result: Result, bytes: number): Result {
  return { ...result, ...sentences(result), ...exchangesOf(result, Math.min(bytes, CHECK_LIMITS.RESULT_BYTES)) }
}

/** What is known of an identity provider, its exchanges within limits. */
export function boundedProvider(provider: ProviderReport, bytes: number): ProviderReport {
  let left = bytes
  const needs = provider.needs.map((need): NeedResult => {
    const kept = exchangesOf(need, Math.min(left, CHECK_LIMITS.NEED_BYTES))
    left -= sizeOf(kept)
    return { ...need, ...sentences(need), ...kept }
  })
  return { ...provider, needs }
}

/** Bytes of something as JSON. */
export function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value))
}

/** Text that every store can keep: PostgreSQL has no NUL, and no half of a surrogate pair. */
export function keepable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD')
}

function sentences({ expected, reason }: { readonly expected?: string; readonly reason?: string }) {
  return {
    ...(expected === undefined ? {} : { expected: keepable(expected.slice(0, TEXT)) }),
    ...(reason === undefined ? {} : { reason: keepable(reason.slice(0, TEXT)) }),
  }
}

function exchangesOf({ exchanges = [] }: { readonly exchanges?: readonly Shown[] }, bytes: number) {
  const kept: Shown[] = []
  let size = 0
  for (const { request, answer } of exchanges) {
    const one = { request: keepable(request), answer: keepable(answer) }
    size += sizeOf(one)
    if (size > bytes) break
    kept.push(one)
  }
  return exchanges.length === 0 ? {} : { exchanges: kept }
}
