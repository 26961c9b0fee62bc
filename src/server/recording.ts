// The record of requests as the server keeps it, and the ids of requests in errors.

import type { Answer } from '../call.ts'
import type { Directory } from '../directory/index.ts'
import { environment } from '../environment.ts'
import { createRecorder, type Recorder, type RecordStore } from '../record/index.ts'
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
  const recorder = createRecorder({
    store,
    environment,
    process: PROCESS_NAME,
    catalog: directory.catalog,
    failed: (error) =>
      log.warn({ err: error }, 'requests cannot be recorded at present; they are answered all the same'),
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

/** How errors begin and end: only what is made that way gets an id. */
const BEGINNING = '{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"]'
const END = '"}'
/** A longer error is none of ours. */
const LONGEST = 64 * 1024

/** An error with the id of its request at the end of its detail, which is the end of its body. RFC 7644 §3.12. */
export function withId(answer: Answer, id: string): Answer {
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
