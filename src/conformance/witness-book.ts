// Checks every response of a run against the witnesses and collects their results.

import type { Witness } from './case.ts'
import { Fault } from './fault.ts'
import { judgeWitness } from './judge.ts'
import type { Result } from './report/report.ts'
import type { Exchange } from './wire/exchange.ts'

/** What the witnesses of a run have seen. */
export interface WitnessBook {
  /** Looks at one exchange. */
  readonly see: (exchange: Exchange) => void
  /** How many exchanges there were. */
  readonly requests: () => number
  /** The result of each witness; `prefix` is that of the run's own resources. */
  readonly results: (prefix: string) => readonly Result[]
}

/** Opens the book of a run: answers from outside of `base` are counted but not judged. */
export function createWitnessBook(witnesses: readonly Witness[], base: string): WitnessBook {
  const faults = new Map<Witness, Fault>()
  const met = new Set<Witness>()
  let requests = 0
  return {
    see(exchange) {
      requests += 1
      if (!exchange.url.startsWith(base)) return
      for (const witness of witnesses) {
        if (faults.has(witness)) continue
        const expected = witness.see(exchange)
        if (expected === '') met.add(witness)
        else if (expected !== undefined) faults.set(witness, new Fault(expected, [exchange]))
      }
    },
    requests: () => requests,
    results: (prefix) => witnesses.map((one) => judgeWitness(one, faults.get(one), met.has(one), prefix)),
  }
}
