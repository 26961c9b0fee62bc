// Asks for confirmation before something is deleted permanently.

import { ask } from './ask.ts'
import { flagOption, type Options, UsageError } from './options.ts'

/**
 * Asks for confirmation unless `--yes` was given. Throws when the answer isn't yes, and without a terminal or with `--json`, where
 * no question can be asked.
 * @example await confirmDeletion(options, () => 'Permanently delete User ada?')
 */
export async function confirmDeletion(options: Options, question: () => string | Promise<string>): Promise<void> {
  await confirm(options, question, 'Nothing was deleted', 'deletion is permanent, and ')
}

/** The same before something else that is not lightly done. `undone` says that it was not: "Nobody was put out". */
export async function confirm(
  options: Options,
  question: () => string | Promise<string>,
  undone: string,
  why = '',
): Promise<void> {
  if (flagOption(options, 'yes')) return
  if (!process.stdin.isTTY || !process.stderr.isTTY || flagOption(options, 'json')) {
    throw new UsageError(`${undone}: ${why}there is no terminal to ask for confirmation; pass --yes to confirm`)
  }
  const answer = await ask(`${await question()} [y/N]`)
  if (/^\s*y(es)?\s*$/i.test(answer ?? '')) return
  throw new UsageError(answer === undefined ? `${undone}: the question was cancelled` : undone)
}
