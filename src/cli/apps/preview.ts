// `lockstep app preview`: what settings would make of real people, before they are saved.

import type { PreviewRow } from '../../hub/index.ts'
import { printErrorLine } from '../../terminal.ts'
import { personOf } from '../proof/person.ts'
import { flagOption, listOption, numberOption, type Options } from '../terminal/options.ts'
import { cut, printJson, printLine, printTable } from '../terminal/print.ts'
import { withApps } from './app.ts'
import { readDraft } from './app-draft.ts'

/** `lockstep app preview`. Fails when the map has errors. */
export async function previewApp([name = '']: readonly string[], options: Options): Promise<void> {
  await withApps(options, async (_apps, tenant, local) => {
    const named = listOption(options, 'who')
    const users: string[] = []
    for (const who of named) users.push((await personOf(local, options, who)).id)
    const request = { users: named.length === 0 ? undefined : users, sample: numberOption(options, 'sample', 1) }
    const change = await readDraft(options, local, tenant)
    const { findings, rows, looked } = await (await local.hub()).preview(tenant, name, change, request)
    const isWrong = findings.some(({ level }) => level === 'error')
    if (isWrong) process.exitCode = 1
    if (flagOption(options, 'json')) return printJson({ findings, rows, looked })
    for (const { level, option, text } of findings) printErrorLine(`lockstep: ${level}: ${option}: ${text}`)
    if (isWrong) return
    if (rows.length === 0)
      return printLine(`Nobody is in scope of app "${name}" among the ${looked} that were looked at.`)
    printTable(rows, [
      ['WHO', ({ name: who }) => who],
      ['TYPE', ({ type }) => type],
      ['WOULD HAVE', accountText],
    ])
  })
}

function accountText({ document, fault, scope, waitsFor = [] }: PreviewRow): string {
  if (fault !== undefined) return `nothing, and parked: ${cut(fault.message, 300)}`
  if (!scope.in) {
    const why = scope.clauses.find(({ clause, holds }) => (clause === 'exclude' ? holds : !holds))
    return `no account: ${why === undefined ? 'out of scope' : `${why.clause} ${why.text}`}`
  }
  const waits = waitsFor.length === 0 ? '' : ` and waits for ${waitsFor.join(', ')}`
  return `${cut(JSON.stringify(document), 500)}${waits}`
}
