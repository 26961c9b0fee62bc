// `npm run bench:peers`: Lockstep and other libraries for TypeScript side by side, with one workload, in one run.

//   node bench/peers/run.ts [--people N] [--members N] [--ms N] [--only NAME] [--markdown FILE]
//
// Installs the others once into a cache folder. Each figure is CPU time of the server per request (then requests per second, and the
// median time of one).

import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { Missing } from '../../conformance/judge.ts'
import { flows } from './flows.ts'
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
const played: ReadonlyMap<string, string>[] = []
const left: string[] = []
for (const peer of peers) {
  const { name, start } = peer
  process.stderr.write(`${name} …\n`)
  try {
    const running = await start()
    try {
      results.push(await workload(running, size))
    } finally {
      await running.stop()
    }
    played.push(await flows(peer))
  } catch (error) {
    if (!(error instanceof Missing)) throw error
    left.push(`${name} ${error.message}`)
    results.push(new Map())
    played.push(new Map())
  }
}
const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
const heads = (what: string) => [
  line([what, ...peers.map(({ name }) => name)]),
  line(['---', ...peers.map(() => '---')]),
]
const lines = (maps: readonly ReadonlyMap<string, string>[]) =>
  [...new Set(maps.flatMap((map) => [...map.keys()]))].map((name) =>
    line([name, ...maps.map((map) => map.get(name) ?? '–')]),
  )
const content = (map: ReadonlyMap<string, string>) =>
  map.size === 0 ? '–' : `${[...map.values()].filter((value) => value === 'works').length} of ${map.size}`
const table = [
  ...heads('what'),
  line(['acknowledged is', ...peers.map(({ durability }) => durability)]),
  ...lines(results),
  '',
  'Which identity providers would do their work without a failure, noticed or not; where they would not, the acts that fail:',
  '',
  ...heads('played'),
  line(['content', ...played.map(content)]),
  ...lines(played),
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
