// Rows of Lockstep on PostgreSQL (PG, P1, P2), compared with a bare program on the same server.

import { type Bench, compare, figure, type Samples, type Variant } from '../bench.ts'
import { type Filled, openPostgres, type PostgresBench, type PostgresSites } from '../postgres.ts'
import type { OpenSite } from '../site.ts'
import { least, most, short } from '../table.ts'
import { SPARE } from '../workloads.ts'
import { withUnit } from './gets.ts'
import { walk } from './lists.ts'
import { loadedRows, loadMany } from './postgres-load.ts'
import { measurePostgresWrites } from './postgres-writes.ts'

/** The rows this file and its neighbours make. */
export const POSTGRES_ROWS = ['PG', 'P1', 'P2'] as const

/** Measures them on the run's own server. */
export async function measurePostgres(bench: Bench): Promise<void> {
  const postgres = await openPostgres(bench)
  bench.say(`PostgreSQL ${postgres.version}`)
  try {
    const parts = ['PG.get', 'P1', 'P2', 'PG.grow', 'PG.member', 'PG.create', 'PG.patch', 'PG.workers', 'PG.load']
    if (parts.some(bench.wants)) await onSites(bench, postgres)
    const { load } = bench
    if (load !== undefined) await bench.attempt('PG.many', () => loadMany(bench, postgres, load))
  } finally {
    await postgres.stop()
  }
}

async function onSites(bench: Bench, postgres: PostgresBench): Promise<void> {
  const { small, big: size, huge } = bench.sizes
  const filled: Filled[] = []
  for (const one of [small, size, ...(huge === undefined || !bench.hugeOnPostgres ? [] : [huge])])
    filled.push(await postgres.fill(one))
  const [, prepared] = filled
  if (prepared === undefined) return
  loadedRows(bench, prepared)
  const wantsPlain = bench.wants('P1') || bench.wants('P2')
  const plain = wantsPlain ? await postgres.raw('plain', await postgres.empty(), []) : {}
  const copy = await postgres.copy(prepared)
  const sites: OpenSite[] = []
  try {
    for (const one of filled) sites.push(await postgres.open(one))
    const [, big] = sites
    if (big === undefined) return
    const all: PostgresSites = { postgres, sites, big, copy, plain }
    if (bench.wants('PG.get') || bench.wants('P2')) await bench.attempt('PG.get', () => gets(bench, all))
    if (bench.wants('PG.grow')) await bench.attempt('PG.grow', () => growths(bench, all))
    if (bench.wants('PG.member')) await bench.attempt('PG.member', () => members(bench, all))
    await measurePostgresWrites(bench, all)
  } finally {
    for (const site of sites) await site.server.kill()
  }
}

async function gets(bench: Bench, { postgres, big, plain }: PostgresSites): Promise<void> {
  const bare = await postgres.bare(big)
  const asked = (site: OpenSite, workload: string): Variant => ({ site, asked: [{ workload, connections: 16 }] })
  const samples = await compare(
    bench,
    new Map(
      ['hot', 'all'].flatMap((which) => [
        [`bare ${which}`, asked(bare, `get ${which}`)] as const,
        [`lockstep ${which}`, asked(big, `get ${which}`)] as const,
      ]),
    ),
  )
  await bare.server.kill()
  for (const [which, what] of [
    ['hot', 'hot 10,000'],
    ['all', `uniform over ${big.size}`],
  ] as const) {
    for (const [of, tag, name] of [
      ['rate', '', 'req/s ÷'],
      ['cpuUs', '.cpu', 'CPU µs of server and database ×'],
    ] as const) {
      const reference = figure(samples, `bare ${which}`, of)
      const lockstep = figure(samples, `lockstep ${which}`, of)
      bench.add({
        id: `PG.get.${which}${tag}`,
        what: `PostgreSQL: GET by id, ${what}, c=16: ${name} bare with the same select`,
        bare: withUnit(reference, of),
        lockstep: withUnit(lockstep, of),
        ratio: lockstep / reference,
        hard: of === 'rate' ? least(0.6) : most(1 / 0.6),
      })
    }
  }
  const rate = figure(samples, 'lockstep all', 'rate')
  bench.add({
    id: 'P2',
    what: 'PostgreSQL: GET by id, c=16: req/s ÷ raw select by primary key over 16 connections, without HTTP',
    bare: withUnit(plain.select ?? Number.NaN, 'rate'),
    lockstep: withUnit(rate, 'rate'),
    ratio: rate / (plain.select ?? Number.NaN),
    hard: least(0.4),
    stretch: least(0.6),
  })
}

