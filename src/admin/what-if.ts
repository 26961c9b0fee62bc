// What a change of a connection would do to its requests: each rehearsed as now and as it would be.

import type { Environment } from '../environment.ts'
import type { PlacedLine, RecordStore } from '../record/index.ts'
import { again } from './again.ts'
import type { Speaker, TryDeps } from './try.ts'

/** Most requests that are looked at. */
export const LOOKED_AT = 1_000
/** Most differences that are told. */
const TOLD = 50
/** How long it may take. */
const PATIENCE_MS = 15_000
const PAGE = 200

/** A request that would be answered differently. */
export interface Different {
  readonly line: PlacedLine
  /** How many were alike: the same message, whatever its values. */
  readonly alike: number
  readonly now: Outcome
  readonly changed: Outcome
}

/** An answer in short. */
export interface Outcome {
  readonly status: number
  readonly code?: string
  readonly happened?: string
}

/** What a change would do. */
export interface WhatIf {
  /** How many requests were looked at. */
  readonly looked: number
  /** How many of them could not be tried: refused at the door, cut, or bulk. */
  readonly untried: number
  /** How many would be answered differently. */
  readonly differ: number
  readonly different: readonly Different[]
  /** Whether all kept requests, up to 1,000, were tried in time. */
  readonly complete: boolean
}

/** Rehearses the last requests of a connection as it is and as it would be. Nothing is written. */
export async function whatIf(
  deps: TryDeps & { readonly record: RecordStore; readonly environment: Environment },
  now: Speaker,
  changed: Speaker,
  connection: string,
  language: 'en' | 'de' = 'en',
): Promise<WhatIf> {
  const until = deps.environment.now() + PATIENCE_MS
  const kept = await lastLines(deps.record, now.tenant, connection)
  const groups = alike(kept)
  const different: Different[] = []
  let untried = 0
  let tried = 0
  for (const [line, ...others] of groups.values()) {
    if (line === undefined) continue
    if (deps.environment.now() > until) break
    tried++
    const [one, other] = [await again(deps, now, line, language), await again(deps, changed, line, language)]
    if (one.now === undefined || other.now === undefined) untried += 1 + others.length
    else if (one.now.status !== other.now.status || one.now.explanation?.cause !== other.now.explanation?.cause) {
      different.push({ line, alike: 1 + others.length, now: outcomeOf(one.now), changed: outcomeOf(other.now) })
    }
  }
  const ordered = different.toSorted((a, b) => b.alike - a.alike)
  return {
    looked: kept.length,
    untried,
    differ: different.reduce((sum, { alike: count }) => sum + count, 0),
    different: ordered.slice(0, TOLD),
    complete: tried === groups.size,
  }
}

function outcomeOf({
  status,
  explanation,
}: {
  readonly status: number
  readonly explanation?: { code: string; happened: string }
}): Outcome {
  return explanation === undefined ? { status } : { status, code: explanation.code, happened: explanation.happened }
}

async function lastLines(record: RecordStore, tenant: string, connection: string): Promise<readonly PlacedLine[]> {
  const lines: PlacedLine[] = []
  for (let after: number | undefined; lines.length < LOOKED_AT; ) {
    const { items, next } = await record.page({ tenants: [tenant], connection, order: 'newest', after, limit: PAGE })
    lines.push(...items.filter(({ unkept }) => unkept === undefined))
    if (next === undefined) break
    after = next
  }
  return lines.slice(0, LOOKED_AT)
}

/** Lines with the same message, newest first: identity providers say the same thing a thousand times. */
function alike(lines: readonly PlacedLine[]): ReadonlyMap<string, readonly PlacedLine[]> {
  const groups = new Map<string, PlacedLine[]>()
  for (const line of lines) {
    const key = JSON.stringify([line.method, pathKey(line.path), line.sent ?? ''])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [line])
    else group.push(line)
  }
  return groups
}

/** A path whatever id and lengths are in it. */
function pathKey(path: string): string {
  return path.replace(/[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/gi, 'id').replace(/ \d{1,6}›/g, '›')
}
