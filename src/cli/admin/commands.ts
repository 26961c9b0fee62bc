// The commands for access to the admin API.

import { type CommandEntry, DATABASE, EXPIRES, PUBLIC_URL } from '../terminal/command-entry.ts'

/** Commands for access to the admin API. */
export const ADMIN_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'admin token',
    does: 'Create a token for the admin API, which refuses all requests until one exists',
    example: 'admin token --label console --expires 90d',
    options: [
      ['--label <text>', 'a name to show people', 'admin'],
      [
        '--role <role>',
        'what it may do: owner, operator, administrator (of tenants that are named), auditor or support',
        'owner',
      ],
      ['--tenants <names>', 'limit it to these tenants, separated by commas'],
      EXPIRES,
      ['--list', 'list the tokens instead'],
      ['--revoke <id>', 'revoke the token with this id instead'],
      ...DATABASE,
      PUBLIC_URL,
    ],
    run: async (_args, options) => (await import('./tokens.ts')).adminToken(options),
  },
  {
    name: 'console link',
    args: '[operator]',
    does: 'Make a link that signs in to the console, once and within ten minutes: for an operator, or for the first owner if there is none',
    example: 'console link ada',
    options: [...DATABASE, PUBLIC_URL],
    run: async ([operator], options) => (await import('./links.ts')).consoleLink(operator, options),
  },
  {
    name: 'admin log',
    does: 'Show what administrators did outside any tenant: admin tokens created or revoked, tenants deleted',
    example: 'admin log --limit 20',
    options: [
      ['--after <place>', 'only lines after this one'],
      ['--limit <number>', 'show at most this many lines, the most recent ones', '50'],
      ...DATABASE,
    ],
    run: async (_args, options) => (await import('../log/log.ts')).adminLog(options),
  },
]
