// Counts and logs an error of ours, and marks a server whose database fails as not writable.

import { isObject } from '../../protocol/index.ts'
import type { Report } from '../../provider/index.ts'
import type { Skipped } from '../../site/index.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import { BUSY, createOutages, whereFails, whyOf } from './outages.ts'
import type { Writability } from './writability.ts'

/** How many of the attributes left out the log names, and how many characters of each. */
const SHOWN_PATHS = 20
const SHOWN_CHARACTERS = 100

/** Methods that write nothing. */
const READING = new Set(['GET', 'HEAD', ''])

/** Creates the receiver of errors. */
export function createReport(
  log: Log,
  metrics: Pick<Metrics, 'passing'>,
  writability: Pick<Writability, 'failed'>,
  database: string,
): Report {
  const outages = createOutages(log, { database })
  const crowds = createOutages(log, BUSY)
  return (problem) => {
    const { id, error, method } = problem
    const passing = metrics.passing(error)
    if (passing === 'outage') {
      // A cluster node that is down takes nothing from the tenants on other nodes.
      if (!READING.has(method) && !(isObject(error) && error.partial === true))
        writability.failed(whereFails(whyOf(error), database))
      outages(problem)
    } else if (passing === 'busy') crowds(problem)
    else log.error({ err: error, id, method }, 'internal error')
  }
}

/** Logs which attributes of a body were left out. */
export function logSkipped(log: Log, note: Skipped): void {
  // Names come from outside: log a few, and of each only enough to recognise it.
  const paths = note.paths.slice(0, SHOWN_PATHS).map((path) => path.slice(0, SHOWN_CHARACTERS))
  const more = note.paths.length > paths.length ? { of: note.paths.length } : {}
  log.info({ ...note, paths, ...more }, 'attributes that no schema defines were left out')
}
