// The record of requests as the server keeps it, and the ids of requests in errors.

import type { Answer } from '../call.ts'
import type { Directory } from '../directory/index.ts'
import { environment } from '../environment.ts'
import { createRecorder, type RecordBatch, type Recorder, type RecordStore } from '../record/index.ts'
import type { Tenancy } from '../tenancy/index.ts'
import type { Log } from './monitoring/log.ts'
import { PROCESS_NAME } from './process-name.ts'
import type { Departure } from './sending.ts'

/** What the server records, and how it shows that. */
export interface Recording {
  readonly recorder: Recorder
  readonly store: RecordStore
  /** Records a request that was answered; `now` by `performance.now()`. */
  readonly record: (departure: Departure, now: number) => void
  /** Writes what is in memory, and closes the store. */
  readonly close: () => Promise<void>
  /** An error with the id of its request at the end of its detail, where the tenant wants that. */
  readonly withId: (answer: Answer, id: string, tenant: string) => Answer
}

/** Begins to record requests. */
export function startRecording(
  store: RecordStore,
  { directory, tenancy, log }: { readonly directory: Directory; readonly tenancy: Tenancy; readonly log: Log },
): Recording {
  const named = createTenantNames(tenancy)
  let key: Uint8Array | undefined
  const loadKey = () =>
    directory.secretKey('about').then(
      (found) => {
        key = found
      },
      // The database does not answer yet; nothing is found by its name until it does.
      () => void environment.setTimer(KEY_MS, loadKey, { background: true }),
    )
  void loadKey()
  const recorder = createRecorder({
    store: { ...store, append: async (batch) => store.append(await named(batch)) },
    environment,
    process: PROCESS_NAME,
    catalog: directory.catalog,
    key: () => key,
    failed: (error) =>
      log.warn({ err: error }, 'requests cannot be recorded at present; they are answered and counted all the same'),
  })
  return {
    recorder,
    store,
    record: ({ answer: { status, body }, began, recorded }, now) => {
      if (recorded === undefined) return
      const bytesOut = typeof body === 'string' || body instanceof Uint8Array ? body.length : 0
      recorder.answered(recorded, status, (now - began) * 1_000, bytesOut, now)
    },
    close: async () => {
      await recorder.close()
      await store.close()
    },
    withId: (answer, id, tenant) => (tenancy.settings(tenant).requestIds ? withId(answer, id) : answer),
  }
}

/** How long to wait before the key is asked for again. */
const KEY_MS = 10_000
/** Most tenants whose existence is remembered, and most that are asked for with one batch. */
const MOST_KNOWN = 10_000
const MOST_ASKED = 50

/**
 * Puts what names no tenant under the tenant `''`: anybody can send any name, and a tenant that is made later must not find what others
 * tried before.
 */
function createTenantNames(tenancy: Tenancy): (batch: RecordBatch) => Promise<RecordBatch> {
  const known = new Set<string>()
  return async ({ lines, counts }) => {
    // A token lets nobody into a tenant that doesn't exist.
    const isAtDoor = ({ connection }: { readonly connection?: string }) => connection === undefined || connection === ''
    for (const one of [...lines, ...counts]) if (!isAtDoor(one)) known.add(one.tenant)
    if (known.size > MOST_KNOWN) known.clear()
    const unknown = new Set([...lines, ...counts].filter(isAtDoor).map(({ tenant }) => tenant))
    const found = new Set<string>()
    for (const tenant of [...unknown].slice(0, MOST_ASKED)) {
      if (known.has(tenant)) found.add(tenant)
      else if (await exists(tenancy, tenant)) {
        known.add(tenant)
        found.add(tenant)
      }
    }
    const rename = <T extends { readonly tenant: string; readonly connection?: string }>(one: T): T =>
      isAtDoor(one) && !found.has(one.tenant) ? { ...one, tenant: '' } : one
    return { lines: lines.map(rename), counts: counts.map(rename) }
  }
}

async function exists(tenancy: Tenancy, tenant: string): Promise<boolean> {
  try {
    return (await tenancy.tenants.show(tenant)).name === tenant
  } catch {
    return false
  }
}

/** How errors begin and end: only what is made that way gets an id. */
const BEGINNING = '{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"]'
const END = '"}'
/** A longer error is none of ours. */
const LONGEST = 64 * 1024

/** An error with the id of its request at the end of its detail, which is the end of its body. RFC 7644 §3.12. */
function withId(answer: Answer, id: string): Answer {
  const { body, headers } = answer
  if (body === undefined || (typeof body !== 'string' && !(body instanceof Uint8Array)) || body.length > LONGEST)
    return answer
  const text = typeof body === 'string' ? body : new TextDecoder().decode(body)
  if (!text.startsWith(BEGINNING) || !text.endsWith(END)) return answer
  const at = headers.indexOf('Content-Length')
  // An answer of a thread has its length already; it is counted again when it is sent.
  const others = at === -1 ? headers : [...headers.slice(0, at), ...headers.slice(at + 2)]
  return { ...answer, headers: others, body: `${text.slice(0, -END.length)} [${id}]${END}` }
}
