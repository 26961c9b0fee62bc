// Options of events that make no sense, each refused in words when it is given.

import { expect, test } from 'vitest'
import { readDuration, readEventOptions } from './read-event-options.ts'

test.each<[object, RegExp]>([
  [{ on: 'user.created' }, /^on: must be an object of handlers/],
  [{ on: { 'user.create': () => {} } }, /^on\.user\.create: is no event; did you mean user\.created\?/],
  [{ after: { 'user.created': true } }, /^after\.user\.created: must be a function/],
  [{ on: { 'role.granted': () => {} } }, /^roles: is needed for role\.granted/],
  [{ roles: ['editor'] }, /^roles: must be roles by displayName/],
  [{ roles: { Engineering: 5 } }, /^roles\.Engineering: must be a role/],
  [{ guards: { seat: 5 } }, /^guards\.seat: is no guard; did you mean seats\?/],
  [{ guards: { seats: -1 } }, /^guards\.seats: must be a whole number/],
  [
    { roles: { Admins: ['owner', 'editor'] }, guards: { lastOf: ['owner', 'edtor'] } },
    /^guards\.lastOf: no group in roles gives edtor; did you mean editor\?/,
  ],
  [{ guards: { lastOf: 'owner' } }, /^guards\.lastOf: needs the option roles/],
  [{ guards: { deactivations: { most: 901, within: '1h' } } }, /most: must be a whole number from 0 to 900/],
  [{ guards: { deactivations: { most: 9, within: '1 hour' } } }, /within: must be a time up to 31 days/],
  [{ background: 'no' }, /^background: must be true or false/],
])('%o', (options, words) => {
  expect(() => readEventOptions(options)).toThrow(words)
})

test('a role that a function gives is checked when it gives it', () => {
  const { rolesOf } = readEventOptions({ roles: () => 5 as unknown as string })
  expect(() => rolesOf?.({}, 'acme')).toThrow(/roles: must be a role/)
})

test.each([
  ['90s', 90_000],
  ['30m', 1_800_000],
  ['31d', 2_678_400_000],
  [5, 5],
] as const)('%s is %i ms', (given, ms) => expect(readDuration('t', given)).toBe(ms))

test.each(['32d', '0s', -5, '1.5h', ''])('%s is no time', (given) =>
  expect(() => readDuration('t', given as '1h')).toThrow(/must be a time/),
)
