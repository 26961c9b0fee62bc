// Five resources of one case, and pages of the list that holds just them.

import type { Made, Probe } from '../case.ts'
import { demandList } from '../demand.ts'
import { NotOffered } from '../fault.ts'
import type { Exchange } from '../wire/exchange.ts'

/** Five resources. */
export interface Five {
  readonly made: readonly Made[]
  /** The filter that finds just these. */
  readonly filter: string
  /** The list of them, with further parameters. */
  readonly page: (query: { readonly [name: string]: string }) => Promise<Exchange>
}

/** Creates five resources. */
export async function five(probe: Probe): Promise<Five> {
  const { endpoint } = probe.subject().type
  const made = await probe.makeEach({}, {}, {}, {}, {})
  const filter = anyOf(made)
  return { made, filter, page: (query) => probe.filter(endpoint, filter, query) }
}

/** The same where the server has cursors. RFC 9865 §4. */
export async function fiveByCursor(probe: Probe): Promise<Five> {
  if (!probe.declared.cursors) throw new NotOffered('pagination.cursor is not true')
  return five(probe)
}

/** The filter that finds just these resources. */
export function anyOf(made: readonly Made[]): string {
  return made.map(({ filter }) => filter).join(' or ')
}

/** Ids on some pages, in order. */
export function idsOn(pages: readonly Exchange[]): readonly unknown[] {
  return pages.flatMap((page) => demandList(page, 'a page').resources.map(({ id }) => id))
}
