// The record of requests in memory: for databases in memory, and the oracle of the other two.

import type { CountQuery, Fault, Forgetting, LinePage, LineQuery, RecordStore, Retention } from './contract.ts'
import { addCounts, type Count, keyOf, sumOfAll } from './counts.ts'
import type { PlacedLine } from './line.ts'
import { matchesLine } from './matches.ts'
import { heardOf } from './quiet.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** The sums of all tenants are counted under this name, which no tenant has. */
const ALL = '*'

/** Most lines that are kept in memory, whatever the retention says. */
export const MEMORY_LINES = 20_000

interface Memory {
  lines: PlacedLine[]
  minutes: Map<string, Count>
  hours: Map<string, Count>
  place: number
}

/** Creates a record in memory of at most so many lines. */
export function memoryRecord(most: number = MEMORY_LINES): RecordStore {
  const memory: Memory = { lines: [], minutes: new Map(), hours: new Map(), place: 0 }
  return {
    async append({ lines, counts }) {
      for (const line of lines) memory.lines.push({ ...line, place: ++memory.place })
      if (memory.lines.length > most) memory.lines = memory.lines.slice(-most)
      for (const count of counts) addTo(memory.minutes, count)
      for (const sum of sumOfAll(counts)) addTo(memory.minutes, { ...sum, tenant: ALL })
    },
    page: async (query) => pageOf(memory, query),
    line: async (id, tenants) =>
      memory.lines.find((line) => line.id === id && (tenants === undefined || tenants.includes(line.tenant))),
    place: async () => memory.place,
    counts: async (query) => countsOf(memory, query),
    faults: async ({ tenants, print, from, limit }) => {
      const wanted = memory.lines.filter((line) => matchesLine(line, { tenants, print, from }))
      return faultsOf(wanted).slice(0, limit)
    },
    heard: async ({ tenants, from }) => {
      const all = [...memory.hours.values(), ...memory.minutes.values()]
      const own = all.filter(({ tenant, connection }) => tenant !== ALL && connection !== '')
      return heardOf(
        own.filter(({ tenant, minute }) => minute >= from && (tenants === undefined || tenants.includes(tenant))),
      )
    },
    trim: async (retention) => trim(memory, retention),
    tenants: async () => namedTenants(memory),
    forget: async (tenant, terms) => forget(memory, tenant, terms),
    older: async (before, most) => Math.min(most, memory.lines.filter(({ at }) => at < before).length),
    size: async () => {
      const oldest = memory.lines[0]?.at
      return { lines: memory.lines.length, most, ...(oldest === undefined ? {} : { oldest }) }
    },
    close: async () => undefined,
  }
}

function addTo(counts: Map<string, Count>, count: Count): void {
  const key = keyOf(count)
  const known = counts.get(key)
  counts.set(key, known === undefined ? count : addCounts(known, count))
}

function pageOf({ lines }: Memory, { order, after, limit, ...filter }: LineQuery): LinePage {
  const beyond = ({ place }: PlacedLine) => after === undefined || (order === 'newest' ? place < after : place > after)
  const found = lines.filter((line) => beyond(line) && matchesLine(line, filter))
  if (order === 'newest') found.reverse()
  const items = found.slice(0, limit)
  const last = items.at(-1)
  return found.length > items.length && last !== undefined ? { items, next: last.place } : { items }
}

function countsOf({ minutes, hours }: Memory, { tenants, connection, from, until, by }: CountQuery): readonly Count[] {
  return [...(by === 'minute' ? minutes : hours).values()]
    .filter(({ minute }) => minute >= from && minute < until)
    .filter(({ tenant }) => (tenants ?? [ALL]).includes(tenant))
    .map((count) => (count.tenant === ALL ? { ...count, tenant: '' } : count))
    .filter((count) => connection === undefined || count.connection === connection)
    .sort((a, b) => a.minute - b.minute)
}

