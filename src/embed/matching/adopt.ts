// Adopts the people whom an app has already: they become resources under the app's own ids.

import { type AlongWrite, type Context, type Directory, documentOf, faultOfId } from '../../directory/index.ts'
import {
  ConfigError,
  createNotes,
  formatETag,
  type Json,
  LENIENT,
  LockstepError,
  normalise,
  type ResourceType,
  readJson,
  ScimError,
} from '../../protocol/index.ts'
import { createFind, type Find, userType } from './find.ts'
import { mergePerson } from './merge.ts'
import { readTime, type Time } from './time.ts'

/** The actor of what adopting writes, in the log. */
export const ADOPT_ACTOR = 'adopt'

/** A person of the app: attributes as SCIM names them, the app's own id, and since when it has the person. */
export interface AdoptedPerson {
  /** The app's own id, which becomes the SCIM id: a string of 1 to 128 letters, digits and `-._~@:`. */
  readonly id: string
  readonly userName: string
  readonly created?: Time | undefined
  readonly externalId?: string | undefined
  readonly active?: boolean | undefined
  readonly [attribute: string]: unknown
}

/** How far adopting has come, and what came of it. */
export interface AdoptCounts {
  /** They were not in the directory. */
  readonly adopted: number
  /** They were there; nothing was changed. */
  readonly same: number
  /** They were there, and differed. Only with `existing: 'update'`. */
  readonly updated: number
  /** They could not be. */
  readonly refusals: number
}

/** Somebody who could not be adopted. */
export interface Refusal {
  /** The id as given; undefined where there was none. */
  readonly id: string | undefined
  /** Why, in words. */
  readonly why: string
}

/** What came of adopting. */
export interface AdoptReport extends AdoptCounts {
  /** Who could not be adopted, and why: the first 1,000. `onRefused` is told of all. */
  readonly refused: readonly Refusal[]
  /** Names of attributes that no schema has and that were left out. The first 100. */
  readonly skipped: readonly string[]
}

/** Options of adopting. */
export interface AdoptOptions {
  /**
   * What happens to people who are in the directory already. `keep` (default): nothing, since an identity provider may have changed them
   * since. `update`: attributes that are given take the place of those that are there.
   */
  readonly existing?: 'keep' | 'update' | undefined
  /**
   * Finds people who are in the directory under another id, such as those that an identity provider created earlier. They keep that id:
   * the app notes it.
   */
  readonly match?:
    | ((question: {
        readonly tenant: string
        readonly person: AdoptedPerson
        readonly find: Find
      }) => MaybeSoon<{ readonly id: string } | undefined>)
    | undefined
  /** `silent` (default): handlers and hooks are not called, since the app has these people. `run`: they are, as for any other change. */
  readonly hooks?: 'silent' | 'run' | undefined
  /** Called after each batch. */
  readonly onProgress?: ((counts: AdoptCounts) => void) | undefined
  /** Called for each person who can't be adopted. */
  readonly onRefused?: ((refusal: Refusal) => void) | undefined
  /** Ends it after the batch under way; called again, it goes on. */
  readonly signal?: AbortSignal | undefined
}

type MaybeSoon<T> = T | Promise<T>

/** People who are written together. */
const BATCH = 200
/** Refusals in a report, and names in its list of skipped attributes. */
const REFUSED_SHOWN = 1_000
const SKIPPED_SHOWN = 100
/** Attempts against an identity provider that changes the same person at the same time. */
const ATTEMPTS = 5

const ADOPT_OPTIONS = ['existing', 'match', 'hooks', 'onProgress', 'onRefused', 'signal']

/**
 * Makes the people of an app resources under their own ids. Reads as many at a time as are written together, so the list may be of any
 * length. Whoever is there already is not made twice: called again after an interruption, it goes on.
 */
export async function adopt(
  directory: Directory,
  tenant: string,
  people: Iterable<AdoptedPerson> | AsyncIterable<AdoptedPerson>,
  options: AdoptOptions = {},
  ended: EndNote = () => [],
): Promise<AdoptReport> {
  for (const name of Object.keys(options))
    if (!ADOPT_OPTIONS.includes(name))
      throw new ConfigError(name, `is no option of adopt; it has ${ADOPT_OPTIONS.join(', ')}`)
  const type = userType(directory, tenant)
  if (type === undefined) throw new ConfigError('types', `tenant ${tenant} has no type User`)
  const counts = { adopted: 0, same: 0, updated: 0, refusals: 0 }
  const refused: Refusal[] = []
  const skipped = new Set<string>()
  const work: Adopting = { directory, tenant, type, options, ended, find: createFind(directory, tenant) }
  const one = async (person: AdoptedPerson) => {
    const outcome = await adoptOne(work, person)
    if ('why' in outcome) {
      counts.refusals++
      if (refused.length < REFUSED_SHOWN) refused.push(outcome)
      options.onRefused?.(outcome)
      return
    }
    counts[outcome.came]++
    for (const name of outcome.skipped) if (skipped.size < SKIPPED_SHOWN) skipped.add(name)
  }
  for await (const batch of inBatches(people)) {
    options.signal?.throwIfAborted()
    await Promise.all(batch.map(one))
    options.onProgress?.({ ...counts })
  }
  return { ...counts, refused, skipped: [...skipped] }
}

