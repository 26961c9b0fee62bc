import { CommanderError } from 'commander'
import { EXIT, fail } from './failure.ts'
import { createProgram } from './program.ts'

/** What writing to a reader that is gone ends with: a pipe, or a pair of sockets with something in it that was not read. */
const GONE: ReadonlySet<string> = new Set(['EPIPE', 'ECONNRESET'])

/** Runs one command line; gives its exit code. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  // Whatever a command makes holds personal data or secrets: it is its owner's alone.
  process.umask(0o077)
  // Whoever reads may stop when it has enough, as `head` does. The command goes on: it may have more to do than print.
  let readerGone: Error | undefined
  process.stdout.on('error', (error: Error & { readonly code?: string }) => {
    if (error.code === undefined || !GONE.has(error.code)) throw error
    readerGone = error
  })
  try {
    await createProgram().parseAsync([...args], { from: 'user' })
    return Number(process.exitCode ?? EXIT.done)
  } catch (error) {
    // Only of standard output: a database or server that hangs up is a failure.
    if (error !== undefined && error === readerGone) return EXIT.done
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage
    return fail(error, args.includes('--json'))
  }
}