/** The workloads at each size, by a short name. */
const GROWING: readonly (readonly [id: string, what: string, workload: (site: OpenSite) => Promise<string>])[] = [
  ['get', 'GET by id', async () => 'get all'],
  ['eq', '`userName eq`', async () => 'filter eq'],
  ['email', '`emails[type eq "work"].value eq`', async () => 'filter email'],
  ['sw', '`userName sw`, 10 matches', async () => 'filter sw'],
  ['miss', '`userName eq`, no match', async () => 'filter miss'],
  ['cursor', 'last page of 100 by cursor', async (site) => `path ${(await walk(site)).last} 100`],
  [
    'index',
    'last page of 100 by startIndex',
    async ({ size }) => `path /Users?startIndex=${size + SPARE - 99}&count=100 100`,
  ],
]

/** The cost of a request with many users and with few: CPU time on a busy machine, latency on an idle one. */
async function growths(bench: Bench, { sites }: PostgresSites): Promise<void> {
  const [small, ...larger] = sites
  if (small === undefined) return
  for (const [id, what, workload] of GROWING) {
    const variants = new Map<string, Variant>()
    for (const site of sites) {
      const text = await workload(site)
      for (const connections of [1, 16]) {
        const asked = [{ workload: text, connections }]
        variants.set(`c${connections} ${site.size}`, { site, asked, ms: Math.min(bench.ms, 700) })
      }
    }
    const samples = await compare(bench, variants)
    for (const site of larger) {
      const huge = site.size === bench.sizes.huge
      growth(bench, { id, what, samples, from: small.size, to: site.size, huge })
    }
  }
}

function growth(
  bench: Bench,
  row: {
    readonly id: string
    readonly what: string
    readonly samples: Samples
    readonly from: number
    readonly to: number
    readonly huge: boolean
  },
): void {
  for (const [of, connections, tag, hard, stretch] of [
    ['cpuUs', 16, 'cpu', row.huge ? 1.8 : 1.5, row.huge ? 1.5 : 1.2],
    ['p50', 1, 'p50', 1.5, 1.2],
  ] as const) {
    const [from, to] = [row.from, row.to].map((size) => figure(row.samples, `c${connections} ${size}`, of))
    if (from === undefined || to === undefined) continue
    bench.add({
      id: `PG.grow.${row.id}.${tag}${row.huge ? '.1M' : ''}`,
      what: `PostgreSQL: ${row.what}, c=${connections}: ${of === 'p50' ? 'p50' : 'CPU of server and database'} at ${row.to} ÷ at ${row.from}`,
      lockstep: `${short(from)} → ${withUnit(to, of)}`,
      ratio: to / from,
      hard: most(hard),
      stretch: most(stretch),
    })
  }
}

const EDITS = 150

/** Adds and removes one member of a small group and of a large one. */
async function members(bench: Bench, { big }: PostgresSites): Promise<void> {
  const sizes = Object.keys(big.groups).map(Number)
  const [small, large] = [Math.min(...sizes), Math.max(...sizes)]
  const variants = new Map<string, Variant>()
  for (const size of [small, large]) {
    for (const edit of ['add', 'remove']) {
      const asked = [{ workload: `member ${edit} ${big.groups[size]}`, connections: 1 }]
      variants.set(`${edit} ${size}`, { site: big, asked, ms: 30_000, most: EDITS })
    }
  }
  // Each round adds before it removes and is not reversed, since it removes what it added.
  const samples = await compare(bench, variants, { back: false, warm: false })
  for (const [edit, what] of [
    ['add', 'one member in'],
    ['remove', 'one member out'],
  ] as const) {
    const [from, to] = [figure(samples, `${edit} ${small}`, 'p50'), figure(samples, `${edit} ${large}`, 'p50')]
    bench.add({
      id: `PG.member.${edit}`,
      what: `PostgreSQL: PATCH ${what}, c=1: p50 at ${large} ÷ at ${small} members`,
      lockstep: `${short(from)} → ${withUnit(to, 'p50')}`,
      ratio: to / from,
      hard: most(1.5),
      stretch: most(1.2),
    })
  }
}
