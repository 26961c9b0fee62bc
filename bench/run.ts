// `npm run bench`: prints one table of ratios, measured in one run on one machine.

//   node bench/run.ts [--quick] [--only R1,F.eq,…] [--json] [--markdown FILE] [--data DIRECTORY] [--floor-only]
//                     [--big USERS] [--huge USERS] [--rounds N] [--root DIRECTORY] [--load USERS]
//
// Quick: 1,000 and 10,000 users. Full: 1,000, 100,000 and 1,000,000. `--data` keeps filled databases for the next run, and `--root`
// measures another checkout. `--only PG,P1,P2` measures PostgreSQL alone, on a server that the run starts itself; `--load 1000000`
// also loads that many users and a hundredth as many groups into it, and the huge size is measured there only with `--huge`.
// `--only B.dear` measures one tenant's expensive requests beside another's light ones. `--only H --big 2000` measures the hub with
// few people, where the machine is busy.
//
// Each row is compared with two references: *bare*, node:http that returns the same bytes (bench/bare.ts), and *floor*, the smallest
// program that does the same job durably (bench/floor.ts). Rounds are interleaved, and medians taken.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Bench } from './bench.ts'
import { startLoader } from './loader.ts'
import { DEAR_ROWS, measureDear } from './rows/dear.ts'
import { FILTER_ROWS, measureFilters } from './rows/filters.ts'
import { GET_ROWS, measureGets } from './rows/gets.ts'
import { GROUP_ROWS, measureGroups } from './rows/groups.ts'
import { HUB_ROWS, measureHub } from './rows/hub.ts'
import { LIST_ROWS, measureLists } from './rows/lists.ts'
import { measurePostgres, POSTGRES_ROWS } from './rows/postgres.ts'
import { measureProcess, PROCESS_ROWS } from './rows/process.ts'
import { measureRecord, RECORD_ROWS } from './rows/record.ts'
import { measureStalls, STALL_ROWS } from './rows/stalls.ts'
import { measureTenants, TENANT_ROWS } from './rows/tenants.ts'
import { measureWork, WORK_ROWS } from './rows/work.ts'
import { measureWrites, WRITE_ROWS } from './rows/writes.ts'
import { measureRoot, type Product, startBare } from './server.ts'
import { type OpenSite, openSite, prepare } from './site.ts'
import { markdownTable, type Row, short, textTable, verdict } from './table.ts'

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
    markdown: { type: 'string' },
    data: { type: 'string' },
    'floor-only': { type: 'boolean', default: false },
    rounds: { type: 'string' },
    root: { type: 'string' },
    big: { type: 'string' },
    huge: { type: 'string' },
    load: { type: 'string' },
  },
})

/** What each part of the run measures. Reads come first: they want the sizes they name. */
const PARTS: readonly (readonly [
  rows: readonly string[],
  measure: (bench: Bench) => Promise<void>,
  sites: 'open' | 'closed',
])[] = [
  [GET_ROWS, measureGets, 'open'],
  [FILTER_ROWS, measureFilters, 'open'],
  [LIST_ROWS, measureLists, 'open'],
  [GROUP_ROWS, measureGroups, 'open'],
  [STALL_ROWS, measureStalls, 'open'],
  [WRITE_ROWS, measureWrites, 'open'],
  [PROCESS_ROWS, measureProcess, 'closed'],
  [DEAR_ROWS, measureDear, 'closed'],
  [POSTGRES_ROWS, measurePostgres, 'closed'],
  [TENANT_ROWS, measureTenants, 'closed'],
  [WORK_ROWS, measureWork, 'closed'],
  [RECORD_ROWS, measureRecord, 'closed'],
  [HUB_ROWS, measureHub, 'closed'],
]

