import { existsSync } from 'node:fs'
import { readdir, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { commandName, systemReason } from '../../server/index.ts'
import { fileError } from '../files/file-error.ts'
import { withFileLock } from '../files/file-lock.ts'
import { flagOption, type Options, UsageError } from '../terminal/options.ts'
import { printJson, printLine } from '../terminal/print.ts'
import { withLocal } from './local.ts'

/** `lockstep backup`: a consistent copy of the database, while others read and write. */
export async function backup([file = '']: readonly string[], options: Options): Promise<void> {
  const refuseOld = () => {
    if (existsSync(file)) throw new UsageError(`${file} exists already; name a new file`)
  }
  refuseOld()
  await withLocal(options, async ({ store }) => {
    await withFileLock(file, async () => {
      // Another one may have made it until now.
      refuseOld()
      await removePartial(file)
      await store.backup(file).catch((error: unknown) => {
        // SQLite names no file, and here there are two.
        throw systemReason(error) === undefined ? error : fileError(file, 'written', error)
      })
    })
    const { size } = await stat(file)
    if (flagOption(options, 'json')) printJson({ file, bytes: size })
    else
      printLine(
        `The database is copied to ${file} (${size.toLocaleString('en')} bytes). To use it: ${commandName()} serve --database sqlite:${file}`,
      )
  })
}

/** Takes away what killed backups to the same file have left; whoever calls has claimed it. */
async function removePartial(file: string): Promise<void> {
  const folder = dirname(file)
  const names = await readdir(folder).catch(() => [])
  const left = names.filter(
    (name) => name.startsWith(`${basename(file)}.`) && /^\.\d+\.partial$/.test(name.slice(basename(file).length)),
  )
  for (const name of left) await rm(join(folder, name), { force: true })
}
