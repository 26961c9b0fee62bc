// The body of a list response: whole for small pages, streamed where groups have many members.

import type { Stored } from '../directory/index.ts'
import { type Catalog, LIST_END, typeByName } from '../protocol/index.ts'
import { representAll, type View } from './represent.ts'

/** The body of a list from its head and the texts of its resources. Concatenated, not joined: so it is copied once, when it is sent. */
export function listBody(head: string, texts: readonly (string | AsyncIterable<string>)[]): string {
  let body = head
  for (const [at, text] of texts.entries()) body += at === 0 ? text : `,${text}`
  return body + LIST_END
}

/** The texts of the resources of a page, in its order. */
export async function textsOf(
  page: readonly Stored[],
  views: ReadonlyMap<string, View>,
  catalog: Catalog,
): Promise<readonly (string | AsyncIterable<string>)[]> {
  if (views.size === 1) {
    const [view] = views.values()
    return view === undefined ? [] : representAll(page, view)
  }
  // With several types, each resource is rendered with its own type's view, in page order.
  const texts: (string | AsyncIterable<string>)[] = []
  for (const stored of page) {
    const type = typeByName(catalog, stored.type)
    const view = type && views.get(type.name)
    if (view) texts.push(...(await representAll([stored], view)))
  }
  return texts
}

/** A page with many members, written while it is sent: one resource at a time is in memory, and of a large group only a part. */
export async function* streamList(
  head: string,
  page: readonly Stored[],
  views: ReadonlyMap<string, View>,
  catalog: Catalog,
): AsyncIterable<string> {
  yield head
  for (const [at, stored] of page.entries()) {
    if (at > 0) yield ','
    for (const text of await textsOf([stored], views, catalog)) {
      if (typeof text === 'string') yield text
      else yield* text
    }
  }
  yield LIST_END
}
