// Batches of one turn of the event loop.

import { expect, test } from 'vitest'
import { createTurnBatch } from './per-turn.ts'

const endOfTurn = () => new Promise<void>((resolve) => setImmediate(resolve))

test('all who come in a turn go through together, in order, at its end', async () => {
  const lots: (readonly number[])[] = []
  const batch = createTurnBatch<number>((all) => lots.push(all))
  batch.add(1)
  batch.add(2)
  await Promise.resolve().then(() => batch.add(3))
  expect(lots).toEqual([])
  await endOfTurn()
  expect(lots).toEqual([[1, 2, 3]])
  batch.add(4)
  await endOfTurn()
  expect(lots).toEqual([[1, 2, 3], [4]])
})

test('who waits goes at once when told to, and not again', async () => {
  const lots: (readonly number[])[] = []
  const batch = createTurnBatch<number>((all) => lots.push(all))
  batch.now()
  batch.add(1)
  batch.now()
  expect(lots).toEqual([[1]])
  await endOfTurn()
  expect(lots).toEqual([[1]])
})

test('who comes while the others go through, goes in the next turn', async () => {
  const lots: (readonly number[])[] = []
  const batch = createTurnBatch<number>((all) => {
    lots.push(all)
    if (all.includes(1)) batch.add(2)
  })
  batch.add(1)
  await endOfTurn()
  expect(lots).toEqual([[1]])
  await endOfTurn()
  expect(lots).toEqual([[1], [2]])
})
