// Writes the steps of guides/steps/ into docs/guides, between their marks.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Guide, GuideField, GuideStep } from '../guides/steps/guide.ts'
import { GUIDES } from '../guides/steps/guides.ts'

const FOLDER = join(import.meta.dirname, '../docs/guides')
const WIDTH = 140

/** Each page of docs/guides that has steps, as it should be. */
export function guidePages(): { readonly [file: string]: string } {
  return Object.fromEntries(
    Object.values(GUIDES).map((guide) => {
      const file = `${guide.kind}.md`
      return [file, withSteps(readFileSync(join(FOLDER, file), 'utf8'), guide)]
    }),
  )
}

/** A page with the steps of a guide between its marks. Throws where the marks are missing. */
function withSteps(page: string, guide: Guide): string {
  const begin = `<!-- guides/steps/${guide.kind}.ts -->`
  const end = '<!-- end of the steps -->'
  const [before, rest] = page.split(begin)
  const after = rest?.split(end)[1]
  if (before === undefined || after === undefined) throw new Error(`${guide.kind}.md: no ${begin} … ${end}`)
  return `${before}${begin}\n${stepsText(guide)}\n${end}${after}`
}

function stepsText(guide: Guide): string {
  const create = [
    '1. Create the connection. The command prints a base URL and, once, a token:',
    '   ```sh',
    `   npm run -s lockstep -- connection create acme --kind ${guide.kind}`,
    '   ```',
  ]
  const steps = guide.steps.flatMap((step, at) => stepLines(step, at + 2))
  const watch = [
    `${guide.steps.length + 2}. Watch it arrive, and rehearse a leaver:`,
    '   ```sh',
    '   npm run -s lockstep -- log --tenant acme --follow',
    '   ```',
    ...wrapped(`*${guide.leaver.where.join(' → ')}*: ${sentences(guide.leaver)}`, '   '),
  ]
  return [...create, ...steps, ...watch, '', ...wrapped(sourcesText(guide), '')].join('\n')
}

function stepLines(step: GuideStep, number: number): readonly string[] {
  const text = `**${step.title.en}.** *${step.where.join(' → ')}*: ${sentences(step)}`
  const lines = wrapped(text, '   ')
  const first = `${`${number}.`.padEnd(3)}${lines[0]?.slice(3)}`
  return [first, ...lines.slice(1), ...(step.fields ?? []).flatMap(fieldLines)]
}

function fieldLines({ label, value, note }: GuideField): readonly string[] {
  const meant = value.replace('{base-url}', 'the base URL + ').replace('{token}', 'the token').replace(/ \+ $/, '')
  const typed = meant.startsWith('the base URL + ') ? `the base URL followed by \`${meant.slice(15)}\`` : meant
  const lines = wrapped(`*${label}*: ${typed}${note === undefined ? '' : `. ${note.en}`}`, '     ')
  return [`   * ${lines[0]?.slice(5)}`, ...lines.slice(1)]
}

function sentences({ clicks, see }: GuideStep): string {
  return [...clicks, see].map(({ en }) => en).join(' ')
}

function sourcesText({ steps, leaver }: Guide): string {
  const sources = [...new Set([...steps, leaver].map(({ source }) => source))]
  const links = sources.map((source, at) => `[${at + 1}](${source})`).join(', ')
  const oldest = [...steps, leaver].map(({ checked }) => checked).sort()[0]
  return `Compared with the documentation (${links}) on ${oldest}. Menus move: if one looks different, the words of the fields still help.`
}

/** Lines of at most `WIDTH` characters, each with this indent; never broken within a link. */
function wrapped(text: string, indent: string): readonly string[] {
  const lines: string[] = []
  let line = indent
  for (const word of text.split(' ')) {
    if (line.length + word.length > WIDTH && line !== indent) {
      lines.push(line.trimEnd())
      line = indent
    }
    line += `${word} `
  }
  return [...lines, line.trimEnd()]
}

/** Writes them all. */
export function writeGuides(): void {
  for (const [file, text] of Object.entries(guidePages())) writeFileSync(join(FOLDER, file), text)
}

if (import.meta.main) writeGuides()
