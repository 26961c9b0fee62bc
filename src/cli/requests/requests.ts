// `lockstep requests`: shows the requests that were recorded, and follows new ones.

import { setTimeout as sleep } from 'node:timers/promises'
import { LockstepError } from '../../protocol/index.ts'
import type { LineFilter, PlacedLine } from '../../record/index.ts'
import { flagOption, numberOption, type Options, splitList, textOption } from '../terminal/options.ts'
import { cut, formatTime, printFacts, printJson, printLine } from '../terminal/print.ts'
import { withRecord } from './open-record.ts'

/** How often to look for new ones, and how many are read at once. */
const LOOK_EVERY_MS = 250
const CHUNK = 500

/** Shows one request, or those that the options choose. */
export async function requests(id: string | undefined, options: Options): Promise<void> {
  await withRecord(options, async (record) => {
    const tenant = textOption(options, 'tenant')
    const tenants = tenant === undefined ? undefined : [tenant]
    if (id !== undefined) {
      const line = await record.line(id, tenants)
      if (line !== undefined) return showOne(line, options)
      const message = `There is no request ${id}; it may be older than what is kept, or was counted and not kept`
      throw new LockstepError('ERR_NOT_FOUND', message)
    }
    const statuses = textOption(options, 'status')
    const filter: LineFilter = {
      tenants,
      connection: textOption(options, 'connection'),
      print: textOption(options, 'print'),
      outcomes: flagOption(options, 'failed') ? ['refused', 'failed'] : undefined,
      statuses: statuses === undefined ? undefined : splitList(statuses).map(Number),
    }
    let place = await record.place()
    const limit = numberOption(options, 'limit', 1) ?? 50
    const { items } = await record.page({ ...filter, order: 'newest', limit })
    for (const line of [...items].reverse()) await show(line, options)
    if (!flagOption(options, 'follow')) return
    place = Math.max(place, items[0]?.place ?? 0)
    let stopped = false
    const stop = () => {
      stopped = true
    }
    process.once('SIGINT', stop)
    process.once('SIGTERM', stop)
    process.stdout.once('error', stop)
    while (!stopped) {
      const end = await record.place()
      const page = await record.page({ ...filter, order: 'oldest', after: place, limit: CHUNK })
      for (const line of page.items) await show(line, options)
      place = page.next ?? Math.max(end, page.items.at(-1)?.place ?? 0)
      if (page.next === undefined) await sleep(LOOK_EVERY_MS)
    }
  })
}

/** Prints a request; resolves when there is room for more. */
async function show(line: PlacedLine, options: Options): Promise<void> {
  if (flagOption(options, 'json')) return printJson(jsonOf(line))
  printLine(formatRequest(line))
}

function jsonOf({ about: _about, sent, ...line }: PlacedLine) {
  return { ...line, at: new Date(line.at).toISOString(), ...(sent === undefined ? {} : { sent: JSON.parse(sent) }) }
}

/** A request as one line. */
function formatRequest({
  at,
  unkept,
  asks,
  method,
  path,
  status,
  us,
  connection,
  code,
  bends,
  id,
}: PlacedLine): string {
  const who = connection ?? 'no token'
  if (unkept !== undefined) return `${formatTime(at)}  ⋯ ${unkept} more like ${asks} by ${who}, counted and not kept`
  const bent = bends === undefined ? '' : `  bent: ${bends.join(', ')}`
  const why = code === undefined ? '' : `  ${code}`
  return `${formatTime(at)}  ${status}  ${method.padEnd(6)} ${cut(path, 100)}  ${(us / 1_000).toFixed(1)} ms  ${who}${why}${bent}  ${id}`
}

async function showOne(line: PlacedLine, options: Options): Promise<void> {
  if (flagOption(options, 'json')) return printJson(jsonOf(line))
  const { sent } = line
  printLine(`${line.method} ${line.path}`)
  printFacts([
    ['at', formatTime(line.at)],
    ['status', line.status],
    ...(line.code === undefined ? [] : [['code', line.code] as const]),
    ...(line.detail === undefined ? [] : [['detail', line.detail] as const]),
    ['tenant', line.tenant],
    ['connection', line.connection ?? 'no token'],
    ...(line.resource === undefined ? [] : [['resource', `${line.type ?? ''} ${line.resource}`] as const]),
    ...(line.bends === undefined ? [] : [['bent', line.bends.join(', ')] as const]),
    ...(line.left === undefined ? [] : [['left out', line.left.join(', ')] as const]),
    ['took', `${(line.us / 1_000).toFixed(1)} ms`],
  ])
  if (sent !== undefined) printLine(JSON.stringify(JSON.parse(sent), null, 2))
}
