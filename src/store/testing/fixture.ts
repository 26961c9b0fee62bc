// The store under test of the contract suite.

import { environment } from '../../environment.ts'
import type { ResourceType } from '../../protocol/index.ts'
import { type Affected, Conflict, type ExportRow, type Member, type Store, type Write } from '../index.ts'
import type { Expect } from './expect.ts'
import { group, idsOn, querying } from './writes.ts'

/** A store under test, and what tests often ask of it. */
export interface Fixture {
  /** Opened anew for each test. */
  store: Store
  /** What watchers were notified of, where a chapter watches. */
  readonly heard: Affected[]
  readonly start: () => Promise<void>
  readonly stop: () => Promise<void>
  /** Ids that satisfy a filter. */
  readonly filtered: (types: readonly ResourceType[], filter: string) => Promise<string[]>
  readonly membersOf: (id: string) => Promise<string[]>
  readonly chunksOf: (id: string) => Promise<(readonly Member[])[]>
  /** The conflict in which a commit ends. */
  readonly conflict: (writes: readonly Write[]) => Promise<Conflict>
}

/** Opens an empty store; `close` removes what it left. */
export type OpenStore = () => Promise<{ readonly store: Store; readonly close: () => Promise<void> }>

/** Makes a fixture; its store is there between `start` and `stop`. */
export function createFixture(open: OpenStore, expect: Expect): Fixture {
  let close = async () => {}
  const on: Fixture = {
    store: undefined as unknown as Store,
    heard: [],
    async start() {
      const opened = await open()
      on.store = opened.store
      close = opened.close
      on.heard.length = 0
      await on.store.commit([{ write: 'tenant', tenant: 'acme', as: 'new', at: 1 }])
    },
    stop: () => close(),
    filtered: async (types, filter) => idsOn(await on.store.find(querying(types, { filter }))),
    membersOf: async (id) => (await on.chunksOf(id)).flatMap((chunk) => chunk.map((member) => member.id)).sort(),
    async chunksOf(id) {
      const chunks: (readonly Member[])[] = []
      for await (const chunk of on.store.members(group(id))) chunks.push(chunk)
      return chunks
    },
    async conflict(writes) {
      const error = await on.store.commit(writes).then(
        () => undefined,
        (error: unknown) => error,
      )
      expect(error).toBeInstanceOf(Conflict)
      return error as Conflict
    },
  }
  return on
}

/** The rows of a tenant, after a row. */
export async function rowsOf(from: Store, tenant: string, after?: ExportRow): Promise<ExportRow[]> {
  const rows: ExportRow[] = []
  for await (const chunk of from.exportTenant(tenant, after)) rows.push(...chunk)
  return rows
}

/** Lets what waits for its turn have it. */
export function pass(): Promise<void> {
  return new Promise((resolve) => environment.afterTurn(resolve))
}

/** Keeps what is reported on the console, in place of printing it; gives how to stop. */
export function silence(reported: unknown[]): () => void {
  const print = console.error
  console.error = (...all: unknown[]) => reported.push(all.map(String).join(' '))
  return () => {
    console.error = print
  }
}
