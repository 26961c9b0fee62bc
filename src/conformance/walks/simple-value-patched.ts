// The walk of cases about a filter on simple values in a PATCH path, which the RFCs leave open to read.

import type { JsonObject } from '../../protocol/index.ts'
import { demand, demandStatus } from '../demand.ts'
import { Blocked } from '../fault.ts'
import { isSameSet, pathOf, texts, valueAt, withValue } from '../json-access.ts'
import { elementsOf } from './operation.ts'
import type { Run } from './plan.ts'

const [ONE, TWO] = ['lockstep-one', 'lockstep-two'] as const

/**
 * An operation on one of two simple values leaves the other one, and what is wanted. Whether `value` names a simple value can be
 * read both ways (RFC 7643 §2.4, RFC 7644 §3.4.2.2), so a server that refuses the path is not at fault.
 */
export function simpleValuePatched(operation: JsonObject, wanted: readonly string[]): Run {
  return async (probe) => {
    const list = probe
      .subject()
      .having(
        'list of plain texts',
        ({ type, multiValued, mutability, returned, canonicalValues }) =>
          type === 'string' &&
          multiValued &&
          mutability === 'readWrite' &&
          returned === 'default' &&
          canonicalValues.length === 0,
      )
    const made = await probe.make(withValue(list, [ONE, TWO]))
    if (!isSameSet(texts(valueAt(await probe.read(made), list)), [ONE, TWO]))
      throw new Blocked(`${pathOf(list)} is not stored (P-526)`)
    const answer = await probe.patch(made.path, [{ ...operation, path: elementsOf(list, 'value', ONE) }])
    const isRefused = (answer.status >= 400 && answer.status <= 499) || answer.status === 501
    demand(answer, !isRefused, '200 or 204: a filter on simple values', 'OWN')
    demandStatus(answer, [200, 204], 'a filter on simple values')
    const shown = await probe.get(made.path)
    const left = [...wanted, TWO]
    demand([answer, shown], isSameSet(texts(valueAt(shown.body, list)), left), `${pathOf(list)}: ${left.join(', ')}`)
  }
}
