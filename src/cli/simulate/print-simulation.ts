// Prints a simulation for people: one line for each request, and in full what the real provider would complain of.

import type { Finding, Scenario, Simulation, StepResult, Verdict } from '../../simulate/index.ts'
import { inColour } from '../../terminal.ts'
import { cut, printLine } from '../terminal/print.ts'

const SIGNS: { readonly [verdict in Verdict]: readonly [sign: string, colour: number] } = {
  works: ['+', 32],
  warning: ['~', 33],
  unnoticed: ['!', 31],
  fails: ['-', 31],
  skipped: ['?', 90],
}

/** Columns for the request. */
const WIDTH = 48

/** Prints whom the simulation plays, and against what. */
export function printStart({ name, about, checked }: Scenario, url: string): void {
  printLine(inColour(1, name), `: ${about}`)
  printLine(`Against ${url}. What is known of ${name} was checked in ${checked}.`)
}

/** Prints one step; before the first of an act, what happens. */
export function printStep({ name, acts }: Scenario, step: StepResult, isFirst: boolean, isVerbose: boolean): void {
  if (isFirst) {
    printLine()
    printLine(inColour(1, step.act), `  ${acts.find(({ act }) => act === step.act)?.title ?? ''}`)
  }
  const [sign, colour] = SIGNS[step.verdict]
  const { request, answer, look } = step
  const sent = request === undefined ? step.step : `${request.method} ${request.path}`
  const status = request === undefined ? '' : String(answer?.status ?? '---')
  const meaning = step.verdict === 'works' || step.verdict === 'skipped' ? step.meaning : step.step
  printLine(
    '  ',
    inColour(colour, sign),
    ` ${status.padEnd(3)} ${cut(sent, WIDTH).padEnd(WIDTH)}  `,
    ...(step.person === undefined ? [] : [inColour(36, `${step.person.split('@')[0]}: `)]),
    ...(look && request !== undefined ? [inColour(90, 'our look: ')] : []),
    meaning,
  )
  for (const finding of step.findings) printFinding(name, finding)
  if (!isVerbose && step.findings.length === 0) return
  if (request?.body !== undefined) printLine(inColour(90, `      > ${request.body}`))
  if (answer !== undefined && answer.body !== '') printLine(inColour(90, `      < ${answer.body}`))
}

function printFinding(name: string, { fault, wrong, does, shows, source }: Finding): void {
  const [, colour] = SIGNS[fault]
  printLine(`      ${cut(wrong, 400)}`)
  printLine('      ', inColour(colour, `${name} ${does}`))
  if (shows !== undefined) printLine(`      An administrator reads: ${shows}`)
  if (source !== undefined)
    printLine(inColour(90, `      ${source.how}: ${source.title}${source.url === undefined ? '' : `, ${source.url}`}`))
}

/** Prints what it comes to. */
export function printEnd(played: Simulation): void {
  const { provider, problems, steps, left, works, stopped } = played
  const warnings = steps.filter(({ verdict }) => verdict === 'warning').length
  const unnoticed = problems.filter(({ verdict }) => verdict === 'unnoticed').length
  const failed = problems.length - unnoticed
  printLine()
  if (works) printLine(inColour(32, `${provider} would do all of its work with this server`))
  else {
    const acts = [...new Set(problems.map(({ act }) => act))].join(', ')
    printLine(inColour(31, `${provider} would not do its work with this server${acts === '' ? '' : `: ${acts}`}`))
  }
  if (failed > 0) printLine(`${failed} of ${steps.length} steps would fail`)
  if (unnoticed > 0) printLine(`${unnoticed} went wrong without ${provider} noticing`)
  if (warnings > 0) printLine(`${warnings} would work, with something to ask about`)
  if (stopped) printLine('It ended early: nothing more would be sent')
  printLine(
    `${played.requests} requests, ${(played.ms / 1000).toFixed(1)} s; --seed ${played.seed} plays the same people again`,
  )
  for (const one of left) printLine(`Could not be deleted: ${one}`)
}
