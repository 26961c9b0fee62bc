// Step 3: items, cursors and leases; where a log was cut; what belongs to one request.

/**
 * What changes by itself, beside records. An item that is at rest is in none of its indexes but its key and tag. `wake` of a tenant: null
 * without readers of its log, 0 when none of them is behind, 1 when one is; it is in an index only then, so that a commit that changes
 * nothing but the place stays off the index. 9007199254740991 is never.
 */
export const sql = `
create table lockstep.item (
  t bigint not null,
  due bigint not null,
  mark bigint not null,
  done bigint not null,
  place bigint not null,
  expires bigint not null,
  lane smallint not null,
  queue text collate "C" not null,
  key text collate "C" not null,
  state text collate "C" not null,
  tag text collate "C" not null,
  value text not null,
  primary key (t, queue, key)
);
create index item_tag on lockstep.item (t, queue, tag, key) where tag <> '';
create index item_due on lockstep.item (queue, lane, due) where due < 9007199254740991;
create index item_state on lockstep.item (t, queue, state, lane, due) include (expires) where state <> '';
create index item_expires on lockstep.item (expires) where expires < 9007199254740991;

create table lockstep.cursor (
  t bigint not null,
  place bigint not null,
  paused boolean not null,
  reader text collate "C" not null,
  primary key (t, reader)
);

-- owner: null once released. abandoned: taken over from an owner that had not released it.
create table lockstep.lease (
  t bigint not null,
  epoch bigint not null,
  until timestamptz not null,
  abandoned boolean not null,
  name text collate "C" not null,
  owner text collate "C",
  primary key (t, name)
);

-- cut: the last place cut from the log, and cut_at the latest time among the lines cut.
alter table lockstep.tenant_state add column wake smallint;
alter table lockstep.tenant_state add column cut bigint not null default 0;
alter table lockstep.tenant_state add column cut_at bigint not null default 0;
create index tenant_state_wake on lockstep.tenant_state (t) where wake = 1;
alter table lockstep.change add column txn text collate "C";
`
