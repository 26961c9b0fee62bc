// What one person has now, and what would be left without some of the groups.

import { type Known, nameOf, type RuledRow, rowsOf } from './access-rows.ts'
import type { AccessApp } from './apps-then.ts'
import type { Moment, Seen } from './moment.ts'

/** What one person has, with the means to ask what would be if some groups were left. */
export interface PersonAccess {
  readonly rows: readonly RuledRow[]
  /** The groups that the person is directly in, and through which one of these is reached. */
  readonly through: (groups: readonly string[]) => readonly { readonly id: string; readonly name: string }[]
  /** What there would be without these direct memberships. */
  readonly without: (groups: ReadonlySet<string>) => Promise<readonly RuledRow[]>
  readonly named: (groups: ReadonlySet<string>) => readonly { readonly id: string; readonly name: string }[]
}

/** What is known of the person in each app, besides the groups. */
export type KnownByApp = readonly { readonly app: AccessApp; readonly known: Omit<Known, 'person' | 'groups'> }[]

/** Creates the answers about one person, from what is known. Groups are read once. */
export async function createPersonAccess(moment: Moment, person: Seen, apps: KnownByApp): Promise<PersonAccess> {
  const direct = [...person.groups].filter(([, is]) => is).map(([id]) => id)
  const seen = new Map<string, Seen>()
  for (const id of person.groups.keys()) {
    const group = await moment.group(id)
    if (group !== undefined) seen.set(id, group)
  }
  const rowsWith = (groups: ReadonlyMap<string, boolean>): readonly RuledRow[] => {
    const known = [...groups.keys()].flatMap((id) => seen.get(id) ?? [])
    return apps.flatMap((one) => rowsOf(one.app, { ...one.known, person: { ...person, groups }, groups: known }))
  }
  const named = (ids: readonly string[]) =>
    ids.map((id) => {
      const group = seen.get(id)
      return { id, name: group === undefined ? id : nameOf(group) }
    })
  return {
    rows: rowsWith(person.groups),
    named: (groups) => named(direct.filter((id) => groups.has(id))),
    through(groups) {
      const wanted = new Set(groups)
      const reaches = (id: string) =>
        wanted.has(id) || [...(seen.get(id)?.groups.keys() ?? [])].some((one) => wanted.has(one))
      return named(direct.filter(reaches))
    },
    async without(groups) {
      const kept = direct.filter((id) => !groups.has(id))
      const all = new Map(kept.map((id) => [id, true]))
      for (const id of kept)
        for (const outer of seen.get(id)?.groups.keys() ?? []) if (!all.has(outer)) all.set(outer, false)
      return rowsWith(all)
    },
  }
}
