// Reads the resources of one target, including what its lists leave out.

import { readResource } from '../../client/index.ts'
import { isObject, type JsonObject, LockstepError, type ResourceType, ScimError } from '../../protocol/index.ts'
import type { Target } from '../targets/target.ts'
import { type AddResult, checkKey, type PairTable, type Side } from './pair-table.ts'
import { referencesIn } from './references.ts'

/** A resource type of one target, to be read. */
export interface SideType {
  readonly side: Side
  readonly target: Target
  /** The type by which its resources are read. */
  readonly type: ResourceType
  /** The type in the target's own discovery. */
  readonly own: ResourceType
  /** The attribute that identifies its resources. */
  readonly key: string
  /** Read only their keys. */
  readonly namesOnly: boolean
}

/** What was read of a type of one target. */
export interface SideReading {
  readonly source: SideType
  count: number
  /** Resources without a key. */
  keyless: number
  /** Paths that its list showed for any resource: `title`, `urn:…:User:department`. */
  readonly shown: Set<string>
  /** Whether members were ever returned, so that a group without any is really empty. */
  showsMembers: boolean
  /** How often a path that no list showed was missing too when a resource was read by itself. */
  readonly missed: Map<string, number>
}

/** Single resources that are read at the same time; the client's pace may allow fewer. */
const AT_ONCE = 8
/** Resources to read by themselves to find out whether lists omit attributes, or whether a server never shows one. */
export const SAMPLES = 3

/**
 * Reads all resources of a type from a target. Lists may omit attributes, often the members of groups; then each resource is read by
 * itself. Throws for an incomplete list, unless `partial` is set.
 */
export async function readSideType(
  table: PairTable,
  source: SideType,
  options: { readonly partial: boolean; readonly read: (count: number) => void },
): Promise<SideReading> {
  const { side, target, type, key, namesOnly } = source
  checkKey(type, key)
  const out: SideReading = {
    source,
    count: 0,
    keyless: 0,
    shown: new Set(),
    showsMembers: target.showsAll,
    missed: new Map(),
  }
  const samples: string[] = []
  const search = { count: 100, partial: options.partial, ...(namesOnly ? { attributes: [key] } : {}) }
  try {
    for await (const each of target.client.list(type, search)) {
      const resource = each as unknown as JsonObject
      for (const path of pathsIn(resource)) out.shown.add(path)
      const membersShown = target.showsAll || resource.members !== undefined
      if (resource.members !== undefined) out.showsMembers = true
      noteTaken(out, take(table, source, resource, { whole: isWhole(source), membersShown }))
      if (samples.length < SAMPLES) samples.push(String(resource.id))
      options.read(1)
    }
  } catch (error) {
    if (!(error instanceof LockstepError) || error.code !== 'ERR_INCOMPLETE') throw error
    const what = `${target.name}: ${error.message}; nothing was changed; --force continues with the resources that it lists`
    throw new LockstepError(error.code, what, { cause: error })
  }
  if (namesOnly || isWhole(source)) return out
  const isSummary = (await Promise.all(samples.map((id) => orUndefined(readOne(source, id))))).some(
    (one) => one !== undefined && pathsIn(one.resource).some((path) => path !== 'members' && !out.shown.has(path)),
  )
  const hasMembers = type.schema.attributes.some(({ name }) => name === 'members')
  if (isSummary || hasMembers) {
    await readEach(
      (after) => table.unread(side, type.name, after, isSummary ? 'all' : 'without members'),
      async (id) => void (await orUndefined(reread(table, out, id))),
    )
  }
  return out
}

/** Undefined when the server refuses: what it doesn't show stays unknown, and doesn't end the comparison. */
async function orUndefined<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading
  } catch (error) {
    if (error instanceof LockstepError) return undefined
    throw error
  }
}

/** Whether the lists of a target are complete: those of a local tenant are, except for attributes returned only on request. */
function isWhole({ target, own }: SideType): boolean {
  return target.showsAll && onRequest(own).length === 0
}

