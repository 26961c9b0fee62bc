// `lockstep app`: switches apps on, pauses, resumes and removes them.

import type { App } from '../../hub/index.ts'
import { commandName } from '../../server/index.ts'
import { confirmDeletion } from '../terminal/confirmation.ts'
import { flagOption, type Options, textOption } from '../terminal/options.ts'
import { printJson, printLine } from '../terminal/print.ts'
import { withApps } from './app.ts'

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
  await withApps(options, async (apps, tenant) => {
    const { state } = await apps.get(tenant, name)
    await confirmDeletion(
      options,
      () =>
        `Remove app "${name}"? Its ${state.managed ?? 0} accounts stay as they are, and nobody keeps them up to date.`,
    )
    await apps.remove(tenant, name)
    if (flagOption(options, 'json')) return printJson({ tenant, app: name, removed: true })
    printLine(`App "${name}" was removed. Its accounts stay as they are.`)
  })
}

function show(app: App, options: Options, what: string): void {
  if (flagOption(options, 'json')) printJson(app)
  else printLine(`App "${app.id}" ${what}.`)
}
