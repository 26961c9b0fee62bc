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

const NONE: Access = { read: false, write: false }

/** Endpoint words that stand for a type's name in the text form. */
const WORDS: { readonly [word: string]: string } = { users: 'User', groups: 'Group' }

/** What the rights say about one resource type. */
export function accessTo(rights: Rights, type: string): Access {
  if (Object.hasOwn(rights, type)) return rights[type] ?? NONE
  return Object.hasOwn(rights, '*') ? (rights['*'] ?? NONE) : NONE
}

/**
 * Reads the text form: `read:users,write:users,read:groups`; `read:*` for all types, `all` for everything.
 * Gives the reason as text when it can't be read.
 */
export function parseRights(text: string): Rights | string {
  if (text.trim() === 'all') return ALL_RIGHTS
  const found = new Map<string, { read: boolean; write: boolean }>()
  for (const part of text.split(',')) {
    const match = /^\s*(read|write):(\*|[A-Za-z][A-Za-z0-9_-]*)\s*$/.exec(part)
    if (match === null) {
      return `"${part.trim()}" is not a right; write them like read:users,write:users,read:groups (read or write, then a resource type or *), or all`
    }
    const word = match[2] ?? '*'
    const type = Object.hasOwn(WORDS, word) ? (WORDS[word] ?? word) : word
    const access = found.get(type) ?? { read: false, write: false }
    access[match[1] === 'read' ? 'read' : 'write'] = true
    found.set(type, access)
  }
  return Object.fromEntries(found)
}

/** Writes the text form, so that `parseRights(formatRights(r))` gives `r`. */
export function formatRights(rights: Rights): string {
  const parts: string[] = []
  for (const [type, access] of Object.entries(rights)) {
    const word = Object.keys(WORDS).find((key) => WORDS[key] === type) ?? type
    if (access.read) parts.push(`read:${word}`)
    if (access.write) parts.push(`write:${word}`)
  }
  return parts.join(',') === 'read:*,write:*' ? 'all' : parts.join(',')
}
