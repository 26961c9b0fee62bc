// The three stores, each opened empty, and an app on one of them.

import { lockstep } from '../../../src/embed/index.ts'
import type { LockstepOptions } from '../../../src/embed/options.ts'
import { bearer, type Context, type Directory, LENIENT } from '../../../src/index.ts'
import { Group, type Json, PATCH_OP, User } from '../../../src/protocol/index.ts'
import type { Store } from '../../../src/store/index.ts'
import { postgresStore } from '../../../src/store/postgres/postgres.ts'
import { openMemory, openSqliteInMemory } from '../../local-stores.ts'
import type { TestServer } from '../../postgres.ts'
import type { OpenStore } from '../../store.contract.ts'

/** A store of which the tests need not know the transaction. */
export type AnyStore = Store<unknown>

/** Opens a store by the name of its database. */
export function opener(name: string, server: () => TestServer): OpenStore {
  if (name === 'memory') return openMemory as unknown as OpenStore
  if (name === 'sqlite') return openSqliteInMemory as unknown as OpenStore
  return (async () => {
    const place = await server().database()
    const store = await postgresStore({ url: place.url, connections: 8 })
    return {
      store,
      async close() {
        await store.close()
        await place.drop()
      },
    }
  }) as unknown as OpenStore
}

/** The names for {@link opener}. */
export const STORES = [['memory'], ['sqlite'], ['postgres']] as const

/** On whose behalf tests write. */
export const CONTEXT: Context = { tenant: 'acme', actor: 'okta', allow: LENIENT }

/** An app on a store, and the shortest ways to change its people and groups. */
export async function startApp(
  store: AnyStore,
  options: Omit<LockstepOptions<unknown>, 'store' | 'authenticate'> = {},
) {
  const reported: unknown[] = []
  const scim = lockstep({
    store,
    authenticate: bearer({ token: { tenant: 'acme', actor: 'okta' } }),
    report: ({ error }) => reported.push(error),
    ...options,
  })
  const { directory } = await scim.open()
  const request = async (method: string, path: string, body?: Json) => {
    const response = await scim.fetch(
      new Request(`http://app.example/scim/v2${path}`, {
        method,
        headers: { authorization: 'Bearer token', 'content-type': 'application/scim+json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    )
    const text = await response.text()
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
  }
  return { scim, directory, reported, request, ...shortcuts(directory) }
}

function shortcuts(directory: Directory) {
  const patch = (type: string, id: string, ...operations: Json[]) =>
    directory.patch(CONTEXT, type, id, { schemas: [PATCH_OP], Operations: operations })
  return {
    patch,
    async user(userName: string, more: { readonly [name: string]: Json } = {}) {
      const made = await directory.create(CONTEXT, 'User', { schemas: [User.schema.id], userName, ...more })
      return made.stored.id
    },
    async group(displayName: string, ...members: readonly string[]) {
      const body = { schemas: [Group.schema.id], displayName, members: members.map((value) => ({ value })) }
      return (await directory.create(CONTEXT, 'Group', body)).stored.id
    },
    active: (id: string, active: boolean) => patch('User', id, { op: 'replace', path: 'active', value: active }),
    rename: (id: string, name: string) => patch('Group', id, { op: 'replace', path: 'displayName', value: name }),
    join: (group: string, ...ids: readonly string[]) =>
      patch('Group', group, { op: 'add', path: 'members', value: ids.map((value) => ({ value })) }),
    leave: (group: string, id: string) => patch('Group', group, { op: 'remove', path: `members[value eq "${id}"]` }),
    drop: (type: string, id: string) => directory.remove(CONTEXT, type, id),
  }
}
