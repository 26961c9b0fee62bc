// The commands that read and change single resources.

import { type CommandEntry, LOCAL, type OptionEntry, TENANT, YES } from '../terminal/command-entry.ts'

const WHERE: readonly OptionEntry[] = [
  ['--remote <name>', 'a remote SCIM server (see remote add) instead of the local database'],
  TENANT,
]
const SELECTION: readonly OptionEntry[] = [
  ['--attributes <list>', 'return only these attributes'],
  ['--excluded-attributes <list>', 'return all attributes except these'],
]
const IF_MATCH: OptionEntry = ['--if-match <version>', 'only if the resource still has this version']

/** Commands that read and change single resources. */
export const RESOURCE_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'get',
    args: '<type> <id>',
    does: 'Print a resource',
    example: 'get User 01989f9e-7a1c-7cc3-98c4-dc0c0c07398f --tenant acme',
    options: [...WHERE, ...SELECTION, ...LOCAL],
    run: async (args, options) => (await import('./query.ts')).get(args, options),
  },
  {
    name: 'query',
    args: '<type>',
    does: 'Search resources',
    example: `query User --filter 'userName sw "ada"' --sort-by userName --remote acme`,
    options: [
      ...WHERE,
      ['--filter <filter>', 'a SCIM filter'],
      ...SELECTION,
      ['--sort-by <attribute>', 'sort by this attribute'],
      ['--sort-order <order>', 'ascending or descending'],
      ['--start-index <number>', 'the first result to show; 1 is the first of all'],
      ['--count <number>', 'results per page'],
      ...LOCAL,
    ],
    run: async (args, options) => (await import('./query.ts')).query(args, options),
  },
  {
    name: 'create',
    args: '<type> [file]',
    does: 'Create resources from JSON: one, a list, or one per line, from a file or standard input',
    example: `create User --remote acme <<< '{"userName":"ada"}'`,
    options: [...WHERE, ...LOCAL],
    run: async (args, options) => (await import('./resource.ts')).create(args, options),
  },
  {
    name: 'patch',
    args: '<type> <id> [operations...]',
    does: 'Change a resource',
    example: `patch User 2819c223 'replace title "Dr"' 'remove emails[type eq "home"]' --remote acme`,
    options: [
      ...WHERE,
      ['--file <file>', 'read the operations from this JSON file; - for standard input'],
      IF_MATCH,
      ...LOCAL,
    ],
    run: async (args, options) => (await import('./resource.ts')).patch(args, options),
  },
  {
    name: 'delete',
    args: '<type> <id>',
    does: 'Delete a resource. Asks for confirmation; scripts and --json need --yes.',
    example: 'delete User 2819c223 --remote acme --yes',
    options: [...WHERE, YES, IF_MATCH, ...LOCAL],
    run: async (args, options) => (await import('./resource.ts')).deleteResource(args, options),
  },
]
