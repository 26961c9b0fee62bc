// Shows a stored resource as JSON text: groups, members, meta and references worked out.

import { type Directory, documentOf, type Member, type Membership, type Stored, traitsOf } from '../directory/index.ts'
import {
  type Catalog,
  type Document,
  formatETag,
  formatInstant,
  isDefault,
  isObject,
  type Json,
  type JsonObject,
  project,
  type ResourceType,
  type Selection,
  typeByName,
} from '../protocol/index.ts'

/** Above this many members a group is sent while it is read. */
export const STREAM_FROM = 1_000

/** What a representation depends on besides the resource. */
export interface View {
  readonly directory: Directory
  readonly catalog: Catalog
  readonly type: ResourceType
  /** Absolute base URL without a slash at its end. */
  readonly base: string
  readonly selection: Selection
  /** Attributes the client named in a write, for `returned: request`. */
  readonly requested?: readonly string[]
}

/** The absolute URI of a resource. RFC 7643 §3.1. */
export function locationOf(base: string, endpoint: string, id: string): string {
  return `${base}${endpoint}/${id}`
}

/**
 * Whether the members of a group are to be shown, and which parts of each; `undefined`: they need not be read (P-210).
 */
export function memberParts(view: View): ReadonlySet<string> | undefined {
  if (!traitsOf(view.type).rows) return undefined
  const probe: Document = {
    schemas: [view.type.schema.id],
    id: 'x',
    members: [{ value: 'x', $ref: 'x', type: 'x', display: 'x' }],
  }
  const shown = (isDefault(view.selection) ? probe : project(probe, view.selection, view.type)).members
  const first = Array.isArray(shown) ? shown[0] : undefined
  return isObject(first) ? new Set(Object.keys(first)) : undefined
}

/** Whether `groups` of a user are to be shown. */
export function showsGroups(view: View): boolean {
  if (!traitsOf(view.type).groups) return false
  if (isDefault(view.selection)) return true
  const probe: Document = {
    schemas: [view.type.schema.id],
    id: 'x',
    groups: [{ value: 'x', $ref: 'x', type: 'direct', display: 'x' }],
  }
  return project(probe, view.selection, view.type).groups !== undefined
}

/** The ids that a stored resource refers to and whose names it shows. */
export function namesNeeded(stored: Stored, type: ResourceType): readonly string[] {
  const ids: string[] = []
  for (const { attribute, extension } of traitsOf(type).references) {
    // Most resources have none, and reading the text is dear: look for the name first.
    // Without the quotation mark before it, of which there are so many.
    if (!stored.text.includes(`${attribute.name}":`)) continue
    const document = documentOf(stored)
    const holder = extension === undefined ? document : document[extension]
    const value = isObject(holder) ? holder[attribute.name] : undefined
    for (const one of Array.isArray(value) ? value : [value]) {
      if (isObject(one) && typeof one.value === 'string') ids.push(one.value)
    }
  }
  return ids
}

/**
 * The JSON text of a resource without its members, in two parts: what goes before them and what after. `names` holds what
 * `namesNeeded` asked for.
 */
export function textParts(stored: Stored, view: View, names: ReadonlyMap<string, Member>): readonly [string, string] {
  const { type, selection } = view
  const traits = traitsOf(type)
  const linked = names.size > 0 ? link(documentOf(stored), view, names) : undefined
  if (traits.plain && isDefault(selection)) {
    const text = linked === undefined ? stored.text : JSON.stringify(linked)
    return [text.slice(0, -1), `${groupsText(stored, view)},"meta":${metaText(stored, view)}}`]
  }
  const whole: Document = {
    ...(linked ?? documentOf(stored)),
    ...(membershipsOf(stored, view).length > 0 ? { groups: groupsOf(stored, view) } : {}),
    meta: metaOf(stored, view),
  }
  const shown = project(whole, selection, type, view.requested === undefined ? {} : { requested: view.requested })
  return [JSON.stringify(shown).slice(0, -1), '}']
}

