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
  /** Characters left. */
  left: number
}

/** A body as it is kept: JSON of at most {@link BODY_CHARACTERS}, cut between elements, with how many were left out. */
export function bodyText(sent: unknown, vocabulary: Vocabulary, mode: BodyMode): string {
  return JSON.stringify(partOf({ vocabulary, mode, left: BODY_CHARACTERS }, sent, ''))
}

function partOf(walk: Walk, value: unknown, name: string): unknown {
  if (Array.isArray(value)) return listOf(walk, value, name)
  if (typeof value === 'object' && value !== null) return objectOf(walk, value)
  const text = leafOf(walk, value, name)
  walk.left -= typeof text === 'string' ? text.length + 3 : 6
  return text
}

function listOf(walk: Walk, list: readonly unknown[], name: string): unknown[] {
  const parts: unknown[] = []
  for (const one of list) {
    if (walk.left <= 0 || parts.length >= MOST_PARTS) {
      parts.push(`‹${list.length - parts.length} more›`)
      break
    }
    parts.push(partOf(walk, one, name))
  }
  return parts
}

function objectOf(walk: Walk, object: object): { [name: string]: unknown } {
  // Without a prototype, `__proto__` is a name like any other.
  const parts: { [name: string]: unknown } = Object.create(null)
  let done = 0
  const names = Object.keys(object)
  for (const name of names) {
    if (walk.left <= 0 || done >= MOST_PARTS) {
      parts['‹more›'] = names.length - done
      break
    }
    const key =
      isKnownName(name, walk.vocabulary) || isNameLike(name) ? name : `${formOf(name)}${done === 0 ? '' : done}`
    walk.left -= key.length + 4
    const value = (object as { readonly [name: string]: unknown })[name]
    parts[key] = walk.vocabulary.secrets.has(name.toLowerCase()) && value !== null ? STARS : partOf(walk, value, name)
    done++
  }
  return isSecretOperation(walk, parts) ? { ...parts, value: STARS } : parts
}

/** An operation of a PATCH that sets a secret has it in `value`. */
function isSecretOperation({ vocabulary }: Walk, { path, value }: { readonly [name: string]: unknown }): boolean {
  if (typeof path !== 'string' || value === undefined) return false
  const names = path.toLowerCase().split(/[.:[]/)
  return names.some((name) => vocabulary.secrets.has(name))
}

function leafOf({ vocabulary, mode }: Walk, value: unknown, name: string): unknown {
  if (mode === 'values') return typeof value === 'string' && value.length > 1_000 ? `${value.slice(0, 1_000)}…` : value
  if (typeof value === 'number') return '‹number›'
  if (typeof value !== 'string') return value ?? null
  return isPlain(name.toLowerCase(), value, vocabulary)
    ? value
    : name.toLowerCase() === 'path'
      ? maskExpression(value, vocabulary, 'path')
      : formOf(value)
}

/** Whether a text belongs to the protocol at this place, and not to a person. */
function isPlain(name: string, value: string, { uris, values }: Vocabulary): boolean {
  const folded = value.toLowerCase()
  if (folded === 'true' || folded === 'false' || value === '') return true
  switch (name) {
    case 'schemas':
      return uris.has(folded) || folded.startsWith('urn:ietf:params:scim:')
    case 'op':
      return /^(?:add|replace|remove)$/.test(folded)
    case 'method':
      return /^(?:post|put|patch|delete)$/.test(folded)
    case 'type':
    case 'resourcetype':
      return values.has(folded)
    default:
      return false
  }
}
