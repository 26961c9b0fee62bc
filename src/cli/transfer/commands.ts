// The commands that import resources from files and export them.

import { type CommandEntry, DATABASE, TENANT } from '../terminal/command-entry.ts'

/** Commands that import resources from files and export them. */
export const TRANSFER_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'import',
    args: '<file>',
    does: 'Import resources from JSON lines, or from CSV with attributes as headers (userName, name.givenName, emails[type eq "work"].value). Rejected lines go to FILE.rejected, and the exit code is 1. If interrupted, run it again to resume.',
    example: 'import people.jsonl --tenant acme',
    options: [TENANT, ['--restart', 'start over instead of resuming'], ...DATABASE],
    run: async (args, options) => (await import('./import.ts')).importFile(args, options),
  },
  {
    name: 'export',
    args: '[file]',
    does: 'Export all resources as JSON lines, to a file or standard output. If interrupted, run it again to resume.',
    example: 'export people.jsonl --tenant acme',
    options: [
      TENANT,
      ['--type <type>', 'only resources of this type'],
      ['--restart', 'start over instead of resuming'],
      ...DATABASE,
    ],
    run: async (args, options) => (await import('./export.ts')).exportFile(args, options),
  },
]
