// Undoing lines of the log: each is planned from its old values, and refused where the value has moved on.

import { type Context, type Directory, documentOf, traitsOf } from '../../directory/index.ts'
import {
  type Catalog,
  changedPaths,
  equalJson,
  formatETag,
  type Json,
  type JsonObject,
  PATCH_OP,
  type ResourceType,
  ScimError,
  STRICT,
  schemasFor,
  typeByName,
} from '../../protocol/index.ts'
import type { Change, PathChange, Stored } from '../../store/index.ts'
import { atPath, documentFrom, withPath } from './document.ts'

/** What undoing one line comes to. */
export interface UndoStep {
  readonly place: number
  readonly type: string
  readonly id: string
  /** The name by which others show the resource, now or when it was deleted. */
  readonly display: string
  /** What is done: `set` values, `create` what was deleted, `delete` what was created. */
  readonly does: 'set' | 'create' | 'delete'
  readonly paths: readonly { readonly path: string; readonly now?: Json; readonly back?: Json }[]
  /** Members that join the group again, and leave it again. */
  readonly join: readonly string[]
  readonly leave: readonly string[]
  /** What can't be brought back, but holds nothing up: a password. */
  readonly without: readonly string[]
  /** Why it is not undone. */
  readonly refused?: string
}

/** What undoing reads. */
export type UndoReads = Pick<Directory, 'get' | 'membersAmong' | 'memberCount' | 'names'>

/** A resource as it stands while lines are undone one after the other: undefined when it is gone. */
interface Standing {
  readonly document: JsonObject | undefined
  readonly stored: Stored | undefined
}

/** What a run of steps has changed so far, beside the store. */
interface Overlay {
  readonly documents: Map<string, JsonObject | undefined>
  /** Whether somebody is a member, by group and member. */
  readonly members: Map<string, boolean>
  /** Resources that a later step creates again. */
  readonly returning: ReadonlySet<string>
}

/** Most lines that are undone in one go. */
export const UNDO_LINES = 1_000

/** Plans the undoing of lines, the newest first. Nothing is written. */
export async function planUndo(
  reads: UndoReads,
  catalog: Catalog,
  lines: readonly Change[],
): Promise<readonly UndoStep[]> {
  const newest = [...lines].sort((a, b) => b.place - a.place)
  const returning = new Set(newest.filter(({ op }) => op === 'delete').map(({ id }) => id))
  const overlay: Overlay = { documents: new Map(), members: new Map(), returning }
  const steps: UndoStep[] = []
  for (const line of newest) steps.push(await planLine(reads, catalog, line, overlay))
  return steps
}

/** What a step comes to that can't be done. */
function refused(line: Change, why: string): UndoStep {
  const { place, type, id } = line
  return { place, type, id, display: '', does: 'set', paths: [], join: [], leave: [], without: [], refused: why }
}

/** Plans one line on top of what the steps before it make. */
async function planLine(reads: UndoReads, catalog: Catalog, line: Change, overlay: Overlay): Promise<UndoStep> {
  if (line.op === 'note')
    return refused(line, 'This is a note of what an administrator did, not a change of a resource')
  const type = typeByName(catalog, line.type)
  if (type === undefined) return refused(line, `There is no resource type ${line.type} any more`)
  const key = `${line.type}/${line.id}`
  const stored = await reads.get({ tenant: line.tenant, type: line.type, id: line.id })
  const document = overlay.documents.has(key) ? overlay.documents.get(key) : stored && documentOf(stored)
  const standing: Standing = { document, stored }
  const step =
    line.op === 'create'
      ? await planCreated(reads, type, line, standing, overlay)
      : line.op === 'delete'
        ? planDeleted(type, line, standing)
        : await planChanged(reads, type, line, standing, overlay)
  if (step.refused !== undefined) return step
  const base = step.does === 'create' ? {} : (document ?? {})
  const after = step.paths.reduce<JsonObject>((made, { path, back }) => withPath(made, path, back, type), base)
  overlay.documents.set(key, step.does === 'delete' ? undefined : after)
  for (const id of step.join) overlay.members.set(`${line.id} ${id}`, true)
  for (const id of step.leave) overlay.members.set(`${line.id} ${id}`, false)
  return step
}

function namedBy(document: JsonObject | undefined): string {
  const name = [document?.displayName, document?.userName].find((one) => typeof one === 'string' && one !== '')
  return typeof name === 'string' ? name : ''
}

