import { expect, test } from 'vitest'
import { createStage } from './stage.ts'

const endOfTurn = () => new Promise<void>((resolve) => setImmediate(resolve))

test('all who come in a turn go through together, in order, at its end', async () => {
  const lots: (readonly number[])[] = []
  const stage = createStage<number>((all) => lots.push(all))
  stage.add(1)
  stage.add(2)
  await Promise.resolve().then(() => stage.add(3))
  expect(lots).toEqual([])
  await endOfTurn()
  expect(lots).toEqual([[1, 2, 3]])
  stage.add(4)
  await endOfTurn()
  expect(lots).toEqual([[1, 2, 3], [4]])
})

test('who waits goes at once when told to, and not again', async () => {
  const lots: (readonly number[])[] = []
  const stage = createStage<number>((all) => lots.push(all))
  stage.now()
  stage.add(1)
  stage.now()
  expect(lots).toEqual([[1]])
  await endOfTurn()
  expect(lots).toEqual([[1]])
})

test('who comes while the others go through, goes in the next turn', async () => {
  const lots: (readonly number[])[] = []
  const stage = createStage<number>((all) => {
    lots.push(all)
    if (all.includes(1)) stage.add(2)
  })
  stage.add(1)
  await endOfTurn()
  expect(lots).toEqual([[1]])
  await endOfTurn()
  expect(lots).toEqual([[1], [2]])
})
