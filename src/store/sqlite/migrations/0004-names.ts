// Step 4: an index with the names of resources, for the members of groups.

/**
 * What a group shows of its members, packed closely: a row holds a whole document, so a page has two or three rows, but fifty entries
 * of this index. It grows at its end with new resources, and changes when a resource gets another name.
 */
export const sql = `
create index resource_name on resource (k, y, id, display);
`
