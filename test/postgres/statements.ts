// Records every statement sent to PostgreSQL and checks that a Citus node can run it.

import pg from 'pg'

/** The tables that are the same on every node; all others hold rows of many tenants. */
const REFERENCE = ['tenant', 'gone', 'migration']

/**
 * The statements that look at several tenants, named one by one: counters for the list of tenants, what changed lately, work that is due, and
 * when tokens were last used, which is written so on one server alone.
 */
const SEVERAL = [
  'select s.t, s.place, s.cut from lockstep.tenant_state s',
  'select c.t, c.y, c.n from lockstep.counter c where c.n > 0 order by c.t, c.y desc',
  // Of a page of tenants.
  'select s.t, s.place, s.cut from lockstep.tenant_state s where s.t = any($1::bigint[])',
  'select c.t, c.y, c.n from lockstep.counter c where c.t = any($1::bigint[]) and c.n > 0 order by c.t, c.y desc',
  'select s.t, s.records from lockstep.tenant_state s where s.changed > $1',
  // Which tenant has items that have expired.
  'select i.t from lockstep.item i where i.expires <= $1 and i.expires < 9007199254740991 limit 1',
  // Due items of a queue on one server; a cluster is asked lane by lane.
  `select i.t, i.queue, i.key, i.tag, i.lane, i.due, i.state, i.mark, i.done, i.place, i.value, i.expires, coalesce(n.name, '') from unnest($1::smallint[]) l(lane) cross join lateral ( select * from lockstep.item i where i.queue = $2 and i.expires > $3 and i.lane = l.lane and i.due <= $4 and i.due < 9007199254740991 and (i.t = 0 or exists (select 1 from lockstep.tenant n where n.t = i.t)) order by i.due limit $5 ) i left join lockstep.tenant n on n.t = i.t order by i.lane, i.due limit $5`,
  // News: tenants with a reader that is behind.
  `select coalesce(n.name, ''), c.reader, c.place, s.place from lockstep.tenant_state s join lockstep.cursor c on c.t = s.t and not c.paused and c.place < s.place and (c.reader = $1 or (c.reader >= $1 || '/' and c.reader < $1 || '0')) left join lockstep.tenant n on n.t = s.t where s.wake = 1 and s.t >= $2 and (s.t > $2 or c.reader > $3) and (s.t = 0 or n.t is not null) order by s.t, c.reader limit $4`,
  // Of one node's tenants, while another one is away.
  'select s.t, s.records from lockstep.tenant_state s where s.t = any($1::bigint[])',
  "insert into lockstep.record (t, kind, key, tag, value) select coalesce(n.t, 0), d.kind, d.key, d.tag, d.value from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) d(name, kind, key, tag, value) left join lockstep.tenant n on n.name = d.name where n.t is not null or d.name = '' order by 1, 2, 3 on conflict (t, kind, key) do update set tag = excluded.tag, value = excluded.value",
]

const NO_ALIAS = new Set([
  'where',
  'set',
  'on',
  'join',
  'order',
  'limit',
  'cross',
  'left',
  'using',
  'for',
  'group',
  'values',
])

/** A pool that remembers the text of every statement. */
export function listeningPool(url: string, heard: Set<string>): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: 10 })
  const textOf = (query: unknown): string =>
    typeof query === 'string' ? query : String((query as { readonly text?: unknown }).text)
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (...args: unknown[]) => unknown
    Object.assign(client, {
      query(...args: unknown[]) {
        heard.add(textOf(args[0]))
        return query(...args)
      },
    })
  })
  pool.on('error', () => {})
  return pool
}

/**
 * The parts of a statement that keep a cluster from carrying it out on its tenant's own node; none when all is well. Such a part
 * doesn't say of which tenant it speaks; or it writes within a CTE, whose result is copied to every node; or it inserts what a SELECT
 * gives for a tenant that is only a parameter, which goes through the coordinator and COPY. Those make COMMIT one of several nodes.
 */
export function withoutTenant(statement: string): readonly string[] {
  const sql = statement.replaceAll(/\s+/g, ' ')
  if (/^(create|alter|listen|unlisten)\b/.test(sql) || SEVERAL.includes(sql)) return []
  const wrong = [...sql.matchAll(/\b(?:as|materialized) ?\( ?(?:insert into|update|delete from|merge into) \S+/g)].map(
    ([found]) => found,
  )
  for (const match of sql.matchAll(/lockstep\.(\w+)(?: (?:as )?(\w+))?/g)) {
    const [found, table = '', word] = match
    if (REFERENCE.includes(table)) continue
    const rest = sql.slice((match.index ?? 0) + `lockstep.${table}`.length)
    const before = sql.slice(0, match.index)
    if (/insert into $/.test(before)) {
      // The first column is the tenant. Values may name it; what is selected takes it from a row of its own table that it found by it.
      const given =
        /^(?: as \w+)? \(t, .*?\) (?:values \((?:\$1|0)\b|select s\.t,.* from lockstep\.tenant_state s\b.* where s\.t = \$1)/
      if (!given.test(rest)) wrong.push(found)
      continue
    }
    const alias = word === undefined || NO_ALIAS.has(word) ? undefined : word
    const keyed =
      alias === undefined
        ? /^ (?:set [^;]*?)?where t = \$\d+/.test(rest)
        : new RegExp(`\\b${alias}\\.t = (\\$\\d+|\\w+\\.t\\b)`).test(sql)
    if (!keyed) wrong.push(found)
  }
  return wrong
}
