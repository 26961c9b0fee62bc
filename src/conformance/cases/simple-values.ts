// A PATCH of one of two simple values in a list, as cases of two operations need it.

import type { JsonObject } from '../../protocol/index.ts'
import type { Probe } from '../case.ts'
import { demand, demandStatus } from '../demand.ts'
import { Blocked } from '../fault.ts'
import { pathOf, texts, valueAt, withValue } from '../json-access.ts'

/**
 * Demands that an operation on one of two simple values leaves the other one and what is wanted. Whether `value` names a simple
 * value can be read both ways (RFC 7643 §2.4, RFC 7644 §3.4.2.2), so who refuses the path is not at fault.
 */
export async function demandSimple(probe: Probe, operation: JsonObject, wanted: readonly string[]): Promise<void> {
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
  const made = await probe.make(withValue(list, ['lockstep-one', 'lockstep-two']))
  const before = texts(valueAt(await probe.read(made), list))
  if (before.toSorted().join() !== 'lockstep-one,lockstep-two')
    throw new Blocked(`${pathOf(list)} is not stored (P-526)`)
  const answer = await probe.patch(made.path, [{ ...operation, path: `${pathOf(list)}[value eq "lockstep-one"]` }])
  const isRefused = (answer.status >= 400 && answer.status <= 499) || answer.status === 501
  demand(answer, !isRefused, '200 or 204: a filter on simple values', 'OWN')
  demandStatus(answer, [200, 204], 'a filter on simple values')
  const shown = await probe.get(made.path)
  demand(
    [answer, shown],
    texts(valueAt(shown.body, list)).toSorted().join() === [...wanted, 'lockstep-two'].toSorted().join(),
    `${pathOf(list)}: ${[...wanted, 'lockstep-two'].join(', ')}`,
  )
}
