// A store in another thread of the same process; started by store.sqlite.test.ts.

import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { Conflict } from '../src/store/index.ts'
import { sqliteStore } from '../src/store/sqlite/sqlite.ts'

const { file, port, count } = workerData as { file: string; port: MessagePort; count: number }
const store = sqliteStore(file, { writer: port })
const create = (i: number, name: string) =>
  store.commit([
    {
      write: 'create',
      draft: { tenant: 'acme', type: 'User', id: `t${i}`, text: `{"userName":"${name}"}`, display: name },
      at: 1_000,
      index: [{ path: 'userName', value: name, unique: true }],
      log: { op: 'create', actor: 'other', paths: [] },
    },
  ])
let written = 0
let seen = 0
await Promise.all(
  Array.from({ length: count }, async (_, i) => {
    const [one] = await create(i, `thread${i}`)
    if (one?.changed) written++
    if (await store.get({ tenant: 'acme', type: 'User', id: `t${i}` })) seen++
  }),
)
const conflict = await create(count, 'thread0').then(
  () => undefined,
  (error: unknown) => (error instanceof Conflict ? error.reason : String(error)),
)
parentPort?.postMessage({ written, seen, conflict })
await store.close()
