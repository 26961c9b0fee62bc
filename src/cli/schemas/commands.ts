// The commands for a tenant's own schemas, resource types and indexes.

import { type CommandEntry, DATABASE, type OptionEntry, TENANT } from '../terminal/command-entry.ts'

const FORCE: OptionEntry = ['--force', 'delete the values that conflict with the change']

const DRY: OptionEntry = ['--dry', 'only show what this would do to resources']

/** Commands for a tenant's own schemas, resource types and indexes. */
export const SCHEMA_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'schema list',
    does: 'List the schemas of a tenant',
    example: 'schema list --tenant acme',
    options: [TENANT, ...DATABASE],
    run: async (_args, options) => (await import('./schema.ts')).listSchemas(options),
  },
  {
    name: 'schema put',
    args: '<file>',
    does: 'Add or replace a schema',
    example: 'schema put badge.json --extends User --tenant acme',
    options: [
      TENANT,
      ['--extends <types>', 'use it as an extension of these resource types, like User or User,Group'],
      ['--required', 'require the extension on every resource of these types'],
      FORCE,
      DRY,
      ...DATABASE,
    ],
    run: async (args, options) => (await import('./schema.ts')).putSchema(args, options),
  },
  {
    name: 'schema delete',
    args: '<urn>',
    does: 'Delete a schema',
    example: 'schema delete urn:example:scim:schemas:extension:badge:1.0:User --tenant acme',
    options: [TENANT, FORCE, DRY, ...DATABASE],
    run: async (args, options) => (await import('./schema.ts')).deleteSchema(args, options),
  },
  {
    name: 'type list',
    does: 'List the resource types of a tenant',
    example: 'type list --tenant acme',
    options: [TENANT, ...DATABASE],
    run: async (_args, options) => (await import('./schema.ts')).listTypes(options),
  },
  {
    name: 'type put',
    args: '<file>',
    does: 'Add or change a resource type. {"name":"Role"} or {"name":"Entitlement"} enables the built-in type of that name.',
    example: 'type put device.json --tenant acme',
    options: [TENANT, FORCE, DRY, ...DATABASE],
    run: async (args, options) => (await import('./schema.ts')).putType(args, options),
  },
  {
    name: 'type delete',
    args: '<name>',
    does: 'Delete a resource type',
    example: 'type delete Device --tenant acme',
    options: [TENANT, FORCE, DRY, ...DATABASE],
    run: async (args, options) => (await import('./schema.ts')).deleteType(args, options),
  },
  {
    name: 'index list',
    does: 'List the indexed attributes of a tenant, built-in and declared, and whether each index is ready',
    example: 'index list --tenant acme',
    options: [TENANT, ...DATABASE],
    run: async (_args, options) => (await import('./indexes.ts')).listIndexes(options),
  },
  {
    name: 'index put',
    args: '<type> <path...>',
    does: 'Index attributes so that filters can use them: text with eq and sw, booleans with eq, numbers and times with eq, gt, ge, lt and le. Returns when every resource is indexed; if interrupted, run it again to resume.',
    example: 'index put User title name.familyName --tenant acme',
    options: [TENANT, ...DATABASE],
    run: async (args, options) => (await import('./indexes.ts')).putIndexes(args, options),
  },
  {
    name: 'index delete',
    args: '<type> <path...>',
    does: 'Remove declared indexes. Filters on the attributes read every resource again.',
    example: 'index delete User title --tenant acme',
    options: [TENANT, ...DATABASE],
    run: async (args, options) => (await import('./indexes.ts')).deleteIndexes(args, options),
  },
]