/** What is written along when a person stops being active without any hook hearing of it: that their sessions end. */
export type EndNote = (tenant: string, person: string) => readonly AlongWrite[]

/** What adopting one person needs. */
interface Adopting {
  readonly directory: Directory
  readonly tenant: string
  readonly type: ResourceType
  readonly options: AdoptOptions
  readonly ended: EndNote
  readonly find: Find
}

type Came = { readonly came: 'adopted' | 'same' | 'updated'; readonly skipped: readonly string[] }

/** Adopts a person. What is wrong with it is told; what is wrong with the store, or with the app's own code, is thrown. */
async function adoptOne(work: Adopting, person: AdoptedPerson): Promise<Came | Refusal> {
  const read = readPerson(person)
  if ('why' in read) return read
  const { tenant, options, find } = work
  const { id } = read
  try {
    const matched = await options.match?.({ tenant, person, find })
    return await write(work, read, matched?.id)
  } catch (error) {
    if (error instanceof ScimError && error.status < 500) return { id, why: error.detail }
    if (error instanceof ConfigError && error.option === 'created') return { id, why: error.message }
    throw error
  }
}

/** A person as it is written. */
interface ReadPerson {
  readonly id: string
  readonly body: Json
  readonly created: number | undefined
}

function readPerson(person: AdoptedPerson): ReadPerson | Refusal {
  const given: unknown = person
  if (typeof given !== 'object' || given === null)
    return { id: undefined, why: 'a person is an object with an id and a userName' }
  const { id, created, ...attributes } = person
  const fault = faultOfId(id)
  if (fault !== undefined) return { id: typeof id === 'string' ? id : undefined, why: fault }
  if (attributes.password !== undefined) return { id, why: 'a password is not adopted; leave it out' }
  try {
    return {
      id,
      body: readJson(JSON.stringify(attributes), { strictNames: false }),
      created: created === undefined ? undefined : readTime(created),
    }
  } catch (error) {
    return { id, why: error instanceof LockstepError ? error.message : `it can't be written as JSON: ${String(error)}` }
  }
}

async function write(
  work: Adopting,
  { id, body, created }: ReadPerson,
  matched: string | undefined,
): Promise<Came | Refusal> {
  const { directory, tenant, type, options } = work
  const silent = options.hooks !== 'run'
  const context: Context = { tenant, actor: ADOPT_ACTOR, allow: LENIENT }
  const ref = { tenant, type: type.name, id: matched ?? id }
  for (let attempt = 1; ; attempt++) {
    const stored = await directory.get(ref)
    try {
      if (stored === undefined) {
        if (matched !== undefined && matched !== id) return { id, why: `match says ${matched}, which is no User here` }
        const own = { id, known: true, silent, ...(created === undefined ? {} : { created }) }
        const { skipped } = await directory.create(context, type.name, body, own)
        return { came: 'adopted', skipped }
      }
      if (options.existing !== 'update') return { came: 'same', skipped: [] }
      const notes = createNotes()
      const merged = mergePerson(documentOf(stored), normalise(body, type, context.allow, notes))
      const ifMatch = formatETag(stored.version)
      const leaves = silent && documentOf(stored).active !== false && merged.active === false
      const along = leaves ? { along: () => work.ended(tenant, stored.id) } : {}
      const { changed } = await directory.replace(context, type.name, stored.id, merged, { ifMatch, silent, ...along })
      return { came: changed ? 'updated' : 'same', skipped: notes.unknown }
    } catch (error) {
      const overtaken = error instanceof ScimError && [404, 409, 412].includes(error.status)
      if (!overtaken || attempt === ATTEMPTS) throw error
      if ((await directory.get(ref))?.version === stored?.version) throw error
    }
  }
}

async function* inBatches<T>(all: Iterable<T> | AsyncIterable<T>): AsyncGenerator<readonly T[]> {
  let batch: T[] = []
  for await (const one of all) {
    batch.push(one)
    if (batch.length < BATCH) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
