// Puts failures together that are alike.

import type { RequestLine } from './kept-lines.ts'

/** Failures that are alike. */
export interface Alike {
  readonly tenant: string
  readonly print: string
  readonly count: number
  /** When the first and the last of them were answered. */
  readonly first: string
  readonly last: string
  /** How many resources they were about, as far as that is known. */
  readonly resources: number
  readonly newest: RequestLine
}

/** Failures by their print, those that happened last first. Lines are given newest first. */
export function alikeOf(lines: readonly RequestLine[]): readonly Alike[] {
  const groups = new Map<string, RequestLine[]>()
  for (const line of lines) {
    const key = `${line.tenant} ${line.print ?? line.id}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [line])
    else group.push(line)
  }
  return [...groups.values()].flatMap((group) => {
    const [newest] = group
    const oldest = group.at(-1)
    if (newest === undefined || oldest === undefined) return []
    return [
      {
        tenant: newest.tenant,
        print: newest.print ?? newest.id,
        count: group.reduce((sum, { unkept = 1 }) => sum + unkept, 0),
        first: oldest.since ?? oldest.at,
        last: newest.at,
        resources: new Set(group.map(({ resource }) => resource).filter((one) => one !== undefined)).size,
        newest,
      },
    ]
  })
}
