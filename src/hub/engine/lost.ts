// An account that is not in the app any more.

import { keepProgress, park } from './settle.ts'
import type { Job, Turn } from './turn.ts'
import type { Want } from './want.ts'

/** An account that the app has lost is made again once in this time. */
const LOST_MS = 86_400_000

/** The app says that there is no such account. Whoever should be out is; others are looked for, and made again once a day. */
export async function loseAccount(turn: Turn, job: Job, want: Want, message: string): Promise<'again' | 'settled'> {
  const now = turn.deps.environment.now()
  const { account = '', acked: _acked, tentative: _tentative, adopting: _adopting, ...rest } = job.link
  const { account: _account, ...link } = { account, ...rest }
  if (want.wanted !== 'active') {
    const off = link.off ?? { at: now, place: job.item.place, account }
    job.link = { ...link, off: { ...off, readBack: { at: now, found: 'none' } } }
    await keepProgress(turn, job)
    return 'again'
  }
  if (link.lostAt !== undefined && now - link.lostAt < LOST_MS) {
    const why = `The app has lost the account ${account} again, after it was made anew; ${message}`
    await park(turn, job, { code: 'vanishes', message: why })
    return 'settled'
  }
  job.link = { ...link, lostAt: now }
  await keepProgress(turn, job)
  return 'again'
}
