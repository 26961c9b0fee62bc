import { SETTINGS, type SettingEntry } from '../server/index.ts'
import type { Options } from './usage.ts'

/** One command: what `lockstep NAME` does. */
export interface CommandEntry {
  readonly name: string
  /** Its arguments: `<name>` is needed, `[name]` is not. */
  readonly args?: string
  readonly does: string
  /** What its help shows, after `lockstep `. */
  readonly example: string
  readonly options?: readonly OptionEntry[]
  readonly run: (args: readonly string[], options: Options) => Promise<void>
}

/** Flags, what they do, and what holds without them. */
export type OptionEntry = readonly [flags: string, does: string, initial?: string]

/** What the first words of two-word commands are about. */
export const GROUPS: { readonly [name: string]: string } = {
  tenant: 'customers, each with a separate directory',
  connection: "identity providers' ways into a tenant, and their tokens",
  schema: "a tenant's own schemas",
  type: "a tenant's own resource types",
  admin: 'access to the admin API',
  db: 'a PostgreSQL database that becomes, or is, a Citus cluster',
}

const fromTable = (setting: SettingEntry, what: string): OptionEntry => [
  `${setting.flag} <${what}>`,
  `${setting.does}: ${setting.allowed} [${setting.env}${setting.default === '' ? '' : `, default ${setting.default}`}]`,
]
const DATABASE: readonly OptionEntry[] = [
  fromTable(SETTINGS.database, 'where'),
  fromTable(SETTINGS.databasePasswordFile, 'file'),
]
const PUBLIC_URL = fromTable(SETTINGS.publicUrl, 'url')
const TENANT: OptionEntry = ['--tenant <name>', 'the tenant', 'default']
const EXPIRES: OptionEntry = ['--expires <when>', 'how long the token lives: 90d, 12h, 1y, a date, never', '1y']
const FORCE: OptionEntry = ['--force', 'drop the values that are in the way']
const CONNECTION: readonly OptionEntry[] = [
  [
    '--kind <kind>',
    'the identity provider: generic, entra, okta, onelogin, ping, jumpcloud, google, auth0, keycloak, authentik, rippling',
    'generic',
  ],
  ['--profile <profile>', 'how far it bends, when not as its kind does: strict refuses all that the RFCs refuse'],
  ['--label <text>', 'a name for people; the kind if absent'],
  ['--rights <list>', 'what it may do, like read:users,write:users,read:groups', 'all'],
  ['--subject <id>', 'id of the resource that /Me means'],
  EXPIRES,
  ...DATABASE,
  PUBLIC_URL,
]

