// Measures the console in a real browser on a real server: the rows of docs/console.md that no test can hold.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { firstAnswer, firstPaint } from './try-console/first.ts'
import { importByCommand, importInBrowser } from './try-console/imports.ts'
import { group, people } from './try-console/lists.ts'
import { flood, liveList, tabs } from './try-console/live.ts'
import { load, type Measured, startTrial } from './try-console/trial.ts'

/**
 * `node scripts/try-console.ts --minutes 10 --people 100000 --only 7,8`: a table of rows, limits and figures. The figures are of this
 * machine and this hour, which is why nothing fails by them.
 */
const { values: flags } = parseArgs({
  options: {
    people: { type: 'string', default: '100000' },
    minutes: { type: 'string', default: '1' },
    only: { type: 'string', default: '7,8,9,11,13,1,27,23' },
  },
})
const only = flags.only.split(',').map(Number)
const rows: Measured[] = []
const folder = mkdtempSync(join(tmpdir(), 'lockstep-console-'))
const say = (text: string) => process.stderr.write(`${text}\n`)
const add = (one: Measured) => {
  rows.push(one)
  say(`row ${one.row}: ${one.what}: ${one.measured} (${one.limit}), load ${load()}`)
}
const trial = await startTrial(folder, { people: Number(flags.people), minutes: Number(flags.minutes), add, say })
try {
  await trial.admin('POST', '/tenants', { name: 'by-command' })
  const made = await trial.admin('POST', '/tenants', { name: 'acme' })
  const to = { base: String(made.baseUrl), token: String(made.token) }
  await trial.admin('POST', '/tenants', { name: 'imported' })
  const command = [7, 8, 23].some((row) => only.includes(row)) ? await importByCommand(trial, 'by-command') : Number.NaN
  const measures: readonly (readonly [number, () => Promise<void>])[] = [
    [7, () => people(trial, 'by-command')],
    [8, () => group(trial, 'by-command')],
    [9, () => liveList(trial, 'acme', to)],
    [11, () => tabs(trial, 'acme', to)],
    [13, () => flood(trial, 'acme', to)],
    [1, () => firstPaint(trial)],
    [27, () => firstAnswer(trial)],
    [23, () => importInBrowser(trial, 'imported', command)],
  ]
  for (const [row, measure] of measures) {
    if (only.includes(row)) await measure().catch((error: unknown) => say(`row ${row} could not be measured: ${error}`))
  }
} finally {
  await trial.end()
  rmSync(folder, { recursive: true, force: true })
}
console.log('| # | what | limit | measured | met |\n| --- | --- | --- | --- | --- |')
for (const { row, what, limit, measured, met } of rows)
  console.log(`| ${row} | ${what} | ${limit} | ${measured} | ${met ? 'yes' : '**no**'} |`)