/** Reads one resource by itself, and stores it; false if it no longer exists. */
export async function reread(table: PairTable, from: SideReading, id: string): Promise<boolean> {
  const one = await readOne(from.source, id)
  if (one === undefined) return false
  if (one.membersShown) from.showsMembers = true
  take(table, from.source, one.resource, { whole: true, membersShown: one.membersShown })
  return true
}

/**
 * Reads, by id, the resources that others refer to and that no list shows: some servers hide inactive users. Records ids that do not
 * exist; resources that the server refuses to return stay unknown.
 */
export async function readUnlisted(table: PairTable, readings: readonly SideReading[]): Promise<void> {
  const [first] = readings
  if (first === undefined) return
  for (let found = 1; found > 0; ) {
    found = 0
    await readEach(
      (after) => table.unlisted(first.source.side, after),
      async (id) => {
        if (await readOneUnlisted(table, readings, id)) found += 1
      },
    )
  }
}

async function readOneUnlisted(table: PairTable, readings: readonly SideReading[], id: string): Promise<boolean> {
  let isAnswered = true
  for (const each of readings) {
    const one = await readOne(each.source, id).catch((error: unknown) => {
      if (!(error instanceof LockstepError)) throw error
      isAnswered = false
      return undefined
    })
    if (one === undefined) continue
    const taken = take(table, each.source, one.resource, { whole: true, membersShown: one.membersShown })
    if (taken === 'added') each.count += 1
    return taken === 'added'
  }
  if (isAnswered) {
    const [first] = readings
    if (first !== undefined) table.markMissing(first.source.side, id)
  }
  return false
}

/** Works through ids that come in blocks, several at the same time. */
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

/** Reads one resource, including attributes returned only on request; undefined if it does not exist. RFC 7643 §7, "returned". */
async function readOne(
  { target, type, own, namesOnly, key }: SideType,
  id: string,
): Promise<{ readonly resource: JsonObject; readonly membersShown: boolean } | undefined> {
  const path = `${type.endpoint}/${encodeURIComponent(id)}`
  const ask = async (attributes: readonly string[]) => {
    const query = attributes.length === 0 ? {} : { attributes: attributes.join(',') }
    return (await target.client.send({ method: 'GET', path, query })).body
  }
  try {
    const body = await ask(namesOnly ? [key] : [])
    const more = namesOnly ? [] : onRequest(own)
    const asked = more.length === 0 ? {} : ((await ask(more)) ?? {})
    const resource = body === undefined ? undefined : readResource(type, { ...asked, ...body })
    if (body === undefined || resource === undefined) {
      throw new LockstepError('ERR_NOT_SCIM', `${target.name}: the response to GET ${path} has no resource with an id`)
    }
    const membersShown = Object.keys({ ...asked, ...body }).some((name) => /^(?:.*:)?members$/i.test(name))
    return { resource: resource as unknown as JsonObject, membersShown: membersShown || target.showsAll }
  } catch (error) {
    if (error instanceof ScimError && (error.status === 404 || error.status === 410)) return undefined
    throw error
  }
}

/** Paths of the attributes that a type returns only on request. */
export function onRequest({ schema, extensions }: ResourceType): readonly string[] {
  const names = (held: ResourceType['schema'], prefix: string) =>
    held.attributes.filter(({ returned }) => returned === 'request').map(({ name }) => `${prefix}${name}`)
  return [...names(schema, ''), ...extensions.flatMap((each) => names(each.schema, `${each.schema.id}:`))]
}

/** The paths of a resource's attributes; those of extensions begin with the URN. */
export function pathsIn(resource: JsonObject): readonly string[] {
  return Object.entries(resource).flatMap(([name, value]) =>
    name.includes(':') && isObject(value) ? Object.keys(value).map((inner) => `${name}:${inner}`) : [name],
  )
}

function take(
  table: PairTable,
  { side, type, key }: SideType,
  resource: JsonObject,
  shown: { readonly whole: boolean; readonly membersShown: boolean },
): AddResult {
  return table.add(side, type, key, resource, { made: false, ...shown, refersTo: referencesIn(resource, type) })
}

function noteTaken(out: SideReading, taken: AddResult): void {
  out.count += 1
  if (taken === 'keyless') out.keyless += 1
}
