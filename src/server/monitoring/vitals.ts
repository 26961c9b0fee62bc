// Measures what an operator watches: writes, disk space, the event loop, tokens about to expire.

import { statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { TokenInUse } from '../../tenancy/index.ts'
import type { Measured } from './histogram.ts'
import type { Source } from './registry.ts'

/** What the vitals are measured from. */
export interface Vitals {
  /** Path of a SQLite file; absent for other databases. */
  readonly file?: string
  /** Why writes fail; undefined while they succeed. */
  readonly why: () => Promise<string | undefined>
  /** The tokens in use. */
  readonly tokens: () => readonly TokenInUse[]
  /** Whether to name single tenants. */
  readonly tenants: boolean
  readonly now?: () => number
}

const QUANTILES = [50, 99, 100]

/** Creates the measurements that show trouble early: writes that fail, a full disk, a busy event loop, tokens about to expire. */
export function createVitals({ file, why, tokens, tenants, now = Date.now }: Vitals): Source {
  const delay = monitorEventLoopDelay({ resolution: 10 })
  delay.enable()
  return async (register) => {
    const one = (value: number): readonly Measured[] => [{ value, labels: {} }]
    const writes = 'Whether the database accepts writes, by the outcome of the last ones.'
    register('gauge', 'lockstep_database_writable', writes, one((await why()) === undefined ? 1 : 0), 'min')
    const late = 'Delay of the event loop since the last reading, by quantile; 1 is the worst.'
    register('gauge', 'lockstep_event_loop_delay_seconds', late, delays(delay), 'max')
    if (file !== undefined) {
      const sizes = 'Bytes of the database file and of its write-ahead log.'
      register('gauge', 'lockstep_database_bytes', sizes, sizesOf(file), 'first')
      const free = 'Free bytes on the disk of the database.'
      register('gauge', 'lockstep_disk_free_bytes', free, freeBeside(file), 'first')
    }
    const ends = 'Seconds until the tokens in use expire, the soonest of each connection.'
    register('gauge', 'lockstep_token_expires_seconds', ends, expiries(tokens(), tenants, now()), 'min')
  }
}

/** Delays of the event loop since the last reading, in seconds, without what the timer itself takes. */
function delays(delay: ReturnType<typeof monitorEventLoopDelay>): readonly Measured[] {
  const found = QUANTILES.map((percent) => ({
    value: Math.max(0, (delay.percentile(percent) || 0) / 1e9 - 0.01),
    labels: { quantile: percent / 100 },
  }))
  delay.reset()
  return found
}

// Synchronous: promises of the file system wait in the same queue as the hashing of passwords, and reading the metrics would too.
function sizesOf(file: string): readonly Measured[] {
  const size = (kind: string, path: string) => {
    const value = statSync(path, { throwIfNoEntry: false })?.size
    return value === undefined ? [] : [{ value, labels: { file: kind } }]
  }
  return [...size('database', file), ...size('wal', `${file}-wal`)]
}

function freeBeside(file: string): readonly Measured[] {
  try {
    const { bavail, bsize } = statfsSync(dirname(file))
    return [{ value: bavail * bsize, labels: {} }]
  } catch {
    // The folder is gone: there is nothing to measure.
    return []
  }
}

/** By tenant and connection, or the soonest of all if tenants are not named. */
function expiries(tokens: readonly TokenInUse[], tenants: boolean, now: number): readonly Measured[] {
  const soonest = new Map<string, Measured>()
  for (const { tenant, connection, expires } of tokens) {
    if (expires === undefined) continue
    const value = Math.round((expires - now) / 1_000)
    const key = tenants ? `${tenant} ${connection}` : ''
    const known = soonest.get(key)
    if (known !== undefined && known.value <= value) continue
    soonest.set(key, { value, labels: tenants ? { tenant, connection } : {} })
  }
  return [...soonest.values()]
}
