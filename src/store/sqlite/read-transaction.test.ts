// All reads of a turn are as of one moment, and no transaction outlives its turn.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { environment } from '../../environment.ts'
import { type Connection, openConnection } from './connection.ts'
import { readyFile } from './database-file.ts'
import { createReadTransaction } from './read-transaction.ts'

let folder: string
let reader: Connection
let writer: Connection

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-turn-'))
  const options = { cacheMib: 1, busyTimeoutMs: 1_000 }
  readyFile(join(folder, 'scim.db'))
  writer = openConnection(join(folder, 'scim.db'), options)
  writer.exec('create table t (n integer)')
  reader = openConnection(join(folder, 'scim.db'), options)
})

afterEach(() => {
  reader.close()
  writer.close()
  rmSync(folder, { recursive: true })
})

const seen = () => reader.row('select count(*) from t')?.[0]
const nextTurn = () => new Promise<void>(environment.afterTurn)

test('all reads of a turn are as of one moment, those of the next as of theirs', async () => {
  const transaction = createReadTransaction(reader, environment)
  transaction.begin()
  expect(seen()).toBe(0)
  writer.run('insert into t values (1)')
  transaction.begin()
  expect(seen()).toBe(0)
  await nextTurn()
  expect(reader.inTransaction()).toBe(false)
  transaction.begin()
  expect(seen()).toBe(1)
})

test('after an end the same turn sees what has been committed', async () => {
  const transaction = createReadTransaction(reader, environment)
  transaction.begin()
  expect(seen()).toBe(0)
  writer.run('insert into t values (1)')
  transaction.end()
  transaction.begin()
  expect(seen()).toBe(1)
  await nextTurn()
  expect(reader.inTransaction()).toBe(false)
})

test('nothing is held on to once a turn is over: the WAL can be taken up whole', async () => {
  const transaction = createReadTransaction(reader, environment)
  transaction.begin()
  seen()
  await nextTurn()
  writer.run('insert into t values (1)')
  expect(writer.row('pragma wal_checkpoint(truncate)')?.[0]).toBe(0)
})

test('a transaction that an error has ended, and a closed connection, are left alone', async () => {
  const transaction = createReadTransaction(reader, environment)
  transaction.begin()
  reader.exec('rollback')
  transaction.end()
  transaction.begin()
  reader.close()
  await nextTurn()
})