/** Failures by their print, those with the newest first. */
function faultsOf(lines: readonly PlacedLine[]): readonly Fault[] {
  const groups = new Map<string, PlacedLine[]>()
  for (const line of lines) {
    if (line.print === undefined) continue
    const key = `${line.tenant} ${line.print}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [line])
    else group.push(line)
  }
  const faults = [...groups.values()].flatMap((group): Fault[] => {
    const newest = group.at(-1)
    if (newest?.print === undefined) return []
    const times = group.map(({ at }) => at)
    return [
      {
        tenant: newest.tenant,
        print: newest.print,
        count: group.length,
        first: Math.min(...times),
        last: Math.max(...times),
        resources: new Set(group.flatMap(({ resource }) => resource ?? [])).size,
        newest,
      },
    ]
  })
  return faults.sort((a, b) => b.newest.place - a.newest.place)
}

function trim(
  memory: Memory,
  { before, minutesBefore, hoursBefore, valuesBefore, most, fair, step }: Retention,
): boolean {
  const old = memory.lines.filter(({ at }) => at < before).slice(0, step)
  const gone = new Set(old.length > 0 ? old : crowd(memory.lines, most, fair, step))
  memory.lines = memory.lines.filter((line) => !gone.has(line))
  memory.lines = memory.lines.map((line) =>
    line.body === 'values' && line.at < valuesBefore ? withoutValues(line) : line,
  )
  for (const [key, count] of memory.minutes) {
    if (count.minute >= minutesBefore) continue
    memory.minutes.delete(key)
    addTo(memory.hours, { ...count, minute: count.minute - (count.minute % HOUR_MS) })
  }
  for (const [key, { minute }] of memory.hours) if (minute < hoursBefore) memory.hours.delete(key)
  return gone.size >= step
}

function namedTenants({ lines, minutes, hours }: Memory) {
  const oldest = new Map<string, number>()
  const note = (tenant: string, end: number) => {
    if (tenant !== ALL && tenant !== '') oldest.set(tenant, Math.min(end, oldest.get(tenant) ?? end))
  }
  for (const { tenant, at } of lines) if (!oldest.has(tenant)) note(tenant, at)
  for (const { tenant, minute } of minutes.values()) note(tenant, minute + MINUTE_MS)
  for (const { tenant, minute } of hours.values()) note(tenant, minute + HOUR_MS)
  return [...oldest].map(([tenant, end]) => ({ tenant, oldest: end }))
}

function forget(memory: Memory, tenant: string, { before, step }: Forgetting): boolean {
  const first = memory.lines.filter((line) => line.tenant === tenant).slice(0, step)
  const gone = new Set(first.filter(({ at }) => at < before))
  memory.lines = memory.lines.filter((line) => !gone.has(line))
  let removed = gone.size
  for (const [counts, ms] of [
    [memory.minutes, MINUTE_MS],
    [memory.hours, HOUR_MS],
  ] as const) {
    const old = [...counts].filter(([, count]) => count.tenant === tenant && count.minute + ms <= before).slice(0, step)
    for (const [key] of old) counts.delete(key)
    removed += old.length
  }
  return removed > 0
}

/** The oldest lines of the tenant with the most, as far as there are too many. */
function crowd(lines: readonly PlacedLine[], most: number, fair: number, step: number): readonly PlacedLine[] {
  const own = new Map<string, number>()
  for (const { tenant } of lines) own.set(tenant, (own.get(tenant) ?? 0) + 1)
  const [largest] = [...own].sort((a, b) => b[1] - a[1])
  if (largest === undefined || lines.length <= most || largest[1] <= fair) return []
  const [name, count] = largest
  return lines.filter(({ tenant }) => tenant === name).slice(0, Math.min(step, lines.length - most, count - fair))
}

function withoutValues(line: PlacedLine): PlacedLine {
  const { body: _body, sent: _sent, ...rest } = line
  return rest
}
