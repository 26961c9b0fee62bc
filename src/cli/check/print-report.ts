// Prints the report of the conformance checker for people.

import {
  countVerdicts,
  describeCount,
  describeProvider,
  type Report,
  type Result,
  type Verdict,
} from '../../conformance/index.ts'
import { commandName } from '../../server/index.ts'
import { inColour, type Part } from '../../terminal.ts'
import { printLine } from '../terminal/print.ts'

const SIGNS = { works: inColour(32, '+'), fails: inColour(31, '-'), untested: inColour(35, '?') } as const
const ORDER: readonly Verdict[] = ['must', 'should', 'differs', 'untested', 'unadvertised']

/** Prints the report for people: failures in full, everything else on one line each. */
export function printReport(report: Report, verbose: boolean): void {
  const colour: { readonly [verdict in Verdict]: number } = {
    must: 31,
    should: 33,
    differs: 36,
    untested: 35,
    unadvertised: 90,
    passed: 32,
  }
  for (const verdict of ORDER) {
    const results = report.results.filter((one) => one.verdict === verdict)
    if (results.length === 0) continue
    printLine()
    printLine(inColour(colour[verdict], describeCount(verdict, results.length)))
    for (const one of results) {
      const full = verdict === 'must' || verdict === 'should'
      if (full) printLine()
      printLine('  ', inColour(colour[verdict], one.id), `  ${one.title}`)
      if (one.reason !== undefined) printLine(`    ${one.reason}`)
      if (one.expected !== undefined) printLine(`    expected  ${one.expected}`)
      if (full) printLine(`    ${one.section}`)
      if (one.fix !== undefined && one.expected !== undefined) printLine(`    likely fix  ${one.fix}`)
      if (full || verbose) printExchanges(one.exchanges ?? [])
    }
  }
  for (const provider of report.providers) {
    printLine()
    printLine(inColour(provider.works ? 32 : 31, `${provider.name} ${describeProvider(provider)}`))
    for (const need of provider.needs) {
      printLine(
        '  ',
        SIGNS[need.verdict],
        ` ${need.title}${need.optional === true ? ' (only in some configurations)' : ''}`,
      )
      if (need.verdict === 'works') continue
      if (need.reason !== undefined) printLine(`      ${need.reason}`)
      if (need.fix !== undefined) printLine(`      likely fix  ${need.fix}`)
      printExchanges(need.exchanges ?? [], '      ')
    }
  }
  const counts = countVerdicts(report.results)
  printLine()
  printLine(
    `${report.url}: ${report.results.length} cases, ${report.requests} requests, ${(report.ms / 1000).toFixed(1)} s${report.stopped ? ', stopped early' : ''}`,
  )
  printLine(
    ...(['passed', ...ORDER] as const).flatMap((verdict, at): readonly Part[] => [
      at === 0 ? '' : ', ',
      inColour(colour[verdict], describeCount(verdict, counts[verdict])),
    ]),
  )
  if (report.note !== undefined) {
    printLine()
    printLine(report.note.replace('lockstep connection', `${commandName()} connection`))
  }
  for (const url of report.left) printLine(`Could not be deleted: ${url}`)
  for (const endpoint of report.unread)
    printLine(
      `The list of ${endpoint} could not be read completely, so resources of earlier checks may remain undetected`,
    )
  if (report.leftovers.length > 0)
    printLine(
      `${report.leftovers.length} resources of an earlier check still exist (--clean deletes them), the first: ${report.leftovers[0]}`,
    )
}

function printExchanges(exchanges: NonNullable<Result['exchanges']>, indent = '    '): void {
  for (const { request, answer } of exchanges) {
    for (const line of request.split('\n')) printLine(`${indent}> ${line}`)
    for (const line of answer.split('\n')) printLine(`${indent}< ${line}`)
  }
}
