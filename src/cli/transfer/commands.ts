// The commands that import resources from files and export them.

import { type CommandEntry, DATABASE, TENANT } from '../terminal/command-entry.ts'

/** Commands that import resources from files and export them. */
export const TRANSFER_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'import',
    args: '<file>',
    does: 'take in resources from JSON lines, or from CSV whose header names attributes (userName, name.givenName, emails[type eq "work"].value); run again to go on where it stopped. What is refused goes to FILE.rejected, and the command ends with 1',
    example: 'import people.jsonl --tenant acme',
    options: [TENANT, ['--restart', 'begin anew instead of going on'], ...DATABASE],
    run: async (args, options) => (await import('./import.ts')).importFile(args, options),
  },
  {
    name: 'export',
    args: '[file]',
    does: 'write all resources as JSON lines; run again to go on where it stopped',
    example: 'export people.jsonl --tenant acme',
    options: [
      TENANT,
      ['--type <type>', 'only resources of this type'],
      ['--restart', 'begin anew instead of going on'],
      ...DATABASE,
    ],
    run: async (args, options) => (await import('./export.ts')).exportFile(args, options),
  },
]
