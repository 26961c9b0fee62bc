// The state of the system while the record of requests can't be read.

import { expect, test } from 'vitest'
import { memoryRecord } from '../record/index.ts'
import { memoryStore } from '../store/memory/memory.ts'
import { readSystem, SystemBody } from './system-state.ts'

const MOST = { days: 14, lines: 10, bytes: 1_000 }
const SINCE = Date.UTC(2026, 10, 12)

test('says since when the record fails, and everything else all the same', async () => {
  const store = memoryStore()
  const size = () => Promise.reject(new Error('The disk is full'))
  const record = { store: { ...memoryRecord(), size }, failingSince: () => SINCE, most: MOST }
  const state = await readSystem({ store, record })
  expect(state.record).toEqual({ most: MOST, failingSince: '2026-11-12T00:00:00.000Z' })
  expect(SystemBody.parse(state)).toEqual(state)
})

test('a record in memory holds no more than fits', async () => {
  const most = { ...MOST, lines: 5_000_000 }
  const record = { store: memoryRecord(300), failingSince: () => undefined, most }
  const state = await readSystem({ store: memoryStore(), record })
  expect(state.record).toEqual({ lines: 0, most: { ...most, lines: 300 } })
})

test('has no record where none is kept', async () => {
  const state = await readSystem({ store: memoryStore(), record: undefined })
  expect(state).not.toHaveProperty('record')
})
