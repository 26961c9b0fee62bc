// The record of requests in a SQLite file of its own, kept by a thread of its own.

import { Worker } from 'node:worker_threads'
import type { RecordStore } from '../contract.ts'
import type { RecordCall, RecordReply, RecordThreadData } from './messages.ts'

/** Options of {@link sqliteRecord}. */
export interface SqliteRecordOptions {
  /** The file grows no further than so many pages of 4 KiB. */
  readonly mostPages?: number | undefined
}

interface Waiting {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
}

/** Copies the record to another file while servers write to it. The copy appears complete, or not at all. */
export async function copyRecord(file: string, to: string): Promise<void> {
  const { copyRecordFile } = await import('./copy.ts')
  copyRecordFile(file, to)
}

/** Opens the record in a file. The file is opened with the first call, and again after each failure to. */
export function sqliteRecord(file: string, { mostPages }: SqliteRecordOptions = {}): RecordStore {
  const waiting = new Map<number, Waiting>()
  let worker: Worker | undefined
  let next = 1
  const start = () => {
    const data: RecordThreadData = { file, mostPages }
    const made = new Worker(new URL(import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js', import.meta.url), {
      workerData: data,
    })
    made.unref()
    const ended = (error: Error) => {
      if (worker === made) worker = undefined
      for (const one of waiting.values()) one.reject(error)
      waiting.clear()
    }
    made.on('message', (reply: RecordReply) => {
      const one = waiting.get(reply.id)
      waiting.delete(reply.id)
      if (waiting.size === 0) made.unref()
      if ('failed' in reply) one?.reject(new Error(`The record ${file}: ${reply.failed}`))
      else one?.resolve(reply.result)
    })
    made.on('error', ended)
    made.on('exit', () => ended(new Error(`The thread of the record ${file} has ended`)))
    return made
  }
  const call = <T>(name: RecordCall['name'], ...given: readonly unknown[]): Promise<T> => {
    worker ??= start()
    const to = worker
    const id = next++
    return new Promise<T>((resolve, reject) => {
      waiting.set(id, { resolve: (result) => resolve(result as T), reject })
      to.ref()
      const message: RecordCall = { id, name, given }
      to.postMessage(message)
    })
  }
  return {
    append: (batch) => call('append', batch),
    page: (query) => call('page', query),
    line: (id, tenants) => call('line', id, tenants),
    place: () => call('place'),
    counts: (query) => call('counts', query),
    faults: (query) => call('faults', query),
    heard: (query) => call('heard', query),
    trim: (retention) => call('trim', retention),
    tenants: () => call('tenants'),
    forget: (tenant, terms) => call('forget', tenant, terms),
    older: (before, most) => call('older', before, most),
    size: () => call('size'),
    async close() {
      // A file that was never opened need not be opened to be closed.
      if (worker === undefined) return
      await call('close').catch(() => undefined)
      await worker?.terminate()
    },
  }
}
