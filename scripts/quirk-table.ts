// Renders docs/reference/quirks.md from the recorded messages.

import { readFileSync, writeFileSync } from 'node:fs'
import type { STRICT } from '../src/protocol/index.ts'
import { DIALECT } from '../src/quirks/dialect.ts'
import { ALLOWANCE_DEVIATIONS, deviationsOf, KINDS, profileOf } from '../src/quirks/index.ts'
import { type Flow, readFlows } from '../test/wire/flow.ts'

const FOLDER = new URL('../test/wire/quirks/', import.meta.url)
const PAGE = new URL('../docs/reference/quirks.md', import.meta.url)

/** The page of all departures from the RFC that are known, written from the messages that prove them. */
export function quirkTable(): string {
  return `${[
    '# Quirks',
    '',
    'What clients send that the RFCs do not say, or say in a way that is often got wrong. Each line is a file in',
    '`test/wire/quirks/`: a conversation in the bytes of the client that does it, with what it must be answered. Numbers with Q are',
    'known dialects, those with X we found besides. All of it is understood on `generic` and on every vendor’s kind; `core` means',
    'that it keeps to the RFCs, so that `strict` takes it as well. Where a rewrite in `src/quirks/` does the work it is named;',
    'otherwise it is the protocol itself, or an allowance of the connection’s profile.',
    '',
    'Written by `node scripts/quirk-table.ts`.',
    '',
    '| number | what arrives | seen from | strict | rewrite |',
    '| --- | --- | --- | --- | --- |',
    ...readFlows(FOLDER).map(line),
    '',
    '## Allowances',
    '',
    'How far a connection bends, one by one. Its kind chooses them; `--allow` and `--forbid` of `connection create` change single ones.',
    '',
    '| allowance | what it does | on |',
    '| --- | --- | --- |',
    ...allowances(),
    '',
    '## What that costs',
    '',
    'Whoever takes more than the RFCs ask for no longer keeps every requirement to the letter. `lockstep check` finds these, by',
    'requirement (the ids of [rfc.md](../rfc.md) and [conformance-cases.md](conformance-cases.md)), and no others: a test sees to it.',
    '',
    '| kind | deviates from |',
    '| --- | --- |',
    ...KINDS.map((kind) => `| ${kind} | ${deviationsOf(profileOf(kind)).join(', ') || 'nothing'} |`),
    '',
    '| allowance or rewrite | deviates from |',
    '| --- | --- |',
    ...[...Object.entries(ALLOWANCE_DEVIATIONS), ...DIALECT.map(({ name, deviates }) => [name, deviates] as const)]
      .filter(([, ids]) => ids.length > 0)
      .map(([name, ids]) => `| \`${name}\` | ${ids.join(', ')} |`),
  ].join('\n')}\n`
}

/** Name and doc comment of each allowance, and the kinds that have it. */
function allowances(): readonly string[] {
  const source = readFileSync(new URL('../src/protocol/allowances.ts', import.meta.url), 'utf8')
  const described = [...source.matchAll(/\/\*\* (.+) \*\/\n {2}readonly (\w+): boolean/g)]
  const lenient = KINDS.filter((kind) => profileOf(kind).allow.guessSchemas)
  return described.map(([, text = '', name = '']) => {
    const kinds = KINDS.filter((kind) => profileOf(kind).allow[name as keyof typeof STRICT])
    const on =
      kinds.length === lenient.length ? 'all but `strict` and `interop`' : kinds.map((kind) => `\`${kind}\``).join(', ')
    return `| \`${name}\` | ${text.replaceAll('|', '\\|')} | ${on} |`
  })
}

function line(flow: Flow): string {
  const [number = ''] = flow.quirks
  const rewrites = DIALECT.filter(({ register }) => register.includes(number)).map(({ name }) => `\`${name}\``)
  const from = flow.idp === 'other' ? 'various' : flow.idp
  const strict = flow.level === 'core' ? 'core' : ''
  const file = `[${flow.title.replaceAll('|', '\\|')}](../../test/wire/quirks/${flow.id}.json)`
  return `| ${number} | ${file} | ${from} | ${strict} | ${rewrites.join(', ')} |`
}

if (import.meta.main) writeFileSync(PAGE, quirkTable())
