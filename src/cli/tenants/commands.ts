// The commands for tenants and their connections.

import { type CommandEntry, DATABASE, EXPIRES, type OptionEntry, PUBLIC_URL, YES } from '../terminal/command-entry.ts'

const CONNECTION: readonly OptionEntry[] = [
  [
    '--kind <kind>',
    'the identity provider: generic, entra, okta, onelogin, ping, jumpcloud, google, auth0, keycloak, authentik, rippling',
    'generic',
  ],
  ['--profile <profile>', 'how tolerant it is, if not as its kind: strict refuses everything that the RFCs refuse'],
  ['--allow <list>', 'allowances to switch on, whatever its kind, like uniqueGroupNames (docs/reference/quirks.md)'],
  ['--forbid <list>', 'allowances to switch off, whatever its kind'],
  ['--label <text>', 'a name to show people; defaults to the kind'],
  [
    '--rights <list>',
    'what it may do, like read:users,write:users,read:groups; reading users shows the names of their groups, and vice versa',
    'all',
  ],
  EXPIRES,
  ...DATABASE,
  PUBLIC_URL,
]
const SUBJECT: OptionEntry = [
  '--subject <id>',
  'id of an existing user; /Me refers to that user, who can read and, even without the right to write users, change their own profile there',
]

/** Commands for tenants and their connections. */
export const TENANT_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'tenant create',
    args: '<name>',
    does: 'Create a tenant with one connection. Prints its base URL, and its token, which is shown only once.',
    example: 'tenant create acme --kind okta --json',
    options: CONNECTION,
    run: async (args, options) => (await import('./tenant.ts')).createTenant(args, options),
  },
  {
    name: 'tenant list',
    does: 'List all tenants',
    example: 'tenant list',
    options: [...DATABASE, PUBLIC_URL],
    run: async (_args, options) => (await import('./tenant.ts')).listTenants(options),
  },
  {
    name: 'tenant show',
    args: '<name>',
    does: 'Show a tenant: base URL, number of resources, settings',
    example: 'tenant show acme',
    options: [...DATABASE, PUBLIC_URL],
    run: async (args, options) => (await import('./tenant.ts')).showTenant(args, options),
  },
  {
    name: 'tenant delete',
    args: '<name>',
    does: 'Delete a tenant and everything in it. Asks for confirmation; scripts and --json need --yes.',
    example: 'tenant delete acme --yes',
    options: [YES, ...DATABASE],
    run: async (args, options) => (await import('./tenant.ts')).deleteTenant(args, options),
  },
  {
    name: 'tenant export',
    args: '<name> <file>',
    does: 'Write a tenant and everything in it to a file, as a consistent snapshot, to move it to another database; - writes to standard output. If interrupted, run it again to resume.',
    example: 'tenant export acme acme.tenant',
    options: [['--restart', 'start over instead of resuming'], ...DATABASE],
    run: async (args, options) => (await import('./tenant-export.ts')).exportTenant(args, options),
  },
  {
    name: 'tenant import',
    args: '<file>',
    does: 'Import an exported tenant unchanged. It goes live once the import is complete and verified. If interrupted, run it again to resume.',
    example: 'tenant import acme.tenant --database sqlite:new/lockstep.db',
    options: [['--as <name>', 'import it under another name'], ...DATABASE],
    run: async (args, options) => (await import('./tenant-import.ts')).importTenant(args, options),
  },
  {
    name: 'connection create',
    args: '<tenant>',
    does: 'Create credentials for an identity provider. Prints the base URL, and the token, which is shown only once.',
    example: 'connection create acme --kind entra --json',
    options: [SUBJECT, ...CONNECTION],
    run: async (args, options) => (await import('./connection.ts')).createConnection(args, options),
  },
  {
    name: 'connection list',
    args: '<tenant>',
    does: 'List the connections of a tenant, with their tokens and when each was last used',
    example: 'connection list acme',
    options: [...DATABASE],
    run: async (args, options) => (await import('./connection.ts')).listConnections(args, options),
  },
  {
    name: 'connection rotate',
    args: '<tenant> <connection>',
    does: 'Issue another token. Earlier tokens stay valid until they are revoked or expire.',
    example: 'connection rotate acme okta-x7k2mp',
    options: [['--revoke-others', 'revoke the earlier tokens immediately'], EXPIRES, ...DATABASE, PUBLIC_URL],
    run: async (args, options) => (await import('./connection.ts')).rotateConnection(args, options),
  },
  {
    name: 'connection revoke',
    args: '<tenant> <connection>',
    does: 'Revoke a connection and all its tokens, or a single token',
    example: 'connection revoke acme okta-x7k2mp --token 3f9ac2d81b07',
    options: [['--token <id>', 'only the token with this id'], ...DATABASE],
    run: async (args, options) => (await import('./connection.ts')).revokeConnection(args, options),
  },
]
