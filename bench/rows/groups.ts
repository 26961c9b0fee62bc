// Rows of groups: G1 to G6.

import { type Bench, compare, figure, type Samples, variants } from '../bench.ts'
import { groupSizes, type OpenSite } from '../site.ts'
import { most, short, type Target } from '../table.ts'
import { withUnit } from './gets.ts'

/** The rows in this file. */
export const GROUP_ROWS = ['G1', 'G2', 'G3', 'G4', 'G5', 'G6'] as const

const EDITS = 150

/** Measures them. */
export async function measureGroups(bench: Bench): Promise<void> {
  const { big } = bench.sizes
  const sizes = groupSizes(big)
  const [small, large] = [sizes[0] as number, sizes.at(-1) as number]
  const group = (members: number) => (site: OpenSite) => site.groups[members] as string
  const one = { sizes: [big], connections: 1 }
  const path = (members: number, query: string, found: number) => (site: OpenSite) =>
    `path /Groups/${group(members)(site)}${query} ${found}`

  if (['G1', 'G2', 'G5'].some(bench.wants)) {
    const asked = [small, large].flatMap((members) =>
      (['add', 'remove'] as const).flatMap((edit) =>
        variants(bench, {
          ...one,
          label: `${edit}${members}`,
          workload: (site) => `member ${edit} ${group(members)(site)}`,
          ms: 30_000,
          most: EDITS,
        }),
      ),
    )
    // Each round adds before it removes and is not reversed, since it removes what it added.
    const samples = await compare(
      bench,
      new Map([
        ...asked,
        ...variants(bench, { ...one, label: 'active', workload: 'patch entra', ms: 30_000, most: EDITS }),
      ]),
      { back: false, warm: false },
    )
    ratio(bench, {
      id: 'G1',
      what: `PATCH add one member, c=1: p50 at ${large} ÷ at ${small} members`,
      samples,
      from: `add${small}`,
      to: `add${large}`,
      targets: [most(1.2), most(1.1)],
    })
    ratio(bench, {
      id: 'G2',
      what: `PATCH remove one member, c=1: p50 at ${large} ÷ at ${small} members`,
      samples,
      from: `remove${small}`,
      to: `remove${large}`,
      targets: [most(1.2), most(1.1)],
    })
    ratio(bench, {
      id: 'G5',
      what: `PATCH add one member (${large}) ÷ PATCH active, c=1: p50`,
      samples,
      from: 'active',
      to: `add${large}`,
      targets: [most(1.5), most(1.1)],
    })
  }
  if (bench.wants('G3')) {
    const samples = await compare(
      bench,
      new Map(
        [small, large].flatMap((members) =>
          variants(bench, {
            ...one,
            label: `lean${members}`,
            workload: path(members, '?excludedAttributes=members', 0),
            connections: 4,
          }),
        ),
      ),
    )
    ratio(bench, {
      id: 'G3',
      what: `GET group without members, c=4: CPU at ${large} ÷ at ${small}`,
      samples,
      from: `lean${small}`,
      to: `lean${large}`,
      of: 'cpuUs',
      targets: [most(1.3), most(1.1)],
    })
  }
  if (bench.wants('G4')) await whole(bench, path)
  if (bench.wants('G6')) await made(bench, large)
}

function ratio(
  bench: Bench,
  row: {
    readonly id: string
    readonly what: string
    readonly samples: Samples
    readonly from: string
    readonly to: string
    readonly of?: 'p50' | 'cpuUs'
    readonly targets: readonly Target[]
  },
): void {
  const of = row.of ?? 'p50'
  const at = (label: string, product: string) => figure(row.samples, `${label} ${product} ${bench.sizes.big}`, of)
  const pair = (product: string) => `${short(at(row.from, product))} → ${withUnit(at(row.to, product), of)}`
  bench.add({
    id: row.id,
    what: row.what,
    floor: pair('floor'),
    lockstep: pair('lockstep'),
    ratio: at(row.to, 'lockstep') / at(row.from, 'lockstep'),
    floorRatio: at(row.to, 'floor') / at(row.from, 'floor'),
    hard: row.targets[0],
    stretch: row.targets[1],
  })
}

/** A group with all its members: cost may grow as fast as the bytes. The parameter bypasses caches. */
async function whole(
  bench: Bench,
  path: (members: number, query: string, found: number) => (site: OpenSite) => string,
): Promise<void> {
  const { big } = bench.sizes
  const sizes = groupSizes(big)
  const [from, to] = [1000, sizes.at(-1) as number]
  const asked = [from, to].flatMap((members) =>
    variants(bench, {
      label: `all${members}`,
      workload: path(members, '?excludedAttributes=externalId', members),
      sizes: [big],
      connections: 1,
    }),
  )
  const samples = await compare(bench, new Map(asked))
  const at = (members: number, product: string, of: 'cpuUs' | 'bytes') =>
    figure(samples, `all${members} ${product} ${big}`, of)
  const growth = (product: string) =>
    at(to, product, 'cpuUs') / at(from, product, 'cpuUs') / (at(to, product, 'bytes') / at(from, product, 'bytes'))
  const pair = (product: string) =>
    `${short(at(from, product, 'cpuUs') / 1000)} → ${short(at(to, product, 'cpuUs') / 1000)} ms`
  bench.add({
    id: 'G4',
    what: `GET group with all members, ${from} → ${to}: growth of CPU ÷ growth of bytes`,
    floor: pair('floor'),
    lockstep: pair('lockstep'),
    ratio: growth('lockstep'),
    floorRatio: growth('floor'),
    hard: most(1.3),
    stretch: most(1),
  })
}

async function made(bench: Bench, members: number): Promise<void> {
  const { big } = bench.sizes
  const samples = await compare(
    bench,
    new Map(variants(bench, { workload: `group ${members}`, sizes: [big], connections: 1, ms: 60_000, most: 1 })),
    { rounds: Math.min(3, bench.rounds), warm: false },
  )
  const each = (product: string) => (figure(samples, `${product} ${big}`, 'p50') * 1000) / members
  bench.add({
    id: 'G6',
    what: `a group of ${members} members in one POST: µs per member`,
    floor: withUnit((each('floor') * members) / 1000, 'p50'),
    lockstep: withUnit((each('lockstep') * members) / 1000, 'p50'),
    ratio: each('lockstep'),
    floorRatio: each('floor'),
    hard: most(1000),
    stretch: most(10),
    note: 'hard: it is accepted at all',
  })
}
