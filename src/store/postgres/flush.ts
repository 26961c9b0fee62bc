import { compareText, fold } from '../../protocol/index.ts'
import type { Change, WholeChange } from '../contract/index.ts'
import { loggedMembers } from '../logged-members.ts'
import { foldedText } from '../sql/folded.ts'
import { numberOf, type Statement } from './database.ts'
import { indexValue } from './dialect.ts'
import type { EntryChange, Held, Work } from './unit-of-work.ts'

const PLAIN = /^[\0-\x7f]*$/

/** What others find when they look for tenants whose records changed. */
const CHANGED = ', records = s.records + 1, changed = $3'

/** What became of the tenant's own row. */
export interface Ended {
  /** The log lines with their places, and with members as far as they are known. */
  readonly changes: readonly WholeChange[]
  /** The tenant's count of changes of records. */
  readonly records: number
}

/**
 * Writes down what a transaction has done in memory: few statements, however many writes there were, then `more`, and last the places
 * of the log, its lines and the counters, all of them in rows that every writer of the tenant needs: the COMMIT is to follow at
 * once. undefined when the tenant is gone. Unique keys may be taken.
 *
 * Each statement runs on the tenant's own node of a cluster, so that COMMIT concerns that node alone: rows are inserted for the tenant
 * of a row found there (`select s.t … where s.t = $1`), and nothing that writes stands in a CTE. Otherwise Citus carries such a
 * statement out on the coordinator, copies rows to nodes that have nothing to do with them, and commits in two phases.
 */
export async function flush(work: Work, mark: number, more: readonly Statement[]): Promise<Ended | undefined> {
  const all = [...work.held()]
  const details = work
    .lines()
    .map(({ paths, members }) =>
      JSON.stringify(members === undefined ? { paths } : { paths, members: loggedMembers(members) }),
    )
  const before = [...takeAway(work, all), ...update(work, all), ...insert(work, all), ...more]
  const results = await work.session.together([...before, ...end(work, all, mark, details)])
  const row = results[before.length]?.[0]
  if (row === undefined) return undefined
  const place = numberOf(row[0])
  const changes = work.lines().map(({ y, id, at, op, actor, version, members }, i): WholeChange => {
    // As read from the log, where a line is JSON.
    const { paths } = JSON.parse(details[i] ?? '{}') as Pick<Change, 'paths'>
    const line = { tenant: work.tenant.name, type: y, id, place: place + i + 1, at, op, actor, version, paths }
    return members?.ids === undefined ? line : { ...line, members: { ...members, ids: members.ids } }
  })
  return { changes, records: numberOf(row[1]) }
}

function takeAway(work: Work, all: readonly Held[]): readonly Statement[] {
  const statements: Statement[] = []
  const { t } = work.tenant
  const gone = all.filter((held) => held.gone && !held.isNew).map(({ k }) => k)
  const goneNumbers = new Set(gone)
  const leaving: [number, number][] = []
  for (const [g, { before, now }] of work.groups()) {
    if (goneNumbers.has(g)) continue
    for (const [m, is] of now) if (!is && before.get(m) === true && !goneNumbers.has(m)) leaving.push([g, m])
  }
  if (leaving.length > 0) {
    statements.push([
      `delete from lockstep.member x using unnest($2::bigint[], $3::bigint[]) d(g, m)
       where x.t = $1 and x.g = d.g and x.m = d.m`,
      t,
      leaving.map(([g]) => g),
      leaving.map(([, m]) => m),
    ])
  }
  const entries = unique(work.entryChanges().filter(({ as }) => as === 'gone'))
  if (entries.length > 0) {
    statements.push([
      `delete from lockstep.value_index i using unnest($2::integer[], $3::text[], $4::bigint[]) d(a, v, k)
       where i.t = $1 and i.a = d.a and i.v = d.v and i.x in (0, d.k) and i.k = d.k`,
      t,
      entries.map(({ a }) => a),
      entries.map(({ value }) => indexValue(value)),
      entries.map(({ k }) => k),
    ])
  }
  if (gone.length > 0) {
    statements.push(['delete from lockstep.member x where x.t = $1 and x.g = any($2::bigint[])', t, gone])
    statements.push(['delete from lockstep.member x where x.t = $1 and x.m = any($2::bigint[])', t, gone])
    statements.push(['delete from lockstep.resource r where r.t = $1 and r.k = any($2::bigint[])', t, gone])
  }
  return statements
}

