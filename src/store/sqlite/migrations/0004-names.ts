/**
 * What a group shows of its members, beside each other: a row holds a whole document, so that a page has two or three of them, and
 * of this it has fifty. It grows at its end with new resources, and changes when one is given another name.
 */
export const sql = `
create index resource_name on resource (k, y, id, display);
`
