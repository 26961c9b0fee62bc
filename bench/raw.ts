// Measures what SQLite itself can do on this disk.

// Durable inserts of a user into one table with six indexes, with random ids and the default checkpoint, 1 and 32 per transaction.
// `node bench/raw.ts FILE` prints rows per second.

import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { personAt, userText } from './users.ts'

const BEFORE = 30_000
const ROUND_MS = 400
const ROUNDS = 3

const file = process.argv[2] ?? ':memory:'
const clear = () => {
  for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true })
}
clear()
const database = new DatabaseSync(file)
database.exec(`
  PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
  CREATE TABLE user (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, userName TEXT NOT NULL UNIQUE, externalId TEXT,
    mail TEXT, displayName TEXT, modified INTEGER, text TEXT NOT NULL) STRICT;
  CREATE INDEX byExternalId ON user (externalId);
  CREATE INDEX byMail ON user (mail);
  CREATE INDEX byDisplayName ON user (displayName);
  CREATE INDEX byModified ON user (modified);
`)
const add = database.prepare(
  'INSERT INTO user (id, userName, externalId, mail, displayName, modified, text) VALUES (?, ?, ?, ?, ?, ?, ?)',
)
let next = 0

function insert(count: number): void {
  database.exec('BEGIN IMMEDIATE')
  for (let turn = 0; turn < count; turn++) {
    const n = next++
    const { userName, externalId, email, given, piece } = personAt(n)
    add.run(randomUUID(), userName, externalId, email, `${given} ${piece}`, Date.now(), userText(n))
  }
  database.exec('COMMIT')
}

function rate(perTransaction: number): number {
  const began = performance.now()
  const first = next
  while (performance.now() - began < ROUND_MS) insert(perTransaction)
  return (next - first) / ((performance.now() - began) / 1000)
}

while (next < BEFORE) insert(1000)
const rounds = Array.from({ length: ROUNDS }, () => ({ one: rate(1), many: rate(32) }))
const middle = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)]
console.log(JSON.stringify({ one: middle(rounds.map(({ one }) => one)), many: middle(rounds.map(({ many }) => many)) }))
database.close()
clear()
