// A file of what a filter gives, written while it is read: JSON lines, or CSV without formulas.

import { isObject, type JsonObject } from '../protocol/index.ts'
import type { AskScim } from './ask-scim.ts'

/** How a file is written. */
export type ExportFormat = 'jsonl' | 'csv'

const SEARCH = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest'
/** Resources that are read at once: no more than is light. */
const PAGE = 200

/** The columns of a CSV, by type: paths of attributes. */
const COLUMNS: { readonly [type: string]: readonly string[] } = {
  User: [
    'id',
    'externalId',
    'userName',
    'displayName',
    'name.givenName',
    'name.familyName',
    'emails',
    'active',
    'title',
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User.department',
    'meta.created',
    'meta.lastModified',
  ],
}

/** Reads all resources of a type that a filter gives, page by page, as pieces of a file. Stops when its reader does. */
export async function* exportFile(
  ask: AskScim,
  tenant: string,
  { name, endpoint }: { readonly name: string; readonly endpoint: string },
  { format, filter }: { readonly format: ExportFormat; readonly filter?: string | undefined },
): AsyncGenerator<string> {
  const columns = COLUMNS[name] ?? ['id', 'externalId', 'displayName', 'meta.created', 'meta.lastModified']
  // With the first page, so that what is wrong with the filter is known before anything is sent.
  let head = format === 'csv' ? `${columns.map(cellOf).join(',')}\r\n` : ''
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const body: JsonObject = {
      schemas: [SEARCH],
      count: PAGE,
      cursor,
      ...(filter === undefined ? {} : { filter }),
      ...(format === 'csv' ? { excludedAttributes: ['members', 'groups'] } : {}),
    }
    const page: JsonObject = await ask(tenant, { method: 'POST', path: `${endpoint}/.search`, body })
    const found = Array.isArray(page.Resources) ? page.Resources.filter(isObject) : []
    yield head + found.map((one) => (format === 'csv' ? lineOf(one, columns) : `${JSON.stringify(one)}\n`)).join('')
    head = ''
    cursor = typeof page.nextCursor === 'string' ? page.nextCursor : undefined
  }
}

function lineOf(resource: JsonObject, columns: readonly string[]): string {
  return `${columns.map((path) => cellOf(textAt(resource, path))).join(',')}\r\n`
}

/** The text at a path; of a list its primary value, else the first. */
function textAt(resource: JsonObject, path: string): string {
  const dot = path.startsWith('urn:') ? path.lastIndexOf('.') : path.indexOf('.')
  const [step, rest] = dot === -1 ? [path, ''] : [path.slice(0, dot), path.slice(dot + 1)]
  const value = resource[step]
  if (Array.isArray(value)) {
    const all = value.filter(isObject)
    const chosen = all.find(({ primary }) => primary === true) ?? all[0]
    return chosen === undefined ? '' : String(chosen.value ?? '')
  }
  if (isObject(value)) return rest === '' ? JSON.stringify(value) : textAt(value, rest)
  return value === undefined || value === null ? '' : String(value)
}

/** A cell of CSV: a spreadsheet must not take a name for a formula. RFC 4180. */
export function cellOf(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
