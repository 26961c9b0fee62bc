// The commands for remotes: SCIM servers known by name.

import type { CommandEntry } from '../terminal/command-entry.ts'

/** Commands for remotes: SCIM servers known by name. */
export const REMOTE_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'remote add',
    args: '<name> <url>',
    does: 'Save a SCIM server under a name, with its credentials. Without a credential option, asks for a token on the terminal.',
    example: 'remote add acme https://app.example/scim/v2 --token-env ACME_TOKEN',
    options: [
      ['--token-env <variable>', 'environment variable that holds the bearer token; only the name is stored'],
      ['--token-stdin', 'read the bearer token from standard input'],
      ['--basic <user>', 'user name for HTTP Basic; pass the password with --secret-env or --secret-stdin'],
      ['--oauth <token-url>', 'get tokens from this endpoint with the client credentials grant'],
      ['--client-id <id>', 'the OAuth client id'],
      ['--scope <scopes>', 'the OAuth scopes to request'],
      ['--secret-env <variable>', 'environment variable that holds the password or client secret'],
      ['--secret-stdin', 'read the password or client secret from standard input'],
      ['--post', 'send the client secret in the body (client_secret_post)'],
      ['--key <file>', 'private key (PKCS #8, PEM) to use instead of a secret (private_key_jwt)'],
      ['--algorithm <name>', 'RS256, PS256 or ES256', 'RS256'],
      ['--key-id <id>', 'id of the key at the authorization server'],
      ['--app <profile>', 'profile of an app that supports less than the RFC in updates, like aws or salesforce'],
      ['--force', 'replace the remote that has this name'],
      ['--no-check', "don't contact it now"],
    ],
    run: async (args, options) => (await import('./remote.ts')).addRemote(args, options),
  },
  {
    name: 'remote list',
    does: 'List the remotes',
    example: 'remote list',
    run: async (_args, options) => (await import('./remote.ts')).listRemotes(options),
  },
  {
    name: 'remote show',
    args: '<name>',
    does: 'Show a remote, without its secrets, and the features that it advertises',
    example: 'remote show acme',
    run: async (args, options) => (await import('./remote.ts')).showRemote(args, options),
  },
  {
    name: 'remote remove',
    args: '<name>',
    does: 'Remove a remote and its stored credentials',
    example: 'remote remove acme',
    run: async (args, options) => (await import('./remote.ts')).removeRemote(args, options),
  },
]
