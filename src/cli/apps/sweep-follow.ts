// Follows a sweep that the hub of a server carries out, with a progress bar.

import { setTimeout as sleep } from 'node:timers/promises'
import type { HubAdministration } from '../../hub/index.ts'
import { flagOption, type Options } from '../terminal/options.ts'
import { startProgress } from '../terminal/progress.ts'

const LOOK_EVERY_MS = 500
/** When nothing has moved for so long, somebody should look whether a hub is running. */
const QUIET_MS = 15_000

type SweepRun = Awaited<ReturnType<HubAdministration['inspection']['showSweep']>>

/**
 * Looks at a sweep until it has ended, the time is up, or the command is interrupted; the sweep itself goes on. Resolves with how it was
 * last. `most`: about how many accounts there are. `again`: the command that follows it again.
 */
export async function followSweep(
  look: () => Promise<SweepRun>,
  {
    most,
    seconds,
    again,
    options,
  }: {
    readonly most: number
    readonly seconds: number | undefined
    readonly again: string
    readonly options: Options
  },
): Promise<SweepRun> {
  const until = seconds === undefined ? Number.POSITIVE_INFINITY : performance.now() + seconds * 1_000
  const stop = new AbortController()
  const end = () => stop.abort()
  process.once('SIGINT', end)
  // Each account is listed, and each link held against the list.
  const progress = startProgress('of the sweep', 2 * most, options)
  try {
    let run = await look()
    let moved = performance.now()
    let done = 0
    let said = false
    for (;;) {
      const { listed, compared } = run.counts
      const now = performance.now()
      if (listed + compared !== done) moved = now
      progress.advance(listed + compared - done)
      done = listed + compared
      if (run.phase === 'done' || run.phase === 'failed') return run
      if (now >= until || stop.signal.aborted) {
        if (!flagOption(options, 'json')) progress.say(`The sweep goes on; follow it again with: ${again}`)
        return run
      }
      if (!said && now - moved > QUIET_MS) {
        said = true
        progress.say('Nothing has moved for 15 s: a sweep is carried out by the hub of a server; is one running?')
      }
      await sleep(LOOK_EVERY_MS, undefined, { signal: stop.signal }).catch(() => undefined)
      const before = run.phase
      run = await look()
      if (run.phase !== before && run.phase !== 'done') progress.say(PHASES[run.phase] ?? run.phase)
    }
  } finally {
    progress.stop()
    process.off('SIGINT', end)
  }
}

/** What is done in each phase, for people. */
const PHASES: { readonly [phase: string]: string } = {
  accounts: "Listing the app's accounts",
  zombies: 'Looking for accounts that should be off',
  links: 'Comparing accounts',
  strangers: 'Looking for accounts that nobody here owns',
  members: 'Comparing members of groups',
  fixing: 'Mending',
  failed: 'The sweep failed',
}
