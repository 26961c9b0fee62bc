// Step 7: items, cursors and leases; where a log was cut; what belongs to one request.

/**
 * What changes by itself, beside records. An item that is at rest is in none of its indexes but its key and tag. `wake` of a tenant: null
 * without readers of its log, 0 when none of them is behind, 1 when one is. 9007199254740991 is never.
 */
export const sql = `
create table lockstep_item (
  i integer primary key,
  t integer not null,
  lane integer not null,
  due integer not null,
  mark integer not null,
  done integer not null,
  place integer not null,
  expires integer not null,
  queue text not null,
  key text not null,
  state text not null,
  tag text not null,
  value text not null
) strict;
create unique index lockstep_item_key on lockstep_item (t, queue, key);
create index lockstep_item_tag on lockstep_item (t, queue, tag, key) where tag <> '';
create index lockstep_item_due on lockstep_item (queue, lane, due) where due < 9007199254740991;
create index lockstep_item_state on lockstep_item (t, queue, state, lane, due, expires) where state <> '';
create index lockstep_item_expires on lockstep_item (expires) where expires < 9007199254740991;

create table lockstep_cursor (
  t integer not null,
  reader text not null,
  place integer not null,
  paused integer not null,
  primary key (t, reader)
) strict, without rowid;

-- owner: null once released. until: milliseconds since 1970. abandoned: taken over from an owner that had not released it.
create table lockstep_lease (
  t integer not null,
  name text not null,
  owner text,
  until integer not null,
  epoch integer not null,
  abandoned integer not null,
  primary key (t, name)
) strict, without rowid;

-- The last place cut from a log, and the latest time among the lines cut.
create table lockstep_cut (t integer primary key, place integer not null, at integer not null) strict;

alter table lockstep_tenant add column wake integer;
create index lockstep_tenant_wake on lockstep_tenant (t) where wake = 1;
alter table lockstep_change add column txn text;
`
