// Renders docs/reference/limits.md from the table of limits and its comments.

import { readFile, writeFile } from 'node:fs/promises'
import { LIMITS } from '../src/protocol/limits.ts'

const SOURCE = new URL('../src/protocol/limits.ts', import.meta.url)
const PAGE = new URL('../docs/reference/limits.md', import.meta.url)

/** The text of docs/reference/limits.md. */
export async function limitsPage(): Promise<string> {
  const source = await readFile(SOURCE, 'utf8')
  const rows = Object.entries(LIMITS).map(([name, value]) => {
    const comment = new RegExp(`/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\s*${name}:`).exec(source)?.[1]
    if (comment === undefined) throw new Error(`limit ${name} has no comment`)
    const text = comment.replace(/\s*\n\s*\*\s*/g, ' ').trim()
    const [what = '', past = ''] = text.split(/ Past it: /)
    return `| \`${name}\` | ${value.toLocaleString('en')} | ${what.replace(/\.$/, '')} | ${past.replace(/\.$/, '')} |`
  })
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
  ].join('\n')
}

if (import.meta.main) await writeFile(PAGE, await limitsPage())