/** Every command. Each loads what it needs only when it runs. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'serve',
    does: 'start the server',
    example: 'serve --port 8080 --database sqlite:data/lockstep.db',
    options: [
      fromTable(SETTINGS.port, 'number'),
      fromTable(SETTINGS.host, 'address'),
      ...DATABASE,
      PUBLIC_URL,
      fromTable(SETTINGS.logLevel, 'level'),
      fromTable(SETTINGS.rateLimit, 'rate'),
      fromTable(SETTINGS.workers, 'number'),
      fromTable(SETTINGS.databaseConnections, 'number'),
    ],
    run: async (_args, options) => (await import('./serve.ts')).serve(options),
  },
  {
    name: 'tenant create',
    args: '<name>',
    does: 'make a tenant with one connection; prints its base URL and token once',
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
    does: 'remove a tenant with everything in it; asks first on a terminal',
    example: 'tenant delete acme --yes',
    options: [['--yes', "don't ask"], ...DATABASE],
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
    options: CONNECTION,
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
  {
    name: 'get',
    args: '<type> <id>',
    does: 'print a resource',
    example: 'get User 01989f9e-7a1c-7cc3-98c4-dc0c0c07398f --tenant acme',
    options: [
      TENANT,
      ['--attributes <list>', 'only these attributes'],
      ['--excluded-attributes <list>', 'all but these attributes'],
      ...DATABASE,
      PUBLIC_URL,
    ],
    run: async (args, options) => (await import('./query.ts')).get(args, options),
  },
  {
    name: 'query',
    args: '<type>',
    does: 'search resources',
    example: `query User --filter 'userName sw "ada"' --sort-by userName --tenant acme`,
    options: [
      TENANT,
      ['--filter <filter>', 'a SCIM filter'],
      ['--attributes <list>', 'only these attributes'],
      ['--excluded-attributes <list>', 'all but these attributes'],
      ['--sort-by <attribute>', 'order by this attribute'],
      ['--sort-order <order>', 'ascending or descending'],
      ['--start-index <number>', 'first result to show, from 1'],
      ['--count <number>', 'results on a page'],
      ...DATABASE,
      PUBLIC_URL,
    ],
    run: async (args, options) => (await import('./query.ts')).query(args, options),
  },
  {
    name: 'import',
    args: '<file>',
    does: 'take in resources from JSON lines; run again to go on where it stopped. What is refused goes to FILE.rejected',
    example: 'import people.jsonl --tenant acme',
    options: [TENANT, ['--restart', 'begin anew instead of going on'], ...DATABASE],
    run: async (args, options) => (await import('./import.ts')).importFile(args, options),
  },
  {
    name: 'export',
    args: '[file]',
    does: 'write all resources as JSON lines; run again to go on where it stopped',
    example: 'export people.jsonl --tenant acme',
    options: [
      TENANT,
      ['--type <type>', 'only resources of this type'],
      ['--restart', 'begin anew instead of going on'],
      ...DATABASE,
    ],
    run: async (args, options) => (await import('./export.ts')).exportFile(args, options),
  },
  {
    name: 'log',
    does: 'show the change log: who changed what, and when',
    example: 'log --tenant acme --follow',
    options: [
      TENANT,
      ['--after <place>', 'only what came after this place'],
      ['--limit <number>', 'at most so many lines', '50'],
      ['--follow', 'go on with what comes'],
      ...DATABASE,
    ],
    run: async (_args, options) => (await import('./log.ts')).log(options),
  },
  {
    name: 'schema list',
    does: 'list the schemas of a tenant',
    example: 'schema list --tenant acme',
    options: [TENANT, ...DATABASE],
    run: async (_args, options) => (await import('./schema.ts')).listSchemas(options),
  },
  {
    name: 'schema put',
    args: '<file>',
    does: 'add a schema, or put another version in its place',
    example: 'schema put badge.json --extends User --tenant acme',
    options: [
      TENANT,
      ['--extends <types>', 'make it an extension of these resource types, like User or User,Group'],
      ['--required', 'every resource of these types must have it'],
      FORCE,
      ...DATABASE,
    ],
    run: async (args, options) => (await import('./schema.ts')).putSchema(args, options),
  },
  {
    name: 'schema delete',
    args: '<urn>',
    does: 'remove a schema',
    example: 'schema delete urn:example:scim:schemas:extension:badge:1.0:User --tenant acme',
    options: [TENANT, FORCE, ...DATABASE],
    run: async (args, options) => (await import('./schema.ts')).deleteSchema(args, options),
  },
  {
    name: 'type list',
    does: 'list the resource types of a tenant',
    example: 'type list --tenant acme',
    options: [TENANT, ...DATABASE],
    run: async (_args, options) => (await import('./schema.ts')).listTypes(options),
  },
  {
    name: 'type put',
    args: '<file>',
    does: 'add or change a resource type; {"name":"Role"} or {"name":"Entitlement"} switches that one on',
    example: 'type put device.json --tenant acme',
    options: [TENANT, FORCE, ...DATABASE],
    run: async (args, options) => (await import('./schema.ts')).putType(args, options),
  },
  {
    name: 'type delete',
    args: '<name>',
    does: 'remove a resource type',
    example: 'type delete Device --tenant acme',
    options: [TENANT, FORCE, ...DATABASE],
    run: async (args, options) => (await import('./schema.ts')).deleteType(args, options),
  },
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
    run: async (_args, options) => (await import('./admin.ts')).adminToken(options),
  },
  {
    name: 'backup',
    args: '<file>',
    does: 'copy the database, consistently, while the server runs',
    example: 'backup /backups/lockstep-monday.db',
    options: [...DATABASE],
    run: async (args, options) => (await import('./backup.ts')).backup(args, options),
  },
  {
    name: 'check',
    args: '<url>',
    does: "judge any SCIM server: RFC 7643, 7644 and 9865, case by case. Ends with 1 when a MUST is failed, 2 when it can't be checked",
    example: 'check https://scim.example.com/scim/v2 --token-env SCIM_TOKEN',
    options: [
      ['--token <token>', 'a bearer token'],
      ['--token-env <name>', 'the bearer token, from this variable of the environment'],
      ['--basic <user:password>', 'credentials for HTTP Basic'],
      ['--header <line...>', 'further headers of every request, like "X-Api-Key: abc"'],
      [
        '--only <list>',
        'only these cases: ids (P-375), beginnings of ids (P-37), groups (patch), sections (7644 §3.5.2)',
      ],
      ['--skip <list>', 'not these cases'],
      ['--rate <number>', 'at most so many requests per second'],
      ['--concurrency <number>', 'so many cases at the same time', '4'],
      ['--timeout <seconds>', 'how long to wait for an answer', '20'],
      ['--strict', 'end with 1 also when a SHOULD is missed'],
      ['--clean', 'first remove what earlier checks could not remove'],
      ['--verbose', 'show requests and answers of everything that did not pass'],
      ['--junit <file>', 'write the report as JUnit XML, for CI'],
      ['--badge <file>', 'write a badge, as SVG'],
    ],
    run: async (args, options) => (await import('./check.ts')).check(args, options),
  },
  {
    name: 'db distribute',
    does: 'spread the tables of a PostgreSQL database over the nodes of a Citus cluster; run again to go on where it stopped',
    example: 'db distribute --dry-run --database postgres://lockstep@coordinator/lockstep',
    options: [['--dry-run', 'show the steps and take none'], ...DATABASE],
    run: async (_args, options) => (await import('./db.ts')).distribute(options),
  },
  {
    name: 'db shards',
    does: 'show on which node of a cluster each tenant lives, and how much it holds',
    example: 'db shards --database postgres://lockstep@coordinator/lockstep',
    options: [...DATABASE],
    run: async (_args, options) => (await import('./db.ts')).shards(options),
  },
  {
    name: 'db isolate',
    args: '<tenant>',
    does: 'give a large tenant shards of its own in a cluster, on a node of your choice; its writes wait meanwhile',
    example: 'db isolate acme --node 10.0.0.7:5432 --database postgres://lockstep@coordinator/lockstep',
    options: [['--node <host:port>', 'where they are moved'], ...DATABASE],
    run: async (args, options) => (await import('./db.ts')).isolate(args, options),
  },
]
