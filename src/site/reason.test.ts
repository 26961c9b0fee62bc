// Tests how system errors are put into words.

import { readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { ConfigError, LockstepError } from '../protocol/index.ts'
import { plainMessage, reasonOf, subjectOf } from './reason.ts'

function caught(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

test('what the system says is said in words', () => {
  const missing = caught(() => readFileSync('/no/such/file'))
  expect(reasonOf(missing)).toBe('there is no such file or folder')
  expect(subjectOf(missing)).toBe('/no/such/file')
  expect(reasonOf(caught(() => readFileSync('/')))).toBe('it is a folder')
})

test('what SQLite says is said in words, also as the cause of something', () => {
  const cause = caught(() => new DatabaseSync('package.json').exec('select * from sqlite_schema'))
  expect(reasonOf(cause)).toBe('it is not a SQLite database')
  const error = new LockstepError('ERR_X', `The database can't be used: ${(cause as Error).message}`, { cause })
  expect(plainMessage(error)).toBe("The database can't be used: it is not a SQLite database")
  expect(reasonOf(new ConfigError('x', 'y', { cause }))).toBe('it is not a SQLite database')
})

test('several tries of one connection are one reason', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), {
    code: 'ECONNREFUSED',
    address: '127.0.0.1',
    port: 1,
  })
  const error = new AggregateError([refused, refused])
  expect(reasonOf(error)).toBe('nothing listens there')
  expect(subjectOf(error)).toBe('127.0.0.1:1')
})

test('other errors say it themselves', () => {
  expect(reasonOf(new Error('the moon is full'))).toBe('the moon is full')
  expect(reasonOf('why not')).toBe('why not')
})
