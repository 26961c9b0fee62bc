import { z } from 'zod'
import { KINDS } from '../quirks/index.ts'

/** Longest body of the admin API. */
export const BODY_BYTES = 4 * 1024 * 1024

const time = z.iso.datetime().describe('Date and time, UTC')

/** What is wrong: one stable code for programs, one sentence for people. */
export const ErrorBody = z
  .object({ error: z.object({ code: z.string(), message: z.string(), count: z.int().optional() }) })
  .describe('Says what is wrong, where, and what would be right')

/** A tenant. */
export const TenantBody = z.object({
  tenant: z.string(),
  baseUrl: z.url(),
  created: time,
  log: z.int().describe('The last place of the log'),
  resources: z.record(z.string(), z.int()).describe('How many resources there are, by type'),
})

/** What is known of a token. */
export const TokenBody = z.object({
  id: z.string().describe('Short name of the token; not a secret'),
  created: time,
  expires: time.optional(),
  lastUsed: time.optional(),
})

/** A connection with its tokens. */
export const ConnectionBody = z.object({
  connection: z.string(),
  label: z.string(),
  kind: z.enum(KINDS),
  profile: z.enum(KINDS).describe('How far it bends; its kind unless told otherwise'),
  rights: z.string().describe('Like read:users,write:users,read:groups, or all'),
  allow: z.array(z.string()).optional().describe('Allowances that it has whatever its profile says'),
  forbid: z.array(z.string()).optional().describe('Allowances that it has not, whatever its profile says'),
  subject: z.string().optional().describe('Id of the resource that /Me means'),
  created: time,
  tokens: z.array(TokenBody),
})

/** What is asked for when a connection is made. */
export const ConnectionDraftBody = z.strictObject({
  kind: z.enum(KINDS).default('generic'),
  profile: z.enum(KINDS).optional(),
  label: z.string().min(1).max(200).optional(),
  rights: z.string().default('all').describe('Like read:users,write:users,read:groups, or all'),
  allow: z
    .array(z.string())
    .optional()
    .describe('Allowances that it has whatever its profile says, like uniqueGroupNames'),
  forbid: z.array(z.string()).optional().describe('Allowances that it has not, whatever its profile says'),
  subject: z.string().min(1).max(200).optional().describe('Id of a user who is there, which /Me then means'),
  lifetimeDays: z.number().positive().max(36_500).nullable().optional().describe('null: for ever; absent: 365'),
})

/** What is asked for when a tenant is made. */
export const TenantDraftBody = z.strictObject({
  name: z.string().describe('1 to 63 characters of a-z, 0-9 and -'),
  // Nobody is in it yet whom a connection could act for.
  connection: ConnectionDraftBody.omit({ subject: true }).optional(),
})

/** How a token is rotated. */
export const RotateBody = z.strictObject({
  lifetimeDays: ConnectionDraftBody.shape.lifetimeDays,
  revokeOthers: z.boolean().default(false).describe('Revoke the earlier tokens at once'),
})

/** A token just made, with the base URL it is for. */
export const IssuedBody = z
  .object({ tenant: z.string(), baseUrl: z.url(), connection: z.string(), token: z.string() })
  .describe('The token is shown this once and kept only as a hash')

/** A tenant's settings. */
export const SettingsBody = z.object({
  uniqueGroupNames: z.boolean().describe('No two groups have the same displayName, without regard to case'),
  uniqueEmails: z.boolean().describe('No two users have the same e-mail value, without regard to case'),
  sensitiveFilters: z.array(z.string()).describe('Attributes that a GET may not filter by; POST to /.search can'),
  selfService: z
    .array(z.string())
    .describe(
      'Attributes that people may change on /Me besides names, phones, addresses, photos, language and password',
    ),
  features: z.object({
    patch: z.boolean(),
    bulk: z.boolean(),
    me: z.boolean(),
    sort: z.boolean(),
    filter: z.boolean(),
  }),
})

