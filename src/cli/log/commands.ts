// The commands that show and shorten the change log, and erase a person from it.

import { type CommandEntry, DATABASE, TENANT, YES } from '../terminal/command-entry.ts'

/** Commands that show and shorten the change log, and erase a person from it. */
export const LOG_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'log',
    does: 'Show the change log: who changed what and when, including what administrators did',
    example: 'log --tenant acme --follow',
    options: [
      TENANT,
      ['--after <place>', 'only lines after this one'],
      ['--limit <number>', 'show at most this many lines', '50'],
      ['--follow', 'keep running and show new lines as they are written'],
      ...DATABASE,
    ],
    run: async (_args, options) => (await import('./log.ts')).log(options),
  },
  {
    name: 'log prune',
    does: 'Delete old lines of the change log. Lines that a reader has not read yet are kept. If interrupted, run it again to resume.',
    example: 'log prune --tenant acme --days 365 --to acme-2025.jsonl',
    options: [
      ['--tenant <name>', 'the tenant [default: default]'],
      ['--all', 'all tenants; without --days, only those with the setting logDays'],
      ['--days <number>', "keep this many days; by default the tenant's setting logDays"],
      ['--to <file>', 'append the lines to this file, as JSON lines, before they are deleted'],
      ...DATABASE,
    ],
    run: async (_args, options) => (await import('./prune.ts')).pruneLog(options),
  },
  {
    name: 'undo',
    args: '<places...>',
    does: 'Undo lines of the change log: values go back where they have not moved on, what was deleted is created again, what was created is deleted. Without --apply it only says what it would do.',
    example: 'undo 4812 4813 --tenant acme --apply',
    options: [TENANT, ['--apply', 'do it'], ...DATABASE],
    run: async (args, options) => (await import('./undo.ts')).undoPlaces(args, options),
  },
  {
    name: 'erase',
    args: '<user>',
    does: 'Permanently remove all values of a deleted person from the log. A note records who did it. If interrupted, run it again to resume.',
    example: 'erase ada@example.com --tenant acme --delete',
    options: [
      TENANT,
      ['--type <type>', 'a resource type other than User; name the resource by its id'],
      ['--delete', 'delete the person first if they still exist'],
      YES,
      ...DATABASE,
    ],
    run: async (args, options) => (await import('./erase.ts')).erase(args, options),
  },
]
