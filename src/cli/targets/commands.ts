// The commands for remotes: SCIM servers known by name.

import type { CommandEntry } from '../terminal/command-entry.ts'

/** Commands for remotes: SCIM servers known by name. */
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
