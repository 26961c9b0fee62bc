// PostgreSQL as the query compiler sees it.

import { createHash } from 'node:crypto'
import { groupNumbers } from '../sql/derived-rows.ts'
import type { Dialect } from '../sql/dialect.ts'

/** Longer values are in the index as their start, {@link CUT} and a hash: a B-tree entry has at most 2,700 bytes. */
export const LONGEST = 500

// No character of any text, and greater than all that are.
const CUT = '\u{10ffff}'

/** PostgreSQL. JSON text is parsed as jsonb; `e.value` is jsonb, `e.key` counts from 1. */
export const postgres: Dialect = {
  parameter: (n, value) => `$${n}${typeOf(value)}`,
  value: (value) => value,
  yes: 'true',
  no: 'false',
  holds: (condition) => `coalesce(${condition}, false)`,
  literal: (key) => quoted(String(key)),
  table: (name) => `lockstep.${name}`,
  cutSince: (tenant, at) =>
    `exists (select 1 from lockstep.tenant_state z where z.t = ${tenant} and z.cut > 0 and z.cut_at >= ${at})`,
  // Of a list as a parameter of the plan, few elements are expected.
  rarely: (select) => `select u.k from unnest(array(${select})) u(k)`,
  join: 'join',
  ofTenant: (row, tenant) => `${row}.t = ${tenant} and `,
  anyType: (row, tenant) => `${row}.t = ${tenant}`,
  typeName: (row) => `${row}.y`,
  noResource: 'select null::bigint as k where false',
  at: (json, path) => `((${json})::jsonb #>> ${pathOf(path)})`,
  first: (entries, name) => `(${entries} #>> ${pathOf([name, '0'])})`,
  within: (element, name) => `(${element} ->> ${quoted(name)})`,
  atom: (element) => `(${element} #>> '{}')`,
  elements: (json, path) =>
    `jsonb_path_query((${json})::jsonb, ${quoted(`lax $${steps(path)}[*]`)}) with ordinality as e(value, key)`,
  twin: (json, path, name) =>
    `((${json})::jsonb #>> array[${[...path.map(quoted), '(e.key - 1)::text', ...(name === undefined ? [] : [quoted(name)])].join(', ')}])`,
  anyValue: (json, path) =>
    `coalesce(jsonb_path_exists((${json})::jsonb, ${quoted(
      `strict $${steps(path)}.** ? ((@.type() == "string" && @ != "") || @.type() == "number" || @.type() == "boolean")`,
    )}, '{}', true), false)`,
  truth: (x) => `coalesce((${x}) = 'true', false)`,
  scalar: (x, type) =>
    type === 'boolean' ? `((${x}) = 'true')` : `(case when (${x}) ~ ${quoted(NUMBER)} then (${x})::numeric end)`,
  text: (x) => `(${x}) collate "C"`,
  lower: (x) => `lower((${x}) collate "C")`,
  squeeze: (x) => `btrim(regexp_replace(${x}, ' {2,}', ' ', 'g'), ' ')`,
  instant,
  folded: (row, column) => `coalesce(${row}.folded_${column}, lower(${row}.${column}))`,
  list: (x) => `string_agg(${x}::text, ',')`,
  position: (text, part) => `strpos(${text}, ${part})`,
  starts: (text, part) => `starts_with(${text}, ${part})`,
  ends: (text, part) => `right(${text}, char_length(${part})) = ${part}`,
  containing: (text, part) => `${text} ilike '%' || ${part} || '%' escape ''`,
  ending: (text, part) => `${text} ilike '%' || ${part} escape ''`,
  likes: false,
  // PostgreSQL plans a statement of 500 conditions for a tenth of a second, in which it can't be cancelled.
  texts: {
    list: (texts) => `{${texts.map((text) => `"${text.replaceAll(/[\\"]/g, '\\$&')}"`).join(',')}}`,
    rows: (lists, columns) => `unnest(${lists.map((list) => `${list}::text[]`).join(', ')}) p(${columns.join(', ')})`,
    among: (text, list) => `${text} = any(${list}::text[])`,
  },
  entry: indexValue,
  walked: (tenant, pathNo, condition) =>
    `case when strpos(v, ${quoted(CUT)}) > 0 then exists (
      select 1 from lockstep.resource w, jsonb_array_elements_text(w.entries -> ${quoted(pathNo)}) whole(v)
      where w.t = ${tenant} and w.k = value_index.k and ${condition('whole.v')}
    ) else ${condition('v')} end`,
  limit: (parameter) => ` limit ${parameter}`,
  offset: (parameter) => ` offset ${parameter}`,
  same: (a, b) => `${a} is not distinct from ${b}`,
  different: (a, b) => `${a} is distinct from ${b}`,
}

/** What a document that is read by a filter is called in `doc`. Where `r.folded` is read, it is not null. */
const PARSED: { readonly [json: string]: string } = {
  'r.text': 'doc.whole',
  'r.folded': 'doc.folded',
  'coalesce(r.folded, r.text)': 'doc.folded',
}

