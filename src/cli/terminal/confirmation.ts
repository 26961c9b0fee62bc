import { ask } from './ask.ts'
import { flagOption, type Options, UsageError } from './options.ts'

/**
 * Asks whether something may go for good. Where nobody can be asked, in a script or with `--json`, `--yes` must have
 * been given.
 * @example await confirmDeletion(options, () => 'Delete User ada, for good?')
 */
export async function confirmDeletion(options: Options, question: () => string | Promise<string>): Promise<void> {
  if (flagOption(options, 'yes')) return
  if (!process.stdin.isTTY || !process.stderr.isTTY || flagOption(options, 'json')) {
    throw new UsageError('Nothing was deleted: it would be for good, and nobody can be asked here; give --yes to do it')
  }
  const answer = await ask(`${await question()} [y/N]`)
  if (/^\s*y(es)?\s*$/i.test(answer ?? '')) return
  throw new UsageError(
    answer === undefined ? 'Nothing was deleted: the question was not answered' : 'Nothing was deleted',
  )
}
