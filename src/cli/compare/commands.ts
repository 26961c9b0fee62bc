// The commands that compare two targets, and copy one to the other.

import { type CommandEntry, LOCAL, type OptionEntry } from '../terminal/command-entry.ts'

const COMPARED: readonly OptionEntry[] = [
  ['--type <list>', 'these resource types', 'User,Group'],
  [
    '--key <list>',
    'by what they are known again: an attribute of users, or like User=externalId,Group=displayName',
    'User=userName,Group=displayName',
  ],
  ['--ignore <list>', 'leave these attributes out, by their top-level names'],
  ['--force', 'go on where a server shows fewer resources than it counts; then who is not shown is taken for gone'],
]

/** Commands that compare two targets, and copy one to the other. */
export const COMPARE_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'diff',
    args: '<a> <b>',
    does: 'say what two servers have that differs, people and groups by a key; a place is a remote or local:TENANT',
    example: 'diff local:acme app --type User,Group',
    options: [
      ...COMPARED,
      ['--exit-code', 'end with 1 when something differs, or was left out for want of a key of its own'],
      ...LOCAL,
    ],
    run: async (args, options) => (await import('./diff.ts')).diffPlaces(args, options),
  },
  {
    name: 'copy',
    args: '<a> <b>',
    does: 'make B like A: what is missing is made, what differs is changed by the least PATCH; run again, it does only what is left',
    example: 'copy local:acme app --dry-run',
    options: [
      ...COMPARED,
      ['--dry-run', 'only say what would be done'],
      ['--delete', "delete what A doesn't have"],
      ...LOCAL,
    ],
    run: async (args, options) => (await import('./copy.ts')).copyPlace(args, options),
  },
]
