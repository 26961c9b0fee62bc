// Step 5: index paths that were removed, until their entries are deleted.

/** Index paths that were removed and whose entries are still to be deleted, a few at a time. */
export const sql = `
create table gone_path (a integer primary key, t integer not null) strict;
`
