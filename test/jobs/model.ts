// Follows the commits of a jobs simulation and checks what must be true of them.

import type { Write } from '../../src/store/index.ts'
import type { Process } from '../simulation/process.ts'
import type { Simulation } from '../simulation/simulation.ts'

/** The worker's queue. */
export const UNITS = 'units'
/** The reader's name. */
export const READER = 'sim'

/** The queue in which a reader marks one item per line that it has handled. */
export function seenBy(reader: string): string {
  return `seen by ${reader}`
}

/** The expected state of one tenant. */
interface TenantModel {
  /** The ids of its log lines, in order. */
  readonly log: string[]
  /** The number of lines that each reader has handled. */
  readonly handled: Map<string, number>
  /** The number of marks of each unit. */
  readonly marks: Map<string, number>
}

/** Follows the commits of a run. */
export interface Model {
  readonly tenants: Map<string, TenantModel>
  /** Readers that fail until the end; the run does not wait for them. */
  readonly hopeless: Set<string>
  readonly committed: (writes: readonly Write[], by: Process) => void
  readonly unfinished: () => Promise<string | undefined>
  readonly wrong: () => Promise<string | undefined>
}

/** Creates the model of a run. */
export function createModel(simulation: () => Simulation): Model {
  const tenants = new Map<string, TenantModel>()
  const hopeless = new Set<string>()

  function readLine(tenant: string, reader: string, place: number, id: unknown, by: Process): void {
    const model = tenants.get(tenant)
    const before = model?.handled.get(reader) ?? 0
    const line = `line ${place} of ${tenant}`
    const { violated } = simulation()
    if (place <= before) violated(`${reader} in ${by.name} handled ${line} again`)
    if (place > before + 1) violated(`${reader} in ${by.name} handled ${line} after ${before}`)
    if (model?.log[place - 1] !== id) violated(`${reader} in ${by.name} handled ${line}, which does not say "${id}"`)
    model?.handled.set(reader, place)
  }

  function committed(writes: readonly Write[], by: Process): void {
    for (const write of writes) {
      if (write.write === 'tenant' && write.as === 'gone') tenants.delete(write.tenant)
      if (write.write === 'note') tenants.get(write.ref.tenant)?.log.push(write.ref.id)
      if (!marks(write)) continue
      const { tenant, queue, key } = write.item
      const units = tenants.get(tenant)?.marks
      if (queue === UNITS) units?.set(key, (units.get(key) ?? 0) + 1)
      else if ('value' in write) readLine(tenant, queue.slice(seenBy('').length), Number(key), write.value, by)
    }
  }

  async function unfinished(): Promise<string | undefined> {
    const { store } = simulation()
    for (const [tenant, { log, handled }] of tenants) {
      for (const { reader, place } of await store.cursors(tenant)) {
        if (hopeless.has(`${tenant} ${reader}`)) continue
        const lines = handled.get(reader) ?? 0
        if (lines < log.length) return `${reader} has handled ${lines} of ${log.length} lines of ${tenant}`
        if (place < log.length) return `the place of ${reader} in ${tenant} is ${place} of ${log.length}`
      }
      for (const item of await store.items(tenant, UNITS, { limit: 100 })) {
        if (item.state !== '') return `${item.key} of ${tenant} is ${item.state}, ${item.done} of ${item.mark} done`
        if (item.mark > item.done) return `${item.key} of ${tenant} is at rest with ${item.done} of ${item.mark} done`
      }
    }
    return undefined
  }

  async function wrong(): Promise<string | undefined> {
    const { store } = simulation()
    for (const [tenant, { marks, handled }] of tenants) {
      const items = await store.items(tenant, UNITS, { keys: [...marks.keys()] })
      if (items.length < marks.size) return `${tenant} has ${items.length} of ${marks.size} units`
      for (const { key, mark, value } of items) {
        const marked = marks.get(key)
        if (mark !== marked) return `${key} of ${tenant} was marked ${marked} times and says ${mark}`
        if (value !== mark) return `${key} of ${tenant} was marked ${mark} times; its work is of mark ${value}`
      }
      for (const [reader, lines] of handled) {
        const seen = await store.items(tenant, seenBy(reader), { limit: 1_000 })
        if (seen.length !== lines || seen.some(({ mark }) => mark !== 1)) {
          return `${reader} left ${seen.length} items for ${lines} lines of ${tenant}`
        }
      }
    }
    return undefined
  }

  return { tenants, hopeless, committed, unfinished, wrong }
}

/** Whether a write marks an item, whether correctly or by one of the mistakes. */
function marks(write: Write): write is Extract<Write, { write: 'mark' | 'item' }> {
  return write.write === 'mark' || (write.write === 'item' && write.set?.mark !== undefined)
}
