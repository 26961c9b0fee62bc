// Rows of writes to PostgreSQL, and of two processes on it: PG.create, PG.patch, PG.workers, P1.

import { type Bench, compare, figure, type Samples, type Variant } from '../bench.ts'
import type { PostgresSites } from '../postgres.ts'
import type { OpenSite } from '../site.ts'
import { least, short } from '../table.ts'
import { withUnit } from './gets.ts'

/** Bounded, so that creates do not turn one size into another. */
const CREATES = 4_000

/** Measures them. */
export async function measurePostgresWrites(bench: Bench, all: PostgresSites): Promise<void> {
  if (bench.wants('PG.create') || bench.wants('P1')) await bench.attempt('PG.create', () => creates(bench, all))
  if (bench.wants('PG.patch')) await bench.attempt('PG.patch', () => patches(bench, all.big))
  if (bench.wants('PG.workers')) await bench.attempt('PG.workers', () => workers(bench, all))
}

async function creates(bench: Bench, { postgres, big, copy, plain }: PostgresSites): Promise<void> {
  const found = new Map<number, { readonly samples: Samples; readonly batch: number }>()
  for (const connections of [16, 64]) {
    const asked = [{ workload: 'create', connections }]
    const before = await placeOf(big)
    const samples = await compare(bench, new Map([['create', { site: big, asked, most: CREATES }]]))
    const [row] = await postgres.query(
      big.file,
      `select count(*)::float8 / count(distinct mark) from lockstep.change where place > ${before}`,
    )
    found.set(connections, { samples, batch: Math.max(1, Math.round(Number(row?.[0]))) })
  }
  const batches = [...found.values()].map(({ batch }) => String(batch))
  const raw = bench.wants('PG.create') ? await postgres.raw('grouped', copy, batches) : {}
  for (const [connections, { samples, batch }] of found) {
    const rate = figure(samples, 'create', 'rate')
    const limit = raw[batch] ?? Number.NaN
    bench.add({
      id: `PG.create.c${connections}`,
      what: `PostgreSQL: create, c=${connections}: req/s ÷ the same rows by \`pg\`, ${batch} users a transaction`,
      bare: withUnit(limit, 'rate'),
      lockstep: withUnit(rate, 'rate'),
      ratio: rate / limit,
      hard: least(0.5),
    })
    if (connections !== 16) continue
    const single = plain.insert ?? Number.NaN
    bench.add({
      id: 'P1',
      what: 'PostgreSQL: create, c=16: req/s ÷ raw insert into one table over 16 connections, without HTTP',
      bare: withUnit(single, 'rate'),
      lockstep: withUnit(rate, 'rate'),
      ratio: rate / single,
      hard: least(0.4),
      stretch: least(0.7),
    })
  }

  async function placeOf(site: OpenSite): Promise<number> {
    const [row] = await postgres.query(site.file, 'select max(place) from lockstep.change')
    return Number(row?.[0])
  }
}

async function patches(bench: Bench, site: OpenSite): Promise<void> {
  const variants = new Map<string, Variant>(
    [1, 16, 64].map((connections) => [`c${connections}`, { site, asked: [{ workload: 'patch entra', connections }] }]),
  )
  const samples = await compare(bench, variants)
  const one = figure(samples, 'c1', 'rate')
  for (const connections of [16, 64]) {
    const many = figure(samples, `c${connections}`, 'rate')
    bench.add({
      id: `PG.patch.c${connections}`,
      what: `PostgreSQL: PATCH active: req/s at c=${connections} ÷ at c=1`,
      lockstep: `${short(one)} → ${withUnit(many, 'rate')}`,
      ratio: many / one,
      hard: least(2.5),
      stretch: least(4),
    })
  }
}

/** Two processes on one database, compared with one. The load generator and the database need cores as well. */
async function workers(bench: Bench, { postgres, big }: PostgresSites): Promise<void> {
  const two = await postgres.open(big, { name: `two ${big.name}`, more: ['--workers', '2'], first: 25_000_000 })
  try {
    for (const [workload, what] of [
      ['get all', 'GET by id'],
      ['filter eq', '`userName eq`'],
      ['create', 'create'],
    ] as const) {
      const limit = workload === 'create' ? { most: CREATES } : {}
      const asked = [{ workload, connections: 64 }]
      const variants = new Map<string, Variant>([
        ['one', { site: big, asked, ...limit }],
        ['two', { site: two, asked, ...limit }],
      ])
      const samples = await compare(bench, variants)
      const [one, both] = [figure(samples, 'one', 'rate'), figure(samples, 'two', 'rate')]
      const [cpu, cpuOfBoth] = [figure(samples, 'one', 'cpuUs'), figure(samples, 'two', 'cpuUs')]
      bench.add({
        id: `PG.workers.${workload.split(' ').at(-1)}`,
        what: `PostgreSQL: ${what}, c=64: req/s of two processes ÷ one`,
        lockstep: `${short(one)} → ${withUnit(both, 'rate')}; ${short(cpu)} → ${short(cpuOfBoth)} µs each`,
        ratio: both / one,
        hard: least(1.5),
        note: 'cores are shared with the database and the generator',
      })
    }
  } finally {
    await two.server.stop()
  }
}
