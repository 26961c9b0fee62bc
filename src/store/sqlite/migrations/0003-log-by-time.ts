// Step 3: the log by time, in place of an index on the time of resources.

/**
 * Queries for what was modified since a time are answered from the log, which grows only at its end: an index on the time of resources
 * would change a page somewhere in its middle with every write.
 */
export const sql = `
create index change_at on change (t, at);
drop index resource_modified;
`
