// Looks up many values of one index path in one go, where a database plans one look-up for each too slowly.

import type { Alike } from './alike.ts'
import type { Binder } from './bindings.ts'
import { following } from './following.ts'
import type { SqlScope } from './scope.ts'

/** A walk over the entries of one path. */
export interface Walk {
  readonly pathNo: number
  /** What is selected: `k`, or `distinct k` where a resource may have several entries. */
  readonly k: string
  /** The entries of the path. */
  readonly from: (bindings: Binder) => string
  /** A condition that lets others take a turn; "" without. */
  readonly pause: string
}

/** Entries that are one of several values. */
export function equalTogether({ pathNo, k, from }: Walk, value: string): Alike {
  return {
    kind: `eq ${pathNo}`,
    value,
    together(bindings, texts, values) {
      const list = bindings.bind(texts.list(values.map(bindings.dialect.entry)))
      return `select ${k} from ${from(bindings)} and ${texts.among('v', list)}`
    },
  }
}

/** Entries that start with one of several values, each of which has a text that follows all that start with it. */
export function startingTogether({ pathNo, from, pause }: Walk, value: string): Alike {
  return {
    kind: `sw ${pathNo}`,
    value,
    together(bindings, texts, values) {
      const ends = values.map((one) => following(one) ?? '')
      const lists = [values, ends].map((list) => bindings.bind(texts.list(list)))
      // What starts with one value may start with another. Without the offset, PostgreSQL would compare every entry with every value.
      return `select distinct k from ${texts.rows(lists, ['first', 'next'])} cross join lateral (
        select k from ${from(bindings)} and v >= p.first and v < p.next${pause} offset 0) found`
    },
  }
}

/** Entries that contain one of several values, or end with one: one walk for all of them. */
export function walkedTogether(
  { pathNo, k, from, pause }: Walk,
  op: 'co' | 'ew',
  value: string,
  { tenant }: Pick<SqlScope, 'tenant'>,
): Alike {
  return {
    kind: `${op} ${pathNo}`,
    value,
    together(bindings, texts, values) {
      const { dialect } = bindings
      const parts = texts.rows([bindings.bind(texts.list(values))], ['part'])
      const holds = (v: string) =>
        op === 'co' ? `${dialect.position(v, 'p.part')} > 0` : dialect.ends(v, 'p.part', '')
      const condition = dialect.walked(
        tenant,
        String(pathNo),
        (v) => `exists (select 1 from ${parts} where ${holds(v)})`,
      )
      return `select ${k} from ${from(bindings)}${pause} and ${condition}`
    },
  }
}
