// Runs inside an offload thread: opens the installation again, carries out one request at a time.

import { setTimeout as wait } from 'node:timers/promises'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { blankAbout } from '../../call.ts'
import type { Directory } from '../../directory/index.ts'
import { environment } from '../../environment.ts'
import type { Call, Provider, Report } from '../../provider/index.ts'
import { settle, vocabularyOf } from '../../record/index.ts'
import { openSiteInThread } from '../../site/index.ts'
import { bringPackages } from '../packages.ts'
import { createGuard, type Guard } from './guard.ts'
import type { FromThread, OffloadCall, ThreadData, ToThread } from './messages.ts'
import { giveWay } from './priority.ts'

/** Pieces of an answer are collected up to this many characters before they are sent. */
const PIECE = 64 * 1024
/** How often the database is told to cancel a statement that no one waits for. */
const AGAIN_MS = 50

/** An answer that is being streamed. */
interface Flow {
  credit: number
  stopped: boolean
  wake?: () => void
}

/** What the thread works with. */
interface RunDeps {
  readonly port: MessagePort
  readonly guard: Guard
  readonly provider: Provider
  readonly catalog: Directory['catalog']
  /** Cancels statements on PostgreSQL. */
  readonly interrupt: { readonly mark: () => void; readonly cancel: () => Promise<void> } | undefined
  readonly flows: Map<number, Flow>
  /** The call that is being carried out. */
  present: number | undefined
  /** Under way while the database is being told to cancel what the present call reads. */
  cancelling: Promise<void> | undefined
}

async function start(port: MessagePort, { settings, port: writer, words, seconds }: ThreadData): Promise<void> {
  bringPackages()
  const guard = createGuard(words, seconds)
  let nextPort: ((port: MessagePort) => void) | undefined
  const site = await openSiteInThread(settings, {
    port: writer,
    nextPort: () => {
      post(port, { kind: 'port' })
      return new Promise<MessagePort>((resolve) => {
        nextPort = resolve
      })
    },
    check: guard.check,
    watch: guard.watch,
    seconds,
  })
  const provider = await site.provider({
    cacheBytes: 0,
    report: (problem) => post(port, { kind: 'problem', problem: travelling(problem) }),
    skipped: (note) => post(port, { kind: 'skipped', note }),
  })
  const { interrupt } = site.database
  const { catalog } = await site.directory()
  const deps: RunDeps = {
    port,
    guard,
    provider,
    catalog,
    interrupt,
    flows: new Map(),
    present: undefined,
    cancelling: undefined,
  }
  port.on('message', (message: ToThread) => {
    if (message.kind === 'port') nextPort?.(message.port)
    else if (message.kind === 'call') void carryOut(deps, message)
    else steer(deps, message)
  })
  post(port, { kind: 'ready' })
}

/** Some classes of errors can't be sent between threads: sends what the log shows of one. */
function travelling({ id, error, method }: Parameters<Report>[0]): Parameters<Report>[0] {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error))
  const retryAfterMs = error instanceof Error && 'retryAfterMs' in error ? error.retryAfterMs : undefined
  const busy = error instanceof Error && 'busy' in error ? error.busy : undefined
  const partial = error instanceof Error && 'partial' in error ? error.partial : undefined
  const status = error instanceof Error && 'status' in error ? error.status : undefined
  return { id, method, error: { name, message, stack, retryAfterMs, busy, partial, status } }
}

/** Lets a streamed answer go on, or stops a request. */
function steer(deps: RunDeps, { kind, id }: { readonly kind: 'more' | 'stop'; readonly id: number }): void {
  if (kind === 'stop' && id === deps.present) deps.cancelling ??= giveUp(deps, id)
  const flow = deps.flows.get(id)
  if (flow === undefined) return
  if (kind === 'more') flow.credit++
  if (kind === 'stop') flow.stopped = true
  flow.wake?.()
}

/** Cancels until the call has ended: a statement that was only about to be sent wouldn't be hit by the first attempt. */
async function giveUp(deps: RunDeps, id: number): Promise<void> {
  while (deps.interrupt !== undefined && deps.present === id && deps.guard.reads()) {
    await deps.interrupt.cancel()
    await wait(AGAIN_MS)
  }
}

async function carryOut(deps: RunDeps, message: OffloadCall): Promise<void> {
  const { id, method, path, search, base, tenant, txn, vouched, headers, body, isRecorded } = message
  const { port, guard, flows } = deps
  const call: Call = {
    method,
    path,
    search,
    base,
    tenant,
    txn,
    vouched,
    about: isRecorded ? blankAbout() : undefined,
    header: (name) => headers[name],
    body: async (limit) => (body !== undefined && body.length > limit ? undefined : (body ?? new Uint8Array())),
  }
  guard.enter(message)
  deps.interrupt?.mark()
  deps.present = id
  const answer = await deps.provider.handle(call)
  deps.present = undefined
  guard.leave()
  // It must not hit what the next call sends on the same connection.
  await deps.cancelling
  deps.cancelling = undefined
  if (call.about !== undefined) {
    const about = settle(call.about, call, vocabularyOf(deps.catalog(tenant)), environment.now())
    post(port, { kind: 'about', id, about })
  }
  if (answer.body === undefined || typeof answer.body === 'string' || answer.body instanceof Uint8Array) {
    finish(port, id, answer.status, answer.headers, answer.body)
    return
  }
  post(port, { kind: 'begin', id, status: answer.status, headers: answer.headers })
  const flow: Flow = { credit: message.window, stopped: false }
  flows.set(id, flow)
  try {
    await stream(port, id, answer.body, flow)
  } catch (error) {
    post(port, { kind: 'broken', id, reason: error instanceof Error ? error.message : String(error) })
  } finally {
    flows.delete(id)
  }
}

async function stream(
  port: MessagePort,
  id: number,
  body: AsyncIterable<string | Uint8Array>,
  flow: Flow,
): Promise<void> {
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
    post(port, { kind: 'piece', id, bytes }, [bytes.buffer])
  }
  for await (const piece of body) {
    text += typeof piece === 'string' ? piece : new TextDecoder().decode(piece)
    if (text.length >= PIECE) await flush()
    if (flow.stopped) return
  }
  if (text !== '') await flush()
  post(port, { kind: 'end', id })
}

function finish(
  port: MessagePort,
  id: number,
  status: number,
  headers: readonly string[],
  body: string | Uint8Array | undefined,
): void {
  if (body === undefined) {
    post(port, { kind: 'answer', id, status, headers })
    return
  }
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : new Uint8Array(body)
  const whole = headers.includes('Content-Length') ? headers : [...headers, 'Content-Length', String(bytes.length)]
  post(port, { kind: 'answer', id, status, headers: whole, body: bytes }, [bytes.buffer])
}

function post(port: MessagePort, message: FromThread, transfer: readonly ArrayBufferLike[] = []): void {
  port.postMessage(message, transfer as ArrayBuffer[])
}

if (parentPort !== null) {
  giveWay()
  // If the database can't be opened, the thread ends and the waiting client is told to retry.
  await start(parentPort, workerData as ThreadData)
}
