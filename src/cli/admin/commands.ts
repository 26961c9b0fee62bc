// The commands for access to the admin API.

import { type CommandEntry, DATABASE, EXPIRES, PUBLIC_URL } from '../terminal/command-entry.ts'

const OPERATOR_OPTIONS: CommandEntry['options'] = [
  ['--name <text>', 'a name to show people'],
  ['--role <role>', 'owner, operator, administrator (of tenants that are named), auditor or support'],
  ['--tenants <names>', 'limit the role to these tenants, separated by commas; all: no limit'],
  ...DATABASE,
]

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
    name: 'operator list',
    does: 'List the operators: people who may sign in to the console by a link',
    example: 'operator list',
    options: [...DATABASE],
    run: async (_args, options) => (await import('./operators.ts')).listOperators(options),
  },
  {
    name: 'operator create',
    args: '<id>',
    does: 'Make an operator; the role is support unless another one is named',
    example: 'operator create ada --role operator --name "Ada Lovelace"',
    options: OPERATOR_OPTIONS,
    run: async ([id = ''], options) => (await import('./operators.ts')).createOperator(id, options),
  },
  {
    name: 'operator change',
    args: '<id>',
    does: 'Change the name, role or tenants of an operator; sessions have the new role at once',
    example: 'operator change ada --role auditor --tenants acme',
    options: OPERATOR_OPTIONS,
    run: async ([id = ''], options) => (await import('./operators.ts')).changeOperator(id, options),
  },
  {
    name: 'operator remove',
    args: '<id>',
    does: 'Remove an operator; sessions end at once, and the last owner stays',
    example: 'operator remove ada',
    options: [...DATABASE],
    run: async ([id = ''], options) => (await import('./operators.ts')).removeOperator(id, options),
  },
  {
    name: 'audit list',
    does: 'Show what people, tokens and commands did here, newest first',
    example: 'audit list --actor console:ada --limit 20',
    options: [
      ['--limit <number>', 'show at most this many lines', '50'],
      ['--tenant <name>', 'only what was done in this tenant'],
      ['--actor <name>', 'only what this one did, by the name in the change log or for people'],
      ['--action <id>', 'only this action'],
      ['--outcome <outcome>', 'only what was done, refused or failed'],
      ...DATABASE,
    ],
    run: async (_args, options) => (await import('./audit.ts')).listAudit(options),
  },
  {
    name: 'audit verify',
    does: 'Walk the chain of the audit: each line holds the hash of the one before it',
    example: 'audit verify --head 5f2c…',
    options: [['--head <hash>', 'a head that was noted down: fails if it is not among the lines'], ...DATABASE],
    run: async (_args, options) => (await import('./audit.ts')).verifyAudit(options),
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
