// The commands for access to the admin API.

import { type CommandEntry, DATABASE, EXPIRES, PUBLIC_URL } from '../terminal/command-entry.ts'

/** Commands for access to the admin API. */
export const ADMIN_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'admin token',
    does: 'make a token for the admin API; until one exists it lets nobody in',
    example: 'admin token --label console --expires 90d',
    options: [
      ['--label <text>', 'a name for people', 'admin'],
      EXPIRES,
      ['--list', 'list the tokens instead'],
      ['--revoke <id>', 'revoke a token instead, by its short name'],
      ...DATABASE,
      PUBLIC_URL,
    ],
    run: async (_args, options) => (await import('./tokens.ts')).adminToken(options),
  },
  {
    name: 'admin log',
    does: 'show what administrators did beyond single tenants: tokens of the admin API, tenants deleted',
    example: 'admin log --limit 20',
    options: [
      ['--after <place>', 'only what came after this place'],
      ['--limit <number>', 'at most so many lines, the last ones', '50'],
      ...DATABASE,
    ],
    run: async (_args, options) => (await import('../log/log.ts')).adminLog(options),
  },
]