/** `H` is all rows of the hub. */
const only = options.only?.split(',').flatMap((word) => (word.trim() === 'H' ? HUB_ROWS : [word.trim()]))
/** `--only F` wants F, F.eq and F.miss, but not F1M; a part runs when any of its rows, or a row under one, is wanted. */
const wants = (id: string) => only === undefined || only.some((word) => id === word || id.startsWith(`${word}.`))
const wantsPart = (rows: readonly string[]) =>
  only === undefined ||
  rows.some((row) => only.some((word) => word === row || word.startsWith(`${row}.`) || row.startsWith(`${word}.`)))

if (options.root !== undefined) measureRoot(options.root)
const say = (text: string) => process.stderr.write(`${text}\n`)
const began = performance.now()
const directory = mkdtempSync(join(tmpdir(), 'lockstep-bench-'))
const products: readonly Product[] = options['floor-only'] ? ['floor'] : ['floor', 'lockstep']
const small = 1_000
const big = Number(options.big ?? (options.quick ? 10_000 : 100_000))
const full = options.quick || options.big !== undefined ? undefined : 1_000_000
const huge = options.huge === undefined ? full : Number(options.huge)
const rounds = Number(options.rounds ?? (options.quick ? 3 : 5))
const rows: Row[] = []
const loader = startLoader()
// It makes users of its own: numbers that the other one never comes to.
const heavy = startLoader(50_000_000)
const bare = await startBare()
const open = new Map<string, OpenSite>()
const bench: Bench = {
  sizes: huge === undefined ? { small, big } : { small, big, huge },
  products,
  hugeOnPostgres: options.huge !== undefined,
  ...(options.load === undefined ? {} : { load: Number(options.load) }),
  rounds,
  ms: options.quick ? 500 : 1000,
  warmMs: options.quick ? 300 : 2000,
  loader,
  heavy,
  bare,
  directory,
  wants,
  say,
  site: (product, size) => {
    const site = open.get(`${product} ${size}`)
    if (site === undefined) throw new Error(`no site ${product} ${size}`)
    return site
  },
  attempt: async (id, measure) => {
    try {
      await measure()
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      say(`${id}: ${reason}`)
      rows.push({ id, what: `failed: ${reason.replaceAll(/\s+/g, ' ').slice(0, 60)}…`, ratio: Number.NaN })
      process.exitCode = 1
    }
  },
  add: (row) => {
    if (!wants(row.id)) return
    rows.push(row)
    say(`${row.id.padEnd(16)} ${short(row.ratio).padStart(8)}  ${verdict(row)}`)
  },
}

try {
  const sizes = [small, big, ...(huge === undefined ? [] : [huge])]
  // These have sites of their own.
  const apart: readonly unknown[] = [
    measurePostgres,
    measureTenants,
    measureDear,
    measureWork,
    measureRecord,
    measureHub,
  ]
  const onFiles = PARTS.some(([ids, measure]) => !apart.includes(measure) && wantsPart(ids))
  for (const size of onFiles ? sizes : []) {
    for (const product of products) {
      const prepared = await prepare({ product, size, directory, kept: options.data, loader, say })
      const site = await openSite(prepared, [loader, heavy])
      open.set(site.name, site)
    }
  }
  let closed = false
  for (const [ids, measure, state] of PARTS) {
    if (!wantsPart(ids) || (apart.includes(measure) && options['floor-only'])) continue
    if (state === 'closed' && !closed) for (const site of open.values()) await site.server.stop()
    closed ||= state === 'closed'
    await bench.attempt(ids.join(' '), () => measure(bench))
  }
} finally {
  for (const site of open.values()) await site.server.kill()
  await bare.kill()
  loader.close()
  heavy.close()
  rmSync(directory, { recursive: true, force: true })
}

const about = `${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}, ${small} / ${big}${huge === undefined ? '' : ` / ${huge}`} users, ${rounds} rounds, ${Math.round((performance.now() - began) / 1000)} s`
if (options.json)
  console.log(JSON.stringify({ about, rows: rows.map((row) => ({ ...row, met: verdict(row) })) }, null, 2))
else console.log(`${textTable(rows)}\n\n${about}`)
if (options.markdown !== undefined) writeFileSync(options.markdown, `${markdownTable(rows)}\n\n${about}\n`)
