// Step 1: the first tables.

/**
 * Every key leads with the tenant's number; small numbers stand for texts that repeat (tenants, types, paths). `k` is a resource's
 * number. `text` is the last column but `folded`, so that the columns before it are read without its overflow pages.
 */
export const sql = `
create table tenant (
  t integer primary key autoincrement,
  name text not null unique,
  created integer not null,
  place integer not null default 0
) strict;

create table type (y integer primary key, name text not null unique) strict;

-- Index paths of a tenant's types. uniq: all its entries are unique; ready: all resources have their entries.
create table path (
  a integer primary key autoincrement,
  t integer not null,
  y integer not null,
  path text not null,
  uniq integer not null,
  ready integer not null,
  unique (t, y, path)
) strict;

create table counter (
  t integer not null,
  y integer not null,
  n integer not null,
  primary key (t, y)
) strict, without rowid;

-- How many ids there are from first up to the next block's first.
create table block (
  t integer not null,
  y integer not null,
  first text not null,
  n integer not null,
  primary key (t, y, first)
) strict, without rowid;

-- entries: {"path number": [values]}. folded: the document with all strings folded, only where it is not plain ASCII.
create table resource (
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
create unique index resource_id on resource (t, y, id);
create index resource_modified on resource (t, y, modified);

create table value_index (
  t integer not null,
  a integer not null,
  v text not null,
  k integer not null,
  primary key (t, a, v, k)
) strict, without rowid;

create table member (
  g integer not null,
  m integer not null,
  primary key (g, m)
) strict, without rowid;
create unique index member_of on member (m, g);

-- touch: what looks different besides the resource itself. null: nothing; '*': all of the tenant; else [[type, id], ...].
create table change (
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
create unique index change_place on change (t, place);

-- t is 0 for records of the whole database.
create table record (
  t integer not null,
  kind text not null,
  key text not null,
  tag text,
  value text not null,
  primary key (t, kind, key)
) strict, without rowid;
create index record_tag on record (t, kind, tag, key) where tag is not null;

-- The last time (n) that records or paths of a tenant changed, and that the tenant itself came or went (whole).
create table signal (
  name text primary key,
  n integer not null,
  whole integer not null
) strict, without rowid;
create unique index signal_n on signal (n);

-- Numbers that must never come twice: change is the highest change.n of tenants that are gone.
create table state (name text primary key, value integer not null) strict, without rowid;
`
