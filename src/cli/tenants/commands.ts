// The commands for tenants and their connections.

import { type CommandEntry, DATABASE, EXPIRES, type OptionEntry, PUBLIC_URL, YES } from '../terminal/command-entry.ts'

const CONNECTION: readonly OptionEntry[] = [
  [
    '--kind <kind>',
    'the identity provider: generic, entra, okta, onelogin, ping, jumpcloud, google, auth0, keycloak, authentik, rippling',
    'generic',
  ],
  ['--profile <profile>', 'how far it bends, when not as its kind does: strict refuses all that the RFCs refuse'],
  ['--allow <list>', 'allowances that it has whatever its kind says, like uniqueGroupNames (docs/reference/quirks.md)'],
  ['--forbid <list>', 'allowances that it has not, whatever its kind says'],
  ['--label <text>', 'a name for people; the kind if absent'],
  [
    '--rights <list>',
    'what it may do, like read:users,write:users,read:groups; who reads users sees the names of their groups, and the other way round',
    'all',
  ],
  EXPIRES,
  ...DATABASE,
  PUBLIC_URL,
]
const SUBJECT: OptionEntry = [
  '--subject <id>',
  'id of a user who is there, which /Me then means; there it may read itself and, even without the right to write users, change its own profile',
]

/** Commands for tenants and their connections. */
export const TENANT_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'tenant create',
    args: '<name>',
    does: 'create a tenant with one connection; prints its base URL and token once',
    example: 'tenant create acme --kind okta --json',
    options: CONNECTION,
    run: async (args, options) => (await import('./tenant.ts')).createTenant(args, options),
  },
  {
    name: 'tenant list',
    does: 'list the tenants',
    example: 'tenant list',
    options: [...DATABASE, PUBLIC_URL],
    run: async (_args, options) => (await import('./tenant.ts')).listTenants(options),
  },
  {
    name: 'tenant show',
    args: '<name>',
    does: 'show a tenant: its base URL, how much it holds, its settings',
    example: 'tenant show acme',
    options: [...DATABASE, PUBLIC_URL],
    run: async (args, options) => (await import('./tenant.ts')).showTenant(args, options),
  },
  {
    name: 'tenant delete',
    args: '<name>',
    does: 'remove a tenant with everything in it; asks first, and where nobody can be asked (scripts, --json) needs --yes',
    example: 'tenant delete acme --yes',
    options: [YES, ...DATABASE],
    run: async (args, options) => (await import('./tenant.ts')).deleteTenant(args, options),
  },
  {
    name: 'tenant export',
    args: '<name> <file>',
    does: 'write a tenant with all it holds to a file, as of one moment, to move it to another database; run again to go on where it stopped',
    example: 'tenant export acme acme.tenant',
    options: [['--restart', 'begin anew instead of going on'], ...DATABASE],
    run: async (args, options) => (await import('./tenant-export.ts')).exportTenant(args, options),
  },
  {
    name: 'tenant import',
    args: '<file>',
    does: 'put an exported tenant into this database, unchanged; it is served once it is whole and the same. Run again to go on where it stopped',
    example: 'tenant import acme.tenant --database sqlite:new/lockstep.db',
    options: [['--as <name>', 'give it another name'], ...DATABASE],
    run: async (args, options) => (await import('./tenant-import.ts')).importTenant(args, options),
  },
  {
    name: 'connection create',
    args: '<tenant>',
    does: 'let an identity provider in; prints the base URL and token once',
    example: 'connection create acme --kind entra --json',
    options: [SUBJECT, ...CONNECTION],
    run: async (args, options) => (await import('./connection.ts')).createConnection(args, options),
  },
  {
    name: 'connection list',
    args: '<tenant>',
    does: 'list the connections of a tenant, with their tokens and when they were last used',
    example: 'connection list acme',
    options: [...DATABASE],
    run: async (args, options) => (await import('./connection.ts')).listConnections(args, options),
  },
  {
    name: 'connection rotate',
    args: '<tenant> <connection>',
    does: 'make a second token; the first stays valid until it is revoked',
    example: 'connection rotate acme okta-x7k2mp',
    options: [['--revoke-others', 'revoke the earlier tokens at once'], EXPIRES, ...DATABASE, PUBLIC_URL],
    run: async (args, options) => (await import('./connection.ts')).rotateConnection(args, options),
  },
  {
    name: 'connection revoke',
    args: '<tenant> <connection>',
    does: 'revoke a connection with all its tokens, or one token',
    example: 'connection revoke acme okta-x7k2mp --token 3f9ac2d81b07',
    options: [['--token <id>', 'only this token, by its short name'], ...DATABASE],
    run: async (args, options) => (await import('./connection.ts')).revokeConnection(args, options),
  },
]
