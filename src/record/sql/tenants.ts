// The numbers that tenants have in the record.

import type { Run } from './database.ts'

/** The numbers of tenants. A number stays when its tenant is forgotten, so that every process may remember it. */
export interface TenantNumbers {
  /** The number of each name, made where there is none. */
  readonly make: (run: Run, names: readonly string[]) => Promise<ReadonlyMap<string, number>>
  /** The numbers of those names that have one. */
  readonly find: (run: Run, names: readonly string[]) => Promise<readonly number[]>
  readonly nameOf: (run: Run, t: number) => Promise<string>
  /** Forgets all, after a transaction that made some was rolled back. */
  readonly clear: () => void
}

/** Most tenants that are remembered. */
const MOST = 100_000

/** Creates the look-up. */
export function createTenantNumbers(prefix: string): TenantNumbers {
  const table = `${prefix}record_tenant`
  const numbers = new Map<string, number>()
  const names = new Map<number, string>()
  const learn = (rows: readonly (readonly unknown[])[]) => {
    if (numbers.size >= MOST) {
      numbers.clear()
      names.clear()
    }
    for (const [t, name] of rows) {
      numbers.set(String(name), Number(t))
      names.set(Number(t), String(name))
    }
  }
  const look = async (run: Run, name: string) => {
    if (!numbers.has(name)) learn(await run(`select t, name from ${table} where name = $1`, [name]))
    return numbers.get(name)
  }
  return {
    async make(run, wanted) {
      const found = new Map<string, number>()
      for (const name of new Set(wanted)) {
        let t = await look(run, name)
        if (t === undefined) {
          await run(`insert into ${table} (name, lines) values ($1, 0) on conflict (name) do nothing`, [name])
          t = await look(run, name)
        }
        if (t === undefined) throw new Error('a tenant of the record has no number')
        found.set(name, t)
      }
      return found
    },
    async find(run, wanted) {
      const found = await Promise.all(wanted.map((name) => look(run, name)))
      return found.flatMap((t) => t ?? [])
    },
    async nameOf(run, t) {
      if (!names.has(t)) learn(await run(`select t, name from ${table} where t = $1`, [t]))
      return names.get(t) ?? ''
    },
    clear() {
      numbers.clear()
      names.clear()
    },
  }
}
