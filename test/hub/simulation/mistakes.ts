// Mistakes that a hub could make, each simulated from outside the product.

import { type Adapter, type AdapterKind, AppError, type Link, QUEUES } from '../../../src/hub/contract/index.ts'
import { NEVER, type Write } from '../../../src/store/index.ts'
import type { WorkStore } from '../../simulation/connection.ts'
import { crashingLeavers, hesitant, lateCreates, lateManagers, longBacklog, namesakes, sleepy } from './biased.ts'
import type { Mistake } from './scenario.ts'

/** The simulation must find each of them. */
export const MISTAKES: readonly Mistake[] = [
  {
    name: 'accounts are made without a search before',
    shows: /P5|P2/,
    bend: (_process, _store, kind) => ({ kind: withAdapter(kind, () => ({ find: async () => [] })) }),
  },
  {
    name: 'commits are not fenced',
    shows: /P[1-5]/,
    plan: sleepy,
    bend: (_process, store) => ({ store: bendWrites(store, (write) => (write.write === 'fence' ? [] : [write])) }),
  },
  {
    name: 'nothing is tentative before it is sent',
    shows: /P[25]/,
    bend: (_process, store) => ({ store: bendLinks(store, ({ tentative: _tentative, ...link }) => link) }),
  },
  {
    name: 'nothing is read back',
    shows: /P[25]/,
    bend: (_process, store) => ({
      store: bendWrites(store, (write) => {
        if (!isLink(write) || write.set?.state !== 'watched') return [write]
        const { verify: _verify, ...link } = write.set.value as unknown as Link
        return [{ ...write, set: { ...write.set, state: '', due: NEVER, value: link as never } }]
      }),
    }),
  },
  {
    name: 'twins are not looked for',
    shows: /P5/,
    plan: lateCreates,
    bend: (_process, store) => ({ store: bendLinks(store, ({ doubted: _doubted, ...link }) => link) }),
  },
  {
    name: 'circles of names are not broken',
    shows: /P1/,
    bend: (_process, _store, kind) => ({
      kind: withAdapter(kind, ({ traits }) => ({ traits: { ...traits, users: { ...traits.users, unique: [] } } })),
    }),
  },
  {
    name: 'leavers wait in line',
    shows: /P9/,
    plan: longBacklog,
    bend: (_process, store) => ({
      store: bendWrites(store, (write) => {
        if (write.write === 'mark') return [{ ...write, lane: 5 }]
        return write.write === 'item' && write.set?.lane !== undefined
          ? [{ ...write, set: { ...write.set, lane: 5 } }]
          : [write]
      }),
    }),
  },
  {
    name: 'removals are not counted in the commit',
    shows: /P8/,
    bend: (_process, store) => ({
      store: bendWrites(store, (write) => {
        if (write.write !== 'item' || write.item.queue !== QUEUES.units || write.set?.value === undefined)
          return [write]
        const { removals: _removals, ...state } = write.set.value as { readonly removals?: unknown }
        return [{ ...write, set: { ...write.set, value: state as never } }]
      }),
    }),
  },
  {
    name: 'the first of several accounts is taken over',
    shows: /P5/,
    plan: namesakes,
    bend: (_process, _store, kind) => ({
      kind: withAdapter(kind, ({ find }) => ({ find: async (...given) => (await find(...given)).slice(0, 1) })),
    }),
  },
  {
    name: 'Retry-After is ignored',
    shows: /P10/,
    bend: (_process, _store, kind) => ({ kind: withErrors(kind) }),
  },
  {
    name: 'nobody is woken who waits for an account',
    shows: /P7/,
    plan: lateManagers,
    bend: (_process, store) => ({
      store: bendWrites(store, (write) =>
        write.write === 'item' && write.item.queue.startsWith('hub/waits/') && write.set !== undefined ? [] : [write],
      ),
    }),
  },
  {
    name: 'whoever is off is not renamed',
    shows: /who is off/,
    bend: (_process, _store, kind) => ({
      kind: withAdapter(kind, ({ update }) => ({
        update: (type, id, change, call) =>
          change.after.active === false ? Promise.resolve() : update(type, id, change, call),
      })),
    }),
  },
  {
    name: 'groups are not looked at again when an account comes or goes',
    shows: /P2/,
    bend: (_process, store) => ({
      store: bendCommits(store, (writes) =>
        writes.some(isLink) ? writes.filter((write) => write.write !== 'mark' || !isMember(write.item.queue)) : writes,
      ),
    }),
  },
  {
    name: 'a link is settled at its current mark, not at the one that was seen',
    shows: /P[12]/,
    bend: (_process, store) => ({
      store: {
        ...store,
        commit: async (writes, inside) =>
          store.commit(await Promise.all(writes.map((write) => settlingNow(store, write))), inside),
      },
    }),
  },
  {
    name: 'there is no grace after an app is taken over',
    shows: /P[34]/,
    plan: hesitant,
    bend: (_process, store) => ({
      store: {
        ...store,
        async lease(...given) {
          const lease = await store.lease(...given)
          return lease === undefined ? undefined : { ...lease, abandoned: false }
        },
      },
    }),
  },
  {
    name: 'requests are sent when the lease is about to end',
    shows: /P[34]/,
    plan: hesitant,
    bend: (_process, store) => ({
      // The lease of an app ends before its owner stops sending, as if the owner did not look.
      store: {
        ...store,
        lease: (key, owner, ms, options) =>
          store.lease(key, owner, key.name.startsWith('log/') ? ms : ms * 0.3, options),
      },
    }),
  },
  {
    name: 'accounts of others are taken over',
    shows: /P[25]/,
    bend: (_process, store) => ({
      store: {
        ...store,
        items: async (tenant, queue, where) =>
          'tag' in where && queue.startsWith('hub/links/') ? [] : store.items(tenant, queue, where),
      },
    }),
  },
  {
    name: 'a link is forgotten before its account is removed',
    shows: /P[125]/,
    plan: crashingLeavers,
    bend: (_process, store) => ({
      store: bendWrites(store, (write) =>
        isLink(write) && (write.set?.value as Link | undefined)?.tentative?.remove === true
          ? [{ ...write, set: undefined }]
          : [write],
      ),
    }),
  },
]

