import { readResource } from '../../client/index.ts'
import { isObject, type JsonObject, LockstepError, type ResourceType, ScimError } from '../../protocol/index.ts'
import type { Place } from '../targets/target.ts'
import { checkKey, type Gathering, type Side, type Taken } from './pair-table.ts'
import { referencesIn } from './references.ts'

/** A type of one place that is to be gathered. */
export interface Source {
  readonly side: Side
  readonly place: Place
  /** The type as its resources are read. */
  readonly type: ResourceType
  /** The type as the place shows it. */
  readonly own: ResourceType
  /** The attribute that its resources are known by. */
  readonly key: string
  /** Only their keys are wanted. */
  readonly namesOnly: boolean
}

/** What gathering a source came to. */
export interface GatheredSource {
  readonly source: Source
  count: number
  /** Resources that have no key. */
  keyless: number
  /** Paths that its list showed of any resource: `title`, `urn:…:User:department`. */
  readonly shown: Set<string>
  /** Whether anybody's members were ever shown, so that none means nobody. */
  showsMembers: boolean
  /** How often a path that no list showed was missing too where a resource was read by itself for its sake. */
  readonly missed: Map<string, number>
}

/** Requests that read single resources at the same time; the client's pace may allow fewer. */
const AT_ONCE = 8
/** Resources that are read by themselves to see whether the list shows all of them, and to see that a server never shows something. */
export const SAMPLES = 3

/**
 * Reads all resources of a type from a place. A list may show less than there is: groups without their members, or a few attributes
 * only. Where it does, each is read by itself. Throws for a list that is not whole, unless `partial` is set.
 */
export async function gatherSource(
  gathering: Gathering,
  source: Source,
  options: { readonly partial: boolean; readonly read: (count: number) => void },
): Promise<GatheredSource> {
  const { side, place, type, key, namesOnly } = source
  checkKey(type, key)
  const out: GatheredSource = {
    source,
    count: 0,
    keyless: 0,
    shown: new Set(),
    showsMembers: place.showsAll,
    missed: new Map(),
  }
  const samples: string[] = []
  const search = { count: 100, partial: options.partial, ...(namesOnly ? { attributes: [key] } : {}) }
  try {
    for await (const each of place.client.list(type, search)) {
      const resource = each as unknown as JsonObject
      for (const path of pathsIn(resource)) out.shown.add(path)
      const membersShown = place.showsAll || resource.members !== undefined
      if (resource.members !== undefined) out.showsMembers = true
      noteTaken(out, take(gathering, source, resource, { whole: isWhole(source), membersShown }))
      if (samples.length < SAMPLES) samples.push(String(resource.id))
      options.read(1)
    }
  } catch (error) {
    if (!(error instanceof LockstepError) || error.code !== 'ERR_INCOMPLETE') throw error
    const what = `${place.name}: ${error.message}; nothing was changed, and --force goes on with what it shows`
    throw new LockstepError(error.code, what, { cause: error })
  }
  if (namesOnly || isWhole(source)) return out
  const isSummary = (await Promise.all(samples.map((id) => orUntold(readOne(source, id))))).some(
    (one) => one !== undefined && pathsIn(one.resource).some((path) => path !== 'members' && !out.shown.has(path)),
  )
  const hasMembers = type.schema.attributes.some(({ name }) => name === 'members')
  if (isSummary || hasMembers) {
    await readEach(
      (after) => gathering.listed(side, type.name, after, isSummary ? 'all' : 'without members'),
      async (id) => void (await orUntold(readAgain(gathering, out, id))),
    )
  }
  return out
}

/** Undefined where the server doesn't tell: what it doesn't show stays unknown, and is no reason to end. */
async function orUntold<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading
  } catch (error) {
    if (error instanceof LockstepError) return undefined
    throw error
  }
}

/** Whether lists of a place show all there is: those of a tenant here do, but for what is shown on request alone. */
function isWhole({ place, own }: Source): boolean {
  return place.showsAll && onRequest(own).length === 0
}

/** Reads one resource by itself, and takes it in; false when it is no longer there. */
export async function readAgain(gathering: Gathering, from: GatheredSource, id: string): Promise<boolean> {
  const one = await readOne(from.source, id)
  if (one === undefined) return false
  if (one.membersShown) from.showsMembers = true
  take(gathering, from.source, one.resource, { whole: true, membersShown: one.membersShown })
  return true
}