/** A line that changed a resource: each value goes back if it is still what the line made it. */
async function planChanged(
  reads: UndoReads,
  type: ResourceType,
  line: Change,
  { document }: Standing,
  overlay: Overlay,
): Promise<UndoStep> {
  if (document === undefined) return refused(line, `This ${line.type} is gone; undo its deletion first`)
  const paths = line.paths.filter(({ path }) => path !== 'password' && path !== 'members')
  const without = line.paths.some(({ path }) => path === 'password') ? ['password'] : []
  const unknown = paths.find((one) => one.old === undefined && one.new === undefined)
  if (unknown !== undefined) return refused(line, `The log does not hold the values of ${unknown.path}`)
  const moved = paths.find((one) => !equalJson(atPath(document, one.path, type), one.new))
  if (moved !== undefined) return refused(line, `${moved.path} has changed again since`)
  const { members } = line
  const counted = (members?.added ?? 0) + (members?.removed ?? 0)
  if (counted > 0 && members?.ids === undefined)
    return refused(line, `So many members came or went at once (${counted}) that the log does not name them`)
  const join = members?.ids?.removed ?? []
  const leave = members?.ids?.added ?? []
  const why = await whyNotMembers(reads, line, { join, leave }, overlay)
  if (why !== undefined) return refused(line, why)
  if (paths.length === 0 && counted === 0)
    return refused(
      line,
      without.length > 0
        ? 'A password can not be brought back: it is kept as a hash alone'
        : 'It says nothing that could be undone',
    )
  return {
    place: line.place,
    type: line.type,
    id: line.id,
    display: namedBy(document),
    does: 'set',
    paths: paths.map(backwards),
    join,
    leave,
    without,
  }
}

function backwards({ path, old, new: now }: PathChange) {
  return { path, ...(now === undefined ? {} : { now }), ...(old === undefined ? {} : { back: old }) }
}

/** Why members can't join and leave again: somebody has moved since, or is gone. */
async function whyNotMembers(
  reads: UndoReads,
  { tenant, type, id }: Change,
  { join, leave }: Pick<UndoStep, 'join' | 'leave'>,
  { members, returning, documents }: Overlay,
): Promise<string | undefined> {
  const all = [...join, ...leave]
  if (all.length === 0) return undefined
  const now = new Set((await reads.membersAmong({ tenant, type, id }, all)).map((member) => member.id))
  const isMember = (member: string) => members.get(`${id} ${member}`) ?? now.has(member)
  const left = leave.filter((member) => !isMember(member))
  if (left.length > 0) return `${left.length} of the members that joined have left since`
  const back = join.filter(isMember)
  if (back.length > 0) return `${back.length} of the members that left have joined again since`
  const there = new Set((await reads.names(tenant, join)).map((member) => member.id))
  const isThere = (member: string) =>
    documents.get(`User/${member}`) !== undefined || returning.has(member) || there.has(member)
  const gone = join.filter((member) => !isThere(member))
  return gone.length > 0 ? `${gone.length} of the members that left are gone` : undefined
}

/** A line that created a resource: it is deleted if it is still as it was made. */
async function planCreated(
  reads: UndoReads,
  type: ResourceType,
  line: Change,
  { document, stored }: Standing,
  overlay: Overlay,
): Promise<UndoStep> {
  if (document === undefined) return refused(line, `This ${line.type} is gone already`)
  const made = line.paths.filter(({ path }) => path !== 'password' && path !== 'id')
  const now = changedPaths({}, document, type)
  const same =
    made.length === now.length &&
    made.every((one) => now.some((other) => other.path === one.path && equalJson(other.new, one.new)))
  if (!same) return refused(line, `This ${line.type} has changed since it was created`)
  const { tenant, id } = line
  if (traitsOf(type).rows) {
    const ref = { tenant, type: line.type, id }
    const created = line.members?.ids?.added ?? []
    if ((line.members?.added ?? 0) > created.length)
      return refused(line, 'Its members are too many for the log to name')
    const moved = [...overlay.members].filter(([key]) => key.startsWith(`${id} `))
    const present =
      (await reads.memberCount(ref, created.length + moved.length + 1)) +
      moved.reduce((sum, [, is]) => sum + (is ? 1 : -1), 0)
    if (present !== created.length) return refused(line, 'Its members have changed since it was created')
  }
  const joined = (stored?.groups ?? []).filter(
    (group) => group.direct && overlay.members.get(`${group.id} ${id}`) !== false,
  )
  if (joined.length > 0)
    return refused(line, `It has joined ${joined.length === 1 ? 'a group' : `${joined.length} groups`} since`)
  const paths = now.map((one) => ({ path: one.path, ...(one.new === undefined ? {} : { now: one.new }) }))
  return {
    place: line.place,
    type: line.type,
    id,
    display: namedBy(document),
    does: 'delete',
    paths,
    join: [],
    leave: [],
    without: [],
  }
}

