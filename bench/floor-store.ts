// The floor's tables and what it does with them.

// Finished JSON text in the row, one index for each way to find a user, memberships as rows. No checks beyond those that keep the
// rows correct.

import { randomBytes } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'

/** The result of a write: the status of its response, and the body if it has one. */
export interface Written {
  readonly status: number
  readonly body?: string
  readonly id?: string
}

/** A write as the server passes it to the writer. */
export type FloorWrite =
  | { readonly write: 'user'; readonly text: string }
  | { readonly write: 'active'; readonly id: string; readonly active: boolean }
  | { readonly write: 'group'; readonly text: string }
  | {
      readonly write: 'members'
      readonly id: string
      readonly add: readonly string[]
      readonly remove: readonly string[]
    }
  | { readonly write: 'bulk'; readonly users: readonly string[] }

/** The floor's base URL, whatever port it listens on, since the text in a row is finished. */
export const BASE = 'http://127.0.0.1:8080/tenants/bench/scim/v2'

const TABLES = `
  CREATE TABLE IF NOT EXISTS user (
    n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, userName TEXT NOT NULL UNIQUE, externalId TEXT,
    active INTEGER NOT NULL, version INTEGER NOT NULL, text TEXT NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS userByExternalId ON user (externalId);
  CREATE TABLE IF NOT EXISTS email (value TEXT NOT NULL, type TEXT NOT NULL, user INTEGER NOT NULL,
    PRIMARY KEY (value, type, user)) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS "group" (
    n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version INTEGER NOT NULL, text TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS member ("group" INTEGER NOT NULL, user TEXT NOT NULL,
    PRIMARY KEY ("group", user)) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, count INTEGER NOT NULL) STRICT;
  INSERT OR IGNORE INTO counter VALUES ('user', 0);
`

/** Opens the file as durably as Lockstep must: WAL, synchronous=FULL, a checkpoint at 16,000 pages. */
export function openDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file)
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 16000')
  database.exec('PRAGMA mmap_size = 1073741824; PRAGMA cache_size = -32000; PRAGMA busy_timeout = 5000')
  database.exec(TABLES)
  return database
}

/** A time-ordered identifier. RFC 9562 §5.7. */
export function uuidv7(now: number): string {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(now, 0, 6)
  bytes[6] = 0x70 | ((bytes[6] as number) & 0x0f)
  bytes[8] = 0x80 | ((bytes[8] as number) & 0x3f)
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

interface Email {
  readonly value: string
  readonly type?: string
}

interface SentUser {
  readonly userName: string
  readonly externalId?: string
  readonly active?: boolean
  readonly emails?: readonly Email[]
}

/** Creates the function that carries out one write. Call it inside a transaction. */
export function createWriter(database: DatabaseSync): (write: FloorWrite) => Written {
  const addUser = database.prepare(
    'INSERT INTO user (id, userName, externalId, active, version, text) VALUES (?, ?, ?, ?, 1, ?) ON CONFLICT DO NOTHING',
  )
  const addEmail = database.prepare('INSERT OR IGNORE INTO email VALUES (?, ?, ?)')
  const count = database.prepare('UPDATE counter SET count = count + ? WHERE name = ?')
  const readUser = database.prepare('SELECT n, version, text FROM user WHERE id = ?')
  const setUser = database.prepare('UPDATE user SET active = ?, version = ?, text = ? WHERE n = ?')
  const addGroup = database.prepare('INSERT INTO "group" (id, version, text) VALUES (?, 1, ?)')
  const touchGroup = database.prepare('UPDATE "group" SET version = version + 1 WHERE id = ? RETURNING n')
  const addMember = database.prepare('INSERT OR IGNORE INTO member VALUES (?, ?)')
  const removeMember = database.prepare('DELETE FROM member WHERE "group" = ? AND user = ?')

  function createUser(text: string): Written {
    const sent = JSON.parse(text) as SentUser & Record<string, unknown>
    const now = Date.now()
    const id = uuidv7(now)
    const time = new Date(now).toISOString()
    const { schemas, ...rest } = sent
    const meta = {
      resourceType: 'User',
      created: time,
      lastModified: time,
      location: `${BASE}/Users/${id}`,
      version: 'W/"1"',
    }
    const body = JSON.stringify({ schemas, id, ...rest, meta })
    const added = addUser.run(
      id,
      sent.userName.toLowerCase(),
      sent.externalId ?? null,
      sent.active === false ? 0 : 1,
      body,
    )
    if (added.changes === 0) return { status: 409 }
    for (const email of sent.emails ?? []) {
      addEmail.run(email.value.toLowerCase(), email.type ?? '', added.lastInsertRowid)
    }
    return { status: 201, body, id }
  }

  function createCounted(text: string): Written {
    const written = createUser(text)
    if (written.status === 201) count.run(1, 'user')
    return written
  }

  function setActive(id: string, active: boolean): Written {
    const row = readUser.get(id)
    if (row === undefined) return { status: 404 }
    const version = Number(row.version) + 1
    const document = JSON.parse(String(row.text)) as {
      active: boolean
      meta: { version: string; lastModified: string }
    }
    document.active = active
    document.meta.version = `W/"${version}"`
    document.meta.lastModified = new Date().toISOString()
    const body = JSON.stringify(document)
    setUser.run(active ? 1 : 0, version, body, row.n as number)
    return { status: 200, body }
  }

  function createGroup(text: string): Written {
    const { members, ...rest } = JSON.parse(text) as { members?: { value: string }[] }
    const id = uuidv7(Date.now())
    const body = JSON.stringify({ ...rest, id, meta: { resourceType: 'Group', location: `${BASE}/Groups/${id}` } })
    const added = addGroup.run(id, body)
    for (const member of members ?? []) addMember.run(added.lastInsertRowid, member.value)
    return { status: 201, body, id }
  }

  return (write) => {
    switch (write.write) {
      case 'user':
        return createCounted(write.text)
      case 'active':
        return setActive(write.id, write.active)
      case 'group':
        return createGroup(write.text)
      case 'members': {
        const row = touchGroup.get(write.id)
        if (row === undefined) return { status: 404 }
        for (const id of write.add) addMember.run(row.n as number, id)
        for (const id of write.remove) removeMember.run(row.n as number, id)
        return { status: 204 }
      }
      case 'bulk': {
        const written = write.users.map(createUser)
        count.run(written.filter((one) => one.status === 201).length, 'user')
        const operations = written.map(({ status, id }) => ({
          method: 'POST',
          status: String(status),
          location: `${BASE}/Users/${id}`,
        }))
        const schemas = ['urn:ietf:params:scim:api:messages:2.0:BulkResponse']
        return { status: 200, body: JSON.stringify({ schemas, Operations: operations }) }
      }
    }
  }
}
