import { flagOption, type Options, UsageError } from './usage.ts'

/**
 * Asks whether something may go for good. Where nobody can be asked, in a script or with `--json`, `--yes` must have
 * been given.
 * @example await confirmDeletion(options, () => 'Delete User ada, for good?')
 */
export async function confirmDeletion(options: Options, question: () => string | Promise<string>): Promise<void> {
  if (flagOption(options, 'yes')) return
  if (!process.stdin.isTTY || !process.stdout.isTTY || flagOption(options, 'json')) {
    throw new UsageError('nothing was deleted: it would be for good, and nobody can be asked here; give --yes to do it')
  }
  const { confirm } = await import('@clack/prompts')
  const sure = await confirm({ message: await question(), initialValue: false })
  if (sure !== true) throw new UsageError('nothing was deleted')
}
