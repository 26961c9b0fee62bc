// Adds lines to a log in memory, and replaces what they say.

import type { Change, LogDraft, Stored, WholeChange } from '../contract/index.ts'
import { loggedMembers } from '../rules.ts'
import type { Effects } from './effects.ts'
import type { Tenant } from './tenant.ts'

/** Adds the line of a change to a resource; `moved` are the members that joined and left, `lost` those of a group that is deleted. */
export function addLine(
  tenant: Tenant,
  stored: Stored,
  at: number,
  log: LogDraft,
  out: Effects,
  moved?: { readonly added: readonly string[]; readonly removed: readonly string[] },
  lost?: readonly string[],
): void {
  const added = [...(moved?.added ?? [])].sort()
  const removed = [...(moved?.removed ?? [])].sort()
  const counts = { added: added.length, removed: removed.length }
  const some = added.length + removed.length
  const whole = { ...counts, ids: { added, removed } }
  const { type, id, version } = stored
  append(tenant, { tenant: tenant.name, type, id, at, version, ...log, ...(some === 0 ? {} : { members: whole }) }, out)
  const change = out.changes.at(-1)
  if (lost === undefined || lost.length === 0 || change === undefined) return
  const members = { added: 0, removed: lost.length, ids: { added: [], removed: [...lost].sort() } }
  out.changes[out.changes.length - 1] = { ...change, members }
}

/** Adds a line at the end. */
export function append(tenant: Tenant, line: Omit<WholeChange, 'place'>, out: Effects): void {
  // As read from a database, where a log line is JSON.
  const paths = JSON.parse(JSON.stringify(line.paths)) as Change['paths']
  const { members, ...rest } = line
  const change = { ...rest, place: nextPlace(tenant), paths }
  tenant.log.push(members === undefined ? change : { ...change, members: loggedMembers(members) })
  out.undos.push(() => tenant.log.pop())
  out.changes.push(members === undefined ? change : { ...change, members })
  if (line.op !== 'note') out.affected.push({ tenant: line.tenant, type: line.type, id: line.id })
}

/** Replaces paths and members of existing lines. */
export function amendLines(
  { log, cut }: Tenant,
  lines: readonly Pick<Change, 'place' | 'paths' | 'members'>[],
  out: Effects,
): void {
  for (const { place, paths, members } of lines) {
    const index = place - cut.place - 1
    const line = log[index]
    if (line === undefined) continue
    const { members: _before, ...rest } = line
    log[index] = { ...rest, paths, ...(members === undefined ? {} : { members }) }
    out.undos.push(() => {
      log[index] = line
    })
  }
}

/** The place of the next line. */
export function nextPlace({ log, cut }: Tenant): number {
  return cut.place + log.length + 1
}
