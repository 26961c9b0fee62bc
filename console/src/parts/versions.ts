// Earlier versions of a resource: what it is now, changed back line by line.

import type { Resource } from '../api/scim.ts'

interface Entry {
  readonly kind: string
  readonly place: number
  readonly line: {
    readonly at: string
    readonly op: string
    readonly paths: readonly { readonly path: string; readonly [name: string]: unknown }[]
  }
}

/** A version: what a resource was after a line of the log; the newest is what it is now. */
export interface Version {
  readonly place: number
  readonly at: string | undefined
  readonly document: { readonly [name: string]: unknown }
}

/** The versions that lines, newest first, tell. Without what the server computes. */
export function versionsOf(resource: Resource, entries: readonly Entry[]): readonly Version[] {
  const { meta: _meta, groups: _groups, members: _members, ...rest } = resource
  let document: { readonly [name: string]: unknown } = rest
  const versions: Version[] = []
  for (const { kind, place, line } of entries) {
    if (kind !== 'change') continue
    versions.push({
      place,
      at: versions.length === 0 ? undefined : line.at,
      document: line.op === 'delete' ? {} : document,
    })
    for (const { path, old } of line.paths) document = set(document, path, old)
  }
  return versions.length === 0 ? [{ place: 0, at: undefined, document: rest }] : versions
}

function set(
  document: { readonly [name: string]: unknown },
  path: string,
  value: unknown,
): { readonly [name: string]: unknown } {
  const colon = path.lastIndexOf(':')
  if (colon === -1) return put(document, path.split('.'), value)
  const extension = path.slice(0, colon)
  return put(document, [extension, ...path.slice(colon + 1).split('.')], value)
}

function put(
  container: { readonly [name: string]: unknown },
  [step = '', ...rest]: readonly string[],
  value: unknown,
): { readonly [name: string]: unknown } {
  const { [step]: present, ...others } = container
  const inner = typeof present === 'object' && present !== null ? (present as { readonly [name: string]: unknown }) : {}
  const next = rest.length === 0 ? value : put(inner, rest, value)
  const isEmpty =
    next === undefined ||
    (rest.length > 0 && typeof next === 'object' && next !== null && Object.keys(next).length === 0)
  return isEmpty ? others : { ...container, [step]: next }
}
