// Matches the people that an identity provider creates with those whom the app has already.

import {
  type Context,
  type CreateOptions,
  type Directory,
  documentOf,
  type Outcome,
  requireId,
} from '../../directory/index.ts'
import {
  ConfigError,
  createNotes,
  type Document,
  formatETag,
  isObject,
  type Json,
  normalise,
  ScimError,
} from '../../protocol/index.ts'
import { createFind, type Find, userType } from './find.ts'
import { mergePerson } from './merge.ts'
import { conflictWith, type OnMatch } from './on-match.ts'
import { readTime, type Time } from './time.ts'

/** A person as an identity provider creates it: with canonical names, without what clients can't write. */
export interface IncomingUser {
  readonly userName?: string
  readonly externalId?: string
  readonly displayName?: string
  readonly active?: boolean
  readonly name?: { readonly [part: string]: Json }
  readonly emails?: readonly { readonly [part: string]: Json }[]
  readonly [attribute: string]: Json | undefined
}

/** What `match` is asked. */
export interface MatchQuestion {
  readonly tenant: string
  readonly user: IncomingUser
  /** The primary e-mail as sent, else the first one. An identity provider says so; whether it is verified only the app can know. */
  readonly email: string | undefined
  /** Who sends it, as in the log, and the kind of its connection. */
  readonly actor: string
  readonly kind: string | undefined
  /** Looks among the people who are in the directory. */
  readonly find: Find
}

/** A person of the app. */
export interface MatchedPerson {
  /** The app's own id, which is the SCIM id: a string of 1 to 128 letters, digits and `-._~@:`. */
  readonly id: string
  /** Since when the app has this person. */
  readonly created?: Time | undefined
}

/**
 * Says who a person is that an identity provider creates: one whom the app has, or a new one (undefined). Asked once for each POST, before
 * the transaction. A ScimError that it throws is the answer; any other error is answered with 503, and nothing is written.
 */
export type Match = (question: MatchQuestion) => MatchedPerson | undefined | Promise<MatchedPerson | undefined>

/** What matching needs. */
export interface Matching {
  readonly match: Match
  readonly onMatch?: OnMatch | undefined
}

/** Attempts against others who write the same person at the same time. */
const ATTEMPTS = 5

/** The directory, as requests of identity providers see it: whoever is created in it may be there already. */
export function withMatching(directory: Directory, matching: Matching): Directory {
  return { ...directory, create: (...asked) => createMatched(directory, matching, ...asked) }
}

async function createMatched(
  directory: Directory,
  matching: Matching,
  context: Context,
  typeName: string,
  body: Json,
  options?: CreateOptions,
): Promise<Outcome> {
  const type = userType(directory, context.tenant)
  if (type === undefined || typeName !== type.name) return directory.create(context, typeName, body, options)
  const notes = createNotes()
  const user = normalise(body, type, context.allow, notes)
  const person = await ask(directory, matching.match, context, user)
  if (person === undefined) return directory.create(context, typeName, body, options)
  const { id, created } = readPerson(person)
  const ref = { tenant: context.tenant, type: type.name, id }
  for (let attempt = 1; ; attempt++) {
    const stored = await directory.get(ref)
    try {
      if (stored === undefined) {
        const own = { id, known: true, ...(created === undefined ? {} : { created }) }
        return await directory.create(context, typeName, body, { ...options, ...own })
      }
      const before = documentOf(stored)
      const conflict = conflictWith(before, user, context.kind, matching.onMatch)
      if (conflict !== undefined) throw conflict
      const sent = user.active === undefined && !notes.cleared.includes('active') ? { ...user, active: true } : user
      const outcome = await directory.replace(context, type.name, id, mergePerson(before, sent), {
        ifMatch: formatETag(stored.version),
        ...(options?.light === undefined ? {} : { light: options.light }),
        ...(options?.along === undefined ? {} : { along: options.along }),
      })
      return { ...outcome, skipped: notes.unknown }
    } catch (error) {
      if (attempt === ATTEMPTS || !(await wasOvertaken(error, stored?.version, () => directory.get(ref)))) throw error
    }
  }
}

/** Whether another request has made, changed or deleted this very person meanwhile. */
async function wasOvertaken(
  error: unknown,
  version: number | undefined,
  now: () => ReturnType<Directory['get']>,
): Promise<boolean> {
  if (!(error instanceof ScimError) || ![404, 409, 412].includes(error.status)) return false
  return (await now())?.version !== version
}

async function ask(
  directory: Directory,
  match: Match,
  { tenant, actor, kind }: Context,
  user: Document,
): Promise<MatchedPerson | undefined> {
  const question = { tenant, user: user as IncomingUser, email: emailOf(user), actor, kind }
  try {
    return (await match({ ...question, find: createFind(directory, tenant) })) ?? undefined
  } catch (error) {
    if (error instanceof ScimError) throw error
    const detail =
      'The application could not tell whether this person exists already, so nothing was written; the request may be sent again'
    throw new ScimError(503, detail, { cause: error, headers: { 'retry-after': '10' } })
  }
}

function readPerson(person: MatchedPerson): { readonly id: string; readonly created: number | undefined } {
  if (!isObject(person as unknown as Json)) {
    throw new ConfigError('match', 'must return { id } of a person of the app, or undefined for a new one')
  }
  return { id: requireId(person.id), created: person.created === undefined ? undefined : readTime(person.created) }
}

/** The primary e-mail, else the first one. */
export function emailOf(user: Document): string | undefined {
  const emails = Array.isArray(user.emails) ? user.emails.filter(isObject) : []
  const value = (emails.find(({ primary }) => primary === true) ?? emails[0])?.value
  return typeof value === 'string' ? value : undefined
}
