// The shapes that several routes share: errors, pages, times and tokens.

import { z } from 'zod'
import { PREVIEW_EXAMPLES, PREVIEW_READS } from '../tenancy/index.ts'

/** Longest body of the admin API. */
export const BODY_BYTES = 4 * 1024 * 1024

/** A time in answers. */
export const time = z.iso.datetime().describe('Date and time, UTC')

/** What is wrong with one field of a request. */
export const FaultBody = z.object({
  in: z.enum(['query', 'body']),
  field: z.string().describe('Path of the field, like connection.kind; empty for the whole'),
  message: z.string(),
})

/** What is wrong: one stable code for programs, one sentence for people, and the fields that are wrong. */
export const ErrorBody = z
  .object({
    error: z.object({
      code: z.string(),
      message: z.string(),
      faults: z.array(FaultBody).optional().describe('The fields that are wrong, if fields are'),
      count: z.int().optional().describe('How many resources are in the way'),
    }),
  })
  .describe('Says what is wrong, where, and what would be right')

/** Longest text to search for, and longest position. */
const WORD_LENGTH = 500

/** A word of a query. No store has control characters in a name. */
export const Word = z
  .string()
  .min(1)
  .max(WORD_LENGTH)
  .regex(/^[^\p{Cc}]*$/u)

/** A time in queries, as milliseconds since 1970. */
export const Instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text).getTime())

/** Which page of a list. */
export const PageQuery = z.strictObject({
  search: Word.optional().describe('Only entries whose name begins with this text, in any letter case'),
  after: Word.optional().describe('The `next` of the page before'),
  limit: z.coerce.number().int().min(1).max(1_000).default(100).describe('Most entries of the page'),
})

/** A page of a list. */
export function pageOf(item: z.ZodType) {
  return z.object({
    items: z.array(item).describe('At most `limit` entries; a page may have fewer although there are more'),
    next: z.string().optional().describe('Pass it as `after` to read on; absent on the last page'),
  })
}

/** How long a token lives. */
export const LifetimeDays = z
  .number()
  .positive()
  .max(36_500)
  .nullable()
  .optional()
  .describe('null: no end; absent: 365')

/** What is known of a token. */
export const TokenBody = z.object({
  id: z.string().describe('Short name of the token; not a secret'),
  created: time,
  expires: time.optional(),
  lastUsed: time.optional(),
})

/** A token just made, with the base URL it is for. */
export const IssuedBody = z
  .object({ tenant: z.string(), baseUrl: z.url(), connection: z.string(), token: z.string() })
  .describe('The token is shown only this once; only its hash is stored')

/** Whether values may be dropped, or it is only asked what would become of them. */
export const ForceQuery = z.strictObject({
  force: z.enum(['true', 'false']).default('false').describe('Drop the values that are in the way'),
  dry: z.enum(['true', 'false']).default('false').describe('Only say what it would do to resources'),
})

/** What a change of a schema or type would do to resources. */
export const EffectsBody = z
  .strictObject({
    effects: z
      .array(
        z.object({
          what: z.string(),
          does: z
            .enum(['blocks', 'drops', 'deletes', 'converts'])
            .describe(
              'What becomes of resources that no longer fit. blocks: the change is refused, even if forced; drops: forced, it drops their values; deletes: forced, it deletes them; converts: they fit once their values are rewritten without a loss',
            ),
          count: z.int().describe('How many resources, of those that were read'),
          examples: z
            .array(z.object({ type: z.string(), id: z.string() }))
            .describe(`The first of them, ${PREVIEW_EXAMPLES} at most`),
        }),
      )
      .describe('Empty: every resource that was read fits as it is'),
    indexes: z
      .array(z.object({ type: z.string(), path: z.string() }))
      .describe('Declared indexes that go with their attributes; filters by these read every resource again'),
    read: z.int().describe(`How many resources were read, ${PREVIEW_READS.toLocaleString('en')} at most`),
    total: z.int().describe('How many there are of the types concerned'),
  })
  .describe('With `dry`: what the change would do; nothing is changed')
