// Renders docs/reference/quirks.md from the recorded messages.

import { readFileSync, writeFileSync } from 'node:fs'
import type { STRICT } from '../src/protocol/index.ts'
import { ALL_QUIRKS } from '../src/quirks/all-quirks.ts'
import { ALLOWANCE_DEVIATIONS, deviationsOf, KINDS, profileOf } from '../src/quirks/index.ts'
import { type Flow, readFlows } from '../test/wire/flow.ts'

const FOLDER = new URL('../test/wire/quirks/', import.meta.url)
const PAGE = new URL('../docs/reference/quirks.md', import.meta.url)

/** The page of all known departures from the RFCs, rendered from the messages that prove them. */
export function quirkTable(): string {
  return `${[
    '# Quirks',
    '',
    'Messages that clients send and the RFCs do not define, or define in a way that is often misread. Each row is a file in',
    '`test/wire/quirks/`: a conversation in the client’s own bytes, with the expected responses. Q numbers are known dialects; X numbers',
    'are others that we found. `generic` and every vendor’s kind understand all of them. `core` means that the message conforms to the',
    'RFCs, so `strict` accepts it too. If a rewrite in `src/quirks/` handles the message, it is named; otherwise the protocol itself or',
    'an allowance of the connection’s profile does.',
    '',
    'Rendered by `node scripts/quirk-table.ts`.',
    '',
    '| number | message | seen from | strict | rewrite |',
    '| --- | --- | --- | --- | --- |',
    ...readFlows(FOLDER).map(line),
    '',
    '## Allowances',
    '',
    'What a connection tolerates, one by one. Its kind determines them; `connection create` changes single ones with `--allow` and `--forbid`.',
    '',
    '| allowance | what it does | on |',
    '| --- | --- | --- |',
    ...allowances(),
    '',
    '## What tolerance costs',
    '',
    'A server that accepts more than the RFCs require no longer meets every requirement to the letter. `lockstep check` finds exactly these',
    'deviations, by requirement (the ids in [rfc.md](../rfc.md) and [conformance-cases.md](conformance-cases.md)); a test ensures it.',
    '',
    '| kind | deviates from |',
    '| --- | --- |',
    ...KINDS.map((kind) => `| ${kind} | ${deviationsOf(profileOf(kind)).join(', ') || 'nothing'} |`),
    '',
    '| allowance or rewrite | deviates from |',
    '| --- | --- |',
    ...[...Object.entries(ALLOWANCE_DEVIATIONS), ...ALL_QUIRKS.map(({ name, deviates }) => [name, deviates] as const)]
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
  const rewrites = ALL_QUIRKS.filter(({ register }) => register.includes(number)).map(({ name }) => `\`${name}\``)
  const from = flow.idp === 'other' ? 'various' : flow.idp
  const strict = flow.level === 'core' ? 'core' : ''
  const file = `[${flow.title.replaceAll('|', '\\|')}](../../test/wire/quirks/${flow.id}.json)`
  return `| ${number} | ${file} | ${from} | ${strict} | ${rewrites.join(', ')} |`
}

if (import.meta.main) writeFileSync(PAGE, quirkTable())
