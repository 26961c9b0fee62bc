// The commands for apps: what the hub keeps in lockstep with the directory.

import { type CommandEntry, DATABASE, type OptionEntry, TENANT } from '../terminal/command-entry.ts'

const SETTINGS: readonly OptionEntry[] = [
  ['--label <text>', 'a name to show people; defaults to the name'],
  ['--url <url>', 'its address, like https://app.example/scim/v2'],
  ['--profile <profile>', 'what is known of apps of its make, like slack or aws'],
  ['--adapter <kind>', 'what it speaks: scim, webhook or table'],
  ['--options <json>', 'more options of the adapter, as a JSON object: \'{"name": "value"}\''],
  ['--users <filter>', "which people have an account, as a SCIM filter: 'active eq true'; '' for everyone"],
  ['--users-in <groups>', 'only members of these groups, nested ones too: names or ids, separated by commas'],
  ['--groups <filter>', "which groups it has, as a SCIM filter: 'displayName sw \"app-\"'; '' for all"],
  ['--settings <file>', 'read any other settings from a file of JSON; - is standard input'],
]
const CREDENTIALS: readonly OptionEntry[] = [
  ['--token-env <variable>', 'environment variable of the server that holds the bearer token; only its name is stored'],
  ['--token-file <file>', 'read the bearer token from a file; it is stored sealed'],
  ['--token-stdin', 'read the bearer token from standard input; it is stored sealed'],
  ['--basic <user>', 'user name for HTTP Basic, with --secret-env, --secret-file or --secret-stdin'],
  ['--header <name>', 'send the secret in this header'],
  ['--oauth <token-url>', 'get tokens from this endpoint with the client credentials grant'],
  ['--client-id <id>', 'the OAuth client id'],
  ['--scope <scopes>', 'the OAuth scopes to request'],
  ['--secret-env <variable>', 'environment variable of the server that holds the password or secret'],
  ['--secret-file <file>', 'read the password or secret from a file; it is stored sealed'],
  ['--secret-stdin', 'read the password or secret from standard input; it is stored sealed'],
  ['--secret-expires <date>', 'when the token or secret expires; warnings begin 30 days before'],
]

/** Commands for apps. */
export const APP_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'app add',
    args: '<name>',
    does: 'Add an app to keep in lockstep. Nothing is sent before it is switched on.',
    example: 'app add wiki --url https://wiki.example/scim/v2 --token-env WIKI_TOKEN --tenant acme',
    options: [TENANT, ...SETTINGS, ...CREDENTIALS, ...DATABASE],
    run: async (args, options) => (await import('./app.ts')).addApp(args, options),
  },
  {
    name: 'app list',
    does: 'List the apps of a tenant, and how each is doing',
    example: 'app list --tenant acme',
    options: [TENANT, ...DATABASE],
    run: async (_args, options) => (await import('./app.ts')).listApps(options),
  },
  {
    name: 'app show',
    args: '<name>',
    does: 'Show an app: its settings, without its secret, and how it is doing',
    example: 'app show wiki --tenant acme',
    options: [TENANT, ...DATABASE],
    run: async (args, options) => (await import('./app.ts')).showApp(args, options),
  },
  {
    name: 'app change',
    args: '<name>',
    does: 'Change settings of an app; what is not given stays',
    example: 'app change wiki --users \'active eq true and title co "Engineer"\' --tenant acme',
    options: [TENANT, ...SETTINGS, ...CREDENTIALS, ...DATABASE],
    run: async (args, options) => (await import('./app.ts')).changeApp(args, options),
  },
  {
    name: 'app switch-on',
    args: '<name>',
    does: 'Switch on an app for the first time, by approving its plan',
    example: 'app switch-on wiki --plan 0mf3k2 --tenant acme',
    options: [
      TENANT,
      ['--plan <id>', 'the plan that is approved'],
      ['--yes', 'switch it on although nobody has looked at a plan'],
      ...DATABASE,
    ],
    run: async (args, options) => (await import('./app-mode.ts')).switchOnApp(args, options),
  },
  {
    name: 'app pause',
    args: '<name>',
    does: 'Pause an app: changes are planned, and wait',
    example: 'app pause wiki --tenant acme',
    options: [TENANT, ...DATABASE],
    run: async (args, options) => (await import('./app-mode.ts')).pauseApp(args, options),
  },
  {
    name: 'app resume',
    args: '<name>',
    does: 'Resume an app that is paused: what has waited is sent',
    example: 'app resume wiki --tenant acme',
    options: [TENANT, ...DATABASE],
    run: async (args, options) => (await import('./app-mode.ts')).resumeApp(args, options),
  },
  {
    name: 'app remove',
    args: '<name>',
    does: 'Remove an app and all that is remembered of it. Its accounts stay as they are. Asks for confirmation; scripts and --json need --yes.',
    example: 'app remove wiki --tenant acme --yes',
    options: [TENANT, ['--yes', 'remove it without asking'], ...DATABASE],
    run: async (args, options) => (await import('./app-mode.ts')).removeApp(args, options),
  },
  {
    name: 'hub review',
    does: 'Pause every app until somebody resumes it: after a backup of a PostgreSQL database was restored, before a server starts on it. On SQLite the server notices a restore itself.',
    example: 'hub review',
    options: [...DATABASE],
    run: async (_args, options) => (await import('./hub-review.ts')).reviewApps(options),
  },
]
