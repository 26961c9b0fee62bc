import { createWriteStream } from 'node:fs'
import { fileError } from './file-error.ts'

/** A file that a command writes, with personal data in it: nobody but its owner may read it. */
export interface OutFile {
  /** Writes text; resolves when there is room for more. */
  readonly write: (text: string) => Promise<void>
  /** Resolves when the system has taken what was written. */
  readonly flush: () => Promise<void>
  /** Ends the file; resolves when it is on disk. */
  readonly end: () => Promise<void>
}

/** Opens a file to write it from its beginning, or to go on at its end. What can't be written is refused in words. */
export async function openOut(file: string, { goOn }: { readonly goOn: boolean }): Promise<OutFile> {
  const out = createWriteStream(file, { flags: goOn ? 'a' : 'w', mode: 0o600, flush: true })
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
  for (const event of ['open', 'drain', 'finish'] as const) out.on(event, stir)
  const until = async (isDone: () => boolean) => {
    while (!isDone() && broken === undefined) await new Promise<void>((resolve) => wake.push(resolve))
    if (broken !== undefined) throw fileError(file, 'written', broken)
  }
  await until(() => !out.pending)
  return {
    async write(text) {
      const roomy = out.write(text)
      await until(() => roomy || !out.writableNeedDrain)
    },
    async flush() {
      let flushed = false
      out.write('', () => {
        flushed = true
        stir()
      })
      await until(() => flushed)
    },
    async end() {
      out.end()
      await until(() => out.writableFinished)
    },
  }
}
