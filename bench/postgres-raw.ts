// Measures what PostgreSQL itself can do on this disk through `pg`, without HTTP or Lockstep; prints JSON.

//   node bench/postgres-raw.ts plain URL           a user in one table with six indexes: inserts, one per transaction, and
//                                                  prepared selects by id, each over 16 connections
//   node bench/postgres-raw.ts grouped URL USERS…  the rows that Lockstep writes for a user, in a copy of its own database: the
//                                                  same rows of the same sizes in the same tables and indexes, with a prepared
//                                                  statement per table, that many users per transaction, one transaction after
//                                                  the other, as Lockstep commits for one tenant

import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { personAt, userText } from './users.ts'

const [mode = '', url = '', ...sizes] = process.argv.slice(2)
const CONNECTIONS = 16
const ROUND_MS = 500
const ROUNDS = 3
/** Rows before the first round. */
const BEFORE = 20_000

const best = (values: readonly number[]) => Math.max(...values)

async function plain(): Promise<{ readonly insert: number; readonly select: number }> {
  const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS })
  await pool.query(`
    create schema raw;
    create table raw.person (id text collate "C" primary key, user_name text collate "C" not null unique, external_id text collate "C",
      mail text collate "C", display_name text collate "C", modified bigint, text text not null);
    create index on raw.person (external_id);
    create index on raw.person (mail);
    create index on raw.person (display_name);
    create index on raw.person (modified);
  `)
  const ids: string[] = []
  const insert = async (client: pg.ClientBase) => {
    const id = randomUUID()
    const n = ids.push(id) - 1
    const { userName, externalId, email, given, piece } = personAt(n)
    const values = [id, userName, externalId, email, `${given} ${piece}`, Date.now(), userText(n)]
    await client.query({ name: 'add', text: 'insert into raw.person values ($1, $2, $3, $4, $5, $6, $7)', values })
  }
  const select = async (client: pg.ClientBase) => {
    const id = ids[Math.floor(Math.random() * BEFORE)]
    const { rows } = await client.query({
      name: 'get',
      text: 'select text from raw.person where id = $1',
      values: [id],
    })
    if (rows.length !== 1) throw new Error(`${rows.length} rows of ${id}`)
  }
  const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => pool.connect()))
  /** All connections at once, each with one statement after the other. */
  const rate = async (one: (client: pg.ClientBase) => Promise<void>, more: () => boolean): Promise<number> => {
    const began = performance.now()
    let done = 0
    const loop = async (client: pg.ClientBase) => {
      while (more()) {
        await one(client)
        done++
      }
    }
    await Promise.all(clients.map(loop))
    return done / ((performance.now() - began) / 1000)
  }
  const forAWhile = () => {
    const end = performance.now() + ROUND_MS
    return () => performance.now() < end
  }
  await rate(insert, () => ids.length < BEFORE)
  await clients[0]?.query('vacuum analyze raw.person')
  await rate(select, forAWhile())
  const rounds: { insert: number; select: number }[] = []
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push({ select: await rate(select, forAWhile()), insert: await rate(insert, forAWhile()) })
  }
  for (const client of clients) client.release()
  await pool.end()
  return { insert: best(rounds.map((one) => one.insert)), select: best(rounds.map((one) => one.select)) }
}

type Column = readonly (string | number | null)[]

/** The contents of the three tables for some users, by column. */
interface Batch {
  readonly users: number
  readonly resources: readonly Column[]
  readonly entries: readonly Column[]
  readonly lines: readonly Column[]
}

const BEGIN = { name: 'begin', text: 'begin isolation level read committed' }
const COMMIT = { name: 'commit', text: 'commit' }
const RESOURCES = {
  name: 'resources',
  text: `insert into lockstep.resource (t, k, y, id, version, created, modified, display, entries, text)
    select $1, d.k, d.y, d.id, d.version, d.created, d.modified, d.display, d.entries::jsonb, d.text
    from unnest($2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[], $9::text[], $10::text[])
      d(k, y, id, version, created, modified, display, entries, text)`,
}
const ENTRIES = {
  name: 'entries',
  text: `insert into lockstep.value_index (t, a, v, x, k)
    select $1, d.a, d.v, d.x, d.k from unnest($2::integer[], $3::text[], $4::bigint[], $5::bigint[]) d(a, v, x, k)`,
}
const LINES = {
  name: 'lines',
  text: `with s as (
      update lockstep.tenant_state s set place = s.place + $2 where s.t = $1 returning s.t, s.place - $2 as place
    ), c as (
      update lockstep.counter set n = n + $2 where t = $1 and y = 'User'
    ) insert into lockstep.change (t, place, at, version, mark, y, id, op, actor, detail)
    select s.t, s.place + d.n, d.at, d.version, $3, d.y, d.id, d.op, d.actor, d.detail
    from s, unnest($4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[])
      with ordinality d(at, version, y, id, op, actor, detail, n)`,
}

