// The commands for setup links.

import { type CommandEntry, DATABASE, type OptionEntry, PUBLIC_URL } from '../terminal/command-entry.ts'

const DAYS: OptionEntry = ['--days <number>', 'how long it opens, at most 30 days', '7']

/** Commands for setup links. */
export const SETUP_LINK_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'setup-link create',
    args: '<tenant>',
    does: "Make a link with which a customer's administrator connects an identity provider alone. Prints it; it is shown only once.",
    example: 'setup-link create acme --kinds entra,okta --code',
    options: [
      ['--kinds <list>', 'the identity providers to choose from; defaults to all'],
      ['--connection <id>', 'a connection whose token the customer replaces'],
      ['--label <text>', 'a name for the connection; defaults to its kind'],
      DAYS,
      ['--code', 'ask for six digits, to be told by another way'],
      ['--note <text>', 'for whom it is; the customer does not see it'],
      ...DATABASE,
      PUBLIC_URL,
    ],
    run: async (args, options) => (await import('./setup-link.ts')).createSetupLink(args, options),
  },
  {
    name: 'setup-link list',
    args: '<tenant>',
    does: 'List the setup links of a tenant: opened when, which step, tokens made',
    example: 'setup-link list acme',
    options: [...DATABASE],
    run: async (args, options) => (await import('./setup-link.ts')).listSetupLinks(args, options),
  },
  {
    name: 'setup-link show',
    args: '<tenant> <link>',
    does: 'Show a setup link, and how far its customer has come',
    example: 'setup-link show acme 3f9ac2d81b07',
    options: [...DATABASE],
    run: async (args, options) => (await import('./setup-link.ts')).showSetupLink(args, options),
  },
  {
    name: 'setup-link extend',
    args: '<tenant> <link>',
    does: 'Let a setup link open for so many days from now',
    example: 'setup-link extend acme 3f9ac2d81b07 --days 14',
    options: [DAYS, ...DATABASE],
    run: async (args, options) => (await import('./setup-link.ts')).extendSetupLink(args, options),
  },
  {
    name: 'setup-link revoke',
    args: '<tenant> <link>',
    does: 'Revoke a setup link immediately. The connection that was made through it stays, unless --tokens is given.',
    example: 'setup-link revoke acme 3f9ac2d81b07',
    options: [['--tokens', 'revoke the connection that was made through it, too'], ...DATABASE],
    run: async (args, options) => (await import('./setup-link.ts')).revokeSetupLink(args, options),
  },
]
