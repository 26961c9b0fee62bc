import { type CommandEntry, DATABASE, type OptionEntry, PUBLIC_URL, TENANT, YES } from './command-entry.ts'

/** Where the resources are. */
const WHERE: readonly OptionEntry[] = [
  ['--remote <name>', 'the SCIM server of that name (see remote add) instead of the database here'],
  TENANT,
]
const SELECTION: readonly OptionEntry[] = [
  ['--attributes <list>', 'only these attributes'],
  ['--excluded-attributes <list>', 'all but these attributes'],
]
const LOCAL: readonly OptionEntry[] = [...DATABASE, PUBLIC_URL]
const IF_MATCH: OptionEntry = ['--if-match <version>', 'only if it still has this version']
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

/** Commands that read and change single resources, here or at a remote. */
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

/** Commands about remotes. */
export const REMOTE_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'remote add',
    args: '<name> <url>',
    does: 'give a SCIM server a name, with what it takes to be let in; without an option, asks for a token on a terminal',
    example: 'remote add acme https://app.example/scim/v2 --token-env ACME_TOKEN',
    options: [
      ['--token-env <variable>', 'the environment variable that holds the bearer token; only its name is kept'],
      ['--token-stdin', 'the bearer token comes on standard input'],
      ['--basic <user>', 'user name for Basic; the password by --secret-env or --secret-stdin'],
      ['--oauth <token-url>', 'get tokens there by client credentials'],
      ['--client-id <id>', 'the OAuth client'],
      ['--scope <scopes>', 'what the tokens are asked for'],
      ['--secret-env <variable>', 'the environment variable that holds the password or client secret'],
      ['--secret-stdin', 'the password or client secret comes on standard input'],
      ['--post', 'the client secret goes in the body (client_secret_post)'],
      ['--key <file>', 'private key, PKCS #8 in PEM form, instead of a secret (private_key_jwt)'],
      ['--algorithm <name>', 'RS256, PS256 or ES256', 'RS256'],
      ['--key-id <id>', 'name of the key at the authorization server'],
      [
        '--app <profile>',
        'what it takes in updates, where that is not all that the RFC offers, like aws or salesforce',
      ],
      ['--force', 'put it in the place of the one that has the name'],
      ['--no-check', "don't ask it anything now"],
    ],
    run: async (args, options) => (await import('./remote.ts')).addRemote(args, options),
  },
  {
    name: 'remote list',
    does: 'list the remotes',
    example: 'remote list',
    run: async (_args, options) => (await import('./remote.ts')).listRemotes(options),
  },
  {
    name: 'remote show',
    args: '<name>',
    does: 'show a remote, and what it says it can do; never a secret',
    example: 'remote show acme',
    run: async (args, options) => (await import('./remote.ts')).showRemote(args, options),
  },
  {
    name: 'remote remove',
    args: '<name>',
    does: 'forget a remote and its credentials',
    example: 'remote remove acme',
    run: async (args, options) => (await import('./remote.ts')).removeRemote(args, options),
  },
]
