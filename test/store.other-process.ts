// Another process on the same database file; started by store.sqlite.test.ts.

import { sqliteStore } from '../src/store/sqlite/sqlite.ts'

const [file = '', what = '', prefix = '', count = '0'] = process.argv.slice(2)
const store = sqliteStore(file)
if (what === 'make') {
  await store.commit([{ write: 'tenant', tenant: 'acme', as: 'gone', at: 1 }])
  await store.commit([{ write: 'tenant', tenant: 'acme', as: 'new', at: 1 }])
} else {
  for (let i = 0; i < Number(count); i += 10) {
    await Promise.all(
      Array.from({ length: 10 }, async (_, j) => {
        const id = `${prefix}${String(i + j).padStart(6, '0')}`
        await store.commit([
          {
            write: 'create',
            draft: {
              tenant: 'acme',
              type: 'User',
              id,
              text: JSON.stringify({ schemas: [], id, userName: id }),
              display: id,
            },
            at: 1_000,
            index: [{ path: 'userName', value: id, unique: true }],
            log: { op: 'create', actor: 'other', paths: [] },
          },
        ])
        process.stdout.write(`${id}\n`)
      }),
    )
  }
}
await store.close()
