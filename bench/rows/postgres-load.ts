// Rows of loading PostgreSQL through Bulk: PG.load, PG.many.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench } from '../bench.ts'
import type { Filled, PostgresBench } from '../postgres.ts'
import { memoryMiB } from '../proc.ts'
import { createTenant, startProduct } from '../server.ts'
import { short } from '../table.ts'
import { groupText } from '../users.ts'
import { bulkOf, readBulkIds, SPARE } from '../workloads.ts'

/** The rows of filling the big site. */
export function loadedRows(bench: Bench, { size, fillRate, peakMiB }: Filled): void {
  loadRows(bench, { id: 'PG.load', what: `${size + SPARE} users through Bulk`, rate: fillRate, peakMiB })
}

function loadRows(
  bench: Bench,
  row: { readonly id: string; readonly what: string; readonly rate: number; readonly peakMiB: number },
): void {
  const { id, what, rate, peakMiB } = row
  bench.add({
    id,
    what: `PostgreSQL: ${what}: users/s`,
    lockstep: `${short(rate)} users/s`,
    ratio: rate,
  })
  bench.add({
    id: `${id}.memory`,
    what: `PostgreSQL: ${what}: most memory of the server, MiB`,
    lockstep: `${short(peakMiB)} MiB`,
    ratio: peakMiB,
  })
}

/** Members of each group. */
const MEMBERS = 100
/** Groups in one Bulk request. */
const GROUPS = 100

/** Loads very many users and a hundredth as many groups, each with members. */
export async function loadMany(bench: Bench, postgres: PostgresBench, users: number): Promise<void> {
  const place = await postgres.empty()
  const access = createTenant('postgres', place)
  const server = await startProduct('postgres', place, access)
  try {
    const name = `postgres ${users}`
    const ids = join(bench.directory, 'many.txt')
    await bench.loader.register({ name, port: server.port, pid: server.pid, ...access, size: users })
    const { seconds } = await bench.loader.fill(name, users, ids)
    bench.say(`postgres: ${users} users by Bulk in ${seconds.toFixed(1)} s`)
    const text = readFileSync(ids, 'latin1')
    const width = text.length / users
    const began = performance.now()
    const groups = Math.floor(users / 100)
    for (let first = 0; first < groups; first += GROUPS) {
      const count = Math.min(GROUPS, groups - first)
      const texts = Array.from({ length: count }, (_, at) => {
        const members = Array.from({ length: MEMBERS }, (_, member) => {
          // Neighbours, and people from the whole range.
          const n = ((first + at) * MEMBERS + member * 7919) % users
          return text.slice(n * width, (n + 1) * width)
        })
        return groupText(`group-${first + at}`, members)
      })
      const response = await fetch(`http://127.0.0.1:${server.port}${access.root}/Bulk`, {
        method: 'POST',
        headers: { authorization: `Bearer ${access.token}`, 'content-type': 'application/scim+json' },
        body: bulkOf('/Groups', first, texts),
      })
      const made = readBulkIds(await response.text(), count)
      if (typeof made === 'string') throw new Error(`groups: ${made}`)
    }
    const forGroups = (performance.now() - began) / 1000
    const what = `${users} users and ${groups} groups of ${MEMBERS} through Bulk, groups in ${short(forGroups)} s`
    loadRows(bench, { id: 'PG.many', what, rate: users / seconds, peakMiB: memoryMiB(server.pid).peak })
  } finally {
    await server.stop()
  }
}
