// Which lines of the log are shown: as the address has it, as the server takes it, and of a line that just came.

import type { Answer, Given } from '../api/client.ts'

/** A line of the log. */
export type Line = Answer<'GET /tenants/{tenant}/log'>['items'][number]
/** The filter of the page; what is empty does not matter. */
export type Filter = { readonly [name in 'type' | 'id' | 'actor' | 'op' | 'path' | 'since' | 'until']: string }

type Query = NonNullable<Given<'GET /tenants/{tenant}/log'>['query']>

/** The filter as the server takes it. */
export function filterQuery({ since, until, ...rest }: Filter): Partial<Query> {
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== ''))
  return {
    ...given,
    ...(isTime(since) ? { since: new Date(since).toISOString() } : {}),
    ...(isTime(until) ? { until: new Date(until).toISOString() } : {}),
  } as unknown as Partial<Query>
}

/** Whether a line that the stream tells of passes: the stream is one for all pages, and tells of each change. */
export function fits(line: Line, filter: Filter): boolean {
  for (const name of ['type', 'id', 'actor', 'op'] as const)
    if (filter[name] !== '' && line[name] !== filter[name]) return false
  const at = Date.parse(line.at)
  if (isTime(filter.since) && at < new Date(filter.since).getTime()) return false
  if (isTime(filter.until) && at >= new Date(filter.until).getTime()) return false
  const wanted = filter.path.toLowerCase()
  if (wanted === '' || (wanted === 'members' && line.members !== undefined)) return true
  return line.paths.some(({ path }) => {
    const own = path.toLowerCase()
    return own === wanted || own.startsWith(`${wanted}.`) || own.startsWith(`${wanted}:`)
  })
}

function isTime(value: string): boolean {
  return value !== '' && !Number.isNaN(new Date(value).getTime())
}
