import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { withLocal } from './local.ts'
import { printJson, printLine } from './print.ts'
import { flagOption, type Options, UsageError } from './usage.ts'

/** `lockstep backup`: a consistent copy of the database, while others read and write. */
export async function backup([file = '']: readonly string[], options: Options): Promise<void> {
  if (existsSync(file)) throw new UsageError(`${file} exists already; name a new file`)
  await withLocal(options, async ({ store }) => {
    await store.backup(file)
    const { size } = await stat(file)
    if (flagOption(options, 'json')) printJson({ file, bytes: size })
    else
      printLine(
        `The database is copied to ${file} (${size.toLocaleString('en')} bytes). To use it: lockstep serve --database sqlite:${file}`,
      )
  })
}
