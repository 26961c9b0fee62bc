// Switches off every account of an app before the app is removed.

import { setTimeout as sleep } from 'node:timers/promises'
import type { App, HubAdministration } from '../../hub/index.ts'
import { LockstepError } from '../../protocol/index.ts'
import { commandName } from '../../server/index.ts'
import { type Options, UsageError } from '../terminal/options.ts'
import { cut } from '../terminal/print.ts'
import { startProgress } from '../terminal/progress.ts'

/** Everybody leaves this scope. An app that has it is being emptied: what was interrupted goes on from there. */
const NOBODY = 'id eq "nobody"'

const LOOK_EVERY_MS = 500
/** When nothing has moved for so long, somebody should look whether a hub is running. */
const QUIET_MS = 15_000
/** When all that is left is held up for so long, it is not waited for: it is tried again once a day. */
const REFUSED_MS = 3_000
/** Links in one page. */
const PAGE = 1_000
/** Accounts that an error names. */
const NAMED = 3

type Hub = Pick<HubAdministration, 'apps' | 'plans' | 'inspection'>

/** An account that is not known to be off. */
type Left = Awaited<ReturnType<HubAdministration['inspection']['links']>>['items'][number]

/** Whether the accounts of an app are being switched off already. */
export function isEmptied({ scope }: App): boolean {
  return scope.users.filter === NOBODY
}

/**
 * Takes everybody out of an app's scope, past the guard, and waits until the app has confirmed that each account is off. The hub of a
 * server does it. Interrupted, it goes on when it is called again. Returns how many accounts were planned to be switched off.
 */
export async function emptyApp(hub: Hub, tenant: string, app: App, options: Options): Promise<number> {
  // Nothing was ever sent to it.
  if (app.mode === 'off') return 0
  const { id } = app
  const { counts, plan } = await planEmptying(hub, tenant, app)
  const removals = (counts.disable ?? 0) + (counts.remove ?? 0) + (counts.held ?? 0)
  await hub.plans.apply(tenant, id, plan, { leaveOut: true })
  await untilOff(hub, tenant, id, removals, options)
  return removals
}

/** The plan that puts everybody out. Where none can be made, the app is as it was. */
async function planEmptying({ apps, plans }: Hub, tenant: string, app: App) {
  const { id, mode, scope, policy } = app
  if (!isEmptied(app)) {
    if (mode === 'on') await apps.pause(tenant, id)
    await apps.change(tenant, id, { scope: { users: { filter: NOBODY } }, policy: { onLeave: 'disable' } })
  }
  try {
    const { id: plan, counts } = await plans.make(tenant, id)
    return { plan, counts }
  } catch (error) {
    if (!isEmptied(app)) {
      await apps.change(tenant, id, { scope: { users: { ...scope.users } }, policy: { onLeave: policy.onLeave } })
      if (mode === 'on') await apps.resume(tenant, id)
    }
    throw error
  }
}

async function untilOff(hub: Hub, tenant: string, app: string, most: number, options: Options): Promise<void> {
  const again = `${commandName()} app remove ${app} --tenant ${tenant} --disable-accounts`
  const stop = new AbortController()
  const end = () => stop.abort()
  process.once('SIGINT', end)
  const progress = startProgress('of the accounts', most, options)
  try {
    let count = most
    let moved = performance.now()
    for (let said = false; ; ) {
      const left = await leftOn(hub, tenant, app)
      if (left.length === 0) return
      const now = performance.now()
      if (left.length !== count) moved = now
      progress.advance(Math.max(0, count - left.length))
      count = left.length
      if (stop.signal.aborted) throw new UsageError(`${count} accounts are still on; go on with: ${again}`)
      const isHeldUp = left.every(({ state }) => state === 'parked' || state === 'held')
      if (isHeldUp && now - moved > REFUSED_MS) throw refused(left, again)
      if (now - moved > QUIET_MS && !said) {
        said = true
        progress.say('Nothing has moved for 15 s: accounts are switched off by the hub of a server; is one running?')
      }
      await sleep(LOOK_EVERY_MS, undefined, { signal: stop.signal }).catch(() => undefined)
    }
  } finally {
    progress.stop()
    process.off('SIGINT', end)
  }
}

/** Accounts that are on, or of which nobody knows. */
async function leftOn({ inspection }: Hub, tenant: string, app: string): Promise<readonly Left[]> {
  const left: Left[] = []
  for (let after: string | undefined; ; ) {
    const page = await inspection.links(tenant, app, { limit: PAGE, after })
    for (const link of page.items) {
      const isSettled = link.state === '' || link.state === 'watched'
      if (link.type === 'User' && link.account !== undefined && !(isSettled && link.wanted !== 'active'))
        left.push(link)
    }
    if (page.next === undefined) return left
    after = page.next
  }
}

function refused(left: readonly Left[], again: string): LockstepError {
  const named = left.slice(0, NAMED).map(({ name, reason }) => `${name} (${cut(reason?.message ?? 'unknown', 120)})`)
  return new LockstepError(
    'ERR_REFUSED',
    `${left.length} ${left.length === 1 ? 'account is' : 'accounts are'} still on: ${named.join(', ')}. The app was not removed; mend what is wrong and go on with: ${again}`,
  )
}
