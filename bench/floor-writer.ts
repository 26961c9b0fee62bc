// The floor's writer thread.

// The server sends all writes that arrived during the last transaction. They share the next one and are answered after its COMMIT.
// RFC 7644 requires none of this: it is the least that is both durable and fast.

import { parentPort, workerData } from 'node:worker_threads'
import { createWriter, type FloorWrite, openDatabase, type Written } from './floor-store.ts'

const database = openDatabase(String(workerData))
const write = createWriter(database)

parentPort?.on('message', (writes: readonly FloorWrite[]) => {
  database.exec('BEGIN IMMEDIATE')
  const written: Written[] = []
  for (const one of writes) written.push(write(one))
  database.exec('COMMIT')
  parentPort?.postMessage(written)
})
parentPort?.postMessage([])
