// `npm run bench:peers`: Lockstep and other libraries for TypeScript side by side, with one workload, in one run.

//   node bench/peers/run.ts [--people N] [--members N] [--ms N] [--only NAME] [--markdown FILE]
//
// Installs the others once into a cache folder. Each figure is CPU time of the server per request (then requests per second, and the
// median time of one).

import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { Missing } from '../../conformance/judge.ts'
import { PEERS } from './peer.ts'
import { type Result, workload } from './workload.ts'

const { values: options } = parseArgs({
  options: {
    people: { type: 'string', default: '2000' },
    members: { type: 'string', default: '1000' },
    ms: { type: 'string', default: '3000' },
    only: { type: 'string' },
    markdown: { type: 'string' },
  },
})
const size = { people: Number(options.people), members: Number(options.members), ms: Number(options.ms) }
const peers = PEERS.filter(({ name }) => options.only === undefined || name.toLowerCase().includes(options.only))
const results: Result[] = []
const left: string[] = []
for (const { name, start } of peers) {
  process.stderr.write(`${name} …\n`)
  try {
    const running = await start()
    try {
      results.push(await workload(running, size))
    } finally {
      await running.stop()
    }
  } catch (error) {
    if (!(error instanceof Missing)) throw error
    left.push(`${name} ${error.message}`)
    results.push(new Map())
  }
}
const names = [...new Set(results.flatMap((result) => [...result.keys()]))]
const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
const table = [
  line(['what', ...peers.map(({ name }) => name)]),
  line(['---', ...peers.map(() => '---')]),
  line(['acknowledged is', ...peers.map(({ durability }) => durability)]),
  ...names.map((name) => line([name, ...results.map((result) => result.get(name) ?? '–')])),
].join('\n')
console.log(`${table}\n${left.map((one) => `\n${one}`).join('')}`)
if (options.markdown !== undefined) {
  const [begin, end] = ['<!-- peers -->', '<!-- /peers -->']
  const text = readFileSync(options.markdown, 'utf8')
  const from = text.indexOf(begin)
  const to = text.indexOf(end)
  if (from < 0 || to < from) throw new Error(`${options.markdown} must contain ${begin} and ${end}`)
  writeFileSync(options.markdown, `${text.slice(0, from + begin.length)}\n${table}\n${text.slice(to)}`)
}