/** Makes what writes the members of a group as JSON, all of one read after each other with commas between. RFC 7643 §4.2. */
function memberWriter(view: View, parts: ReadonlySet<string>): (members: readonly Member[]) => string {
  const [value, ref, named, display] = ['value', '$ref', 'type', 'display'].map((part) => parts.has(part))
  const heads = new Map<string, { readonly ref: string; readonly type: string }>()

  /** What all members of a type have in common: `$ref` up to the id, and the type. */
  function headOf(name: string): { readonly ref: string; readonly type: string } {
    let head = heads.get(name)
    if (head === undefined) {
      const type = typeByName(view.catalog, name)
      head = {
        ref: ref && type !== undefined ? `,"$ref":${locationText(view.base, type, '').slice(0, -1)}` : '',
        type: named ? `,"type":"${name}"` : '',
      }
      heads.set(name, head)
    }
    return head
  }

  return (members) => {
    let text = ''
    let last = ''
    let head = { ref: '', type: '' }
    for (const { id, type, display: name } of members) {
      // Neighbours are of one type nearly always.
      if (type !== last) {
        last = type
        head = headOf(type)
      }
      const at = head.ref === '' ? '' : `${head.ref}${id}"`
      const shown = display && name !== '' ? `,"display":${JSON.stringify(name)}` : ''
      const rest = `${at}${head.type}${shown}`
      text += value ? `,{"value":"${id}"${rest}}` : `,{${rest.slice(1)}}`
    }
    return text.slice(1)
  }
}

/** The finished text, at once when nothing else must be read for it; with many members a stream of pieces. */
export function represent(stored: Stored, view: View): string | Promise<string | AsyncIterable<string>> {
  if (memberParts(view) === undefined && namesNeeded(stored, view.type).length === 0) {
    const [head, tail] = textParts(stored, view, NO_NAMES)
    return head + tail
  }
  return representAll([stored], view).then(([text]) => text ?? '')
}

/** Which resource it is, and its version: all that a write shows to a token that may not read the type. */
export function identity(stored: Stored, view: View): string {
  return JSON.stringify({ schemas: [view.type.schema.id], id: stored.id, meta: metaOf(stored, view) })
}

/** The representations of many resources, with the names they show looked up at once. */
export async function representAll(
  page: readonly Stored[],
  view: View,
): Promise<readonly (string | AsyncIterable<string>)[]> {
  const { directory } = view
  const parts = memberParts(view)
  const write = parts === undefined ? undefined : memberWriter(view, parts)
  const needed = page.map((stored) => namesNeeded(stored, view.type))
  const names = await namesOf(view, page, needed.flat())
  const texts: (string | AsyncIterable<string>)[] = []
  for (const [at, stored] of page.entries()) {
    const [head, tail] = textParts(stored, view, needed[at]?.length ? names : NO_NAMES)
    if (write === undefined) {
      texts.push(head + tail)
      continue
    }
    const count = await directory.memberCount(stored, STREAM_FROM + 1)
    if (count > STREAM_FROM) {
      texts.push(streamMembers(stored, view, write, head, tail))
      continue
    }
    const chunks: string[] = []
    if (count > 0) for await (const chunk of directory.members(stored)) chunks.push(write(chunk))
    texts.push(chunks.length === 0 ? head + tail : `${head},"members":[${chunks.join(',')}]${tail}`)
  }
  return texts
}

const NO_NAMES: ReadonlyMap<string, Member> = new Map()

async function namesOf(
  view: View,
  page: readonly Stored[],
  ids: readonly string[],
): Promise<ReadonlyMap<string, Member>> {
  const tenant = page[0]?.tenant
  if (tenant === undefined || ids.length === 0) return NO_NAMES
  const found = await view.directory.names(tenant, [...new Set(ids)])
  const names = new Map(found.map((member) => [member.id, member]))
  // Unknown ids count as looked up, so that the sentinel for "none needed" stays an empty map.
  for (const id of ids) if (!names.has(id)) names.set(id, { id, type: '', display: '' })
  return names
}

async function* streamMembers(
  stored: Stored,
  view: View,
  write: (members: readonly Member[]) => string,
  head: string,
  tail: string,
): AsyncIterable<string> {
  yield `${head},"members":[`
  let first = true
  for await (const chunk of view.directory.members(stored)) {
    yield first ? write(chunk) : `,${write(chunk)}`
    first = false
  }
  yield `]${tail}`
}

