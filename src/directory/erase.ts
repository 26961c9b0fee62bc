// Erases a person: takes the values out of the log and leaves a note that says who asked for it.

import {
  comparable,
  conflict,
  isObject,
  type Json,
  notFound,
  type ResourceType,
  resolve,
  type ScimError,
} from '../protocol/index.ts'
import type { Change, PathChange, Ref, Store, Write } from '../store/index.ts'
import type { DirectoryDeps } from './context.ts'
import { changesFrom } from './log-begin.ts'
import { missing } from './missing.ts'

/** Lines of the log read, and amended in one transaction, at most. */
const CHUNK = 500

/** What was erased. */
export interface Erased extends Ref {
  /** Lines of the log that have lost values. */
  readonly lines: number
}

/** Takes people out of what is kept about the past. */
export interface Erasures {
  /**
   * Takes all values of a resource that is deleted out of the log: those of its own lines, and what others showed of it while they
   * referred to it. Paths, times, actors and ids stay, and a note says who had it done. Each step commits on its own; one that was cut
   * short goes on when it is done again. 404 when the log has nothing of it, 409 when it is not deleted.
   */
  erase(ref: Ref, actor: string): Promise<Erased>
  /** Ids of the deleted resources of a type whose lines in the log have this value, or that have this very id; in order of deletion. */
  findDeleted(tenant: string, type: ResourceType, path: string, value: string): Promise<readonly string[]>
}

/** Creates what erases. */
export function createErasures<Tx>({ store, environment }: Pick<DirectoryDeps<Tx>, 'store' | 'environment'>): Erasures {
  async function* log(tenant: string): AsyncIterable<readonly Change[]> {
    for (let place = 0; ; ) {
      const lines = await changesFrom(store, tenant, place, CHUNK)
      const last = lines.at(-1)
      if (last === undefined) return
      yield lines
      place = last.place
    }
  }

  return {
    async erase(ref, actor) {
      const { tenant, type, id } = ref
      if ((await store.get(ref)) !== undefined) throw conflict(`${type} ${id} is there still; delete it first`)
      const holders = createHolders(id)
      let own = 0
      let count = 0
      for await (const lines of log(tenant)) {
        const amended: Pick<Change, 'place' | 'paths' | 'members'>[] = []
        for (const line of lines) {
          const isOwn = line.type === type && line.id === id && line.op !== 'note'
          if (isOwn) own++
          const paths = isOwn ? line.paths.map(nameOf) : holders.without(line)
          if (!isOwn && paths === line.paths) continue
          if (isOwn && line.paths.every(({ old, new: now }) => old === undefined && now === undefined)) continue
          const { place, members } = line
          amended.push(members === undefined ? { place, paths } : { place, paths, members })
        }
        if (amended.length > 0) await store.commit([{ write: 'amend', tenant, lines: amended }])
        count += amended.length
      }
      // What is gone with the lines of its own may have been in those of others still.
      if (own === 0 && count === 0) throw await notInLog(store, ref)
      const paths: PathChange[] = [
        { path: 'verb', new: 'erased' },
        { path: 'lines', new: count },
      ]
      const note: Write = { write: 'note', ref, at: environment.now(), log: { actor, paths } }
      // With a list of lines, if an empty one: what this transaction and those before it took out leaves the files after it.
      await store.commit([note, { write: 'amend', tenant, lines: [] }])
      return { ...ref, lines: count }
    },

    async findDeleted(tenant, type, path, value) {
      const target = resolve(path, type)
      const leaf = target?.attribute === undefined ? undefined : target.leaf
      const wanted = leaf === undefined ? value : comparable(leaf, value)
      const is = (one: Json | undefined) =>
        typeof one === 'string' && (leaf === undefined ? one : comparable(leaf, one)) === wanted
      const named = new Set<string>()
      const deleted = new Set<string>()
      for await (const lines of log(tenant)) {
        for (const line of lines) {
          if (line.type !== type.name || line.op === 'note') continue
          if (line.id === value || line.paths.some((one) => one.path === path && (is(one.old) || is(one.new)))) {
            named.add(line.id)
          }
          if (line.op === 'delete' && named.has(line.id)) deleted.add(line.id)
        }
      }
      return [...deleted]
    },
  }
}

/** The 404 of a resource of which the log holds nothing. */
async function notInLog(store: Pick<Store, 'tenant'>, ref: Ref): Promise<ScimError> {
  const begins = (await store.tenant(ref.tenant))?.begins ?? 1
  if (begins === 1) return missing(ref)
  const { type, id } = ref
  return notFound(
    `The log, which begins at place ${begins}, holds nothing of a ${type} with the id ${id}; earlier lines were cut`,
  )
}

/** A change without its values. */
function nameOf({ path }: PathChange): PathChange {
  return { path }
}

/** What a reference names by, apart from what it shows. RFC 7643 §2.4. */
const NAMES = ['value', '$ref'] as const

/** The path of the attribute whose `value` or `$ref` a path is. */
function referenceOf(path: string): string | undefined {
  const name = NAMES.find((one) => path.endsWith(`.${one}`))
  return name === undefined ? undefined : path.slice(0, -name.length - 1)
}

/** Follows references to a resource, line by line, to tell what a reference showed of it from what it showed of others. */
function createHolders(id: string) {
  /** References, by resource and path, that name it as of the line last seen. */
  const naming = new Set<string>()
  /** Names it in a reference: its id, or a URI that ends with it. RFC 7643 §2.3.7. */
  const names = (one: Json | undefined) => typeof one === 'string' && (one === id || one.endsWith(`/${id}`))

  /** A value with its id only. */
  function bare(value: Json): Json {
    if (Array.isArray(value)) {
      const next = value.map(bare)
      return next.every((one, at) => one === value[at]) ? value : next
    }
    if (!isObject(value)) return value
    const named = NAMES.find((name) => names(value[name]))
    if (named !== undefined) return Object.keys(value).length === 1 ? value : { [named]: value[named] ?? id }
    let changed: { [name: string]: Json } | undefined
    for (const [name, member] of Object.entries(value)) {
      const next = bare(member)
      if (next === member) continue
      changed ??= { ...value }
      changed[name] = next
    }
    return changed ?? value
  }

  return {
    /** The paths of a line of another resource without what they showed of this one; the very same when they showed nothing. */
    without({ type, id: holder, paths }: Change): readonly PathChange[] {
      const before = new Set<string>()
      const after = new Set<string>()
      const keyOf = (path: string) => `${type} ${holder} ${path}`
      for (const { path, old, new: now } of paths) {
        const reference = referenceOf(path)
        if (reference === undefined) continue
        if (names(old)) before.add(reference)
        if (names(now)) after.add(reference)
        if (names(now)) naming.add(keyOf(reference))
        else if (!after.has(reference)) naming.delete(keyOf(reference))
      }
      let changed = false
      const next = paths.map((one): PathChange => {
        const { path } = one
        const reference = path.slice(0, path.lastIndexOf('.'))
        const beside = referenceOf(path) === undefined
        const moved = paths.some((other) => referenceOf(other.path) === reference)
        const still = beside && !moved && naming.has(keyOf(reference))
        const old =
          one.old === undefined ? undefined : beside && (before.has(reference) || still) ? undefined : bare(one.old)
        const now =
          one.new === undefined ? undefined : beside && (after.has(reference) || still) ? undefined : bare(one.new)
        if (old === one.old && now === one.new) return one
        changed = true
        return { path, ...(old === undefined ? {} : { old }), ...(now === undefined ? {} : { new: now }) }
      })
      return changed ? next : paths
    },
  }
}
