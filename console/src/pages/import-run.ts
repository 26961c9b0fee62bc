// Carries an import out from the browser: looks people up, says what each row would do, and does it by the hundreds over SCIM's own Bulk.

import { ApiError, send } from '../api/client.ts'
import { type Edit, editsOf, type Fields, type Present, resourceOf } from './import-rows.ts'

/** Rows of one look-up: each is a term of a filter. */
const LOOK = 50
/** Rows of one Bulk request. */
const BATCH = 250

/** By what a person in the file is found among those who are here. */
export type Match = 'userName' | 'externalId'

/** What becomes of a row. */
export type Verdict =
  | { readonly does: 'create' }
  | { readonly does: 'update'; readonly id: string; readonly edits: readonly Edit[] }
  | { readonly does: 'same' }
  | { readonly does: 'refuse'; readonly why: 'noKey' | 'twice' | 'noUserName' | 'server'; readonly said?: string }

/** A row with what it says and what would become of it. */
export interface Row {
  /** Its line in the file. */
  readonly line: number
  readonly fields: Fields
  readonly verdict: Verdict
}

function scim(tenant: string): string {
  return `tenants/${encodeURIComponent(tenant)}/scim/v2/`
}

/** Says of every row what it would do. Nothing is written. */
export async function preview(
  tenant: string,
  rows: readonly { readonly line: number; readonly fields: Fields }[],
  match: Match,
  { signal, progress }: { readonly signal: AbortSignal; readonly progress: (done: number) => void },
): Promise<readonly Row[]> {
  const judged: Row[] = []
  const seen = new Set<string>()
  for (let at = 0; at < rows.length; at += LOOK) {
    const batch = rows.slice(at, at + LOOK)
    const keys = batch.flatMap(({ fields }) => fields[match] ?? [])
    const present = keys.length === 0 ? new Map<string, Present>() : await find(tenant, match, keys, signal)
    for (const { line, fields } of batch)
      judged.push({ line, fields, verdict: verdictOf(fields, match, present, seen) })
    progress(judged.length)
  }
  return judged
}

function verdictOf(fields: Fields, match: Match, present: ReadonlyMap<string, Present>, seen: Set<string>): Verdict {
  const key = fields[match]?.toLowerCase()
  if (key === undefined) return { does: 'refuse', why: 'noKey' }
  if (seen.has(key)) return { does: 'refuse', why: 'twice' }
  seen.add(key)
  const found = present.get(key)
  if (found === undefined)
    return fields.userName === undefined ? { does: 'refuse', why: 'noUserName' } : { does: 'create' }
  const edits = editsOf(fields, found)
  return edits.length === 0 ? { does: 'same' } : { does: 'update', id: found.id, edits }
}

async function find(
  tenant: string,
  match: Match,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Present>> {
  const filter = keys.map((key) => `${match} eq ${JSON.stringify(key)}`).join(' or ')
  // By POST: addresses of people belong in no log of a proxy.
  const body = { schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'], filter, count: keys.length }
  const response = await send(
    { method: 'POST', path: `${scim(tenant)}Users/.search`, body },
    { signal, headers: { 'Content-Type': 'application/scim+json' } },
  )
  const { Resources = [] } = (await response.json()) as { readonly Resources?: readonly Present[] }
  return new Map(Resources.map((one) => [String(one[match] ?? '').toLowerCase(), one]))
}

/** What has been done so far. */
export interface Done {
  readonly done: number
  readonly refused: readonly Row[]
}

/**
 * Carries out what rows would do. What was done is done: started again with the same file, the preview says *same* of it.
 *
 * @throws {ApiError} when the server can't go on; what was done before stays
 */
export async function run(
  tenant: string,
  rows: readonly Row[],
  { signal, progress }: { readonly signal: AbortSignal; readonly progress: (done: Done) => void },
): Promise<Done> {
  const todo = rows.filter(({ verdict }) => verdict.does === 'create' || verdict.does === 'update')
  const refused: Row[] = []
  let done = 0
  for (let at = 0; at < todo.length && !signal.aborted; at += BATCH) {
    const batch = todo.slice(at, at + BATCH)
    const answers = await bulk(tenant, batch, signal)
    for (const [index, row] of batch.entries()) {
      const answer = answers[index]
      const status = Number(answer?.status ?? 0)
      if (status >= 200 && status < 300) done++
      else
        refused.push({
          ...row,
          verdict: { does: 'refuse', why: 'server', said: answer?.response?.detail ?? String(status) },
        })
    }
    progress({ done, refused: [...refused] })
  }
  return { done, refused }
}

interface BulkAnswer {
  readonly status: string
  readonly response?: { readonly detail?: string }
}

async function bulk(tenant: string, batch: readonly Row[], signal: AbortSignal): Promise<readonly BulkAnswer[]> {
  const Operations = batch.map(({ fields, verdict }, at) =>
    verdict.does === 'update'
      ? {
          method: 'PATCH',
          path: `/Users/${verdict.id}`,
          data: {
            schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
            Operations: verdict.edits.map(({ op, path, value }) => ({ op, path, value })),
          },
        }
      : { method: 'POST', path: '/Users', bulkId: `row-${at}`, data: resourceOf(fields) },
  )
  const body = { schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'], Operations }
  const response = await send(
    { method: 'POST', path: `${scim(tenant)}Bulk`, body },
    { signal, headers: { 'Content-Type': 'application/scim+json' } },
  )
  const answer = (await response.json()) as { readonly Operations?: readonly BulkAnswer[] }
  if (answer.Operations?.length !== batch.length)
    throw new ApiError(502, 'ERR_BULK', 'The server did not answer every row')
  return answer.Operations
}
