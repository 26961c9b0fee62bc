// Renders docs/reference/limits.md from the table of limits and its comments.

import { readFile, writeFile } from 'node:fs/promises'
import { MAP_LIMITS } from '../src/hub/map/map-limits.ts'
import { SCOPE_LIMITS } from '../src/hub/scope/scope-limits.ts'
import { OUTBOUND_LIMITS } from '../src/outbound/index.ts'
import { LIMITS } from '../src/protocol/limits.ts'
import { WORK_LIMITS } from '../src/store/contract/work-limits.ts'

const SOURCE = new URL('../src/protocol/limits.ts', import.meta.url)
const WORK_SOURCE = new URL('../src/store/contract/work-limits.ts', import.meta.url)
const OUTBOUND_SOURCE = new URL('../src/outbound/outbound.ts', import.meta.url)
const MAP_SOURCE = new URL('../src/hub/map/map-limits.ts', import.meta.url)
const SCOPE_SOURCE = new URL('../src/hub/scope/scope-limits.ts', import.meta.url)
const PAGE = new URL('../docs/reference/limits.md', import.meta.url)

/** The text of docs/reference/limits.md. */
export async function limitsPage(): Promise<string> {
  const rows = (await described(SOURCE, LIMITS)).map(([name, value, text]) => {
    const [what = '', past = ''] = text.split(/ Past it: /)
    return `| \`${name}\` | ${value} | ${what.replace(/\.$/, '')} | ${past.replace(/\.$/, '')} |`
  })
  const workRows = (await described(WORK_SOURCE, WORK_LIMITS)).map(
    ([name, value, text]) => `| \`${name}\` | ${value} | ${text.replace(/\.$/, '')} |`,
  )
  const outboundRows = (await described(OUTBOUND_SOURCE, OUTBOUND_LIMITS)).map(
    ([name, value, text]) => `| \`${name}\` | ${value} | ${text.replace(/\.$/, '')} |`,
  )
  const hubRows = [...(await described(SCOPE_SOURCE, SCOPE_LIMITS)), ...(await described(MAP_SOURCE, MAP_LIMITS))].map(
    ([name, value, text]) => `| \`${name}\` | ${value} | ${text.replace(/\.$/, '')} |`,
  )
  return [
    '# Limits',
    '',
    'Everything that a client sends has a limit. Text lengths are in UTF-16 code units unless the name says bytes. This page is',
    'rendered by `node scripts/generate-limits.ts` from `src/protocol/limits.ts`. `test/limits.test.ts` tests each limit over HTTP, at',
    'the limit and one past it, and fails if this page is stale.',
    '',
    '| limit | value | meaning | past it |',
    '| --- | ---: | --- | --- |',
    ...rows,
    '',
    '## Durable work',
    '',
    'Limits of items, cursors and leases in the store (`src/store/contract/work-limits.ts`). Past each of them the store throws a `ConfigError`.',
    '',
    '| limit | value | meaning |',
    '| --- | ---: | --- |',
    ...workRows,
    '',
    '## Requests to apps',
    '',
    'Limits of the requests that the server itself sends (`src/outbound/outbound.ts`).',
    '',
    '| limit | value | meaning |',
    '| --- | ---: | --- |',
    ...outboundRows,
    '',
    '## Maps, scopes and grants',
    '',
    'Limits of what administrators set of an app, and of what a map makes of a resource (`src/hub/scope/scope-limits.ts`,',
    '`src/hub/map/map-limits.ts`). Settings past them are refused; an account past them is parked.',
    '',
    '| limit | value | meaning |',
    '| --- | ---: | --- |',
    ...hubRows,
    '',
  ].join('\n')
}

/** Each limit of a table with its value and its comment. */
async function described(
  file: URL,
  limits: { readonly [name: string]: number },
): Promise<readonly (readonly [name: string, value: string, text: string])[]> {
  const source = await readFile(file, 'utf8')
  return Object.entries(limits).map(([name, value]) => {
    const comment = new RegExp(`/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\s*${name}:`).exec(source)?.[1]
    if (comment === undefined) throw new Error(`limit ${name} has no comment`)
    return [name, value.toLocaleString('en'), comment.replace(/\s*\n\s*\*\s*/g, ' ').trim()]
  })
}

if (import.meta.main) await writeFile(PAGE, await limitsPage())
