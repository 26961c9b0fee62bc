// The commands that compare two targets, and copy one to the other.

import { type CommandEntry, LOCAL, type OptionEntry } from '../terminal/command-entry.ts'

const COMPARED: readonly OptionEntry[] = [
  ['--type <list>', 'the resource types to compare', 'User,Group'],
  [
    '--key <list>',
    'the attribute that identifies a resource on both sides: one for users, or User=externalId,Group=displayName',
    'User=userName,Group=displayName',
  ],
  ['--ignore <list>', 'top-level attributes to leave out'],
  ['--force', 'continue when a server lists fewer resources than it counts; those it omits are treated as missing'],
]

/** Commands that compare two targets, and copy one to the other. */
export const COMPARE_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'diff',
    args: '<a> <b>',
    does: 'Compare two targets, matching resources by a key. A target is a remote or local:TENANT.',
    example: 'diff local:acme app --type User,Group',
    options: [
      ...COMPARED,
      ['--exit-code', 'exit with 1 when something differs, or was left out because it has no unique key'],
      ...LOCAL,
    ],
    run: async (args, options) => (await import('./diff.ts')).diffTargets(args, options),
  },
  {
    name: 'copy',
    args: '<a> <b>',
    does: 'Make target B like target A: create what is missing, and change what differs by the smallest PATCH. Running it again does only what is left.',
    example: 'copy local:acme app --dry-run',
    options: [
      ...COMPARED,
      ['--dry-run', 'show what would be done without doing it'],
      ['--delete', "delete resources that A doesn't have"],
      ...LOCAL,
    ],
    run: async (args, options) => (await import('./copy.ts')).copyTarget(args, options),
  },
]
