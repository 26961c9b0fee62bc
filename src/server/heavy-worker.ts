import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import type { Call, Report } from '../provider/index.ts'
import type { Store } from '../store/index.ts'
import { createTenancy } from '../tenancy/index.ts'
import { giveWay } from './priority.ts'
import { createScim, openDirectory, type Skipped } from './scim.ts'
import type { Settings } from './settings.ts'

/** To a thread for heavy requests. */
export type ToHeavy =
  | {
      readonly kind: 'call'
      readonly id: number
      readonly window: number
      readonly method: string
      readonly path: string
      readonly search: string
      readonly base: string
      readonly tenant: string
      readonly headers: { readonly [name: string]: string }
      readonly body: Uint8Array | undefined
    }
  /** One more piece may come. */
  | { readonly kind: 'more'; readonly id: number }
  | { readonly kind: 'stop'; readonly id: number }

/** From a thread for heavy requests. */
export type FromHeavy =
  | {
      readonly kind: 'answer'
      readonly id: number
      readonly status: number
      readonly headers: readonly string[]
      readonly body?: Uint8Array
    }
  | { readonly kind: 'begin'; readonly id: number; readonly status: number; readonly headers: readonly string[] }
  | { readonly kind: 'piece'; readonly id: number; readonly bytes: Uint8Array }
  | { readonly kind: 'end'; readonly id: number }
  | { readonly kind: 'broken'; readonly id: number; readonly reason: string }
  | { readonly kind: 'problem'; readonly problem: Parameters<Report>[0] }
  | { readonly kind: 'skipped'; readonly note: Skipped }

/** Pieces are gathered up to this many characters before they travel. */
const PIECE = 64 * 1024

interface Flow {
  credit: number
  stopped: boolean
  wake?: () => void
}

/** Which database a thread opens. */
export interface HeavyDatabase {
  readonly settings: Pick<Settings, 'database' | 'postgres'>
  /** The way to the one writer of a SQLite file. */
  readonly port: MessagePort | undefined
}

/** Connections of a thread to PostgreSQL: one request at a time reads and writes. */
const CONNECTIONS = 2

async function openStore({ settings: { database, postgres }, port }: HeavyDatabase): Promise<Store> {
  if (postgres !== undefined) {
    const { postgresStore } = await import('../store/postgres.ts')
    // What others change is learnt of by looking; the connection to listen on is the main thread's.
    return postgresStore({ ...postgres, connections: CONNECTIONS, listen: false })
  }
  const { sqliteStore } = await import('../store/sqlite.ts')
  return sqliteStore(database, port === undefined ? {} : { writer: port })
}

/** A whole stack of its own on the same database: reads by itself, on SQLite writes through the one writer. */
async function start(port: MessagePort, database: HeavyDatabase): Promise<void> {
  const store = await openStore(database)
  const tenancy = createTenancy({ store })
  const provider = createScim({
    directory: openDirectory(store, tenancy),
    tenancy,
    cacheBytes: 0,
    report: ({ id, error, method }) => {
      // Errors of some classes can't travel: what the log shows of one does.
      const { name, message, stack } = error instanceof Error ? error : new Error(String(error))
      const retryAfterMs = error instanceof Error && 'retryAfterMs' in error ? error.retryAfterMs : undefined
      post({ kind: 'problem', problem: { id, method, error: { name, message, stack, retryAfterMs } } })
    },
    skipped: (note) => post({ kind: 'skipped', note }),
  })
  const flows = new Map<number, Flow>()
  port.on('message', (message: ToHeavy) => {
    if (message.kind === 'call') void carryOut(message)
    const flow = flows.get(message.id)
    if (flow === undefined) return
    if (message.kind === 'more') flow.credit++
    if (message.kind === 'stop') flow.stopped = true
    flow.wake?.()
  })

  async function carryOut(message: Extract<ToHeavy, { kind: 'call' }>): Promise<void> {
    const { id, method, path, search, base, tenant, headers, body } = message
    const call: Call = {
      method,
      path,
      search,
      base,
      tenant,
      header: (name) => headers[name],
      body: async (limit) => (body !== undefined && body.length > limit ? undefined : (body ?? new Uint8Array())),
    }
    const answer = await provider.handle(call)
    if (answer.body === undefined || typeof answer.body === 'string' || answer.body instanceof Uint8Array) {
      finish(id, answer.status, answer.headers, answer.body)
      return
    }
    post({ kind: 'begin', id, status: answer.status, headers: answer.headers })
    const flow: Flow = { credit: message.window, stopped: false }
    flows.set(id, flow)
    try {
      await pour(id, answer.body, flow)
    } catch (error) {
      post({ kind: 'broken', id, reason: error instanceof Error ? error.message : String(error) })
    } finally {
      flows.delete(id)
    }
  }

  async function pour(id: number, body: AsyncIterable<string | Uint8Array>, flow: Flow): Promise<void> {
    let text = ''
    const flush = async () => {
      while (flow.credit <= 0 && !flow.stopped) {
        await new Promise<void>((wake) => {
          flow.wake = wake
        })
      }
      flow.credit--
      const bytes = new TextEncoder().encode(text)
      text = ''
      post({ kind: 'piece', id, bytes }, [bytes.buffer])
    }
    for await (const piece of body) {
      text += typeof piece === 'string' ? piece : new TextDecoder().decode(piece)
      if (text.length >= PIECE) await flush()
      if (flow.stopped) return
    }
    if (text !== '') await flush()
    post({ kind: 'end', id })
  }

  function finish(id: number, status: number, headers: readonly string[], body: string | Uint8Array | undefined): void {
    if (body === undefined) {
      post({ kind: 'answer', id, status, headers })
      return
    }
    const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : new Uint8Array(body)
    const whole = headers.includes('Content-Length') ? headers : [...headers, 'Content-Length', String(bytes.length)]
    post({ kind: 'answer', id, status, headers: whole, body: bytes }, [bytes.buffer])
  }

  function post(message: FromHeavy, transfer: readonly ArrayBufferLike[] = []): void {
    port.postMessage(message, transfer as ArrayBuffer[])
  }
}

if (parentPort !== null) {
  giveWay()
  // A database that can't be opened ends the thread; whoever waits is told to come again.
  await start(parentPort, workerData as HeavyDatabase)
}
