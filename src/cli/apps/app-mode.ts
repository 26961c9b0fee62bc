// `lockstep app`: switches apps on, pauses, resumes and removes them.

import type { App } from '../../hub/index.ts'
import { commandName } from '../../server/index.ts'
import { confirmDeletion } from '../terminal/confirmation.ts'
import { flagOption, type Options, textOption } from '../terminal/options.ts'
import { printJson, printLine } from '../terminal/print.ts'
import { withApps } from './app.ts'
import { emptyApp } from './app-emptying.ts'

/** `lockstep app switch-on`. */
export async function switchOnApp([name = '']: readonly string[], options: Options): Promise<void> {
  await withApps(options, async (apps, tenant) => {
    const withoutPlan = flagOption(options, 'yes')
    show(await apps.switchOn(tenant, name, textOption(options, 'plan'), { withoutPlan }), options, 'is on')
  })
}

/** `lockstep app pause`. */
export async function pauseApp([name = '']: readonly string[], options: Options): Promise<void> {
  await withApps(options, async (apps, tenant) => {
    show(await apps.pause(tenant, name), options, `is paused; resume it with ${commandName()} app resume ${name}`)
  })
}

/** `lockstep app resume`. */
export async function resumeApp([name = '']: readonly string[], options: Options): Promise<void> {
  await withApps(options, async (apps, tenant) => show(await apps.resume(tenant, name), options, 'is on'))
}

/** `lockstep app remove`. */
export async function removeApp([name = '']: readonly string[], options: Options): Promise<void> {
  await withApps(options, async (apps, tenant, local) => {
    const app = await apps.get(tenant, name)
    const disables = flagOption(options, 'disableAccounts')
    const count = app.state.managed ?? 0
    const what = disables
      ? `Its ${count} accounts are switched off first, and its people leave the groups that it was given.`
      : `Its ${count} accounts stay as they are, and nobody keeps them up to date.`
    await confirmDeletion(options, () => `Remove app "${name}"? ${what}`)
    const disabled = disables ? await emptyApp(await local.hub(), tenant, app, options) : 0
    await apps.remove(tenant, name)
    if (flagOption(options, 'json'))
      return printJson({ tenant, app: name, removed: true, ...(disables && { disabled }) })
    printLine(`App "${name}" was removed. Its accounts ${disables ? 'are off' : 'stay as they are'}.`)
  })
}

function show(app: App, options: Options, what: string): void {
  if (flagOption(options, 'json')) printJson(app)
  else printLine(`App "${app.id}" ${what}.`)
}
