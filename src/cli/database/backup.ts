// `lockstep backup`: copies the database while the server runs.

import { existsSync } from 'node:fs'
import { readdir, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { commandName } from '../../server/index.ts'
import { besideOf, copyRecordBeside, recordFile, systemReason } from '../../site/index.ts'
import { fileError } from '../files/file-error.ts'
import { withFileLock } from '../files/file-lock.ts'
import { flagOption, type Options, UsageError } from '../terminal/options.ts'
import { printJson, printLine } from '../terminal/print.ts'
import { localSettings, withLocal } from './local.ts'

/** `lockstep backup`: a consistent copy of the database, while other processes read and write it. */
export async function backup([file = '']: readonly string[], options: Options): Promise<void> {
  if (file === '-') throw new UsageError("A backup can't be written to standard output; name a file")
  const withRecord = flagOption(options, 'withRecord')
  const record = withRecord ? requireRecord(options) : undefined
  const refuseOld = () => {
    const old = [file, ...(withRecord ? [besideOf(file)] : [])].find((name) => existsSync(name))
    if (old !== undefined) throw new UsageError(`${old} already exists; choose a new file`)
  }
  refuseOld()
  await withLocal(options, async ({ store }) => {
    await withFileLock(file, async () => {
      // Another backup may have created it meanwhile.
      refuseOld()
      await removePartial(file)
      await store.backup(file).catch((error: unknown) => {
        // SQLite doesn't name the file, and there are two here.
        throw systemReason(error) === undefined ? error : fileError(file, 'written', error)
      })
    })
    const { size } = await stat(file)
    const copied = record === undefined ? undefined : await copyRecordBeside(record, file)
    if (flagOption(options, 'json'))
      printJson({ file, bytes: size, ...(copied === undefined ? {} : { record: copied }) })
    else {
      printLine(
        `Copied the database to ${file} (${size.toLocaleString('en')} bytes). To use the copy: ${commandName()} serve --database sqlite:${file}`,
      )
      if (copied !== undefined) printLine(`Copied the record of requests to ${copied}, where the copy finds it.`)
      else if (withRecord) printLine('No request has been recorded yet.')
    }
  })
}

/** The file of the record. Throws where it is in no file. */
function requireRecord(options: Options): string {
  const file = recordFile(localSettings(options))
  if (file !== undefined) return file
  throw new UsageError(
    '--with-record copies a record of requests in a file; here it is off, in memory or in PostgreSQL',
  )
}

/** Removes partial files of killed backups to the same file. The caller holds the lock. */
async function removePartial(file: string): Promise<void> {
  const folder = dirname(file)
  const names = await readdir(folder).catch(() => [])
  const left = names.filter(
    (name) => name.startsWith(`${basename(file)}.`) && /^\.\d+\.partial$/.test(name.slice(basename(file).length)),
  )
  for (const name of left) await rm(join(folder, name), { force: true })
}