/** Fills in what a reference shows of the other side: `$ref`, and its name in the readOnly display. */
function link(document: Document, view: View, names: ReadonlyMap<string, Member>): Document {
  let linked = document
  for (const { attribute, extension, display } of traitsOf(view.type).references) {
    const holder = extension === undefined ? linked : linked[extension]
    if (!isObject(holder)) continue
    const value = holder[attribute.name]
    if (value === undefined) continue
    const fill = (one: Json): Json => {
      if (!isObject(one) || typeof one.value !== 'string') return one
      const other = names.get(one.value)
      const type = other === undefined ? undefined : typeByName(view.catalog, other.type)
      if (other === undefined || type === undefined) return one
      const shown: JsonObject = { ...one, $ref: locationOf(view.base, type.endpoint, other.id) }
      return display === undefined || other.display === '' ? shown : { ...shown, [display]: other.display }
    }
    const filled = { ...holder, [attribute.name]: Array.isArray(value) ? value.map(fill) : fill(value) }
    linked = extension === undefined ? filled : { ...linked, [extension]: filled }
  }
  return linked
}

function metaText(stored: Stored, view: View): string {
  const { type, base } = view
  const created = formatInstant(stored.created)
  const modified = stored.modified === stored.created ? created : formatInstant(stored.modified)
  return `{"resourceType":"${type.name}","created":"${created}","lastModified":"${modified}","location":${locationText(base, type, stored.id)},"version":"W/\\"${stored.version}\\""}`
}

function metaOf(stored: Stored, view: View): JsonObject {
  return {
    resourceType: view.type.name,
    created: formatInstant(stored.created),
    lastModified: formatInstant(stored.modified),
    location: locationOf(view.base, view.type.endpoint, stored.id),
    version: formatETag(stored.version),
  }
}

/** The groups a resource is in, where its type shows them: a nested group has members and no groups. RFC 7643 §4.1.2. */
function membershipsOf(stored: Stored, view: View): readonly Membership[] {
  return traitsOf(view.type).groups ? (stored.groups ?? []) : []
}

function groupsOf(stored: Stored, view: View): Json {
  const type = view.catalog.types.find((one) => traitsOf(one).rows)
  return membershipsOf(stored, view).map((group) => ({
    value: group.id,
    ...(type === undefined ? {} : { $ref: locationOf(view.base, type.endpoint, group.id) }),
    ...(group.display === '' ? {} : { display: group.display }),
    type: group.direct ? 'direct' : 'indirect',
  }))
}

/** Texts of lists of groups, which many people share. */
const groupTexts = new WeakMap<
  readonly Membership[],
  { readonly catalog: View['catalog']; readonly base: string; readonly text: string }
>()

/** The same as JSON text, written once for all resources that are in the same groups: lists show many of them. */
function groupsText(stored: Stored, view: View): string {
  const memberships = membershipsOf(stored, view)
  if (memberships.length === 0) return ''
  const { catalog, base } = view
  const kept = groupTexts.get(memberships)
  if (kept !== undefined && kept.catalog === catalog && kept.base === base) return kept.text
  const type = catalog.types.find((one) => traitsOf(one).rows)
  let text = ''
  for (const { id, display, direct } of memberships) {
    text += `,{"value":"${id}"`
    if (type !== undefined) text += `,"$ref":${locationText(base, type, id)}`
    if (display !== '') text += `,"display":${JSON.stringify(display)}`
    text += direct ? ',"type":"direct"}' : ',"type":"indirect"}'
  }
  text = `,"groups":[${text.slice(1)}]`
  groupTexts.set(memberships, { catalog, base, text })
  return text
}

let quotedFor = ''
let quoted = '"'

/** The absolute URI of a resource as a JSON string. A base is quoted once for all resources below it; ids and endpoints need no quoting. */
function locationText(base: string, type: ResourceType, id: string): string {
  if (base !== quotedFor) {
    quotedFor = base
    quoted = JSON.stringify(base).slice(0, -1)
  }
  return `${quoted}${type.endpoint}/${id}"`
}
