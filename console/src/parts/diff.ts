// What is different between two documents: attribute by attribute, lists by the identity of what is in them.

/** A value of JSON. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json }

/** One difference. */
export interface Difference {
  /** Like `name.givenName`, or `emails[work]`. */
  readonly path: string
  readonly kind: 'changed' | 'added' | 'removed'
  /** Absent where it was added. */
  readonly before?: Json
  /** Absent where it was removed. */
  readonly after?: Json
}

/** The differences between two documents, in the order of their names. What is the same is not told. */
export function differences(before: Json | undefined, after: Json | undefined): readonly Difference[] {
  const found: Difference[] = []
  compare('', before, after, found)
  return found
}

function compare(path: string, before: Json | undefined, after: Json | undefined, found: Difference[]): void {
  if (before === undefined && after === undefined) return
  if (before === undefined) found.push({ path, kind: 'added', after: after as Json })
  else if (after === undefined) found.push({ path, kind: 'removed', before })
  else if (isList(before) && isList(after)) compareLists(path, before, after, found)
  else if (isObject(before) && isObject(after)) compareObjects(path, before, after, found)
  else if (!same(before, after)) found.push({ path, kind: 'changed', before, after })
}

function compareObjects(
  path: string,
  before: { readonly [name: string]: Json },
  after: { readonly [name: string]: Json },
  found: Difference[],
): void {
  for (const name of [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()) {
    const inner = path === '' ? name : name.includes(':') ? `${path}:${name}` : `${path}.${name}`
    compare(inner, own(before, name), own(after, name), found)
  }
}

/** Values of a list are the same if their identity is; the order says nothing. */
function compareLists(path: string, before: readonly Json[], after: readonly Json[], found: Difference[]): void {
  const earlier = byIdentity(before)
  const later = byIdentity(after)
  for (const [identity, value] of earlier)
    if (!later.has(identity)) found.push({ path, kind: 'removed', before: value })
  for (const [identity, value] of later) {
    const was = earlier.get(identity)
    if (was === undefined) found.push({ path, kind: 'added', after: value })
    else if (!same(was, value)) compare(`${path}[${labelOf(value)}]`, was, value, found)
  }
}

function byIdentity(list: readonly Json[]): ReadonlyMap<string, Json> {
  const all = new Map<string, Json>()
  for (const value of list) {
    // The same value twice is two values.
    let identity = identityOf(value)
    while (all.has(identity)) identity += '+'
    all.set(identity, value)
  }
  return all
}

/** What makes a value of a list itself: its value and type (RFC 7643 §2.4), or all of it. */
function identityOf(value: Json): string {
  if (!isObject(value)) return JSON.stringify(value)
  const { value: own, type } = value
  return own === undefined
    ? type === undefined
      ? JSON.stringify(ordered(value))
      : JSON.stringify([type])
    : JSON.stringify([own, type ?? null])
}

function labelOf(value: Json): string {
  if (!isObject(value)) return String(value)
  const { type, display, value: own } = value
  return String(type ?? display ?? own ?? '')
}

/** Whether two values are the same, whatever the order of names and of lists. */
export function same(a: Json, b: Json): boolean {
  return JSON.stringify(ordered(a)) === JSON.stringify(ordered(b))
}

function ordered(value: Json): Json {
  if (isList(value)) return value.map(ordered).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  if (!isObject(value)) return value
  const names = Object.keys(value).sort()
  return Object.fromEntries(names.map((name) => [name, ordered(value[name] as Json)]))
}

function own(value: { readonly [name: string]: Json }, name: string): Json | undefined {
  return Object.hasOwn(value, name) ? value[name] : undefined
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

function isObject(value: Json): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
