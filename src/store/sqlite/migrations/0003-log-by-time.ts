/**
 * Whoever asks what was modified since then is answered from the log, which grows at its end alone: an index on the
 * resources' own time would change a page somewhere in its middle with every write.
 */
export const sql = `
create index change_at on change (t, at);
drop index resource_modified;
`
