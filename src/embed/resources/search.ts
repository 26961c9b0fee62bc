// What the app's own code searches by: a filter, or values that attributes have.

import { ConfigError, type FilterPath, type ResourceType, type TypedFilter } from '../../protocol/index.ts'

/** Values that a resource has, all of them: `{ userName: 'ann' }`; `email` stands for `emails.value`. */
export interface Having {
  readonly id?: string | undefined
  readonly externalId?: string | undefined
  readonly userName?: string | undefined
  readonly displayName?: string | undefined
  readonly email?: string | undefined
  readonly active?: boolean | undefined
}

/**
 * What is searched for: values that attributes have; a filter whose names and values are checked, `where(User, 'title', 'pr')`; or the text
 * of one. RFC 7644 §3.4.2.2.
 */
export type Search<T = ResourceType> = Having | TypedFilter<FilterPath<T>> | string

const PATHS: { readonly [name in keyof Having]-?: string } = {
  id: 'id',
  externalId: 'externalId',
  userName: 'userName',
  displayName: 'displayName',
  email: 'emails.value',
  active: 'active',
}

/** A search as the text of a filter; undefined for all. Throws ConfigError for names that it doesn't have, and values that are missing. */
export function filterOf(search: Search | undefined): string | undefined {
  if (search === undefined || typeof search === 'string') return search
  // What `where` gives writes itself.
  if (search.toString !== Object.prototype.toString) return String(search)
  const parts: string[] = []
  for (const [name, value] of Object.entries(search)) {
    const path = Object.hasOwn(PATHS, name) ? PATHS[name as keyof Having] : undefined
    if (path === undefined) {
      throw new ConfigError(
        name,
        `can't be searched by like this; there are ${Object.keys(PATHS).join(', ')}, and for all else a filter`,
      )
    }
    // Left out, it would find anybody.
    if (typeof value !== 'string' && typeof value !== 'boolean') {
      throw new ConfigError(name, 'is searched by without a value')
    }
    parts.push(`${path} eq ${JSON.stringify(value)}`)
  }
  if (parts.length === 0) throw new ConfigError('search', 'is empty; give a value or a filter, or leave it out for all')
  return parts.join(' and ')
}
