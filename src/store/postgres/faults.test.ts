// Tests of how errors of the server and the driver are classified.

import { expect, test } from 'vitest'
import { isCollision, isDropped, isLost, isOutage, unavailable } from './faults.ts'

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

const said = (code: string, severity: string, message = 'it says no') =>
  Object.assign(new Error(message), { code, severity })

test.each([
  [said('08006', 'ERROR'), false, true, 'a node behind the server is gone: the connection to the server is as it was'],
  [said('57P01', 'ERROR'), false, true, 'a node behind it is being stopped'],
  [said('57P01', 'FATAL'), true, false, 'the server itself is being stopped'],
  [said('25006', 'ERROR'), true, false, 'the server takes no writes any more: another one may'],
  [coded('ECONNRESET'), true, false, 'a connection that was reset'],
  [new Error('Query read timeout'), true, false, 'no answer comes at all'],
  [said('53100', 'ERROR'), false, false, 'a full disk'],
])('%s: lost %s, of one node alone %s (%s)', (error, lost, partial, _case) => {
  expect([isLost(error), unavailable(error).partial]).toEqual([lost, partial])
})

test('what a shard says that has just moved is worth another try', () => {
  const moved = said('XX000', 'ERROR', 'could not find valid entry for shard 102011')
  expect([isCollision(moved), isOutage(moved)]).toEqual([true, true])
  expect(isCollision(said('XX000', 'ERROR', 'cache lookup failed'))).toBe(false)
})