function update(work: Work, all: readonly Held[]): readonly Statement[] {
  const statements: Statement[] = []
  const { t } = work.tenant
  const changed = all.filter((held) => held.changed && !held.isNew && !held.gone)
  const bare = changed.filter(({ text }) => text === undefined)
  if (bare.length > 0) {
    statements.push([
      `update lockstep.resource r set version = d.version, modified = d.modified, entries = d.entries::jsonb
       from unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::text[]) d(k, version, modified, entries)
       where r.t = $1 and r.k = d.k`,
      t,
      bare.map(({ k }) => k),
      bare.map(({ version }) => version),
      bare.map(({ modified }) => modified),
      bare.map(({ entries }) => JSON.stringify(entries)),
    ])
  }
  const whole = changed.filter(({ text }) => text !== undefined)
  if (whole.length > 0) {
    statements.push([
      `update lockstep.resource r set version = d.version, modified = d.modified, entries = d.entries::jsonb,
         display = d.display, folded_display = d.folded_display, text = d.text, folded = d.folded
       from unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[])
         d(k, version, modified, entries, display, folded_display, text, folded)
       where r.t = $1 and r.k = d.k`,
      t,
      whole.map(({ k }) => k),
      whole.map(({ version }) => version),
      whole.map(({ modified }) => modified),
      whole.map(({ entries }) => JSON.stringify(entries)),
      whole.map(({ display }) => display),
      whole.map(({ display }) => foldedOrNull(display)),
      whole.map(({ text }) => text ?? ''),
      whole.map(({ text }) => foldedText(text ?? '')),
    ])
  }
  const secrets = changed.filter(({ secret }) => secret !== undefined)
  if (secrets.length > 0) {
    statements.push([
      `update lockstep.resource r set secret = d.secret from unnest($2::bigint[], $3::text[]) d(k, secret)
       where r.t = $1 and r.k = d.k`,
      t,
      secrets.map(({ k }) => k),
      secrets.map(({ secret }) => secret ?? null),
    ])
  }
  return statements
}

