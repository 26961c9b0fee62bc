// Step 2: when each tenant's records or paths last changed.

/**
 * `changed`: milliseconds since 1970, by the clock of the process that made the change. A process asks for the tenants that changed since
 * its last poll, not for each that it knows.
 */
export const sql = `
alter table lockstep.tenant_state add column changed bigint not null default 0;
create index tenant_state_changed on lockstep.tenant_state (changed);
`
