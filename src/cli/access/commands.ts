// The command that says who has access to what.

import { type CommandEntry, DATABASE, TENANT } from '../terminal/command-entry.ts'

/** The command that says who has what, where, and through which rule. */
export const ACCESS_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'access',
    args: '<who>',
    does: 'Show who has what, where, and through which rule: what a person has in each app, what a group gives and to whom, or who has an app',
    example: 'access ada@example.com --tenant acme --at 2026-03-01 --csv',
    options: [
      TENANT,
      ['--as <kind>', 'what is named: app, group or user; by default the first of these that there is'],
      ['--at <time>', 'at a moment in the past, like 2026-03-01 or 2026-03-01T12:00:00Z, from the change log'],
      ['--csv', 'print comma-separated values, for spreadsheets'],
      ...DATABASE,
    ],
    run: async (args, options) => (await import('./access.ts')).access(args, options),
  },
]
