// Asks for confirmation before something is deleted permanently.

import { ask } from './ask.ts'
import { flagOption, type Options, UsageError } from './options.ts'

/**
 * Asks for confirmation unless `--yes` was given. Throws when the answer isn't yes, and without a terminal or with `--json`, where
 * no question can be asked.
 * @example await confirmDeletion(options, () => 'Permanently delete User ada?')
 */
export async function confirmDeletion(options: Options, question: () => string | Promise<string>): Promise<void> {
  if (flagOption(options, 'yes')) return
  if (!process.stdin.isTTY || !process.stderr.isTTY || flagOption(options, 'json')) {
    throw new UsageError(
      'Nothing was deleted: deletion is permanent, and there is no terminal to ask for confirmation; pass --yes to confirm',
    )
  }
  const answer = await ask(`${await question()} [y/N]`)
  if (/^\s*y(es)?\s*$/i.test(answer ?? '')) return
  throw new UsageError(answer === undefined ? 'Nothing was deleted: the question was cancelled' : 'Nothing was deleted')
}
