import { CommanderError } from 'commander'
import { LockstepError } from '../protocol/index.ts'
import { createProgram } from './program.ts'
import { UsageError } from './usage.ts'

/** 0: done; 1: it failed; 2: the command makes no sense. */
const EXIT = { failure: 1, usage: 2 } as const

/** What writing to a reader that is gone ends with: a pipe, or a pair of sockets with something in it that was not read. */
const GONE: ReadonlySet<string> = new Set(['EPIPE', 'ECONNRESET'])

/** Runs one command line; gives its exit code. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  const program = createProgram()
  // Whoever reads may stop when it has enough, as `head` does. The command goes on: it may have more to do than print.
  let readerGone: Error | undefined
  process.stdout.on('error', (error: Error & { readonly code?: string }) => {
    if (error.code === undefined || !GONE.has(error.code)) throw error
    readerGone = error
  })
  try {
    await program.parseAsync([...args], { from: 'user' })
    return Number(process.exitCode ?? 0)
  } catch (error) {
    // Only of standard output: a database or server that hangs up is a failure.
    if (error !== undefined && error === readerGone) return 0
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT.usage
    return fail(error, args.includes('--json'))
  }
}

/** Says what went wrong in one line, without a stack; programs get JSON. */
function fail(error: unknown, json: boolean): number {
  const code = error instanceof LockstepError ? error.code : 'ERR_INTERNAL'
  const message = (error instanceof Error ? error.message : String(error))
    .split('\n')
    .map((line) => line.trim())
    .join(' ')
  const text = json ? JSON.stringify({ error: { code, message } }) : `lockstep: ${message}`
  process.stderr.write(`${text}\n`)
  if (process.env.LOCKSTEP_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`)
  return error instanceof UsageError || code === 'ERR_CONFIG' ? EXIT.usage : EXIT.failure
}
