/** A thread that carries out heavy requests, beside the one that serves. */
import { setTimeout as wait } from 'node:timers/promises'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import type { Call } from '../provider/index.ts'
import type { Store } from '../store/index.ts'
import type { Interrupt } from '../store/postgres/postgres.ts'
import { createTenancy } from '../tenancy/index.ts'
import { createGuard } from './guard.ts'
import type { FromHeavy, HeavyCall, HeavyDatabase, ToHeavy } from './heavy-messages.ts'
import { giveWay } from './priority.ts'
import { createScim, openDirectory } from './scim.ts'

/** Pieces are gathered up to this many characters before they travel. */
const PIECE = 64 * 1024

interface Flow {
  credit: number
  stopped: boolean
  wake?: () => void
}

/** Connections of a thread to PostgreSQL: one request at a time reads and writes. Looking what has changed, and a node of a cluster that hangs, may hold one each. */
const CONNECTIONS = 3
/** What a statement may take in any case: writes wait for locks meanwhile. */
const STATEMENT_MS = 30_000
/** How often the server is told that nobody waits for a statement any more. */
const AGAIN_MS = 50

async function openStore(
  { settings: { database, postgres }, port, seconds }: HeavyDatabase,
  { check, again }: { readonly check: () => void; readonly again: () => Promise<MessagePort> },
): Promise<Store & { readonly interrupt?: Interrupt }> {
  if (postgres !== undefined) {
    const { postgresStore } = await import('../store/postgres/postgres.ts')
    // What others change is learnt of by looking; the connection to listen on is the main thread's.
    const statementTimeoutMs = Math.max(STATEMENT_MS, (seconds + 1) * 1_000)
    return postgresStore({ ...postgres, connections: CONNECTIONS, listen: false, statementTimeoutMs })
  }
  const { sqliteStore } = await import('../store/sqlite/sqlite.ts')
  let first = port
  const writer = () => {
    const given = first
    first = undefined
    return given ?? again()
  }
  return sqliteStore(database, port === undefined ? { check } : { writer, check })
}

/** A whole stack of its own on the same database: reads by itself, on SQLite writes through the one writer. */
async function start(port: MessagePort, database: HeavyDatabase): Promise<void> {
  const guard = createGuard(database.words, database.seconds)
  /** Who waits for a new way to the writer. */
  let hopeful: ((port: MessagePort) => void) | undefined
  const again = () => {
    post({ kind: 'port' })
    return new Promise<MessagePort>((resolve) => {
      hopeful = resolve
    })
  }
  const store = await openStore(database, { check: guard.check, again })
  const tenancy = createTenancy({ store })
  const provider = createScim({
    directory: openDirectory(guard.watch(store), tenancy, guard.check),
    tenancy,
    cacheBytes: 0,
    report: ({ id, error, method }) => {
      // Errors of some classes can't travel: what the log shows of one does.
      const { name, message, stack } = error instanceof Error ? error : new Error(String(error))
      const retryAfterMs = error instanceof Error && 'retryAfterMs' in error ? error.retryAfterMs : undefined
      const busy = error instanceof Error && 'busy' in error ? error.busy : undefined
      const partial = error instanceof Error && 'partial' in error ? error.partial : undefined
      const status = error instanceof Error && 'status' in error ? error.status : undefined
      post({
        kind: 'problem',
        problem: { id, method, error: { name, message, stack, retryAfterMs, busy, partial, status } },
      })
    },
    skipped: (note) => post({ kind: 'skipped', note }),
  })
  const flows = new Map<number, Flow>()
  let present: number | undefined
  /** The server is being told to give up what the present call reads. */
  let cancelling: Promise<void> | undefined
  port.on('message', (message: ToHeavy) => {
    if (message.kind === 'call') void carryOut(message)
    if (message.kind === 'port') {
      hopeful?.(message.port)
      return
    }
    if (message.kind === 'stop' && message.id === present) cancelling ??= giveUp(message.id)
    const flow = flows.get(message.id)
    if (flow === undefined) return
    if (message.kind === 'more') flow.credit++
    if (message.kind === 'stop') flow.stopped = true
    flow.wake?.()
  })

  /** A statement that was only about to be sent when the server was told hears nothing, so it is told again until the call has ended. */
  async function giveUp(id: number): Promise<void> {
    while (store.interrupt !== undefined && present === id && guard.reads()) {
      await store.interrupt.cancel()
      await wait(AGAIN_MS)
    }
  }

  post({ kind: 'ready' })

  async function carryOut(message: HeavyCall): Promise<void> {
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
    guard.enter(message)
    store.interrupt?.mark()
    present = id
    const answer = await provider.handle(call)
    present = undefined
    guard.leave()
    // Lest it hit what the next call asks on the same connection.
    await cancelling
    cancelling = undefined
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