/**
 * Looks for those whom a side's resources refer to and its lists don't show, by their ids: some servers hide who is inactive. Whom
 * the server doesn't know is noted; whom it doesn't tell of stays unknown.
 */
export async function gatherStrangers(gathering: Gathering, sources: readonly GatheredSource[]): Promise<void> {
  const [first] = sources
  if (first === undefined) return
  for (let found = 1; found > 0; ) {
    found = 0
    await readEach(
      (after) => gathering.strangers(first.source.side, after),
      async (id) => {
        if (await findStranger(gathering, sources, id)) found += 1
      },
    )
  }
}

async function findStranger(gathering: Gathering, sources: readonly GatheredSource[], id: string): Promise<boolean> {
  let isTold = true
  for (const each of sources) {
    const one = await readOne(each.source, id).catch((error: unknown) => {
      if (!(error instanceof LockstepError)) throw error
      isTold = false
      return undefined
    })
    if (one === undefined) continue
    const taken = take(gathering, each.source, one.resource, { whole: true, membersShown: one.membersShown })
    if (taken === 'kept') each.count += 1
    return taken === 'kept'
  }
  if (isTold) {
    const [first] = sources
    if (first !== undefined) gathering.noteGone(first.source.side, id)
  }
  return false
}

/** Works on ids that come in blocks, several at the same time. */
async function readEach(
  next: (after: string) => readonly string[],
  work: (id: string) => Promise<void>,
): Promise<void> {
  for (let after = ''; ; ) {
    const block = next(after)
    const last = block.at(-1)
    if (last === undefined) return
    const ids = block[Symbol.iterator]()
    const worker = async () => {
      for (let each = ids.next(); each.done !== true; each = ids.next()) await work(each.value)
    }
    await Promise.all(Array.from({ length: AT_ONCE }, worker))
    after = last
  }
}

/** One resource by itself, with what is shown on request alone; undefined when it is not there. RFC 7643 §7, "returned". */
async function readOne(
  { place, type, own, namesOnly, key }: Source,
  id: string,
): Promise<{ readonly resource: JsonObject; readonly membersShown: boolean } | undefined> {
  const path = `${type.endpoint}/${encodeURIComponent(id)}`
  const ask = async (attributes: readonly string[]) => {
    const query = attributes.length === 0 ? {} : { attributes: attributes.join(',') }
    return (await place.client.send({ method: 'GET', path, query })).body
  }
  try {
    const body = await ask(namesOnly ? [key] : [])
    const more = namesOnly ? [] : onRequest(own)
    const asked = more.length === 0 ? {} : ((await ask(more)) ?? {})
    const resource = body === undefined ? undefined : readResource(type, { ...asked, ...body })
    if (body === undefined || resource === undefined) {
      throw new LockstepError('ERR_NOT_SCIM', `${place.name}: the answer to GET ${path} has no resource with an id`)
    }
    const membersShown = Object.keys({ ...asked, ...body }).some((name) => /^(?:.*:)?members$/i.test(name))
    return { resource: resource as unknown as JsonObject, membersShown: membersShown || place.showsAll }
  } catch (error) {
    if (error instanceof ScimError && (error.status === 404 || error.status === 410)) return undefined
    throw error
  }
}

/** Paths of what a type shows only when it is asked for. */
export function onRequest({ schema, extensions }: ResourceType): readonly string[] {
  const names = (held: ResourceType['schema'], prefix: string) =>
    held.attributes.filter(({ returned }) => returned === 'request').map(({ name }) => `${prefix}${name}`)
  return [...names(schema, ''), ...extensions.flatMap((each) => names(each.schema, `${each.schema.id}:`))]
}

/** The paths of the attributes that a resource has, those of extensions with their URN. */
export function pathsIn(resource: JsonObject): readonly string[] {
  return Object.entries(resource).flatMap(([name, value]) =>
    name.includes(':') && isObject(value) ? Object.keys(value).map((inner) => `${name}:${inner}`) : [name],
  )
}

function take(
  gathering: Gathering,
  { side, type, key }: Source,
  resource: JsonObject,
  shown: { readonly whole: boolean; readonly membersShown: boolean },
): Taken {
  return gathering.take(side, type, key, resource, { made: false, ...shown, refersTo: referencesIn(resource, type) })
}

function noteTaken(out: GatheredSource, taken: Taken): void {
  out.count += 1
  if (taken === 'keyless') out.keyless += 1
}
