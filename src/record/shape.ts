// The shape of a body: its names, its structure, how long its values are.

import { formOf, maskExpression } from './mask.ts'
import { isKnownName, isNameLike, type Vocabulary } from './vocabulary.ts'

/** Most characters of a body that are kept. */
export const BODY_CHARACTERS = 16_384
/** Most elements or members of one list or object that are looked at. */
const MOST_PARTS = 5_000

/** How the values of a body are kept. */
export type BodyMode = 'shape' | 'values'

/** What stands in place of a secret, whatever is recorded. */
const STARS = '***'

interface Walk {
  readonly vocabulary: Vocabulary
  readonly mode: BodyMode
  /** Names that the vocabulary has, as they are written. */
  readonly known: Map<string, KnownName>
  /** Characters left. */
  left: number
}

/** What a name of the vocabulary comes to. */
interface KnownName {
  /** As JSON, with the colon that follows. */
  readonly text: string
  readonly folded: string
  readonly secret: boolean
}

/** Names are the same in each request; those of no schema are not kept, since they may be somebody's. */
const knownNames = new WeakMap<Vocabulary, Map<string, KnownName>>()
/** Clients write them in few ways. */
const MOST_KNOWN = 2_000

/** A body as it is kept: JSON of at most {@link BODY_CHARACTERS}, cut between elements, with how many were left out. */
export function bodyText(sent: unknown, vocabulary: Vocabulary, mode: BodyMode): string {
  const known = knownNames.get(vocabulary) ?? new Map<string, KnownName>()
  knownNames.set(vocabulary, known)
  return partOf({ vocabulary, mode, known, left: BODY_CHARACTERS }, sent, '')
}

/** A part as JSON. `name`: the one it has, in lower case. */
function partOf(walk: Walk, value: unknown, name: string): string {
  if (Array.isArray(value)) return listOf(walk, value, name)
  if (typeof value === 'object' && value !== null) return objectOf(walk, value)
  const text = leafOf(walk, value, name)
  walk.left -= text.length + 1
  return text
}

function listOf(walk: Walk, list: readonly unknown[], name: string): string {
  let text = '['
  let done = 0
  for (const one of list) {
    if (done > 0) text += ','
    if (walk.left <= 0 || done >= MOST_PARTS) return `${text}"‹${list.length - done} more›"]`
    text += partOf(walk, one, name)
    done++
  }
  return `${text}]`
}

function objectOf(walk: Walk, object: object): string {
  const names = Object.keys(object)
  let text = '{'
  let done = 0
  /** Where the value of an operation is, and whether its path leads to a secret. */
  let value: { readonly from: number; readonly to: number } | undefined
  let isSecret = false
  for (const name of names) {
    if (done > 0) text += ','
    if (walk.left <= 0 || done >= MOST_PARTS) {
      text += `"‹more›":${names.length - done}`
      break
    }
    const key = nameOf(walk, name, done)
    walk.left -= key.text.length + 1
    text += key.text
    const from = text.length
    const one = (object as { readonly [name: string]: unknown })[name]
    text += key.secret && one !== null ? `"${STARS}"` : partOf(walk, one, key.folded)
    if (name === 'value') value = { from, to: text.length }
    else if (name === 'path' && typeof one === 'string') isSecret = leadsToSecret(walk, one)
    done++
  }
  // An operation of a PATCH that sets a secret has it in `value`.
  if (isSecret && value !== undefined) text = `${text.slice(0, value.from)}"${STARS}"${text.slice(value.to)}`
  return `${text}}`
}

function leadsToSecret({ vocabulary }: Walk, path: string): boolean {
  const names = path.toLowerCase().split(/[.:[]/)
  return names.some((name) => vocabulary.secrets.has(name))
}

/** A name as it is kept: `done`, how many the object has before it, keeps masked ones apart. */
function nameOf({ vocabulary, known }: Walk, name: string, done: number): KnownName {
  const there = known.get(name)
  if (there !== undefined) return there
  const folded = name.toLowerCase()
  const isKnown = isKnownName(name, vocabulary)
  const key = isKnown || isNameLike(name) ? name : `${formOf(name)}${done === 0 ? '' : done}`
  const made = { text: `${JSON.stringify(key)}:`, folded, secret: vocabulary.secrets.has(folded) }
  if (isKnown && known.size < MOST_KNOWN) known.set(name, made)
  return made
}

/** A value that is no list and no object, as JSON. */
function leafOf({ vocabulary, mode }: Walk, value: unknown, name: string): string {
  if (mode === 'values')
    return JSON.stringify(
      (typeof value === 'string' && value.length > 1_000 ? `${value.slice(0, 1_000)}…` : value) ?? null,
    )
  if (typeof value === 'number') return '"‹number›"'
  if (typeof value !== 'string') return JSON.stringify(value ?? null)
  if (isPlain(name, value, vocabulary)) return JSON.stringify(value)
  // A form has nothing to escape.
  return name === 'path' ? JSON.stringify(maskExpression(value, vocabulary, 'path')) : `"${formOf(value)}"`
}

/** Whether a text belongs to the protocol at this place, and not to a person. */
function isPlain(name: string, value: string, { uris, values }: Vocabulary): boolean {
  switch (name) {
    case 'schemas':
      return uris.has(value.toLowerCase()) || /^urn:ietf:params:scim:/i.test(value) || isTruth(value)
    case 'op':
      return /^(?:add|replace|remove)$/i.test(value) || isTruth(value)
    case 'method':
      return /^(?:post|put|patch|delete)$/i.test(value) || isTruth(value)
    case 'type':
    case 'resourcetype':
      return values.has(value.toLowerCase()) || isTruth(value)
    default:
      return isTruth(value)
  }
}

function isTruth(value: string): boolean {
  const { length } = value
  return length === 0 || ((length === 4 || length === 5) && /^(?:true|false)$/i.test(value))
}