function insert(work: Work, all: readonly Held[]): readonly Statement[] {
  const statements: Statement[] = []
  const { t } = work.tenant
  // In order, here and below: two transactions that take the same ids or values wait for each other, and never both.
  const made = all.filter((held) => held.isNew && !held.gone).sort((a, b) => compareText(a.id, b.id))
  if (made.length > 0) {
    statements.push([
      `insert into lockstep.resource
         (t, k, y, id, version, created, modified, display, secret, folded_id, folded_display, entries, text, folded)
       select s.t, d.k, d.y, d.id, d.version, d.created, d.modified, d.display, d.secret, d.folded_id, d.folded_display,
         d.entries::jsonb, d.text, d.folded
       from lockstep.tenant_state s, unnest($2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[], $9::text[],
         $10::text[], $11::text[], $12::text[], $13::text[], $14::text[])
         d(k, y, id, version, created, modified, display, secret, folded_id, folded_display, entries, text, folded)
       where s.t = $1`,
      t,
      made.map(({ k }) => k),
      made.map(({ y }) => y),
      made.map(({ id }) => id),
      made.map(({ version }) => version),
      made.map(({ created }) => created),
      made.map(({ modified }) => modified),
      made.map(({ display }) => display),
      made.map(({ secret }) => secret ?? null),
      made.map(({ id }) => foldedOrNull(id)),
      made.map(({ display }) => foldedOrNull(display)),
      made.map(({ entries }) => JSON.stringify(entries)),
      made.map(({ text }) => text ?? ''),
      made.map(({ text }) => foldedText(text ?? '')),
    ])
  }
  const entries = unique(work.entryChanges())
    .filter(({ as }) => as === 'new')
    .sort((a, b) => a.a - b.a || compareText(a.value, b.value))
  if (entries.length > 0) {
    statements.push([
      `insert into lockstep.value_index (t, a, v, x, k)
       select s.t, d.a, d.v, d.x, d.k
       from lockstep.tenant_state s, unnest($2::integer[], $3::text[], $4::bigint[], $5::bigint[]) d(a, v, x, k)
       where s.t = $1`,
      t,
      entries.map(({ a }) => a),
      entries.map(({ value }) => indexValue(value)),
      entries.map(({ k, unique }) => (unique ? 0 : k)),
      entries.map(({ k }) => k),
    ])
  }
  const joining: [number, number][] = []
  for (const [g, { before, now }] of work.groups()) {
    if (work.byNumber(g)?.gone) continue
    for (const [m, is] of now) {
      if (is && before.get(m) !== true && work.byNumber(m)?.gone !== true) joining.push([g, m])
    }
  }
  if (joining.length > 0) {
    // In order of number, so that both trees grow at one end.
    joining.sort((a, b) => a[0] - b[0] || a[1] - b[1])
    statements.push([
      `insert into lockstep.member (t, g, m)
       select s.t, d.g, d.m from lockstep.tenant_state s, unnest($2::bigint[], $3::bigint[]) d(g, m) where s.t = $1`,
      t,
      joining.map(([g]) => g),
      joining.map(([, m]) => m),
    ])
  }
  return statements
}

/** The last word on each entry. */
function unique(changes: readonly EntryChange[]): readonly EntryChange[] {
  const last = new Map<string, EntryChange>()
  for (const change of changes) last.set(`${change.a} ${change.k} ${change.value}`, change)
  return [...last.values()]
}

function foldedOrNull(text: string): string | null {
  return PLAIN.test(text) ? null : fold(text)
}

/** The last statements: the tenant's own row, whose place before this and count of changes the first one gives, the log, the counters. */
function end(work: Work, all: readonly Held[], mark: number, details: readonly string[]): readonly Statement[] {
  const { t } = work.tenant
  const lines = work.lines()
  const statements: Statement[] = [
    [
      `update lockstep.tenant_state s set place = s.place + $2${work.recordsChanged ? CHANGED : ''} where s.t = $1
       returning s.place - $2, s.records`,
      t,
      lines.length,
      ...(work.recordsChanged ? [Date.now()] : []),
    ],
  ]
  if (lines.length > 0) {
    statements.push([
      `insert into lockstep.change (t, place, at, version, mark, y, id, op, actor, detail)
       select s.t, s.place - $2 + d.n, d.at, d.version, $3, d.y, d.id, d.op, d.actor, d.detail
       from lockstep.tenant_state s,
         unnest($4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[])
           with ordinality d(at, version, y, id, op, actor, detail, n)
       where s.t = $1`,
      t,
      lines.length,
      mark,
      lines.map(({ at }) => at),
      lines.map(({ version }) => version),
      lines.map(({ y }) => y),
      lines.map(({ id }) => id),
      lines.map(({ op }) => op),
      lines.map(({ actor }) => actor),
      details,
    ])
  }
  const counts = new Map<string, number>()
  for (const held of all) {
    const by = held.isNew ? (held.gone ? 0 : 1) : held.gone ? -1 : 0
    if (by !== 0) counts.set(held.y, (counts.get(held.y) ?? 0) + by)
  }
  if (counts.size > 0) {
    statements.push([
      `insert into lockstep.counter as c (t, y, n)
       select s.t, d.y, d.n from lockstep.tenant_state s, unnest($2::text[], $3::bigint[]) d(y, n) where s.t = $1
       on conflict (t, y) do update set n = c.n + excluded.n`,
      t,
      [...counts.keys()],
      [...counts.values()],
    ])
  }
  return statements
}
