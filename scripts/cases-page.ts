// Renders docs/reference/conformance-cases.md from the checker's cases.

import { readFileSync } from 'node:fs'
import { CASE_GROUPS, NEEDS, PROVIDER_KINDS } from '../src/conformance/index.ts'
import { WITHOUT_CASE } from './without-case.ts'

/** Every case of `lockstep check`, and what each identity provider needs. */
export function casesPage(): string {
  const cases = CASE_GROUPS.flatMap((group) => [...group.cases, ...(group.witnesses ?? [])])
  const requirements = new Set(cases.map(({ id }) => id.replace(/\/.*$/, '')))
  const lines = [
    '# Cases of lockstep check',
    '',
    `${cases.length} cases for ${requirements.size} requirements. [Check a server](../guides/check.md) explains how to run them. Ids are those of`,
    '[rfc.md](../rfc.md), with a suffix where a requirement has several cases; `--only` and `--skip` accept ids, prefixes of ids, group',
    'names and sections. OWN and MAY mean that the RFC leaves the point open, so a server that differs is not at fault. If a case that',
    'another one needs fails, the other one is not run.',
  ]
  for (const { name, title, cases: own, witnesses = [] } of CASE_GROUPS) {
    lines.push('', `## ${title} (\`${name}\`)`)
    if (witnesses.length > 0)
      lines.push('', 'Those that need no other case are checked against every response of a run.')
    lines.push('', '| id | level | section | what a server does | needs |', '| --- | --- | --- | --- | --- |')
    for (const one of [...own, ...witnesses])
      lines.push(`| ${one.id} | ${one.level} | ${one.section} | ${cell(one.title)} | ${(one.needs ?? []).join(', ')} |`)
  }
  lines.push('', '## Requirements without a case', '', ...withoutCase(requirements))
  lines.push('', '## Identity provider needs (`--for`)')
  for (const kind of PROVIDER_KINDS) {
    const { name, needs } = NEEDS[kind]
    lines.push('', `### ${name} (\`${kind}\`)`, '')
    for (const need of needs)
      lines.push(`- ${need.title}${need.optional === true ? ' (only in some configurations)' : ''}`)
  }
  return `${lines.join('\n')}\n`
}

/** The service provider requirements that no case tests, with reasons. */
function withoutCase(tried: ReadonlySet<string>): readonly string[] {
  const file = new URL('../test/rfc/requirements.json', import.meta.url)
  const all = JSON.parse(readFileSync(file, 'utf8')) as readonly {
    readonly id: string
    readonly who: string
    readonly title: string
  }[]
  const titles = new Map(all.map(({ id, title }) => [id, title]))
  const told = WITHOUT_CASE.flatMap(({ ids }) => ids)
  const missing = all
    .filter(({ id, who }) => /^[SPC]-/.test(id) && who !== 'C' && !tried.has(id))
    .map(({ id }) => id)
    .filter((id) => !told.includes(id))
  const wrong = told.filter((id, at) => tried.has(id) || !titles.has(id) || told.indexOf(id) !== at)
  if (missing.length + wrong.length > 0)
    throw new Error(
      `scripts/without-case.ts lacks: ${missing.join(', ') || 'nothing'}; lists wrongly: ${wrong.join(', ') || 'nothing'}`,
    )
  return WITHOUT_CASE.map(({ why, ids }) => `- ${why}: ${ids.map((id) => `${id} (${titles.get(id)})`).join(', ')}.`)
}

/** Escapes a text for a table cell. */
const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;')
