// Writes a file that only its owner may read.

import { open } from 'node:fs/promises'
import { flushed, writeData } from '../../terminal.ts'
import { UsageError } from '../terminal/options.ts'
import { fileError } from './file-error.ts'

/** A file being written. It holds personal data, so only its owner may read it. */
export interface OutFile {
  /** Writes text; resolves when the buffer has room for more. */
  readonly write: (text: string) => Promise<void>
  /** Resolves when everything written is on disk, or has been taken where there is none (a pipe). */
  readonly flush: () => Promise<void>
  /** Closes the file; resolves when it is on disk. */
  readonly end: () => Promise<void>
}

/**
 * Opens a file for writing, from the beginning or (`append`) at its end; `-` is standard output, which must not be a terminal. Throws
 * a UsageError when it can't be written.
 */
export async function openOut(file: string, { append }: { readonly append: boolean }): Promise<OutFile> {
  if (file === '-') return openStandardOutput()
  const handle = await open(file, append ? 'a' : 'w', 0o600).catch((error) => {
    throw fileError(file, 'written', error)
  })
  const out = handle.createWriteStream({ flush: true })
  let broken: Error | undefined
  let wake: (() => void)[] = []
  const stir = () => {
    for (const each of wake) each()
    wake = []
  }
  out.on('error', (error) => {
    broken = error
    stir()
  })
  for (const event of ['drain', 'finish'] as const) out.on(event, stir)
  const until = async (isDone: () => boolean) => {
    while (!isDone() && broken === undefined) await new Promise<void>((resolve) => wake.push(resolve))
    if (broken !== undefined) throw fileError(file, 'written', broken)
  }
  return {
    async write(text) {
      const roomy = out.write(text)
      await until(() => roomy || !out.writableNeedDrain)
    },
    async flush() {
      let flushed = false
      out.write('', (error) => {
        // It comes here before the event.
        broken ??= error ?? undefined
        flushed = true
        stir()
      })
      await until(() => flushed)
      await handle.sync().catch((error) => {
        if (!UNSYNCED.has(error.code)) throw fileError(file, 'written', error)
      })
    },
    async end() {
      out.end()
      await until(() => out.writableFinished)
    },
  }
}

/** Codes of the errors of what is written to but keeps nothing, such as a pipe. */
const UNSYNCED: ReadonlySet<string> = new Set(['EINVAL', 'ENOTSUP'])

function openStandardOutput(): OutFile {
  if (process.stdout.isTTY) throw new UsageError('Standard output is a terminal; redirect it to a file or a pipe')
  return { write: writeData, flush: flushed, end: flushed }
}
