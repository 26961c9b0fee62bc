// The store under test of the contract suite.

import { expect } from 'vitest'
import type { ResourceType } from '../../src/protocol/index.ts'
import { Conflict, type Member, type Store, type Write } from '../../src/store/index.ts'
import { group, idsOn, querying } from './writes.ts'

/** A store under test, and what tests often ask of it. */
export interface Fixture<Tx = unknown> {
  /** Opened anew for each test. */
  store: Store<Tx>
  readonly start: () => Promise<void>
  readonly stop: () => Promise<void>
  /** Ids that satisfy a filter. */
  readonly filtered: (types: readonly ResourceType[], filter: string) => Promise<string[]>
  readonly membersOf: (id: string) => Promise<string[]>
  readonly chunksOf: (id: string) => Promise<(readonly Member[])[]>
  /** The conflict in which a commit ends. */
  readonly conflict: (writes: readonly Write[]) => Promise<Conflict>
}

/** Opens an empty store; `close` takes away what it left. */
export type OpenStore<Tx = unknown> = () => Promise<{ readonly store: Store<Tx>; readonly close: () => Promise<void> }>

/** Makes a fixture; its store is there between `start` and `stop`. */
export function createFixture<Tx>(open: OpenStore<Tx>): Fixture<Tx> {
  let close = async () => {}
  const on: Fixture<Tx> = {
    store: undefined as unknown as Store<Tx>,
    async start() {
      const opened = await open()
      on.store = opened.store
      close = opened.close
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

/** Keeps what is reported on the console, in place of printing it; gives how to stop. */
export function silence(reported: unknown[]): () => void {
  const print = console.error
  console.error = (...all: unknown[]) => reported.push(all.map(String).join(' '))
  return () => {
    console.error = print
  }
}
