// `lockstep log` and `admin log`: prints the change log.

import { setTimeout as sleep } from 'node:timers/promises'
import { changesFrom } from '../../directory/index.ts'
import type { Change } from '../../store/index.ts'
import { tenantOf, withLocal } from '../database/local.ts'
import { flagOption, numberOption, type Options } from '../terminal/options.ts'
import { cut, formatTime, printJson, printLine } from '../terminal/print.ts'

/** Lines per read. */
const CHUNK = 500
/** How often to check for new lines. */
const LOOK_EVERY_MS = 250

/** `lockstep log`: the last lines of a tenant's log, or those after a given one; `--follow` continues with new lines. */
export async function log(options: Options): Promise<void> {
  await withLocal(options, async (local) => {
    const tenant = await tenantOf(local, options)
    const directory = await local.directory()
    const { place: last } = (await local.store.tenant(tenant)) ?? { place: 0 }
    const limit = numberOption(options, 'limit', 1) ?? 50
    let place = numberOption(options, 'after', 0) ?? Math.max(0, last - limit)
    const show = async (change: Change) => {
      await print(change, options)
      place = change.place
    }
    const follow = flagOption(options, 'follow')
    for (let left = limit; left > 0; ) {
      const changes = await changesFrom(directory, tenant, place, Math.min(left, CHUNK))
      for (const change of changes) await show(change)
      left -= changes.length
      if (changes.length === 0) break
    }
    if (!follow) return

    let stopped = false
    const stop = () => {
      stopped = true
    }
    process.once('SIGINT', stop)
    process.once('SIGTERM', stop)
    process.stdout.once('error', stop)
    while (!stopped) {
      const changes = await changesFrom(directory, tenant, place, CHUNK)
      for (const change of changes) await show(change)
      if (changes.length < CHUNK) await sleep(LOOK_EVERY_MS)
    }
  })
}

/** `lockstep admin log`: what administrators did outside any tenant: tokens of the admin API, and tenants deleted. */
export async function adminLog(options: Options): Promise<void> {
  await withLocal(options, async ({ store }) => {
    const limit = numberOption(options, 'limit', 1) ?? 50
    let shown: readonly Change[] = []
    for (let place = numberOption(options, 'after', 0) ?? 0; ; ) {
      const changes = await changesFrom(store, '', place, CHUNK)
      shown = [...shown, ...changes].slice(-limit)
      place = changes.at(-1)?.place ?? place
      if (changes.length < CHUNK) break
    }
    for (const change of shown) await print(change, options)
  })
}

/** Prints a change; resolves when there is room for more. */
async function print(change: Change, options: Options): Promise<void> {
  if (flagOption(options, 'json')) await printJson({ ...change, at: new Date(change.at).toISOString() })
  else printLine(formatChange(change))
}

/** A change as one line: its place, time, operation, resource, actor and values; for a note, what was done and its facts. */
function formatChange(change: Change): string {
  const { place, at, op, type, id, actor, paths, members } = change
  const values = paths.map(({ path, old, new: now }) => {
    if (op !== 'note') return `${path}: ${short(old)} → ${short(now)}`
    if (path === 'verb') return String(now)
    return old === undefined ? `${path}: ${short(now)}` : `${path}: ${short(old)} → ${short(now)}`
  })
  if (members !== undefined) values.push(`members: +${members.added} −${members.removed}`)
  return `${String(place).padStart(6)}  ${formatTime(at)}  ${op.padEnd(7)}  ${type} ${id}  by ${actor}  ${cut(values.join('; '), 160)}`.trimEnd()
}

function short(value: Change['paths'][number]['old']): string {
  return value === undefined ? '–' : cut(JSON.stringify(value), 40)
}