/** The groups of the row in `doc`. */
const GROUPS_AT_HAND = 'unnest(doc.groups, doc.direct) x(g, d)'

const parsed = (json: string) => PARSED[json] ?? json

/**
 * For filters with many terms: each term of {@link postgres} parses the document again, or finds the groups again, which takes far longer
 * than comparing. Its conditions hold within {@link parsedOnce}. Looking at the whole text first would take longer than comparing, too.
 */
export const postgresParsed: Dialect = {
  ...postgres,
  at: (json, path) => postgres.at(parsed(json), path),
  elements: (json, path) => postgres.elements(parsed(json), path),
  twin: (json, path, name) => postgres.twin(parsed(json), path, name),
  anyValue: (json, path) => postgres.anyValue(parsed(json), path),
  groupsAtHand: (row) => (row === 'r.k' ? GROUPS_AT_HAND : undefined),
  containing: (_, part) => `${part} is not null`,
}

/** A condition of {@link postgresParsed} in a statement with that parameter for the tenant. */
export function parsedOnce(condition: string, tenant: string): string {
  const documents = '(r.text)::jsonb as whole, (coalesce(r.folded, r.text))::jsonb as folded'
  // Groups are found only for a filter that reads them.
  const groups = condition.includes(GROUPS_AT_HAND)
    ? `, u.groups, u.direct from (
         select array_agg(x.g) as groups, array_agg(x.d) as direct from ${groupNumbers('r.k', tenant, postgres)}
       ) u`
    : ''
  return `exists (select 1 from (select ${documents}${groups} offset 0) doc where ${condition})`
}

/** A value as it is in the index. */
export function indexValue(value: string): string {
  if (value.length <= LONGEST) return value
  // Never half a surrogate pair.
  const end = /[\ud800-\udbff]/.test(value[LONGEST - 1] ?? '') ? LONGEST - 1 : LONGEST
  return `${value.slice(0, end)}${CUT}${createHash('sha256').update(value).digest('base64url')}`
}

/** A text as an SQL literal. */
export function quoted(text: string): string {
  const plain = `'${text.replaceAll("'", "''")}'`
  return text.includes('\\') ? ` E${plain.replaceAll('\\', '\\\\')}` : plain
}

function typeOf(value: string | number | boolean | null): string {
  if (typeof value === 'string') return '::text'
  if (typeof value === 'boolean') return '::boolean'
  if (typeof value === 'number') return Number.isSafeInteger(value) ? '::bigint' : '::numeric'
  return ''
}

function pathOf(path: readonly string[]): string {
  return `array[${path.map(quoted).join(', ')}]`
}

function steps(path: readonly string[]): string {
  return path.map((name) => `.${JSON.stringify(name)}`).join('')
}

const NUMBER = '^-?[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]{1,3})?$'
const FORM =
  '^(-?[0-9]{4,9})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\\.([0-9]+))?(Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?$'

/** Means the same as `instantOf` (protocol/instant.ts): days by the civil calendar, and nothing that could fail. */
function instant(x: string): string {
  return `(select case when
      mo between 1 and 12 and d between 1 and
        case when mo in (4, 6, 9, 11) then 30 when mo <> 2 then 31
          when (mod(y, 4) = 0 and mod(y, 100) <> 0) or mod(y, 400) = 0 then 29 else 28 end
      and mi <= 59 and s <= 59 and (h <= 23 or (h = 24 and mi = 0 and s = 0 and f = 0))
    then (select case when abs(at) <= 8640000000000000 then at end from (select
      ((div_floor.era * 146097 + (div_floor.yoe * 365 + div(div_floor.yoe, 4) - div(div_floor.yoe, 100)
        + div(153 * (mo + case when mo > 2 then -3 else 9 end) + 2, 5) + d - 1) - 719468) * 86400
        + h * 3600 + mi * 60 + s) * 1000 + ms - zone * 60000 as at
      from (select floor(yy / 400) as era, yy - floor(yy / 400) * 400 as yoe
        from (select y - case when mo <= 2 then 1 else 0 end as yy) shifted) div_floor) moment)
    end
    from (select m[1]::numeric as y, m[2]::numeric as mo, m[3]::numeric as d, m[4]::numeric as h, m[5]::numeric as mi,
      m[6]::numeric as s, coalesce(m[7], '0')::numeric as f, rpad(left(coalesce(m[7], ''), 3), 3, '0')::numeric as ms,
      case when m[8] is null or m[8] = 'Z' then 0 else
        (case left(m[8], 1) when '-' then -1 else 1 end) * (substr(m[8], 2, 2)::numeric * 60 + substr(m[8], 5, 2)::numeric) end as zone
      from (select regexp_match(${x}, ${quoted(FORM)}) as m) parts where m is not null) fields)`
}
