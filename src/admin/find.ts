// Finds people, groups and other resources as one types: what begins with a text by index, then what contains it.

import { type Directory, traitsOf } from '../directory/index.ts'
import {
  type BoundFilter,
  bindFilter,
  isObject,
  type JsonObject,
  matches,
  parseFilter,
  type ResourceType,
  readQuery,
  resolve,
  STRICT,
} from '../protocol/index.ts'
import type { AskScim } from './ask-scim.ts'
import { Refused } from './refusals.ts'

/** What is looked for. */
export interface Wanted {
  readonly text: string
  /** The `next` of the page before. */
  readonly after?: string | undefined
  readonly limit: number
  /** Attributes to show of each; absent: all but members and groups. */
  readonly attributes?: readonly string[] | undefined
  /** A condition that each must satisfy besides, as a SCIM filter. */
  readonly within?: string | undefined
}

/** A resource that was found. */
export interface FoundResource {
  readonly resource: JsonObject
  readonly matched: { readonly path: string; readonly how: 'begins' | 'contains' }
}

/** Some of what was found. It may be fewer than asked for, even none; as long as there is a `next`, there may be more. */
export interface FoundPage {
  readonly items: readonly FoundResource[]
  /** Whether what follows, if anything, is found by reading a whole index or every resource, which takes longer. */
  readonly reading: boolean
  readonly next?: string
}

/** What people are looked for by, the likeliest first. Other types: by whatever of these they have, and what is indexed. */
const PATHS = ['userName', 'displayName', 'emails.value', 'name.familyName', 'externalId', 'value']
/** A shorter text would be the beginning of too many ids to mean one. */
const ID_LENGTH = 4
const SEARCH = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest'

/** A look-up of one step: by an attribute's index, by the order of ids, by walking whole indexes, or by reading all. */
type Step =
  | { readonly by: 'path'; readonly path: string }
  | { readonly by: 'id' }
  /** What contains the text in one of these. An index is a tenth of what it is of, so that it comes before reading. */
  | { readonly by: 'walking' | 'reading'; readonly paths: readonly string[] }

/** What the steps of one search work with. */
interface Search {
  readonly directory: Directory
  readonly ask: AskScim
  readonly tenant: string
  readonly type: ResourceType
  readonly wanted: Wanted
  readonly steps: readonly Step[]
  readonly marks: readonly Mark[]
}

/** How an attribute tells that a resource was found by it. */
interface Mark {
  readonly path: string
  readonly begins: BoundFilter
  readonly contains: BoundFilter
}

/**
 * Finds resources of a type. What an index gives comes first, in the order of {@link PATHS}; only pages of their own walk the indexes
 * and read every resource. Throws {@link Refused} for an `after` that is none.
 */
export async function findResources(
  deps: { readonly directory: Directory; readonly ask: AskScim },
  tenant: string,
  type: ResourceType,
  wanted: Wanted,
): Promise<FoundPage> {
  const paths = pathsOf(type)
  const steps = stepsFor(paths, type, wanted)
  const marks = paths.map((path) => markOf(path, wanted.text, type))
  const search: Search = { ...deps, tenant, type, wanted, steps, marks }
  let { at, cursor } = placeOf(wanted.after, steps.length)
  const items: FoundResource[] = []
  while (items.length < wanted.limit) {
    const step = steps[at]
    if (step === undefined) return { items, reading: true }
    // What an index gave is shown before it is walked, and that before every resource is read.
    if (isLong(step) && (items.length > 0 || !isStart(wanted.after, at))) break
    const page = await take(search, step, cursor, wanted.limit - items.length)
    for (const resource of page.resources) {
      const matched = matchOf(search, resource)
      if (matched !== undefined && isNew(search, at, resource)) items.push({ resource, matched })
    }
    cursor = page.next ?? ''
    if (page.next === undefined) at++
    if (isLong(step)) break
  }
  const next = steps[at]
  return next === undefined ? { items, reading: true } : { items, reading: isLong(next), next: `${at}.${cursor}` }
}

function stepsFor(paths: readonly string[], type: ResourceType, { text, within }: Wanted): readonly Step[] {
  const entered = new Set(traitsOf(type).indexed.map(({ path }) => path))
  const indexed = paths.filter((path) => entered.has(path))
  const others = paths.filter((path) => !entered.has(path))
  return [
    ...indexed.map((path) => ({ by: 'path' as const, path })),
    ...(text.length < ID_LENGTH || within !== undefined ? [] : [{ by: 'id' as const }]),
    ...(indexed.length === 0 ? [] : [{ by: 'walking' as const, paths: indexed }]),
    ...(others.length === 0 ? [] : [{ by: 'reading' as const, paths: others }]),
  ]
}

function isLong({ by }: Step): boolean {
  return by === 'walking' || by === 'reading'
}

function isStart(after: string | undefined, at: number): boolean {
  return after?.startsWith(`${at}.`) === true
}

