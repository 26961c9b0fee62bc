// The commands for a tenant's own schemas, resource types and indexes.

import { type CommandEntry, DATABASE, type OptionEntry, TENANT } from '../terminal/command-entry.ts'

const FORCE: OptionEntry = ['--force', 'drop the values that are in the way']

/** Commands for a tenant's own schemas, resource types and indexes. */
export const SCHEMA_COMMANDS: readonly CommandEntry[] = [
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
    name: 'index list',
    does: 'list the attributes of a tenant that are indexed: from the start, or declared, and whether they are ready',
    example: 'index list --tenant acme',
    options: [TENANT, ...DATABASE],
    run: async (_args, options) => (await import('./indexes.ts')).listIndexes(options),
  },
  {
    name: 'index put',
    args: '<type> <path...>',
    does: 'declare attributes indexed, so that filters find by them at once: texts with eq and sw, booleans with eq, numbers and times with eq, gt, ge, lt, le; returns when all resources are entered. Run again to go on where it was cut short',
    example: 'index put User title name.familyName --tenant acme',
    options: [TENANT, ...DATABASE],
    run: async (args, options) => (await import('./indexes.ts')).putIndexes(args, options),
  },
  {
    name: 'index delete',
    args: '<type> <path...>',
    does: 'take such a declaration back; filters by the attribute read all resources again',
    example: 'index delete User title --tenant acme',
    options: [TENANT, ...DATABASE],
    run: async (args, options) => (await import('./indexes.ts')).deleteIndexes(args, options),
  },
]
