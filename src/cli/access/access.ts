// `lockstep access`: who has what, where, and through which rule; now, or at a moment in the past.

import { type Access, type AccessPage, type AccessRow, type AccessSubject, AppRefusal } from '../../hub/index.ts'
import { printErrorLine, writeData, writeJsonPart } from '../../terminal.ts'
import { groupIds } from '../apps/group-ids.ts'
import { type Local, tenantOf, withLocal } from '../database/local.ts'
import { personOf } from '../proof/person.ts'
import { flagOption, type Options, textOption, UsageError } from '../terminal/options.ts'
import { formatTime, printLine, printTable } from '../terminal/print.ts'
import { csvLine } from './csv.ts'

/** People in one read. */
const PAGE = 200
/** Most rows in a table for people. */
const MOST_ROWS = 2_000

const COLUMNS = ['user', 'name', 'app', 'account', 'kind', 'value', 'through', 'confirmed'] as const

/** `lockstep access WHO`. */
export async function access([who = '']: readonly string[], options: Options): Promise<void> {
  const at = timeOption(options)
  if (flagOption(options, 'csv') && flagOption(options, 'json')) throw new UsageError('Use either --csv or --json')
  await withLocal(options, async (local) => {
    const tenant = await tenantOf(local, options)
    const subject = await subjectOf(local, tenant, who, options)
    const answer = await (await local.hub()).access(tenant, at, subject)
    const doubts = flagOption(options, 'json')
      ? await printAsJson(answer, subject, { tenant, at })
      : flagOption(options, 'csv')
        ? await printAsCsv(answer, subject)
        : await printAsTable(answer, subject, { who, at })
    for (const doubt of doubts) printErrorLine(`lockstep: ${doubt}`)
  })
}

async function* pagesOf(answer: Access, subject: AccessSubject): AsyncGenerator<AccessPage> {
  for (let after: string | undefined; ; ) {
    const page = await answer.page(subject, { limit: PAGE, ...(after === undefined ? {} : { after }) })
    yield page
    if (page.next === undefined) return
    after = page.next
  }
}

async function printAsTable(
  answer: Access,
  subject: AccessSubject,
  { who, at }: { readonly who: string; readonly at: number | undefined },
): Promise<Iterable<string>> {
  const rows: AccessRow[] = []
  const doubts = new Set<string>()
  for await (const page of pagesOf(answer, subject)) {
    rows.push(...page.rows)
    for (const doubt of page.doubts) doubts.add(doubt)
    if (rows.length <= MOST_ROWS) continue
    rows.splice(MOST_ROWS)
    doubts.add(`Only the first ${MOST_ROWS} rows are shown; all of them with --csv or --json`)
    break
  }
  const when = at === undefined ? '' : ` at ${formatTime(at)}`
  if (rows.length === 0) {
    printLine(`${titleOf(subject, who)}: no access${when}.`)
    return doubts
  }
  printLine(`${titleOf(subject, who)}${when}:`)
  printTable(rows, [
    ['PERSON', ({ name }) => name],
    ['APP', ({ app }) => app],
    ['HAS', ({ kind }) => kind],
    ['WHICH', ({ value }) => value],
    ...(at === undefined
      ? [['CONFIRMED', ({ confirmed }: AccessRow) => (confirmed ? 'yes' : 'not yet')] as const]
      : []),
    ['THROUGH', ({ through }) => through],
  ])
  return doubts
}

async function printAsCsv(answer: Access, subject: AccessSubject): Promise<Iterable<string>> {
  const doubts = new Set<string>()
  await writeData(csvLine(COLUMNS))
  for await (const page of pagesOf(answer, subject)) {
    for (const row of page.rows) await writeData(csvLine(COLUMNS.map((name) => row[name])))
    for (const doubt of page.doubts) doubts.add(doubt)
  }
  return doubts
}

async function printAsJson(
  answer: Access,
  subject: AccessSubject,
  { tenant, at }: { readonly tenant: string; readonly at: number | undefined },
): Promise<Iterable<string>> {
  const doubts = new Set<string>()
  const head = { tenant, ...subject, ...(at === undefined ? {} : { at: new Date(at).toISOString() }) }
  await writeJsonPart(`${JSON.stringify(head).slice(0, -1)},"rows":[`)
  let count = 0
  for await (const page of pagesOf(answer, subject)) {
    for (const row of page.rows) await writeJsonPart(`${count++ === 0 ? '' : ','}${JSON.stringify(row)}`)
    for (const doubt of page.doubts) doubts.add(doubt)
  }
  await writeJsonPart(`],"doubts":${JSON.stringify([...doubts])}}\n`)
  return []
}

/** What is shown of whom, by the name that was asked for. */
function titleOf(subject: AccessSubject, who: string): string {
  if ('app' in subject) return `Who has app ${subject.app}`
  if ('everybody' in subject) return 'Who has what'
  return 'group' in subject ? `What group ${who} gives` : `What user ${who} has`
}

/** What the command names: an app, else a group, else a person; or what `--as` says, even if it is gone. */
export async function subjectOf(local: Local, tenant: string, who: string, options: Options): Promise<AccessSubject> {
  const kind = textOption(options, 'as')
  if (kind !== undefined && kind !== 'app' && kind !== 'group' && kind !== 'user')
    throw new UsageError(`--as must be app, group or user, not "${kind}"`)
  const isPast = textOption(options, 'at') !== undefined
  if (kind === 'app' || kind === undefined) {
    if ((kind === 'app' && isPast) || (await isApp(local, tenant, who))) return { app: who }
    if (kind === 'app')
      throw new UsageError(`Tenant "${tenant}" has no app "${who}"; if it had one, say when with --at`)
  }
  if (kind === 'group' || kind === undefined) {
    const group = await groupOf(local, tenant, who, kind === 'group' && !isPast)
    if (group !== undefined) return { group }
    if (kind === 'group') return { group: who }
  }
  return { user: (await personOf(local, options, who)).id }
}

async function isApp(local: Local, tenant: string, id: string): Promise<boolean> {
  try {
    await (await local.hub()).apps.get(tenant, id)
    return true
  } catch (error) {
    if (error instanceof AppRefusal && error.code === 'ERR_NOT_FOUND') return false
    throw error
  }
}

async function groupOf(local: Local, tenant: string, name: string, mustBe: boolean): Promise<string | undefined> {
  try {
    const [id] = await groupIds(await local.directory(), tenant, [name], 'access')
    return id
  } catch (error) {
    // No group of that name is no error yet; several are.
    if (mustBe || !(error instanceof UsageError) || error.message.includes('several groups')) throw error
    return undefined
  }
}

/** The moment that `--at` names; a date alone is its beginning, in UTC. */
export function timeOption(options: Options): number | undefined {
  const text = textOption(options, 'at')
  if (text === undefined) return undefined
  const isDated = /^\d{4}-\d\d-\d\d(?:T[\d:.]{4,12}(?:Z|[+-]\d\d:\d\d))?$/.test(text)
  const at = isDated ? Date.parse(text) : Number.NaN
  if (Number.isNaN(at)) throw new UsageError(`--at must be a date or a time like 2026-03-01T12:00:00Z, not "${text}"`)
  if (at > Date.now()) throw new UsageError('--at must be in the past')
  return at
}
