// Measures the provider alone, without HTTP, sockets or a second process.

// CPU time per request in the quietest of ten rounds, which is stable even on a busy machine. Use it to find where the time goes;
// run.ts makes the table.
//
//   node bench/inside.ts [WORKLOAD…] [--size 10000] [--connections 16] [--requests 5000] [--data DIRECTORY]
//     [--top 20 [--lines]]   also the functions, or lines, that take the most time themselves
//     [--cold]               keep no finished text between requests
//
// Workloads are those of bench/workloads.ts; without an argument, a selection of them.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Answer, Call } from '../src/provider/index.ts'
import { createSiteDirectory } from '../src/site/directory.ts'
import { createSiteProvider } from '../src/site/provider.ts'
import { sqliteStore } from '../src/store/sqlite/sqlite.ts'
import { createTenancy } from '../src/tenancy/index.ts'
import { startLoader } from './loader.ts'
import { type Profile, selfTimes } from './self-times.ts'
import { prepare } from './site.ts'
import { short } from './table.ts'
import { HOT, type Site, SPARE, type Workload, workloadOf } from './workloads.ts'

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: 'string', default: '10000' },
    connections: { type: 'string', default: '16' },
    requests: { type: 'string', default: '5000' },
    data: { type: 'string' },
    top: { type: 'string' },
    lines: { type: 'boolean', default: false },
    threads: { type: 'boolean', default: false },
    cold: { type: 'boolean', default: false },
  },
})

const ROUNDS = 10

const SELECTION = [
  'get hot',
  'get all',
  'filter eq',
  'filter external',
  'filter miss',
  'filter email',
  'filter emailAnd',
  'filter and',
  'filter orAnd',
  'filter sw',
  'path /Users?count=100 100',
  'create',
  'patch entra',
  'bulk 1000',
]

/** A request text of the generator as a call of the provider. */
function callOf(text: string, root: string): Call {
  const [head = '', ...rest] = text.split('\r\n\r\n')
  const body = rest.join('\r\n\r\n')
  const [line = '', ...fields] = head.split('\r\n')
  const [method = '', target = ''] = line.split(' ')
  const headers = new Map(
    fields.map((field) => [field.slice(0, field.indexOf(':')).toLowerCase(), field.slice(field.indexOf(':') + 2)]),
  )
  const mark = target.indexOf('?')
  const bytes = Buffer.from(body)
  return {
    method,
    path: target.slice(root.length, mark < 0 ? undefined : mark),
    search: mark < 0 ? '' : target.slice(mark + 1),
    base: `http://127.0.0.1:8080${root}`,
    tenant: 'bench',
    remote: '127.0.0.1',
    header: (name) => headers.get(name),
    body: async () => bytes,
  }
}

const directory = mkdtempSync(join(tmpdir(), 'lockstep-inside-'))
const loader = startLoader()
const size = Number(options.size)
const say = (text: string) => process.stderr.write(`${text}\n`)
const prepared = await prepare({ product: 'lockstep', size, directory, kept: options.data, loader, say })
loader.close()
const store = sqliteStore(prepared.file, { threads: options.threads })
const tenancy = createTenancy({ store })
const provider = createSiteProvider(createSiteDirectory(store, tenancy), tenancy, {
  report: ({ error }) => console.error(error),
  ...(options.cold ? { cacheBytes: 0 } : {}),
})

const ids = readFileSync(prepared.ids, 'latin1')
const width = ids.length / (size + SPARE)
const site: Site = {
  name: 'inside',
  port: 8080,
  pid: process.pid,
  token: prepared.token,
  root: prepared.root,
  size,
  idAt: (n) => ids.slice(n * width, (n + 1) * width),
  state: { nextUser: size + SPARE, patched: 0, groups: 0, added: [], spare: 0 },
}

const workloads = new Map<string, Workload>()

async function run(name: string, requests: number): Promise<{ us: number; hereUs: number; wallUs: number }> {
  // Each round continues where the last one ended: repeated requests would find everything cached.
  const workload = workloads.get(name) ?? workloadOf(site, name)
  workloads.set(name, workload)
  const calls = Array.from({ length: requests }, () => callOf(workload.next(), prepared.root))
  let next = 0
  const answerAll = async () => {
    for (let call = calls[next++]; call !== undefined; call = calls[next++]) {
      const answer: Answer = await provider.handle(call)
      if (!workload.statuses.includes(answer.status))
        throw new Error(`${name}: ${answer.status} ${String(answer.body)}`)
      if (typeof answer.body === 'object' && !(answer.body instanceof Uint8Array))
        for await (const _piece of answer.body);
    }
  }
  const before = process.cpuUsage()
  const own = process.threadCpuUsage()
  const began = performance.now()
  await Promise.all(Array.from({ length: Number(options.connections) }, answerAll))
  const { user, system } = process.cpuUsage(before)
  const here = process.threadCpuUsage(own)
  return {
    us: (user + system) / requests,
    hereUs: (here.user + here.system) / requests,
    wallUs: ((performance.now() - began) * 1000) / requests,
  }
}

for (const name of positionals.length > 0 ? positionals : SELECTION) {
  const requests = name.startsWith('bulk') ? 20 : Number(options.requests)
  if (name === 'get hot') await run('touch', Math.min(size, HOT))
  await run(name, Math.ceil(requests / 5))
  const session = new Session()
  session.connect()
  if (options.top !== undefined) {
    await session.post('Profiler.enable')
    await session.post('Profiler.setSamplingInterval', { interval: 200 })
    await session.post('Profiler.start')
  }
  // The quietest round: other load on the machine can only add time.
  const rounds: { us: number; hereUs: number; wallUs: number }[] = []
  for (let round = 0; round < ROUNDS; round++) rounds.push(await run(name, Math.ceil(requests / ROUNDS)))
  const us = Math.min(...rounds.map((round) => round.us))
  const hereUs = Math.min(...rounds.map((round) => round.hereUs))
  const wallUs = Math.min(...rounds.map((round) => round.wallUs))
  console.log(
    `${name.padEnd(40)} ${us.toFixed(1).padStart(10)} µs of CPU, ${hereUs.toFixed(1).padStart(10)} on this thread ${wallUs.toFixed(1).padStart(10)} µs of time`,
  )
  if (options.top !== undefined) {
    const { profile } = await session.post('Profiler.stop')
    const times = [...selfTimes(profile as Profile, options.lines)].sort((a, b) => b[1] - a[1])
    const all = times.reduce((sum, [, time]) => sum + time, 0)
    // As shares of the CPU time, since the samples also count time in which other processes ran.
    for (const [where, time] of times.slice(0, Number(options.top))) {
      console.log(`${short((us * time) / all).padStart(10)}  ${where}`)
    }
  }
  session.disconnect()
}
await tenancy.close()
await store.close()
rmSync(directory, { recursive: true, force: true })
