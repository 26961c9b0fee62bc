/**
 * When a tenant's records or paths last changed, milliseconds since 1970 by the clock of the process that changed them: a process asks
 * for those that changed since it last looked, and not for all that it knows one by one.
 */
export const sql = `
alter table lockstep.tenant_state add column changed bigint not null default 0;
create index tenant_state_changed on lockstep.tenant_state (changed);
`
