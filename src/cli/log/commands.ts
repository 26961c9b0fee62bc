// The commands that show the change log, and erase a person from it.

import { type CommandEntry, DATABASE, TENANT, YES } from '../terminal/command-entry.ts'

/** Commands that show the change log, and erase a person from it. */
export const LOG_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'log',
    does: 'show the change log: who changed what and when, and what administrators did',
    example: 'log --tenant acme --follow',
    options: [
      TENANT,
      ['--after <place>', 'only what came after this place'],
      ['--limit <number>', 'at most so many lines', '50'],
      ['--follow', 'go on with what comes'],
      ...DATABASE,
    ],
    run: async (_args, options) => (await import('./log.ts')).log(options),
  },
  {
    name: 'erase',
    args: '<user>',
    does: 'take all values of a deleted person out of the log, for good; a note says who did it. If it is cut short, run it again: it goes on where it stopped',
    example: 'erase ada@example.com --tenant acme --delete',
    options: [
      TENANT,
      ['--type <type>', 'of another resource type than User, by its id'],
      ['--delete', 'delete the person first, if they have not been deleted yet'],
      YES,
      ...DATABASE,
    ],
    run: async (args, options) => (await import('./erase.ts')).erase(args, options),
  },
]