/** A line that deleted a resource: it is created again with its id and all that the log holds of it. */
function planDeleted(type: ResourceType, line: Change, { document }: Standing): UndoStep {
  if (document !== undefined) return refused(line, `There is a ${line.type} with this id again`)
  if (traitsOf(type).rows) return refused(line, 'The log does not name the members that a deleted group had')
  const unknown = line.paths.find((one) => one.old === undefined && one.path !== 'password')
  if (unknown !== undefined || line.paths.length === 0)
    return refused(line, 'The log does not hold its values any more')
  const back = documentFrom(line.paths, 'old', type)
  return {
    place: line.place,
    type: line.type,
    id: line.id,
    display: namedBy(back),
    does: 'create',
    paths: line.paths.map(backwards),
    join: [],
    leave: [],
    without: traitsOf(type).password ? ['password'] : [],
  }
}

/** What came of a step. */
export interface UndoneStep extends UndoStep {
  readonly done: boolean
}

/**
 * Undoes lines, the newest first, each as a write of its own, under one name and as one run, so that it can be undone in turn. Each is
 * planned again just before it is written.
 */
export async function undo(
  directory: UndoReads & Pick<Directory, 'create' | 'patch' | 'remove' | 'newTxn'>,
  catalog: Catalog,
  tenant: string,
  actor: string,
  lines: readonly Change[],
): Promise<readonly UndoneStep[]> {
  const context: Context = { tenant, actor, allow: STRICT, txn: directory.newTxn() }
  const newest = [...lines].sort((a, b) => b.place - a.place)
  const returning = new Set(newest.filter(({ op }) => op === 'delete').map(({ id }) => id))
  const done: UndoneStep[] = []
  /** Who comes back only with an earlier line, and can join only then. */
  const waiting = new Map<string, { readonly group: Change; readonly member: string }>()
  for (const line of newest) {
    const members = new Map([...waiting.keys()].map((key) => [key, true]))
    const step = await planLine(directory, catalog, line, { documents: new Map(), members, returning })
    if (step.refused !== undefined) {
      done.push({ ...step, done: false })
      continue
    }
    const there = new Set((await directory.names(tenant, step.join)).map((member) => member.id))
    const keyOf = (member: string) => `${line.id} ${member}`
    const leave = step.leave.filter((member) => !waiting.delete(keyOf(member)))
    for (const member of step.join) if (!there.has(member)) waiting.set(keyOf(member), { group: line, member })
    const now = { ...step, join: step.join.filter((member) => there.has(member)), leave }
    const why = await failureOf(() => write(directory, context, catalog, now))
    done.push(why === undefined ? { ...step, done: true } : { ...step, done: false, refused: why })
  }
  for (const { group, member } of waiting.values()) {
    const why = await failureOf(() => directory.patch(context, group.type, group.id, patchOf([], [member], [])))
    const at = done.findIndex(({ place }) => place === group.place)
    const step = done[at]
    if (why !== undefined && step !== undefined) done[at] = { ...step, done: false, refused: why }
  }
  return done
}

/** Why a write was refused; undefined if it was done. What is no refusal is thrown. */
async function failureOf(work: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await work()
    return undefined
  } catch (error) {
    if (error instanceof ScimError && error.status < 500) return error.detail
    throw error
  }
}

async function write(
  directory: Pick<Directory, 'get' | 'create' | 'patch' | 'remove'>,
  context: Context,
  catalog: Catalog,
  step: UndoStep,
): Promise<void> {
  const { type: name, id, paths, join, leave } = step
  const type = typeByName(catalog, name)
  if (type === undefined) return
  const stored = await directory.get({ tenant: context.tenant, type: name, id })
  const options = stored === undefined ? {} : { ifMatch: formatETag(stored.version) }
  if (step.does === 'delete') return directory.remove(context, name, id, options)
  if (step.does === 'create') {
    const document = paths.reduce<JsonObject>((made, { path, back }) => withPath(made, path, back, type), {})
    await directory.create(context, name, { ...document, schemas: [...schemasFor(document, type)] }, { id })
    return
  }
  if (paths.length > 0) await directory.patch(context, name, id, patchOf(paths, [], []), options)
  if (join.length + leave.length > 0) await directory.patch(context, name, id, patchOf([], join, leave))
}

function patchOf(paths: UndoStep['paths'], join: readonly string[], leave: readonly string[]): JsonObject {
  const values = paths.map(({ path, back }) =>
    back === undefined ? { op: 'remove', path } : { op: 'replace', path, value: back },
  )
  return {
    schemas: [PATCH_OP],
    Operations: [
      ...values,
      ...(join.length === 0 ? [] : [{ op: 'add', path: 'members', value: join.map((value) => ({ value })) }]),
      ...leave.map((id) => ({ op: 'remove', path: `members[value eq ${JSON.stringify(id)}]` })),
    ],
  }
}
