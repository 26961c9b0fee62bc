// The commands that read and change single resources.

import { type CommandEntry, LOCAL, type OptionEntry, TENANT, YES } from '../terminal/command-entry.ts'

const WHERE: readonly OptionEntry[] = [
  ['--remote <name>', 'the SCIM server of that name (see remote add) instead of the database here'],
  TENANT,
]
const SELECTION: readonly OptionEntry[] = [
  ['--attributes <list>', 'only these attributes'],
  ['--excluded-attributes <list>', 'all but these attributes'],
]
const IF_MATCH: OptionEntry = ['--if-match <version>', 'only if it still has this version']

/** Commands that read and change single resources. */
export const RESOURCE_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'get',
    args: '<type> <id>',
    does: 'print a resource',
    example: 'get User 01989f9e-7a1c-7cc3-98c4-dc0c0c07398f --tenant acme',
    options: [...WHERE, ...SELECTION, ...LOCAL],
    run: async (args, options) => (await import('./query.ts')).get(args, options),
  },
  {
    name: 'query',
    args: '<type>',
    does: 'search resources',
    example: `query User --filter 'userName sw "ada"' --sort-by userName --remote acme`,
    options: [
      ...WHERE,
      ['--filter <filter>', 'a SCIM filter'],
      ...SELECTION,
      ['--sort-by <attribute>', 'order by this attribute'],
      ['--sort-order <order>', 'ascending or descending'],
      ['--start-index <number>', 'first result to show, from 1'],
      ['--count <number>', 'results on a page'],
      ...LOCAL,
    ],
    run: async (args, options) => (await import('./query.ts')).query(args, options),
  },
  {
    name: 'create',
    args: '<type> [file]',
    does: 'make resources from JSON: one, a list, or one a line; from a file or standard input',
    example: `create User --remote acme <<< '{"userName":"ada"}'`,
    options: [...WHERE, ...LOCAL],
    run: async (args, options) => (await import('./resource.ts')).create(args, options),
  },
  {
    name: 'patch',
    args: '<type> <id> [operations...]',
    does: 'change a resource',
    example: `patch User 2819c223 'replace title "Dr"' 'remove emails[type eq "home"]' --remote acme`,
    options: [
      ...WHERE,
      ['--file <file>', 'JSON with the operations instead; - for standard input'],
      IF_MATCH,
      ...LOCAL,
    ],
    run: async (args, options) => (await import('./resource.ts')).patch(args, options),
  },
  {
    name: 'delete',
    args: '<type> <id>',
    does: 'delete a resource; asks first, and where nobody can be asked (scripts, --json) needs --yes',
    example: 'delete User 2819c223 --remote acme --yes',
    options: [...WHERE, YES, IF_MATCH, ...LOCAL],
    run: async (args, options) => (await import('./resource.ts')).deleteResource(args, options),
  },
]
