// Tries the help desk's adapter with the contract suite of adapters, on a help desk for tests.

import { environment } from 'lockstep'
import { adapterContract } from 'lockstep/hub/testing'
import { User } from 'lockstep/protocol'
import { desk } from './adapter.ts'

/** Registers one test for each thing that an adapter must do. `test` is that of node:test, Vitest or Jest. */
export function tryDesk(
  test: (name: string, run: () => Promise<void>) => unknown,
  place: () => { readonly url: string; readonly token: string },
): void {
  adapterContract(test, async () => {
    const { url, token } = place()
    const settings = { id: 'desk', label: 'Help desk', options: { url }, credentials: { kind: 'bearer' } } as const
    const deps = { tenant: 'acme', environment, secret: async () => token, types: [User] }
    return { adapter: desk.open(settings, deps), secret: token }
  })
}