/** Users created so far: no two share a value. */
let made = 0

/** Rows as Lockstep wrote them, for users that do not exist yet. */
async function grouped(perTransaction: number): Promise<number> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const rowsOf = async (text: string) => (await client.query({ text, rowMode: 'array' })).rows as (string | null)[][]
  const t = String((await rowsOf(`select t from lockstep.tenant where name = 'bench'`))[0]?.[0])
  const most = Number((await rowsOf(`select max(k) from lockstep.resource where t = ${t}`))[0]?.[0])
  const total = Math.ceil(20_000 / perTransaction) * perTransaction
  const templates = await rowsOf(
    `select k, y, version, created, modified, display, entries::text, text from lockstep.resource
     where t = ${t} and y = 'User' order by k limit 900`,
  )
  const values = await rowsOf(
    `select i.k, i.a, i.v, i.x from lockstep.value_index i
     where i.t = ${t} and i.k between ${templates[0]?.[0]} and ${templates.at(-1)?.[0]}`,
  )
  const [line = []] = await rowsOf(
    `select at, version, y, op, actor, detail from lockstep.change where t = ${t} and y = 'User' and op = 'create' limit 1`,
  )
  const valuesOf = new Map<string, (string | null)[][]>()
  for (const value of values) {
    const of = valuesOf.get(String(value[0])) ?? []
    valuesOf.set(String(value[0]), of)
    of.push(value)
  }
  // Ids in order of time, like Lockstep's.
  const idOf = (n: number) => {
    const time = (Date.now() + n).toString(16).padStart(12, '0')
    return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`
  }
  const batchOf = (): Batch => {
    const resources: (string | number | null)[][] = Array.from({ length: 9 }, () => [])
    const entries: (string | number | null)[][] = Array.from({ length: 4 }, () => [])
    const lines: (string | number | null)[][] = Array.from({ length: 7 }, () => [])
    const push = (columns: (string | number | null)[][], row: (string | number | null | undefined)[]) => {
      for (const [at, column] of columns.entries()) column.push(row[at] ?? null)
    }
    for (let user = 0; user < perTransaction; user++) {
      const n = made++
      const [was = null, y, version, created, modified, display, indexed, text] = templates[n % templates.length] ?? []
      const k = most + 1_000_000 + n
      const id = idOf(n)
      push(resources, [k, y, id, version, created, modified, display, indexed, text])
      for (const [, a, v, x] of valuesOf.get(String(was)) ?? []) {
        // The same length, unique, and spread over the index like people's names.
        const fresh = `${(n * 7919) % 100_003}`.padStart(6, 'z') + String(v).slice(6) + String(n)
        push(entries, [Number(a), x === '0' ? fresh : v, x === '0' ? 0 : k, k])
      }
      push(lines, [line[0], line[1], line[2], id, line[3], line[4], line[5]])
    }
    return { users: perTransaction, resources, entries, lines }
  }
  const batches = Array.from({ length: total / perTransaction }, batchOf)
  const rates: number[] = []
  let next = 0
  for (let round = 0; round < ROUNDS + 1; round++) {
    const end = performance.now() + ROUND_MS
    const began = performance.now()
    let done = 0
    for (let batch = batches[next++]; batch !== undefined; batch = batches[next++]) {
      await client.query(BEGIN)
      await client.query({ ...RESOURCES, values: [t, ...batch.resources] })
      await client.query({ ...ENTRIES, values: [t, ...batch.entries] })
      await client.query({ ...LINES, values: [t, batch.users, 1, ...batch.lines] })
      await client.query(COMMIT)
      done += batch.users
      if (performance.now() > end) break
    }
    // The first one warms up; the last may find nothing left.
    if (round > 0 && done >= perTransaction) rates.push(done / ((performance.now() - began) / 1000))
  }
  await client.end()
  return best(rates)
}

if (mode === 'plain') console.log(JSON.stringify(await plain()))
else {
  const found: Record<string, number> = {}
  for (const size of sizes) found[size] = await grouped(Number(size))
  console.log(JSON.stringify(found))
}
