// Mistakes that readers, workers and writers could make, each simulated from outside the product.

import { Conflict, type Lease, type News, type Write } from '../../src/store/index.ts'
import type { WorkStore } from '../simulation/connection.ts'
import { UNITS } from './model.ts'
import type { Mistake } from './scenario.ts'

/** The simulation must find each of them. */
export const MISTAKES: readonly Mistake[] = [
  {
    name: 'the fence is left out',
    bend: (_, store) => ({
      store: {
        ...store,
        commit: (writes, inside) =>
          store.commit(
            writes.filter(({ write }) => write !== 'fence'),
            inside,
          ),
      },
    }),
  },
  {
    name: 'the place is committed before the lines are handled',
    bend: (_, store) => {
      const readers = new Map<string, string>()
      return {
        store: {
          ...store,
          async cursors(tenant) {
            const all = await store.cursors(tenant)
            for (const { reader } of all) readers.set(tenant, reader)
            return all
          },
          async changes(tenant, after, limit) {
            const lines = await store.changes(tenant, after, limit)
            const reader = readers.get(tenant)
            const place = lines.at(-1)?.place
            if (place !== undefined && reader !== undefined)
              await store.commit([{ write: 'cursor', tenant, reader, place }])
            return lines
          },
        },
      }
    },
  },
  {
    name: 'the place is one line too high',
    bend: (_, store) => ({
      store: {
        ...store,
        commit: (writes, inside) => store.commit(writes.map(farther), inside),
      },
    }),
  },
  {
    name: 'the place is taken from the news instead of read under the lease',
    bend: (_, store) => {
      const places = new Map<string, News>()
      return {
        store: {
          ...store,
          async news(reader, limit, after) {
            const news = await store.news(reader, limit, after)
            for (const one of news) places.set(`${one.tenant} ${one.reader}`, one)
            return news
          },
          async cursors(tenant) {
            const all = await store.cursors(tenant)
            return all.map((one) => ({ ...one, place: places.get(`${tenant} ${one.reader}`)?.place ?? one.place }))
          },
        },
      }
    },
  },
  {
    name: 'lines are shown before they are final',
    bend: (_, store) => {
      const open = new Set<readonly Write[]>()
      return {
        store: {
          ...store,
          commit(writes, inside) {
            open.add(writes)
            return store.commit(writes, inside).finally(() => open.delete(writes))
          },
          async changes(tenant, after, limit) {
            const lines = await store.changes(tenant, after, limit)
            const early = [...open]
              .flat()
              .flatMap((write) => (write.write === 'note' && write.ref.tenant === tenant ? write : []))
            const place = (lines.at(-1)?.place ?? after) + 1
            return [
              ...lines,
              ...early.map(
                ({ ref, at }, n) =>
                  ({ ...ref, at, place: place + n, op: 'note', actor: '', version: 0, paths: [] }) as const,
              ),
            ]
          },
        },
      }
    },
  },
  {
    name: 'news are cached',
    bend: (_, store) => {
      let kept: readonly News[] = []
      return {
        store: {
          ...store,
          async news(reader, limit, after) {
            if (kept.length === 0) kept = await store.news(reader, limit, after)
            return kept
          },
        },
      }
    },
  },
  {
    name: 'only the first entry of the news is read',
    bend: (_, store) => ({ store: { ...store, news: (reader) => store.news(reader, 1) } }),
  },
  {
    name: 'the answer to a renewal is ignored',
    bend: (_, store) => {
      const taken = new Map<string, Lease>()
      return {
        store: {
          ...store,
          async lease(key, owner, ms) {
            const id = `${key.tenant} ${key.name} ${owner}`
            const before = taken.get(id)
            const lease = await store.lease(key, owner, ms)
            if (before !== undefined) return before
            if (lease !== undefined) taken.set(id, lease)
            return lease
          },
        },
      }
    },
  },
  {
    name: 'a lease is not renewed',
    bend: (_, store) => {
      const taken = new Set<string>()
      return {
        store: {
          ...store,
          lease(key, owner, ms) {
            if (taken.has(owner)) return Promise.reject(new Error('not renewed'))
            taken.add(owner)
            return store.lease(key, owner, ms)
          },
        },
      }
    },
  },
  {
    name: 'a lease is timed by the wall clock',
    bend: (process) => ({
      process: { ...process, environment: { ...process.environment, monotonic: process.environment.now } },
    }),
  },
  {
    name: 'a commit of unknown outcome is retried',
    bend: (_, store) => ({
      store: {
        ...store,
        commit: (writes, inside) =>
          store.commit(writes, inside).catch((error) => {
            if (error instanceof Conflict || !writes.some(({ write }) => write === 'fence')) throw error
            return store.commit(writes, inside)
          }),
      },
    }),
  },
  {
    name: 'a lease is kept after a commit of unknown outcome',
    bend: (process, store) => ({
      store: { ...store, lease: (key, _, ms) => store.lease(key, process.name, ms), release: async () => {} },
    }),
  },
  {
    name: 'an item is settled at its current mark, not at the one that was seen',
    bend: (_, store) => ({
      store: {
        ...store,
        commit: async (writes, inside) =>
          store.commit(await Promise.all(writes.map((write) => settlingNow(store, write))), inside),
      },
    }),
  },
  {
    name: 'an item is not read again under its lease',
    bend: (_, store) => {
      const found = new Map<string, Awaited<ReturnType<WorkStore['due']>>[number]>()
      return {
        store: {
          ...store,
          async due(queue, where) {
            const items = await store.due(queue, where)
            for (const item of items) found.set(`${item.tenant} ${item.key}`, item)
            return items
          },
          items: async (tenant, _, where) =>
            ('keys' in where ? where.keys : []).flatMap((key) => found.get(`${tenant} ${key}`) ?? []),
        },
      }
    },
  },
  {
    name: 'a mark is a read followed by a write',
    bend: (_, store) => ({
      store: {
        ...store,
        commit: async (writes, inside) =>
          store.commit(await Promise.all(writes.map((write) => readAndRaised(store, write))), inside),
      },
    }),
  },
  {
    name: 'the log is trimmed past a reader',
    bend: (_, store) => ({
      store: {
        ...store,
        commit: async (writes, inside) =>
          store.commit((await Promise.all(writes.map((write) => regardless(store, write)))).flat(), inside),
      },
    }),
  },
]

function farther(write: Write): Write {
  return write.write === 'cursor' && write.place !== undefined ? { ...write, place: write.place + 1 } : write
}

async function settlingNow(store: WorkStore, write: Write): Promise<Write> {
  if (write.write !== 'item' || write.settles === undefined) return write
  const { tenant, queue, key } = write.item
  const [item] = await store.items(tenant, queue, { keys: [key] })
  return { ...write, settles: item?.mark ?? write.settles }
}

async function readAndRaised(store: WorkStore, write: Write): Promise<Write> {
  if (write.write !== 'mark' || write.item.queue !== UNITS) return write
  const { tenant, queue, key } = write.item
  const [item] = await store.items(tenant, queue, { keys: [key] })
  const { lane, due, state } = write
  return { write: 'item', item: write.item, set: { lane, due, state, mark: (item?.mark ?? 0) + 1 } }
}

async function regardless(store: WorkStore, write: Write): Promise<readonly Write[]> {
  if (write.write !== 'trim') return [write]
  const cursors = await store.cursors(write.tenant)
  const without = cursors.map((cursor) => ({ write: 'cursor', ...cursor, place: undefined }) as const)
  return [...without, write, ...cursors.map((cursor) => ({ write: 'cursor', ...cursor }) as const)]
}
