// What a connection has written since its link made a token, read from the log of its tenant.

import { isObject, type Json, type JsonObject, project, type ResourceType, selection } from '../../protocol/index.ts'
import { type Change, documentOf, LogCut, type Store } from '../../store/index.ts'
import type { SetupLink } from '../link/link.ts'
import { type ArrivedGroup, type Warning, warningsOf } from './warnings.ts'

/** What has arrived so far. Times in milliseconds since 1970. */
export interface Written {
  /** The place of the log that this reaches. */
  readonly place: number
  /** Whether the log goes on behind it: the numbers still grow. */
  readonly behind: boolean
  readonly people: number
  readonly groups: number
  /** The ids of the first people and groups. */
  readonly firstPeople: readonly string[]
  readonly firstGroups: readonly string[]
  /** Who was deactivated or deleted, newest last. */
  readonly leavers: readonly Leaver[]
  readonly lastAt?: number
}

/** Somebody who was deactivated or deleted. */
export interface Leaver {
  readonly id: string
  readonly at: number
  readonly how: 'deactivated' | 'deleted'
}

/** A person as a card. */
export interface PersonCard {
  readonly id: string
  readonly name: string
  readonly active: boolean
  /** What arrived, by path. */
  readonly attributes: readonly { readonly path: string; readonly value: string }[]
  /** What usually arrives and did not. */
  readonly missing: readonly string[]
}

/** The first people, and what to warn of. */
export interface FirstPeople {
  readonly people: readonly PersonCard[]
  readonly groups: readonly ArrivedGroup[]
  readonly warnings: readonly Warning[]
}

/** Reads what links' connections have written; keeps how far it has come. */
export interface WrittenReader {
  readonly read: (link: SetupLink) => Promise<Written>
  /** `person`: the type of people, which says what is never shown. */
  readonly first: (link: SetupLink, person: ResourceType | undefined) => Promise<FirstPeople>
}

/** Lines of the log in one read, and reads in one look: a large import is counted over several looks. */
const LINES = 500
const READS = 10
/** Ids that are remembered to count everybody once; beyond that only who is made is counted. */
const REMEMBERED = 20_000
/** People and groups that warnings are drawn from, and cards that are shown. */
const LOOKED_AT = 100
const CARDS = 20
const LEAVERS = 20
/** Links whose place is kept. */
const LINKS = 100
/** Longest value on a card. */
const VALUE_LENGTH = 200

/** How far a link's log was read. */
interface Reading {
  written: Written
  readonly seen: Set<string>
}

/** Creates the reader. */
export function createWrittenReader(store: Store): WrittenReader {
  const readings = new Map<string, Reading>()
  const turns = new Map<string, Promise<Written>>()
  const read = (link: SetupLink): Promise<Written> => {
    const { id } = link
    const reading = readings.get(id) ?? { written: nothing(link), seen: new Set() }
    readings.delete(id)
    readings.set(id, reading)
    const [oldest] = readings.keys()
    if (readings.size > LINKS && oldest !== undefined) readings.delete(oldest)
    // One after the other, so that no line is counted twice.
    const turn = (turns.get(id) ?? Promise.resolve()).then(
      () => readOn(store, link, reading),
      () => readOn(store, link, reading),
    )
    turns.set(id, turn)
    const done = () => void (turns.get(id) === turn && turns.delete(id))
    turn.then(done, done)
    return turn
  }
  return {
    read,
    async first(link, person) {
      const { firstPeople, firstGroups } = await read(link)
      return showFirst(store, link.tenant, firstPeople, firstGroups, person)
    },
  }
}

function nothing({ place = 0 }: SetupLink): Written {
  return { place, behind: false, people: 0, groups: 0, firstPeople: [], firstGroups: [], leavers: [] }
}

async function readOn(store: Store, link: SetupLink, reading: Reading): Promise<Written> {
  // Nothing of the directory is told before there is a connection.
  if (link.connection === undefined || link.place === undefined) return reading.written
  for (let reads = 1; ; reads++) {
    const changes = await changesAfter(store, link.tenant, reading.written.place)
    for (const change of changes) if (change.actor === link.connection) count(reading, change)
    const last = changes.at(-1)
    const behind = changes.length === LINES
    reading.written = { ...reading.written, place: last?.place ?? reading.written.place, behind }
    if (!behind || reads === READS) return reading.written
  }
}

/** The next lines. Of a log that was cut, those that are still there. */
async function changesAfter(store: Store, tenant: string, place: number): Promise<readonly Change[]> {
  try {
    return await store.changes(tenant, place, LINES)
  } catch (error) {
    if (!(error instanceof LogCut)) throw error
    return store.changes(tenant, error.begins - 1, LINES)
  }
}

