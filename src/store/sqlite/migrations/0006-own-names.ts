// Step 6: names that begin with `lockstep_`.

/**
 * Every name begins with `lockstep_`, so that the tables can be in the file of an app, and applied steps are counted in a table rather
 * than in `user_version`, which belongs to the app. `sql` creates everything in an empty database.
 */
export const sql = `
create table lockstep_tenant (
  t integer primary key autoincrement,
  name text not null unique,
  created integer not null,
  place integer not null default 0
) strict;

create table lockstep_type (y integer primary key, name text not null unique) strict;

-- Index paths of a tenant's types. uniq: all its entries are unique; ready: all resources have their entries.
create table lockstep_path (
  a integer primary key autoincrement,
  t integer not null,
  y integer not null,
  path text not null,
  uniq integer not null,
  ready integer not null,
  unique (t, y, path)
) strict;

create table lockstep_counter (
  t integer not null,
  y integer not null,
  n integer not null,
  primary key (t, y)
) strict, without rowid;

-- How many ids there are from first up to the next block's first.
create table lockstep_block (
  t integer not null,
  y integer not null,
  first text not null,
  n integer not null,
  primary key (t, y, first)
) strict, without rowid;

-- entries: {"path number": [values]}. folded: the document with all strings folded, only where it is not plain ASCII.
create table lockstep_resource (
  k integer primary key,
  t integer not null,
  y integer not null,
  id text not null,
  version integer not null,
  created integer not null,
  modified integer not null,
  display text not null,
  secret text,
  entries text not null,
  text text not null,
  folded text
) strict;

create table lockstep_value_index (
  t integer not null,
  a integer not null,
  v text not null,
  k integer not null,
  primary key (t, a, v, k)
) strict, without rowid;

create table lockstep_member (
  g integer not null,
  m integer not null,
  primary key (g, m)
) strict, without rowid;

-- touch: what looks different besides the resource itself. null: nothing; '*': all of the tenant; else [[type, id], ...].
create table lockstep_change (
  n integer primary key,
  t integer not null,
  place integer not null,
  at integer not null,
  y integer not null,
  id text not null,
  op text not null,
  actor text not null,
  version integer not null,
  detail text not null,
  touch text
) strict;

-- t is 0 for records of the whole database.
create table lockstep_record (
  t integer not null,
  kind text not null,
  key text not null,
  tag text,
  value text not null,
  primary key (t, kind, key)
) strict, without rowid;

-- The last time (n) that records or paths of a tenant changed, and that the tenant itself came or went (whole).
create table lockstep_signal (
  name text primary key,
  n integer not null,
  whole integer not null
) strict, without rowid;

-- Numbers that must never come twice: change is the highest change.n of tenants that are gone.
create table lockstep_state (name text primary key, value integer not null) strict, without rowid;

-- Tenants, and index paths, that were removed and whose rows are still to be deleted, a few at a time.
create table lockstep_gone (t integer primary key) strict;
create table lockstep_gone_path (a integer primary key, t integer not null) strict;
`

/** The indexes; `resource_name` holds what a group shows of its members. */
export const indexes = `
create unique index lockstep_resource_id on lockstep_resource (t, y, id);
create index lockstep_resource_name on lockstep_resource (k, y, id, display);
create unique index lockstep_member_of on lockstep_member (m, g);
create unique index lockstep_change_place on lockstep_change (t, place);
create index lockstep_change_at on lockstep_change (t, at);
create index lockstep_record_tag on lockstep_record (t, kind, tag, key) where tag is not null;
create unique index lockstep_signal_n on lockstep_signal (n);
`

/** The tables of earlier releases with their columns, which distinguish them from an app's tables. */
export const earlier: { readonly [table: string]: string } = {
  tenant: 't,name,created,place',
  type: 'y,name',
  path: 'a,t,y,path,uniq,ready',
  counter: 't,y,n',
  block: 't,y,first,n',
  resource: 'k,t,y,id,version,created,modified,display,secret,entries,text,folded',
  value_index: 't,a,v,k',
  member: 'g,m',
  change: 'n,t,place,at,y,id,op,actor,version,detail,touch',
  record: 't,kind,key,tag,value',
  signal: 'name,n,whole',
  state: 'name,value',
}

/** Renames the tables of an earlier release at its last step. Indexes cannot be renamed, so they are created again. */
export const renaming = `
${['resource_id', 'resource_name', 'member_of', 'change_place', 'change_at', 'record_tag', 'signal_n']
  .map((index) => `drop index ${index};`)
  .join('\n')}
${[...Object.keys(earlier), 'gone', 'gone_path']
  .map((table) => `alter table ${table} rename to lockstep_${table};`)
  .join('\n')}
`