function placeOf(after: string | undefined, steps: number): { at: number; cursor: string } {
  if (after === undefined) return { at: 0, cursor: '' }
  const dot = after.indexOf('.')
  const at = Number(after.slice(0, Math.max(0, dot)))
  if (dot < 1 || !Number.isInteger(at) || at < 0 || at >= steps)
    throw new Refused(400, 'ERR_INVALID', 'query.after: This is not the next of a page of this search')
  return { at, cursor: after.slice(dot + 1) }
}

function pathsOf(type: ResourceType): readonly string[] {
  const { indexed, references } = traitsOf(type)
  const isReference = (path: string) => references.some((one) => one.path === path)
  const own = indexed
    .filter(({ attribute, sub, path }) => (sub ?? attribute).type === 'string' && !isReference(path))
    .map(({ path }) => path)
  const named = PATHS.filter((path) => {
    const found = resolve(path, type)
    return found?.attribute !== undefined && (found.sub ?? found.attribute).type === 'string'
  })
  return [...new Set([...named, ...own])]
}

function markOf(path: string, text: string, type: ResourceType): Mark {
  const bound = (op: string) => bindFilter(parseFilter(`${path} ${op} ${JSON.stringify(text)}`, STRICT), type, STRICT)
  return { path, begins: bound('sw'), contains: bound('co') }
}

/** By what a resource was found: by what it begins with, if it does. */
function matchOf({ marks, wanted }: Search, resource: JsonObject): FoundResource['matched'] | undefined {
  for (const { path, begins } of marks) if (matches(resource, begins)) return { path, how: 'begins' }
  if (typeof resource.id === 'string' && resource.id.startsWith(wanted.text)) return { path: 'id', how: 'begins' }
  for (const { path, contains } of marks) if (matches(resource, contains)) return { path, how: 'contains' }
  return undefined
}

/** Whether no earlier step has given it. */
function isNew({ steps, marks, wanted }: Search, at: number, resource: JsonObject): boolean {
  return !steps.slice(0, at).some((step) => {
    if (step.by === 'id') return typeof resource.id === 'string' && resource.id.startsWith(wanted.text)
    if (step.by !== 'path')
      return marks.some(({ path, contains }) => step.paths.includes(path) && matches(resource, contains))
    const mark = marks.find(({ path }) => path === step.path)
    return mark !== undefined && matches(resource, mark.begins)
  })
}

interface Taken {
  readonly resources: readonly JsonObject[]
  readonly next?: string
}

async function take(search: Search, step: Step, cursor: string, limit: number): Promise<Taken> {
  const text = JSON.stringify(search.wanted.text)
  switch (step.by) {
    case 'path':
      return ask(search, `${step.path} sw ${text}`, cursor, limit)
    case 'id':
      return takeById(search, cursor, limit)
    case 'walking':
    case 'reading':
      return ask(search, step.paths.map((path) => `${path} co ${text}`).join(' or '), cursor, limit)
  }
}

async function ask(
  { ask: scim, tenant, type, wanted }: Search,
  filter: string,
  cursor: string,
  count: number,
): Promise<Taken> {
  const shown = wanted.attributes
  const body = {
    schemas: [SEARCH],
    filter: wanted.within === undefined ? filter : `(${filter}) and ${wanted.within}`,
    count,
    cursor,
    ...(shown === undefined ? { excludedAttributes: ['members', 'groups'] } : { attributes: [...shown, ...PATHS] }),
  }
  const answer = await scim(tenant, { method: 'POST', path: `${type.endpoint}/.search`, body })
  const found = Array.isArray(answer.Resources) ? answer.Resources.filter(isObject) : []
  return typeof answer.nextCursor === 'string' ? { resources: found, next: answer.nextCursor } : { resources: found }
}

/** Ids that begin with the text: they follow it in their order. */
async function takeById(search: Search, cursor: string, limit: number): Promise<Taken> {
  const { directory, tenant, type, wanted } = search
  const ids: string[] = []
  if (cursor === '' && (await directory.get({ tenant, type: type.name, id: wanted.text })) !== undefined)
    ids.push(wanted.text)
  const context = { tenant, actor: '', allow: STRICT }
  const plan = directory.plan(context, [type], readQuery({ count: String(limit), cursor: '' }), '', {
    groups: false,
    total: false,
    after: { id: cursor === '' ? wanted.text : cursor },
  })
  const { resources, next } = await directory.find(plan)
  for (const { id } of resources) if (id.startsWith(wanted.text)) ids.push(id)
  const isMore = next?.id.startsWith(wanted.text) === true
  if (ids.length === 0) return { resources: [] }
  const page = await ask(search, ids.map((id) => `id eq ${JSON.stringify(id)}`).join(' or '), '', ids.length)
  return isMore && next !== undefined ? { resources: page.resources, next: next.id } : { resources: page.resources }
}