/** Settings to change; what is left out stays. */
export const SettingsChangeBody = z.strictObject({
  uniqueGroupNames: z.boolean().optional(),
  uniqueEmails: z.boolean().optional(),
  sensitiveFilters: z.array(z.string()).optional(),
  selfService: z.array(z.string()).optional(),
  features: SettingsBody.shape.features.partial().strict().optional(),
})

/** A Schema resource of RFC 7643 §7; checked by the protocol, not here. */
export const SchemaBody = z.looseObject({
  id: z.string(),
  name: z.string(),
  attributes: z.array(z.looseObject({ name: z.string() })),
})
/** A schema of a tenant, and who uses it. */
export const SchemaEntryBody = z.looseObject({
  id: z.string(),
  name: z.string(),
  own: z.boolean().describe("Whether it is the tenant's own"),
  types: z.array(z.string()).describe('Names of the types that use it'),
})
/** A ResourceType resource of RFC 7643 §6; checked by the protocol, not here. */
export const TypeBody = z.looseObject({
  name: z.string(),
  endpoint: z.string().optional(),
  schema: z.string().optional(),
  schemaExtensions: z.array(z.object({ schema: z.string(), required: z.boolean().optional() })).optional(),
})
/** A resource type of a tenant. */
export const TypeEntryBody = z.object({
  name: z.string(),
  description: z.string(),
  endpoint: z.string(),
  schema: z.string(),
  schemaExtensions: z.array(z.object({ schema: z.string(), required: z.boolean() })),
  own: z.boolean().describe('Whether the tenant made or changed it'),
})

/** An attribute by which resources are found without being read. */
export const IndexBody = z.object({
  type: z.string(),
  path: z.string().describe('The attribute in standard notation, like title or name.familyName'),
  own: z.boolean().describe('Whether the tenant has declared it; the others are there from the start'),
  ready: z.boolean().describe('Whether all resources are entered, so that queries use it'),
})

/** One line of the log. */
export const ChangeBody = z.looseObject({
  place: z.int(),
  at: time,
  op: z
    .enum(['create', 'replace', 'patch', 'delete', 'note'])
    .describe('note: what an administrator did; paths has the verb first, then facts'),
  actor: z.string(),
  type: z.string(),
  id: z.string(),
  version: z.int(),
  paths: z.array(z.looseObject({ path: z.string() })),
})
/** Lines of the log, and how to read on. */
export const LogBody = z.object({
  changes: z.array(ChangeBody),
  next: z.int().describe('Give it as `after` to read on; the same when nothing has come since'),
})

/** Whose values are to be erased. */
export const ErasureDraftBody = z.object({
  id: z.string().describe('Id of the resource'),
  type: z.string().default('User'),
  delete: z.boolean().default(false).describe('Delete it first, if it is there still; refused otherwise'),
})
/** What was erased. */
export const ErasureBody = z.object({
  tenant: z.string(),
  type: z.string(),
  id: z.string(),
  lines: z.int().describe('Lines of the log that have lost values'),
})

/** A token of the admin API. */
export const AdminTokenBody = z.object({ id: z.string(), label: z.string(), created: time, expires: time.optional() })

/** An entry of the list of roles or entitlements, as the draft has it; checked by the protocol, not here (D-041). */
export const ListEntryBody = z.looseObject({
  display: z.string().optional(),
  type: z.string().optional(),
  supported: z.boolean().optional().describe('Whether it may be given to users now'),
})

/** Which lines of the log. */
export const LogQuery = z.strictObject({
  after: z.coerce.number().int().min(0).default(0).describe('Only changes after this place'),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
})
/** Whether values may be dropped. */
export const ForceQuery = z.strictObject({
  force: z.enum(['true', 'false']).default('false').describe('Drop the values that are in the way'),
})
/** How a schema is put. */
export const SchemaPutQuery = ForceQuery.extend({
  extends: z.string().optional().describe('Names of types it becomes an extension of, with commas'),
  required: z.enum(['true', 'false']).default('false').describe('Whether resources of these types must have it'),
})