function count(reading: Reading, change: Change): void {
  const { type, id, op, at } = change
  if (op === 'note' || (type !== 'User' && type !== 'Group')) return
  const { seen } = reading
  const key = `${type} ${id}`
  const isNew = op === 'create' || (!seen.has(key) && seen.size < REMEMBERED)
  if (seen.size < REMEMBERED) seen.add(key)
  const now: Written = { ...reading.written, lastAt: at }
  if (type === 'Group') {
    const first = isNew && now.firstGroups.length < LOOKED_AT ? [...now.firstGroups, id] : now.firstGroups
    reading.written = { ...now, groups: now.groups + (isNew ? 1 : 0), firstGroups: first }
    return
  }
  const first = isNew && now.firstPeople.length < LOOKED_AT ? [...now.firstPeople, id] : now.firstPeople
  const how = howTheyLeft(change)
  const leavers = how === undefined ? now.leavers : [...now.leavers, { id, at, how }].slice(-LEAVERS)
  reading.written = { ...now, people: now.people + (isNew ? 1 : 0), firstPeople: first, leavers }
}

function howTheyLeft({ op, paths }: Change): Leaver['how'] | undefined {
  if (op === 'delete') return 'deleted'
  if (op === 'create') return undefined
  return paths.some((change) => change.path === 'active' && change.new === false) ? 'deactivated' : undefined
}

async function showFirst(
  store: Store,
  tenant: string,
  people: readonly string[],
  groups: readonly string[],
  person: ResourceType | undefined,
): Promise<FirstPeople> {
  const shown = (document: JsonObject): JsonObject =>
    person === undefined ? document : project(document, selection(undefined, undefined, person), person)
  const documents: { readonly id: string; readonly document: JsonObject }[] = []
  for (const id of people) {
    const stored = await store.get({ tenant, type: 'User', id })
    if (stored !== undefined) documents.push({ id, document: shown(documentOf(stored)) })
  }
  const arrived: ArrivedGroup[] = []
  for (const id of groups) {
    const stored = await store.get({ tenant, type: 'Group', id })
    if (stored === undefined) continue
    const members = await store.memberCount({ tenant, type: 'Group', id }, 1_000)
    arrived.push({ name: stored.display, members })
  }
  return {
    people: documents.slice(0, CARDS).map(({ id, document }) => cardOf(id, document)),
    groups: arrived,
    warnings: warningsOf(
      documents.map(({ document }) => document),
      arrived,
    ),
  }
}

/** What identity providers usually send of a person. */
const USUAL = [
  'userName',
  'externalId',
  'name.givenName',
  'name.familyName',
  'displayName',
  'emails',
  'active',
  'title',
  'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department',
  'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager',
]
/** Attributes that are ours, or no news. */
const NOT_SHOWN: ReadonlySet<string> = new Set(['id', 'schemas', 'meta', 'password', 'groups', 'members'])

/** A person as a card: every attribute that arrived, and those that usually do. */
export function cardOf(id: string, document: JsonObject): PersonCard {
  const attributes = Object.entries(document)
    .filter(([name]) => !NOT_SHOWN.has(name))
    .flatMap(([name, value]) => linesOf(name, value))
    .slice(0, 60)
  const has = (path: string) =>
    attributes.some((one) => one.path === path || one.path.startsWith(`${path}.`) || one.path.startsWith(`${path}[`))
  const { displayName, userName, active } = document
  return {
    id,
    name: textIn(displayName) ?? textIn(userName) ?? id,
    active: active !== false,
    attributes,
    missing: USUAL.filter((path) => !has(path)),
  }
}

function textIn(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, VALUE_LENGTH) : undefined
}

function linesOf(path: string, value: Json | undefined): readonly { readonly path: string; readonly value: string }[] {
  if (value === undefined || value === null || value === '') return []
  if (Array.isArray(value)) {
    return value.slice(0, 5).flatMap((item) => {
      const type = isObject(item) && typeof item.type === 'string' ? `[${item.type.slice(0, 40)}]` : ''
      const shown = isObject(item) ? (item.value ?? item.formatted ?? JSON.stringify(item)) : item
      return [{ path: `${path}${type}`, value: written(shown) }]
    })
  }
  if (!isObject(value)) return [{ path, value: written(value) }]
  const separator = path.startsWith('urn:') ? ':' : '.'
  return Object.entries(value).flatMap(([name, part]) =>
    isObject(part)
      ? [{ path: `${path}${separator}${name}`, value: written(part.value ?? null) }]
      : linesOf(`${path}${separator}${name}`, part),
  )
}

function written(value: Json): string {
  return (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, VALUE_LENGTH)
}
