import { type Compared, type ComparedType, type Finding, findings, withCompared } from './compare.ts'
import { printJson, printLine, printTable } from './print.ts'
import { flagOption, type Options, textOption } from './usage.ts'

const SIGNS: { readonly [state in Finding['state']]: string } = { 'only in a': '+', 'only in b': '-', differs: '~' }

/** `lockstep diff`: what two places have that differs, by a key; a line for each, and a summary. */
export async function diffPlaces(words: readonly string[], options: Options): Promise<void> {
  await withCompared(words, options, async (compared) => {
    const json = flagOption(options, 'json')
    const counts = new Map<string, number>()
    for (const finding of findings(compared, ignoredOf(options))) {
      const name = `${finding.type} ${finding.state}`
      counts.set(name, (counts.get(name) ?? 0) + 1)
      if (json) printJson(finding)
      else {
        const paths = finding.paths.length === 0 ? '' : `  ${finding.paths.join(', ')}`
        printLine(`${SIGNS[finding.state]} ${finding.type} ${finding.key}${paths}`)
      }
    }
    const rows = compared.types.map((type) => summaryOf(type, counts))
    if (json) printJson({ summary: rows, notCompared: [...compared.unknown] })
    else printSummary(rows, compared)
    if (flagOption(options, 'exitCode') && rows.some((row) => row.differs + row.onlyInA + row.onlyInB + row.left > 0)) {
      process.exitCode = 1
    }
  })
}

/** The attributes that `--ignore` names. */
export function ignoredOf(options: Options): readonly string[] {
  return (textOption(options, 'ignore') ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

function summaryOf({ name, key, count, left }: ComparedType, counts: ReadonlyMap<string, number>) {
  const onlyInA = counts.get(`${name} only in a`) ?? 0
  const onlyInB = counts.get(`${name} only in b`) ?? 0
  const differs = counts.get(`${name} differs`) ?? 0
  const same = count.a - left.a - onlyInA - differs
  return { type: name, key, a: count.a, b: count.b, onlyInA, onlyInB, differs, same, left: left.a + left.b }
}

function printSummary(rows: readonly ReturnType<typeof summaryOf>[], { a, b, unknown }: Compared): void {
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
  for (const { type, key, left } of rows) {
    if (left > 0) printLine(`${left} of type ${type} were left out: they have no ${key}, or one that another has too.`)
  }
  if (unknown.size > 0) printLine(`Not compared, because B's schemas don't know it: ${[...unknown].join(', ')}.`)
}
