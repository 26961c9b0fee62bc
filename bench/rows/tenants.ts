// Row PT: what many tenants used by several processes cost the database between requests.

import { environment } from '../../src/environment.ts'
import { postgresStore } from '../../src/store/postgres/postgres.ts'
import { createTenancy } from '../../src/tenancy/index.ts'
import { startPostgres } from '../../test/postgres.ts'
import type { Bench } from '../bench.ts'
import { cpuTimes } from '../proc.ts'
import { most, short } from '../table.ts'

/** The rows in this file. */
export const TENANT_ROWS = ['PT'] as const

const TENANTS = 2_000
const PROCESSES = 3
/** Simulated minutes; each token is used once in each. */
const MINUTES = 5
/** How long to measure polling for changes alone. */
const QUIET_MS = 10_000
/** How often it polls during that time. */
const STEP_MS = 500

/** Measures it on its own server: CPU time of PostgreSQL for a minute with each token used once in each process. */
export async function measureTenants(bench: Bench): Promise<void> {
  const server = await startPostgres({ durable: true })
  // Idle connections end in the meantime; their CPU time must still count.
  const taken = new Map<number, number>()
  const cpuMs = () => {
    for (const [pid, us] of cpuTimes([server.pid()])) taken.set(pid, us)
    return [...taken.values()].reduce((sum, us) => sum + us, 0) / 1_000
  }
  try {
    const { url } = await server.database()
    const clock = { now: Date.now() }
    const open = async () => {
      const store = await postgresStore({ url, connections: 4 })
      return { store, tenancy: createTenancy({ store, environment: { ...environment, now: () => clock.now } }) }
    }
    const processes = await Promise.all(Array.from({ length: PROCESSES }, open))
    const [first] = processes
    const tokens: (readonly [string, string])[] = []
    for (let n = 0; n < TENANTS && first !== undefined; n++) {
      const name = `tenant-${n}`
      await first.tenancy.tenants.create(name)
      tokens.push([name, `Bearer ${(await first.tenancy.connections.create(name)).token}`])
    }
    const minute = async () => {
      clock.now += 60_000
      for (const { tenancy } of processes) {
        for (const [name, header] of tokens) await tenancy.authenticate(name, header)
        await tenancy.flush()
      }
    }
    await minute()
    await minute()
    const before = cpuMs()
    const memory = process.memoryUsage.rss()
    for (let at = 0; at < MINUTES; at++) {
      await minute()
      cpuMs()
    }
    const notes = (cpuMs() - before) / MINUTES
    const quiet = cpuMs()
    for (let waited = 0; waited < QUIET_MS; waited += STEP_MS) {
      await new Promise((resolve) => setTimeout(resolve, STEP_MS))
      cpuMs()
    }
    const looks = ((cpuMs() - quiet) * 60_000) / QUIET_MS
    const share = ((notes + looks) / 60_000) * 100
    const grown = (process.memoryUsage.rss() - memory) / 1_048_576
    bench.add({
      id: 'PT',
      what: `${TENANTS.toLocaleString('en')} tenants × ${PROCESSES} processes, each token used once a minute: core of PostgreSQL, %`,
      lockstep: `${short(notes)} ms of notes + ${short(looks)} ms of looks a minute; memory ${short(grown)} MiB`,
      ratio: share,
      hard: most(1),
    })
    for (const { store, tenancy } of processes) {
      await tenancy.close()
      await store.close()
    }
  } finally {
    await server.stop()
  }
}
