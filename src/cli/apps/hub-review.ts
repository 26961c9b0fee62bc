// `lockstep hub review`: makes every app wait for somebody to look at it, after a backup was restored.

import { environment } from '../../environment.ts'
import { reviewAll } from '../../hub/index.ts'
import { commandName } from '../../server/index.ts'
import { withLocal } from '../database/local.ts'
import { flagOption, type Options } from '../terminal/options.ts'
import { printJson, printLine } from '../terminal/print.ts'

/** `lockstep hub review`. */
export async function reviewApps(options: Options): Promise<void> {
  await withLocal(options, async ({ store }) => {
    const apps = await reviewAll({ store, environment, actor: 'cli' }, 'restored')
    if (flagOption(options, 'json')) return printJson({ apps })
    printLine(
      apps === 0
        ? 'No app is on: there is nothing to review.'
        : `${apps} ${apps === 1 ? 'app waits' : 'apps wait'} for somebody to look; resume each with ${commandName()} app resume NAME --tenant TENANT`,
    )
  })
}
