import { expect, test } from 'vitest'
import { isDropped, isOutage } from './faults.ts'

const coded = (code: string) => Object.assign(new Error('it says no'), { code })

test.each([
  [coded('EPIPE'), true, true, 'a socket that the server has closed; five capitals, as a state of SQL has'],
  [coded('ECONNRESET'), true, true, 'a connection that was reset'],
  [coded('08006'), true, true, 'a connection that the server calls lost'],
  [coded('57P01'), true, true, 'a connection that an administrator has ended'],
  [coded('53100'), true, false, 'a full disk'],
  [coded('XX000'), true, false, 'a node of a cluster that failed'],
  [coded('23505'), false, false, 'a value that is taken'],
  [coded('42501'), false, false, 'a right that is missing'],
  [coded('P0001'), false, false, 'what a trigger of the operator has raised'],
  [new Error('Connection terminated unexpectedly'), true, true, 'what the driver says by itself'],
  [new TypeError('expected text in a column'), false, false, 'a mistake of ours'],
])('%s: passes %s, dropped %s (%s)', (error, passes, dropped, _case) => {
  expect([isOutage(error), isDropped(error)]).toEqual([passes, dropped])
})
