import { CommanderError } from 'commander'
import { printed } from '../terminal.ts'
import { EXIT, fail } from './failure.ts'
import { fileError } from './files/file-error.ts'
import { createProgram } from './program.ts'

/** What writing to a reader that is gone ends with: a pipe, or a pair of sockets with something in it that was not read. */
const GONE: ReadonlySet<string> = new Set(['EPIPE', 'ECONNRESET'])

/** Runs one command line; gives its exit code. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  // Whatever a command makes holds personal data or secrets: it is its owner's alone.
  process.umask(0o077)
  // Whoever reads may stop when it has enough, as `head` does; a disk may be full. The command goes on: it may have more to do than print.
  let readerGone: unknown
  let unwritten: unknown
  process.stdout.on('error', (error: Error & { readonly code?: string }) => {
    if (error.code !== undefined && GONE.has(error.code)) readerGone ??= error
    else unwritten ??= error
  })
  // A log that nobody can take must not end the server; there is nowhere left to say so.
  process.stderr.on('error', () => {})
  const json = args.includes('--json')
  try {
    await createProgram().parseAsync([...args], { from: 'user' })
    await printed()
    if (unwritten === undefined) return Number(process.exitCode ?? EXIT.done)
  } catch (error) {
    // Only of standard output: a database or server that hangs up is a failure.
    if (error !== undefined && error === readerGone) return EXIT.done
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage
    if (error !== unwritten || error === undefined) return fail(error, json)
  }
  return fail(fileError('-', 'written', unwritten), json)
}
