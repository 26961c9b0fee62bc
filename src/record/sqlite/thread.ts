// The thread that keeps the record of a process in a SQLite file: no write of it waits in the event loop.

import { parentPort, workerData } from 'node:worker_threads'
import type { RecordStore } from '../contract.ts'
import { sqlRecord } from '../sql/sql-record.ts'
import type { RecordCall, RecordReply, RecordThreadData } from './messages.ts'
import { openRecordFile } from './sqlite-database.ts'

const port = parentPort
if (port !== null) {
  const { file, mostPages }: RecordThreadData = workerData
  let store: RecordStore | undefined
  const reply = (message: RecordReply) => port.postMessage(message)
  port.on('message', async ({ id, name, given }: RecordCall) => {
    try {
      // Opened again after a failure: the disk may have room now, or the folder be there.
      store ??= sqlRecord(openRecordFile(file, mostPages))
      const call = store[name] as (...values: readonly unknown[]) => Promise<unknown>
      const result = await call(...given)
      reply({ id, result })
      if (name === 'close') port.close()
    } catch (error) {
      reply({ id, failed: error instanceof Error ? error.message : String(error) })
    }
  })
}
