// Rows of a file as people: which column is which attribute, what a row says of a person, and what it would change.

import type { Json } from '../parts/diff.ts'

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
/** Of these lists a file gives the value for work. */
const WORK = ['emails', 'phoneNumbers']

/** What a column can be, by its path; the headings that are taken for it, without case and punctuation. */
export const TARGETS: { readonly [path: string]: readonly string[] } = {
  userName: ['username', 'login', 'userprincipalname', 'upn', 'user'],
  externalId: ['externalid', 'objectid', 'employeeid', 'id'],
  displayName: ['displayname', 'fullname', 'name'],
  'name.givenName': ['namegivenname', 'givenname', 'firstname', 'vorname'],
  'name.familyName': ['namefamilyname', 'familyname', 'lastname', 'surname', 'nachname'],
  emails: ['emails', 'email', 'mail', 'emailaddress', 'workemail', 'emailsvalue'],
  phoneNumbers: ['phonenumbers', 'phone', 'telephone', 'telefon', 'phonenumbersvalue'],
  title: ['title', 'jobtitle', 'position'],
  userType: ['usertype', 'type'],
  preferredLanguage: ['preferredlanguage', 'language', 'sprache'],
  active: ['active', 'enabled', 'status', 'aktiv'],
  employeeNumber: ['employeenumber', 'personalnummer'],
  department: ['department', 'dept', 'abteilung'],
  division: ['division'],
  organization: ['organization', 'organisation', 'company', 'firma'],
  costCenter: ['costcenter', 'costcentre', 'kostenstelle'],
}

const OF_ENTERPRISE = ['employeeNumber', 'department', 'division', 'organization', 'costCenter']
const OFF = ['false', 'no', 'nein', '0', 'inactive', 'disabled', 'off']

/** Which attribute a heading means; empty: none that is known. */
export function guess(heading: string): string {
  const plain = heading.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
  return Object.entries(TARGETS).find(([, names]) => names.includes(plain))?.[0] ?? ''
}

/** A person, as a row says. */
export type Fields = { readonly [path: string]: string }

/** What a row says, by the attributes of its columns. Empty cells say nothing. */
export function fieldsOf(cells: readonly string[], columns: readonly string[]): Fields {
  return Object.fromEntries(
    columns.flatMap((path, at) => {
      const cell = cells[at]?.trim() ?? ''
      return path === '' || cell === '' ? [] : [[path, cell]]
    }),
  )
}

function asJson(path: string, text: string): Json {
  return path === 'active' ? !OFF.includes(text.toLowerCase()) : text
}

/** The resource that a row makes. */
export function resourceOf(fields: Fields): { readonly [name: string]: Json } {
  const resource: { [name: string]: Json } = { schemas: [USER] }
  const extension: { [name: string]: Json } = {}
  const name: { [name: string]: Json } = {}
  for (const [path, text] of Object.entries(fields)) {
    if (OF_ENTERPRISE.includes(path)) extension[path] = text
    else if (path.startsWith('name.')) name[path.slice('name.'.length)] = text
    else if (WORK.includes(path))
      resource[path] = [{ value: text, type: 'work', ...(path === 'emails' ? { primary: true } : {}) }]
    else resource[path] = asJson(path, text)
  }
  if (Object.keys(name).length > 0) resource.name = name
  if (Object.keys(extension).length > 0) {
    resource.schemas = [USER, ENTERPRISE]
    resource[ENTERPRISE] = extension
  }
  return resource
}

/** A person who is here. */
export interface Present {
  readonly id: string
  readonly [name: string]: Json | undefined
}

/** What a person who is here has at a path. */
export function presentAt(present: Present, path: string): Json | undefined {
  if (OF_ENTERPRISE.includes(path)) return partOf(present[ENTERPRISE], path)
  if (path.startsWith('name.')) return partOf(present.name, path.slice('name.'.length))
  if (WORK.includes(path)) {
    const list = present[path]
    const work = Array.isArray(list) ? list.find((one) => partOf(one, 'type') === 'work') : undefined
    return partOf(work, 'value')
  }
  return present[path]
}

function partOf(value: Json | undefined, name: string): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as { readonly [name: string]: Json })[name]
    : undefined
}

/** One operation of a PATCH. RFC 7644 §3.5.2. */
export interface Edit {
  readonly op: 'add' | 'replace'
  readonly path: string
  readonly value: Json
  readonly before: Json | undefined
}

/** What a row would change of a person who is here; nothing where it says what is so already. */
export function editsOf(fields: Fields, present: Present): readonly Edit[] {
  return Object.entries(fields).flatMap(([path, text]): readonly Edit[] => {
    const value = asJson(path, text)
    const before = presentAt(present, path)
    if (before === value) return []
    if (OF_ENTERPRISE.includes(path)) return [{ op: 'replace', path: `${ENTERPRISE}:${path}`, value, before }]
    if (!WORK.includes(path)) return [{ op: 'replace', path, value, before }]
    // A filter that selects nothing is refused, so the first one is added.
    if (before === undefined) return [{ op: 'add', path, value: [{ value, type: 'work' }], before }]
    return [{ op: 'replace', path: `${path}[type eq "work"].value`, value, before }]
  })
}

/** Cells as CSV. Those that a spreadsheet would take for a formula begin with an apostrophe. */
export function csvOf(rows: readonly (readonly string[])[]): string {
  const cell = (text: string) => `"${(/^[=+\-@]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`
  return rows.map((row) => row.map(cell).join(',')).join('\r\n')
}
