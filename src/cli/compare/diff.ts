// `lockstep diff`: prints what differs between two targets.

import { flagOption, listOption, type Options } from '../terminal/options.ts'
import { printJson, printLine, printTable } from '../terminal/print.ts'
import { type ComparedType, type Comparison, withComparison } from './comparison.ts'
import { type Finding, findings, severalInWords } from './findings.ts'

const SIGNS: { readonly [state in Finding['state']]: string } = {
  'only in a': '+',
  'only in b': '-',
  differs: '~',
  same: '=',
  several: '!',
  failed: '!',
}

/** The findings of a type, counted in resources. */
interface Counts {
  onlyInA: number
  onlyInB: number
  differs: number
  failed: number
  /** Resources that could be compared only in part. */
  partly: number
  severalInA: number
  severalInB: number
}

/**
 * `lockstep diff`: a line for each resource that differs, and a summary. A resource that can't be compared is reported and counted, and
 * makes the exit code 1.
 */
export async function diffTargets(words: readonly string[], options: Options): Promise<void> {
  await withComparison(words, options, async (comparison) => {
    const json = flagOption(options, 'json')
    const all = new Map(comparison.types.map(({ name }) => [name, noCounts()]))
    for await (const finding of findings(comparison, listOption(options, 'ignore'))) {
      const counts = all.get(finding.type)
      if (counts !== undefined) count(counts, finding)
      if (finding.state === 'same' && finding.left === undefined) continue
      if (json) printJson(finding)
      else for (const line of linesOf(finding)) printLine(line)
    }
    const rows = comparison.types.map((type) => summaryOf(type, all.get(type.name) ?? noCounts()))
    if (json) printJson({ summary: rows, notCompared: [...comparison.unknown] })
    else printSummary(rows, comparison)
    const differs = rows.some((row) => row.differs + row.onlyInA + row.onlyInB + row.left + (row.partly ?? 0) > 0)
    if (rows.some(({ failed = 0 }) => failed > 0) || (flagOption(options, 'exitCode') && differs)) process.exitCode = 1
  })
}

function noCounts(): Counts {
  return { onlyInA: 0, onlyInB: 0, differs: 0, failed: 0, partly: 0, severalInA: 0, severalInB: 0 }
}

function count(counts: Counts, { state, several, left = [] }: Finding): void {
  if (left.length > 0) counts.partly += 1
  if (state === 'only in a') counts.onlyInA += 1
  else if (state === 'only in b') counts.onlyInB += 1
  else if (state === 'differs') counts.differs += 1
  else if (state === 'failed') counts.failed += 1
  counts.severalInA += several?.a ?? 0
  counts.severalInB += several?.b ?? 0
}

function linesOf({ type, key, state, paths, left = [], several, why }: Finding): readonly string[] {
  const name = `${SIGNS[state]} ${type} ${key}`
  if (state === 'failed') return [`${name}  can't be compared: ${why}`]
  if (several !== undefined) return [`${name}  ${severalInWords(several)}`]
  const found = state === 'same' ? [] : [paths.length === 0 ? name : `${name}  ${paths.join(', ')}`]
  return [...found, ...left.map((each) => `! ${type} ${key}  ${each}`)]
}

function summaryOf({ name, key, count, keyless }: ComparedType, counts: Counts) {
  const { onlyInA, onlyInB, differs, failed, partly, severalInA, severalInB } = counts
  const same = count.a - keyless.a - severalInA - onlyInA - differs - failed
  const left = keyless.a + keyless.b + severalInA + severalInB
  const some = { ...(failed === 0 ? {} : { failed }), ...(partly === 0 ? {} : { partly }) }
  return { type: name, key, a: count.a, b: count.b, onlyInA, onlyInB, differs, same, left, ...some }
}

function printSummary(rows: readonly ReturnType<typeof summaryOf>[], { a, b, unknown }: Comparison): void {
  printLine()
  printLine(`A is ${a.name}, B is ${b.name}.`)
  printTable(rows, [
    ['TYPE', ({ type }) => type],
    ['BY', ({ key }) => key],
    ['IN A', (row) => row.a],
    ['IN B', (row) => row.b],
    ['ONLY IN A (+)', ({ onlyInA }) => onlyInA],
    ['ONLY IN B (-)', ({ onlyInB }) => onlyInB],
    ['DIFFER (~)', ({ differs }) => differs],
    ['SAME', ({ same }) => same],
  ])
  for (const { type, key, left, failed = 0, partly = 0 } of rows) {
    if (left > 0) printLine(`${type}: ${left} were left out because they have no ${key}, or share it with another.`)
    if (failed > 0) printLine(`${type}: ${failed} could not be compared.`)
    if (partly > 0) printLine(`${type}: ${partly} could be compared only in part.`)
  }
  if (unknown.size > 0) {
    printLine(
      `Not compared, because only one side's schema has it or it is returned only on request: ${[...unknown].join(', ')}.`,
    )
  }
}
