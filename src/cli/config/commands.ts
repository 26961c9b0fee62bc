// The commands for configuration files.

import { type CommandEntry, DATABASE, OUTBOUND, SEAL_KEY_FILE } from '../terminal/command-entry.ts'

/** Commands for configuration files. */
export const CONFIG_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'apply',
    args: '[path]',
    does: 'Bring tenants, connections and apps to what configuration files say: YAML, JSON or TypeScript. Shows the difference first, and asks.',
    example: 'apply config/ --yes',
    options: [
      ['--yes', 'apply without asking'],
      ['--check', 'only show the difference; the exit code is 1 if there is one'],
      ['--prune', 'remove connections and apps that the files of their tenant do not name; tenants are never removed'],
      ['--plan <id>', 'carry out this plan of an app instead, as "plan apply" does; with --app'],
      ['--app <name>', 'the app of the plan'],
      ['--tenant <name>', 'the tenant of that app [default: default]'],
      ['--leave-out', 'carry out the rest of the plan although some items have changed'],
      ...OUTBOUND,
      SEAL_KEY_FILE,
      ...DATABASE,
    ],
    run: async (args, options) => (await import('./apply.ts')).apply(args, options),
  },
  {
    name: 'config export',
    args: '<folder>',
    does: 'Write tenants, connections and apps as configuration files, one for each tenant. Secrets and tokens are not in them.',
    example: 'config export config/',
    options: [['--tenant <name>', 'only this tenant'], ['--force', 'replace files that exist'], ...DATABASE],
    run: async (args, options) => (await import('./export-config.ts')).exportConfig(args, options),
  },
]
