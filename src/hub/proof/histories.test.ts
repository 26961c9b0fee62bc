// The log is read once for all pages of an answer about the past, and anew when something was written.

import { expect, test } from 'vitest'
import { environment } from '../../environment.ts'
import { createNote, memoryStore } from '../../store/index.ts'
import { createHistories } from './histories.ts'

test('a history is read once, until something is written, or its time is up', async () => {
  const memory = memoryStore()
  await memory.commit([{ write: 'tenant', tenant: 'acme', as: 'new', at: 1 }])
  const write = (at: number) =>
    memory.commit([createNote({ ...environment, now: () => at }, 'test')('acme', 'Tenant', 'acme', 'changed', {})])
  await write(1_000)
  let reads = 0
  let timers: (() => void)[] = []
  const store = {
    ...memory,
    changes: (...request: Parameters<typeof memory.changes>) => {
      reads++
      return memory.changes(...request)
    },
  }
  const setTimer = (_ms: number, call: () => void) => {
    timers.push(call)
    return () => {
      timers = timers.filter((one) => one !== call)
    }
  }
  const { read } = createHistories(store, { setTimer })
  const first = await read('acme', 500, undefined)
  const once = reads
  expect(once).toBeGreaterThan(0)
  expect(await read('acme', 500, undefined)).toBe(first)
  expect(reads).toBe(once)
  await write(2_000)
  expect(await read('acme', 500, undefined)).not.toBe(first)
  const twice = reads
  expect(twice).toBeGreaterThan(once)
  for (const call of timers) call()
  await read('acme', 500, undefined)
  expect(reads).toBeGreaterThan(twice)
})
