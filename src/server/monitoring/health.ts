// Answers /healthz and /readyz: whether the process lives, and whether it should get requests.

import type { Store } from '../../store/index.ts'
import { withPatience } from './with-timeout.ts'
import type { Writability } from './writability.ts'

/** Whether the process lives, and whether it should get requests. */
export interface Health {
  /** For `GET /healthz`: the process answers. */
  readonly live: () => { readonly status: 200; readonly body: string }
  /** For `GET /readyz`: the database answers and accepts writes, and the server is neither starting nor stopping. */
  readonly ready: () => Promise<{ readonly status: 200 | 503; readonly body: string }>
  readonly enter: (state: State) => void
}

/** The phase of the server's life. */
export type State = 'starting' | 'serving' | 'stopping'

/** Longest wait for the database. */
const PATIENCE_MS = 2_000

/** Creates the two answers. Both bodies are JSON: `{"status":"ok"}`. */
export function createHealth(store: Store, writability: Pick<Writability, 'check'>): Health {
  let state: State = 'starting'
  const say = (status: string) => JSON.stringify({ status })
  return {
    live: () => ({ status: 200, body: say('ok') }),
    ready: async () => {
      if (state !== 'serving') return { status: 503, body: say(state) }
      const asked = (store.ping?.() ?? store.records('', 'server', { limit: 1 })).then(() => true)
      const answered = await withPatience(asked, PATIENCE_MS)
      if (!answered) return { status: 503, body: say('the database does not answer') }
      const why = await writability.check()
      return why === undefined ? { status: 200, body: say('ok') } : { status: 503, body: say(why) }
    },
    enter: (next) => {
      state = next
    },
  }
}
