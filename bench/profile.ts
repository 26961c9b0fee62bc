// Takes a CPU profile of a server under one kind of request and lists the most expensive functions.

//   node bench/profile.ts WORKLOAD [--product floor] [--size 10000] [--connections 16] [--ms 3000] [--top 25] [--lines]
//
// WORKLOAD is one of bench/workloads.ts: `get hot`, `filter eq`, `create`, `patch entra`, `bulk 1000`, `group 10000`,
// `path /Users?count=100 100`; `@100` in it means the group of 100 members. Worker threads are profiled too.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startLoader } from './loader.ts'
import { openPostgres } from './postgres.ts'
import { longestStretches, type Profile, selfTimes } from './self-times.ts'
import { measureRoot, type Product } from './server.ts'
import { openSite, prepare } from './site.ts'
import { short } from './table.ts'
import { HOT } from './workloads.ts'

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    product: { type: 'string', default: 'lockstep' },
    size: { type: 'string', default: '10000' },
    connections: { type: 'string', default: '16' },
    ms: { type: 'string', default: '3000' },
    top: { type: 'string', default: '25' },
    lines: { type: 'boolean', default: false },
    data: { type: 'string' },
    save: { type: 'string' },
    root: { type: 'string' },
  },
})

type Parameters = { readonly [name: string]: unknown }

/** Talks the inspector protocol to a server and its worker threads. */
async function inspect(url: string) {
  const socket = new WebSocket(url)
  await new Promise((resolve, reject) => {
    socket.onopen = resolve
    socket.onerror = reject
  })
  const waiting = new Map<number, (result: unknown) => void>()
  const workers: string[] = []
  let last = 0
  socket.onmessage = (event) => hear(JSON.parse(String(event.data)))
  const hear = (message: {
    id?: number
    method?: string
    params?: { sessionId: string; message: string }
    result?: unknown
  }) => {
    if (message.id !== undefined) {
      waiting.get(message.id)?.(message.result)
      waiting.delete(message.id)
    } else if (message.method === 'NodeWorker.attachedToWorker') workers.push(String(message.params?.sessionId))
    else if (message.method === 'NodeWorker.receivedMessageFromWorker')
      hear(JSON.parse(String(message.params?.message)))
  }
  const send = (method: string, params: Parameters = {}, worker?: string): Promise<unknown> =>
    new Promise((resolve) => {
      const id = ++last
      waiting.set(id, resolve)
      const text = JSON.stringify({ id, method, params })
      if (worker === undefined) socket.send(text)
      else {
        const wrapped = { sessionId: worker, message: text }
        socket.send(JSON.stringify({ id: ++last, method: 'NodeWorker.sendMessageToWorker', params: wrapped }))
      }
    })
  await send('NodeWorker.enable', { waitForDebuggerOnStart: false })
  // Threads attach one after the other, each with a message of its own.
  await new Promise((resolve) => setTimeout(resolve, 300))
  const threads = [undefined, ...workers]
  const all = (method: string, params?: Parameters) =>
    Promise.all(threads.map((thread) => send(method, params, thread)))
  return {
    start: async () => {
      await all('Profiler.enable')
      await all('Profiler.setSamplingInterval', { interval: 200 })
      await all('Profiler.start')
    },
    stop: async (): Promise<readonly Profile[]> => {
      const found = (await all('Profiler.stop')) as { profile: Profile }[]
      return found.map(({ profile }) => profile)
    },
    close: () => socket.close(),
  }
}

const directory = mkdtempSync(join(tmpdir(), 'lockstep-profile-'))
const loader = startLoader()
if (options.root !== undefined) measureRoot(options.root)
const say = (text: string) => process.stderr.write(`${text}\n`)
try {
  const flags = ['--inspect=127.0.0.1:0']
  const size = Number(options.size)
  const open = async () => {
    if (options.product === 'postgres') {
      const postgres = await openPostgres({ directory, loader, heavy: loader, say })
      return { site: await postgres.open(await postgres.fill(size), {}, flags), stop: postgres.stop }
    }
    const product: Product = options.product === 'floor' ? 'floor' : 'lockstep'
    const prepared = await prepare({ product, size, directory, kept: options.data, loader, say })
    return { site: await openSite(prepared, [loader], flags), stop: async () => {} }
  }
  const { site, stop } = await open()
  const workload = positionals.join(' ').replace(/@(\d+)/, (_, members: string) => site.groups[members] ?? members)
  const asked = [{ workload, connections: Number(options.connections) }]
  const inspector = await inspect(site.server.inspector ?? '')
  if (workload === 'get hot') {
    await loader.measure({ site: site.name, asked: [{ workload: 'touch', connections: 16 }], ms: 20_000, most: HOT })
  }
  await loader.measure({ site: site.name, asked, ms: 1000 })
  await inspector.start()
  const [sample] = await loader.measure({ site: site.name, asked, ms: Number(options.ms) })
  const profiles = await inspector.stop()
  const [requests, rate, cpu] = [sample?.requests ?? 0, sample?.rate ?? 0, sample?.cpuUs ?? 0]
  console.log(`${workload}: ${requests} requests, ${short(rate)} /s, ${short(cpu)} µs of CPU each (with the profiler)`)
  profiles.forEach((profile, thread) => {
    const times = selfTimes(profile, options.lines)
    console.log(`\nthread ${thread}: µs per request, itself`)
    const sorted = [...times].sort((a, b) => b[1] - a[1]).slice(0, Number(options.top))
    for (const [name, us] of sorted) console.log(`${short(us / requests).padStart(8)}  ${name}`)
    if (thread === 0) {
      console.log('\nlongest without rest')
      for (const { us, most } of longestStretches(profile, 4)) {
        console.log(
          `${short(us / 1000)} ms: ${most.map(([where, time]) => `${short(time / 1000)} ${where}`).join(' · ')}`,
        )
      }
    }
    if (options.save !== undefined) writeFileSync(`${options.save}-${thread}.cpuprofile`, JSON.stringify(profile))
  })
  inspector.close()
  await site.server.kill()
  await stop()
} finally {
  loader.close()
  rmSync(directory, { recursive: true, force: true })
}