type LinkWrite = Extract<Write, { write: 'item' }>

function isLink(write: Write): write is LinkWrite {
  return write.write === 'item' && write.item.queue.startsWith('hub/links/')
}

function isMember(queue: string): boolean {
  return queue.startsWith('hub/members/')
}

function bendCommits(store: WorkStore, bend: (writes: readonly Write[]) => readonly Write[]): WorkStore {
  return { ...store, commit: (writes, inside) => store.commit(bend(writes), inside) }
}

function bendWrites(store: WorkStore, bend: (write: Write) => readonly Write[]): WorkStore {
  return bendCommits(store, (writes) => writes.flatMap(bend))
}

/** Bends what is kept of links. */
function bendLinks(store: WorkStore, bend: (link: Link) => Link): WorkStore {
  return bendWrites(store, (write) => {
    if (!isLink(write) || write.set?.value === undefined) return [write]
    return [{ ...write, set: { ...write.set, value: bend(write.set.value as unknown as Link) as never } }]
  })
}

/** Bends adapters as they are opened. */
function withAdapter(kind: AdapterKind, bend: (adapter: Adapter) => Partial<Adapter>): AdapterKind {
  return {
    ...kind,
    open(settings, deps) {
      const adapter = kind.open(settings, deps)
      return { ...adapter, ...bend(adapter) }
    },
  }
}

/** Takes away how long a pause is to be. */
function withErrors(kind: AdapterKind): AdapterKind {
  const without = (error: unknown) => {
    if (error instanceof AppError && error.trouble === 'throttled')
      throw new AppError('unknown', error.message, { status: 503 })
    throw error
  }
  return withAdapter(kind, ({ find, read, create, update, disable, remove, members }) => ({
    find: (...given) => find(...given).catch(without),
    read: (...given) => read(...given).catch(without),
    create: (...given) => create(...given).catch(without),
    update: (...given) => update(...given).catch(without),
    disable: (...given) => disable(...given).catch(without),
    remove: (...given) => remove(...given).catch(without),
    members: (...given) => members(...given).catch(without),
  }))
}

async function settlingNow(store: WorkStore, write: Write): Promise<Write> {
  if (!isLink(write) || write.settles === undefined) return write
  const { tenant, queue, key } = write.item
  const [item] = await store.items(tenant, queue, { keys: [key] })
  return { ...write, settles: item?.mark ?? write.settles }
}
