// Which identity providers would be content with a server: each is played against it, and its acts counted.

import { isSimulated, SCENARIOS, simulate } from '../../src/simulate/index.ts'
import type { Peer } from './peer.ts'

/** For each identity provider, what it would make of a server: `works`, or the acts that fail and that fail unnoticed. */
export async function flows(peer: Peer): Promise<ReadonlyMap<string, string>> {
  const rows = new Map<string, string>()
  for (const [name, { kind }] of Object.entries(SCENARIOS)) {
    if (!isSimulated(name)) continue
    // A server of its own for each, so that what one leaves behind is not in the way of the next.
    const running = await peer.start()
    try {
      const token = peer.kinds === true ? `${running.token}-${kind}` : running.token
      const { acts, works } = await simulate(name, { url: running.base, token, seed: 1 })
      const bad = acts.filter(({ verdict }) => verdict === 'fails' || verdict === 'unnoticed')
      rows.set(
        name,
        works
          ? 'works'
          : bad.map(({ act, verdict }) => `${act}${verdict === 'fails' ? '' : ' (unnoticed)'}`).join(', '),
      )
    } finally {
      await running.stop()
    }
  }
  return rows
}
