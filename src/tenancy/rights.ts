import { didYouMean, type ResourceType } from '../protocol/index.ts'
import { invalid } from './errors.ts'

/** What a connection may do with the resources of one type. RFC 7644 §2. */
export interface Access {
  readonly read: boolean
  readonly write: boolean
}

/** What a connection may do, by name of resource type; `*` stands for every type without an entry of its own. */
export interface Rights {
  readonly [type: string]: Access
}

/** Everything: what a connection may do unless told otherwise. */
export const ALL_RIGHTS: Rights = { '*': { read: true, write: true } }

/** The words that the text form has for the types that every tenant has: those of their endpoints. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['User', 'users'],
  ['Group', 'groups'],
])

/**
 * Reads the text form: `read:users,write:users,read:groups`; `read:*` for all types, `all` for everything. Types stand in it
 * as they were typed: {@link resolveRights} finds out which are meant. Gives the reason as text when it can't be read.
 */
export function parseRights(text: string): Rights | string {
  if (text.trim() === 'all') return ALL_RIGHTS
  const found = new Map<string, { read: boolean; write: boolean }>()
  for (const part of text.split(',')) {
    const match = /^(read|write):(\*|[A-Za-z][A-Za-z0-9_-]*)$/.exec(part.trim())
    if (match === null) {
      return `"${part.trim()}" is not a right; write them like read:users,write:users,read:groups (read or write, then a resource type or *), or all`
    }
    const word = match[2] ?? '*'
    const access = found.get(word) ?? { read: false, write: false }
    access[match[1] === 'read' ? 'read' : 'write'] = true
    found.set(word, access)
  }
  return Object.fromEntries(found)
}

/**
 * The rights with each word replaced by the name of the resource type that it means: a type's name, in any letter case, or the word
 * of its endpoint. Refuses a word that means none, and says which is nearest.
 */
export function resolveRights(rights: Rights, types: readonly ResourceType[]): Rights {
  const found = new Map<string, Access>()
  for (const [word, access] of Object.entries(rights)) {
    const name = word === '*' ? '*' : typeMeant(word, types)
    if (name === undefined) {
      const words = types.map((type) => WORDS.get(type.name) ?? type.name)
      const near = didYouMean(word, words)
      throw invalid(
        `rights: there is no resource type "${word}" in this tenant${near === '' ? '.' : near} There are ${words.join(', ')}, and * for all`,
      )
    }
    const before = found.get(name)
    found.set(name, { read: access.read || before?.read === true, write: access.write || before?.write === true })
  }
  return Object.fromEntries(found)
}

/** The exact name comes first, so that a type may be called like another one's endpoint. */
function typeMeant(word: string, types: readonly ResourceType[]): string | undefined {
  const folded = word.toLowerCase()
  const found =
    types.find(({ name }) => name === word) ??
    types.find(({ name }) => name.toLowerCase() === folded) ??
    types.find(({ endpoint }) => endpoint.toLowerCase() === `/${folded}`)
  return found?.name
}

/** Writes the text form, which {@link parseRights} and {@link resolveRights} read again. */
export function formatRights(rights: Rights): string {
  const parts: string[] = []
  for (const [type, access] of Object.entries(rights)) {
    const endpoint = WORDS.get(type)
    // Beside a type that is called like the endpoint, the word would mean that one.
    const word = endpoint === undefined || Object.hasOwn(rights, endpoint) ? type : endpoint
    if (access.read) parts.push(`read:${word}`)
    if (access.write) parts.push(`write:${word}`)
  }
  return parts.join(',') === 'read:*,write:*' ? 'all' : parts.join(',')
}
