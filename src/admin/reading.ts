// Reads the query and body of a request by the shapes of its route.

import type { Context } from 'hono'
import type { z } from 'zod'
import { isObject, type Json, type JsonObject, readJson, ScimError } from '../protocol/index.ts'
import { type Fault, Refused } from './refusals.ts'

/** Most faults that one answer names. */
const FAULTS = 20

/** The body as JSON; an empty one is an empty object. Refuses other media types, and what is not JSON. */
export async function readBody(context: Context): Promise<Json> {
  const type = context.req.header('content-type') ?? 'application/json'
  if (!/^application\/(?:[\w.-]+\+)?json\b/i.test(type))
    throw new Refused(415, 'ERR_INVALID', `The body must be application/json, not ${type}`)
  const text = await context.req.text()
  if (text.trim() === '') return {}
  try {
    return readJson(text, { strictNames: false })
  } catch (error) {
    if (!(error instanceof ScimError)) throw error
    throw new Refused(error.status === 413 ? 413 : 400, 'ERR_INVALID', error.detail)
  }
}

/** A query or body by its shape. Refuses it with each field that is wrong. */
export function checked(shape: z.ZodType | undefined, given: unknown, where: Fault['in']): unknown {
  if (shape === undefined) return undefined
  const result = shape.safeParse(given)
  if (result.success) return result.data
  const faults = result.error.issues.flatMap((issue) => faultsOf(issue, where)).slice(0, FAULTS)
  const message = faults.map(
    (fault) => `${[where, ...(fault.field === '' ? [] : [fault.field])].join('.')}: ${fault.message}`,
  )
  throw new Refused(400, 'ERR_INVALID', message.join('; '), faults)
}

/** A member that is not expected is a fault of its own, at its own place. */
function faultsOf(issue: z.core.$ZodIssue, where: Fault['in']): readonly Fault[] {
  const fieldOf = (path: readonly PropertyKey[]) => path.map(String).join('.')
  if (issue.code !== 'unrecognized_keys') return [{ in: where, field: fieldOf(issue.path), message: issue.message }]
  return issue.keys.map((key) => ({
    in: where,
    field: fieldOf([...issue.path, key]),
    message: 'There is no such field',
  }))
}

/** A body as an object; the shapes of routes let nothing else through. */
export function objectOf(json: Json): JsonObject {
  return isObject(json) ? json : {}
}
