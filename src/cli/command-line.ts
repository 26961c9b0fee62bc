// Runs one command line, from its arguments to its exit code.

import { CommanderError } from 'commander'
import { bringPackages } from '../server/index.ts'
import { flushed } from '../terminal.ts'
import { EXIT, fail } from './failure.ts'
import { fileError } from './files/file-error.ts'
import { createProgram } from './program.ts'

/** Errors of writing to a reader that has gone: of a pipe, and of a socket with unread data. */
const GONE: ReadonlySet<string> = new Set(['EPIPE', 'ECONNRESET'])

/** Runs one command line; returns its exit code. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  // Files that commands create hold personal data or secrets: only their owner may read them.
  process.umask(0o077)
  bringPackages()
  // A reader may stop early, as `head` does, or the disk may be full. The command continues: printing may not be all it does.
  let readerGone: unknown
  let unwritten: unknown
  process.stdout.on('error', (error: Error & { readonly code?: string }) => {
    if (error.code !== undefined && GONE.has(error.code)) readerGone ??= error
    else unwritten ??= error
  })
  // A log that can't be written must not end the server, and there is nowhere left to report it.
  process.stderr.on('error', () => {})
  const json = args.includes('--json')
  try {
    await createProgram().parseAsync([...args], { from: 'user' })
    await flushed()
    if (unwritten === undefined) return Number(process.exitCode ?? EXIT.done)
  } catch (error) {
    // Only on standard output: a database or server that closes the connection is a failure.
    if (error !== undefined && error === readerGone) return EXIT.done
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage
    if (error !== unwritten || error === undefined) return fail(error, json)
  }
  return fail(fileError('-', 'written', unwritten), json)
}
