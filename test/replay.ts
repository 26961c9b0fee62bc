// Replays a tenant's log and compares the result with its resources.

import { isDeepStrictEqual } from 'node:util'
import type { Json } from '../src/protocol/index.ts'
import type { Change, Store, Stored } from '../src/store/index.ts'

/** What a tenant's log says, held against what its resources are. */
export interface Replay {
  /** Each way in which they differ, in words; empty: they match exactly. */
  readonly faults: readonly string[]
  readonly lines: readonly Change[]
  /** Live resources by id. */
  readonly resources: ReadonlyMap<string, Stored>
}

/** What the log lines of one resource add up to. */
interface Told {
  readonly type: string
  version: number
  deleted: boolean
  readonly values: Map<string, Json>
  readonly members: Set<string>
  /** A line gave only the counts of members. */
  countsOnly: boolean
  memberCount: number
}

/** Replays a tenant's log from the first line and compares the outcome with every resource. */
export async function replay(store: Store, tenant: string): Promise<Replay> {
  const faults: string[] = []
  const lines = await linesOf(store, tenant)
  const told = new Map<string, Told>()
  lines.forEach((line, at) => {
    if (line.place !== at + 1) faults.push(`line ${at + 1} has place ${line.place}`)
    // What an administrator did is no change of a resource.
    if (line.op !== 'note') tell(line, told, faults)
  })
  const types = [...new Set(lines.filter(({ op }) => op !== 'note').map((line) => line.type))]
  const resources = await resourcesOf(store, tenant, types)
  for (const [id, { deleted }] of told) {
    if (deleted === resources.has(id)) faults.push(`${id} is ${deleted ? 'deleted' : 'alive'} in the log, not in fact`)
  }
  for (const resource of resources.values()) await compare(store, resource, told.get(resource.id), faults)
  return { faults, lines, resources }
}

async function linesOf(store: Store, tenant: string): Promise<readonly Change[]> {
  const lines: Change[] = []
  for (;;) {
    const more = await store.changes(tenant, lines.length, 1_000)
    if (more.length === 0) return lines
    lines.push(...more)
  }
}

async function resourcesOf(store: Store, tenant: string, types: readonly string[]): Promise<Map<string, Stored>> {
  const found = new Map<string, Stored>()
  for (const type of types) {
    let after: { readonly id: string } | undefined
    for (;;) {
      const page = await store.find({
        tenant,
        types: [{ type }],
        base: '',
        endpoints: {},
        page: { after, limit: 500 },
        total: false,
        groups: false,
      })
      for (const resource of page.resources) {
        if (found.has(resource.id)) throw new Error(`${resource.id} was listed twice`)
        found.set(resource.id, resource)
      }
      if (page.next === undefined) break
      after = { id: page.next.id }
    }
  }
  return found
}

function tell(line: Change, told: Map<string, Told>, faults: string[]): void {
  const where = `line ${line.place} (${line.op} ${line.type} ${line.id})`
  let known = told.get(line.id)
  if (line.op === 'create') {
    if (known !== undefined) faults.push(`${where}: created a second time`)
    if (line.version !== 1) faults.push(`${where}: version ${line.version}`)
    known = {
      type: line.type,
      version: 1,
      deleted: false,
      values: new Map(),
      members: new Set(),
      countsOnly: false,
      memberCount: 0,
    }
    told.set(line.id, known)
  } else if (known === undefined) {
    faults.push(`${where}: never created`)
    return
  } else if (known.deleted) faults.push(`${where}: after its deletion`)
  else if (line.op === 'delete') {
    if (line.version !== known.version) faults.push(`${where}: version ${line.version} after ${known.version}`)
    known.deleted = true
  } else {
    if (line.version !== known.version + 1) faults.push(`${where}: version ${line.version} after ${known.version}`)
    known.version = line.version
  }
  if (line.op === 'delete') return
  for (const change of line.paths) {
    if (change.path === 'password' || change.path === 'members') continue
    const before = known.values.get(change.path)
    if (!isDeepStrictEqual(plain(before), plain(change.old))) {
      faults.push(`${where}: ${change.path} was ${JSON.stringify(before)}, the line says ${JSON.stringify(change.old)}`)
    }
    if (change.new === undefined) known.values.delete(change.path)
    else known.values.set(change.path, change.new)
  }
  if (line.members === undefined) return
  known.memberCount += line.members.added - line.members.removed
  if (line.members.ids === undefined) known.countsOnly = true
  else {
    for (const id of line.members.ids.added) {
      if (!known.countsOnly && known.members.has(id)) faults.push(`${where}: ${id} came in twice`)
      known.members.add(id)
    }
    for (const id of line.members.ids.removed) {
      if (!known.countsOnly && !known.members.has(id)) faults.push(`${where}: ${id} went without having been in`)
      known.members.delete(id)
    }
  }
}

async function compare(store: Store, resource: Stored, told: Told | undefined, faults: string[]): Promise<void> {
  const where = `${resource.type} ${resource.id}`
  if (told === undefined) {
    faults.push(`${where} is in no line`)
    return
  }
  if (resource.version !== told.version)
    faults.push(`${where} has version ${resource.version}, the log ${told.version}`)
  const values = leaves(JSON.parse(resource.text) as { readonly [name: string]: Json })
  for (const path of new Set([...values.keys(), ...told.values.keys()])) {
    const [now, said] = [values.get(path), told.values.get(path)]
    if (!isDeepStrictEqual(plain(now), plain(said))) {
      faults.push(`${where}: ${path} is ${JSON.stringify(now)}, the log says ${JSON.stringify(said)}`)
    }
  }
  if (resource.type !== 'Group') return
  const members = new Set<string>()
  let rows = 0
  for await (const chunk of store.members(resource)) {
    for (const member of chunk) members.add(member.id)
    rows += chunk.length
  }
  if (rows !== members.size) faults.push(`${where} holds a member twice`)
  if (members.size !== told.memberCount)
    faults.push(`${where} has ${members.size} members, the log ${told.memberCount}`)
  if (!told.countsOnly && !isDeepStrictEqual([...members].toSorted(), [...told.members].toSorted())) {
    faults.push(`${where} has other members than the log says`)
  }
}

/** The values of a document by canonical path, as the log names them. */
function leaves(document: { readonly [name: string]: Json }): Map<string, Json> {
  const found = new Map<string, Json>()
  const walk = (value: Json, path: string, depth: number) => {
    if (depth > 0 && typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [name, inner] of Object.entries(value)) walk(inner, `${path}.${name}`, depth - 1)
    } else found.set(path, value)
  }
  for (const [name, value] of Object.entries(document)) {
    if (name === 'schemas' || name === 'id') continue
    if (!name.startsWith('urn:')) walk(value, name, 1)
    else for (const [inner, held] of Object.entries(value as object)) walk(held as Json, `${name}:${inner}`, 1)
  }
  return found
}

/** Without prototypes and without the difference of absent and undefined. */
function plain(value: Json | undefined): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value))
}

/** Fails with the first faults in words; an assertion on a list would cut them short. */
export function expectNone(faults: readonly string[], where = ''): void {
  if (faults.length > 0) throw new Error(`${where} ${faults.length} faults:\n${faults.slice(0, 10).join('\n')}`.trim())
}
