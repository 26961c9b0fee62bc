// What a client may read and write, by resource type, and how people write it: `read:users,write:groups`.

import { didYouMean, type ResourceType } from '../protocol/index.ts'

/** What a client may do with the resources of one type. RFC 7644 §2. */
export interface Access {
  readonly read: boolean
  readonly write: boolean
}

/** What a client may do, by name of resource type; `*` covers every type without an entry of its own. */
export interface Rights {
  readonly [type: string]: Access
}

/** Everything: the default of a connection. */
export const ALL_RIGHTS: Rights = { '*': { read: true, write: true } }

/** Whether rights allow reading, or writing, resources of a type. */
export function may({ rights }: { readonly rights: Rights }, action: 'read' | 'write', type: string): boolean {
  // A type may be called `constructor`: what every object inherits is not a right.
  const access = Object.hasOwn(rights, type) ? rights[type] : rights['*']
  return access?.[action] === true
}

/** The words of the text form for the types that every tenant has: those of their endpoints. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['User', 'users'],
  ['Group', 'groups'],
])

/**
 * Reads the text form: `read:users,write:users,read:groups`; `read:*` for all types, `all` for everything. Keeps types as they
 * were typed; {@link resolveRights} finds the types they name. Returns the reason as text if the text can't be read.
 * @example
 * parseRights('read:*,write:Users') // Rights, or why it can't be read
 */
export function parseRights(text: string): Rights | string {
  if (text.trim() === 'all') return ALL_RIGHTS
  const found = new Map<string, { read: boolean; write: boolean }>()
  for (const part of text.split(',')) {
    const match = /^(read|write):(\*|[A-Za-z][A-Za-z0-9_-]*)$/.exec(part.trim())
    if (match === null) {
      return `"${part.trim()}" is not a right; write rights like read:users,write:users,read:groups (read or write, then a resource type or *), or all`
    }
    const word = match[2] ?? '*'
    const access = found.get(word) ?? { read: false, write: false }
    access[match[1] === 'read' ? 'read' : 'write'] = true
    found.set(word, access)
  }
  return Object.fromEntries(found)
}

/**
 * Replaces each word by the name of the resource type it means: a type's name, in any letter case, or the word of its endpoint.
 * Returns the reason as text if a word means no type, with the nearest one.
 */
export function resolveRights(rights: Rights, types: readonly ResourceType[]): Rights | string {
  const found = new Map<string, Access>()
  for (const [word, access] of Object.entries(rights)) {
    const name = word === '*' ? '*' : typeMeant(word, types)
    if (name === undefined) {
      const words = types.map((type) => WORDS.get(type.name) ?? type.name)
      const near = didYouMean(word, words)
      return `There is no resource type "${word}" in this tenant${near === '' ? '.' : near} There are ${words.join(', ')}, and * for all`
    }
    const before = found.get(name)
    found.set(name, { read: access.read || before?.read === true, write: access.write || before?.write === true })
  }
  return Object.fromEntries(found)
}

/** The exact name comes first, so that a type may be called like the endpoint of another one. */
function typeMeant(word: string, types: readonly ResourceType[]): string | undefined {
  const folded = word.toLowerCase()
  const found =
    types.find(({ name }) => name === word) ??
    types.find(({ name }) => name.toLowerCase() === folded) ??
    types.find(({ endpoint }) => endpoint.toLowerCase() === `/${folded}`)
  return found?.name
}

/** Writes the text form, which {@link parseRights} and {@link resolveRights} read. */
export function formatRights(rights: Rights): string {
  const parts: string[] = []
  for (const [type, access] of Object.entries(rights)) {
    const endpoint = WORDS.get(type)
    // Beside a type that is called like the endpoint, the word would mean that type.
    const word = endpoint === undefined || Object.hasOwn(rights, endpoint) ? type : endpoint
    if (access.read) parts.push(`read:${word}`)
    if (access.write) parts.push(`write:${word}`)
  }
  return parts.join(',') === 'read:*,write:*' ? 'all' : parts.join(',')
}
