// Step 1: the first tables.

/**
 * The first tables, for plain PostgreSQL and Citus alike. `t`, the tenant's number, leads every key, so that all of a tenant can
 * live on one node; a tenant that is created again gets another number. `tenant`, `gone` and `migration` are small and the same on every
 * node (reference tables). No sequences, triggers, foreign keys or deferrable constraints. Texts compare by code point. Numbers of
 * resources (`k`) and paths (`a`) count within a tenant.
 */
export const sql = `
create table lockstep.tenant (
  name text collate "C" primary key,
  t bigint not null unique,
  created bigint not null
);

-- What is left of tenants (a = 0) and of index paths that are gone, to be deleted little by little.
create table lockstep.gone (
  t bigint not null,
  a integer not null,
  at bigint not null,
  primary key (t, a)
);

-- One row a tenant, and one (t = 0) for the whole database. place: of the last log line; records: counts changes of records, paths
-- and of the tenant itself. Every writer locks it last and briefly.
create table lockstep.tenant_state (
  t bigint primary key,
  place bigint not null,
  next_k bigint not null,
  next_a integer not null,
  records bigint not null
) with (fillfactor = 50);
insert into lockstep.tenant_state (t, place, next_k, next_a, records) values (0, 0, 1, 1, 0);

create table lockstep.counter (
  t bigint not null,
  y text collate "C" not null,
  n bigint not null,
  primary key (t, y)
) with (fillfactor = 50);

-- Index paths of a tenant's types. uniq: all its entries are unique; ready: all resources have their entries.
create table lockstep.path (
  t bigint not null,
  a integer not null,
  y text collate "C" not null,
  path text collate "C" not null,
  uniq boolean not null,
  ready boolean not null,
  primary key (t, a),
  unique (t, y, path)
);

-- y: name of the type. entries: {"path number": [values]}. folded: the document with all strings folded, folded_id and
-- folded_display likewise, each only where it is not plain ASCII.
create table lockstep.resource (
  t bigint not null,
  k bigint not null,
  version bigint not null,
  created bigint not null,
  modified bigint not null,
  y text collate "C" not null,
  id text collate "C" not null,
  display text collate "C" not null,
  secret text,
  folded_id text collate "C",
  folded_display text collate "C",
  entries jsonb not null,
  text text collate "C" not null,
  folded text collate "C",
  primary key (t, k)
);
create unique index resource_id on lockstep.resource (t, id);
create index resource_type on lockstep.resource (t, y, id);

-- x: 0 where the value may have one holder only, else k.
create table lockstep.value_index (
  t bigint not null,
  a integer not null,
  x bigint not null,
  k bigint not null,
  v text collate "C" not null,
  primary key (t, a, v, x) include (k)
);

create table lockstep.member (
  t bigint not null,
  g bigint not null,
  m bigint not null,
  primary key (t, g, m)
);
create unique index member_of on lockstep.member (t, m, g);

-- mark: the transaction that wrote it, for one that lost its connection and asks whether it came through.
create table lockstep.change (
  t bigint not null,
  place bigint not null,
  at bigint not null,
  version bigint not null,
  mark bigint not null,
  y text collate "C" not null,
  id text collate "C" not null,
  op text collate "C" not null,
  actor text not null,
  detail text not null,
  primary key (t, place)
);
-- What was modified since a time is found here: an index on the resources' own time would cost each change more.
create index change_at on lockstep.change (t, at);

create table lockstep.record (
  t bigint not null,
  kind text collate "C" not null,
  key text collate "C" not null,
  tag text collate "C",
  value text not null,
  primary key (t, kind, key)
);
create index record_tag on lockstep.record (t, kind, tag, key) where tag is not null;
`
