// Finds out which of the values that a client can give a server stores and shows again.

import type { JsonObject } from '../../protocol/index.ts'
import type { AttributePath } from '../attribute-path.ts'
import { holds, valueAt, withValue } from '../json-access.ts'
import type { Exchange } from '../wire/exchange.ts'
import type { DeclaredType } from './declared.ts'
import { fill, type Least, type Trying } from './least-body.ts'
import { type Specimen, specimen, specimens } from './specimen.ts'

/** What a server has stored and what not. */
export interface Kept {
  readonly kept: readonly AttributePath[]
  readonly lost: readonly AttributePath[]
  /** The creation with every attribute; undefined when the server refused it. */
  readonly full: Exchange | undefined
}

/** Creates a resource with every attribute; where that is refused, one for each attribute. */
export async function readKept(type: DeclaredType, least: Least, trying: Trying): Promise<Kept> {
  const kept: AttributePath[] = []
  const lost: AttributePath[] = []
  const judge = ({ path, value }: Specimen, shown: JsonObject) =>
    (holds(valueAt(shown, path), value) ? kept : lost).push(path)
  const name = trying.name()
  const all = specimens(type, name).filter(({ path }) => path.attribute.returned !== 'never')
  const full = await trying.create(
    least.body(
      name,
      fill(all, () => true),
    ),
  )
  if (full.shown !== undefined) {
    for (const one of all) judge(one, full.shown)
    return { kept, lost, full: full.exchange }
  }
  for (const { path } of all) {
    const own = trying.name()
    const value = specimen(path.attribute, own)
    if (value === undefined) continue
    const { shown } = await trying.create(least.body(own, withValue(path, value)))
    if (shown !== undefined) judge({ path, value }, shown)
  }
  return { kept, lost, full: undefined }
}
