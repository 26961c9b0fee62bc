// The command that plays an identity provider.

import type { CommandEntry } from '../terminal/command-entry.ts'
import { SERVER_HEADERS, SERVER_TOKEN } from '../terminal/server-options.ts'

/** The command that plays an identity provider against any SCIM server. */
export const SIMULATE_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'simulate',
    args: '<provider> <url>',
    does: 'Play an identity provider against any SCIM server, and tell what the real one would do with each answer. Providers: okta, okta-oin, entra, entra-flag, onelogin, ping, auth0, google, jumpcloud, keycloak, authentik, rippling. The exit code is 1 when the real one would fail.',
    example: 'simulate okta https://scim.example.com/scim/v2 --token-env SCIM_TOKEN --only joiner,leaver',
    options: [
      ...SERVER_TOKEN,
      SERVER_HEADERS,
      [
        '--only <list>',
        'only these acts, and those that they need: connect, joiner, existing, mover, group, leaver, returner, delete',
      ],
      ['--people <number>', 'how many people there are, up to 1000', '3'],
      ['--seed <number>', 'the same seed makes the same people; a new one by default'],
      ['--domain <name>', 'the domain of their addresses', 'example.com'],
      ['--group <name>', 'the name of the group that is pushed, such as one that gives a role; a new one by default'],
      ['--timeout <seconds>', 'how long to wait for a response, where the provider itself would wait longer'],
      ['--keep', 'leave everything that was created on the server'],
      ['--verbose', 'show the bodies of all requests and responses'],
    ],
    run: async (args, options) => (await import('./simulate.ts')).simulateProvider(args, options),
  },
]
