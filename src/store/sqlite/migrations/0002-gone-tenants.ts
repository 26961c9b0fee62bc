// Step 2: tenants that were removed, until their rows are deleted.

/** Tenants that were removed and whose rows are still to be deleted, a few at a time. */
export const sql = `
create table gone (t integer primary key) strict;
`
