// Whether a line is wanted: what the filters of lists and streams mean.

import type { LineFilter } from './contract.ts'
import { classOf, type RequestLine } from './line.ts'

/** Whether a line passes a filter. */
export function matchesLine(line: RequestLine, filter: LineFilter): boolean {
  const { tenants, outcomes, statuses, bent, about, text, took, from, until } = filter
  if (tenants !== undefined && !tenants.includes(line.tenant)) return false
  for (const name of SAME) if (filter[name] !== undefined && filter[name] !== line[name]) return false
  if (outcomes !== undefined && !outcomes.includes(classOf(line.status))) return false
  if (statuses !== undefined && !statuses.includes(line.status)) return false
  if (bent !== undefined && !(bent === 'any' ? line.bends !== undefined : (line.bends ?? []).includes(bent)))
    return false
  if (about !== undefined && !(line.about ?? []).includes(about)) return false
  if (text !== undefined && !line.path.toLowerCase().includes(text.toLowerCase())) return false
  if (took !== undefined && line.us < took) return false
  return (from === undefined || line.at >= from) && (until === undefined || line.at < until)
}

/** What must be equal where the filter has it. */
const SAME = ['connection', 'kind', 'method', 'asks', 'code', 'print', 'type', 'resource'] as const
