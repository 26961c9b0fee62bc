// The commands that show what identity providers asked for, and what failed.

import { SETTINGS } from '../../site/index.ts'
import { type CommandEntry, DATABASE, fromTable } from '../terminal/command-entry.ts'

const TENANTS = ['--tenant <name>', 'only of this tenant'] as const

/** Showing the record of requests. */
export const REQUEST_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'requests',
    args: '[id]',
    does: 'Show the requests that were recorded, without values of people; with an id, as errors end with it, all that is known of one',
    example: 'requests --tenant acme --failed --follow',
    options: [
      TENANTS,
      ['--connection <id>', 'only of this connection'],
      ['--failed', 'only refused and failed ones'],
      ['--status <numbers>', 'only with these statuses, like 404,409'],
      ['--print <print>', 'only failures that are alike'],
      ['--limit <number>', 'show at most this many', '50'],
      ['--follow', 'keep running and show new ones as they come'],
      fromTable(SETTINGS.record, 'place'),
      ...DATABASE,
    ],
    run: async ([id], options) => (await import('./requests.ts')).requests(id, options),
  },
  {
    name: 'faults',
    does: 'Show what failed, similar failures as one: how often, since when, and the newest',
    example: 'faults --tenant acme',
    options: [
      TENANTS,
      ['--days <number>', 'look so many days back', '7'],
      ['--limit <number>', 'show at most this many', '50'],
      fromTable(SETTINGS.record, 'place'),
      ...DATABASE,
    ],
    run: async (_args, options) => (await import('./faults.ts')).faults(options),
  },
  {
    name: 'retention show',
    does: 'Show how long recorded requests are kept, and what they take',
    example: 'retention show --days 7',
    options: [
      ['--days <number>', 'how many would be removed with so many days'],
      fromTable(SETTINGS.record, 'place'),
      ...DATABASE,
    ],
    run: async (_args, options) => (await import('./retention.ts')).showRetention(options),
  },
  {
    name: 'retention set',
    args: '<days>',
    does: 'Set how many days recorded requests are kept, in every process of this database; older ones are removed within minutes. default: as the server was started with.',
    example: 'retention set 30',
    options: [
      ['--yes', 'do not ask although requests would be removed'],
      fromTable(SETTINGS.record, 'place'),
      ...DATABASE,
    ],
    run: async (args, options) => (await import('./retention.ts')).changeRetention(args, options),
  },
]
