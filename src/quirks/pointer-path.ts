// Quirk: a JSON Pointer as path, `/name/givenName`.

import type { Quirk } from './quirk.ts'
import { mapNames } from './toolkit.ts'

/**
 * A JSON Pointer for a path: `/name/givenName` for `name.givenName`. Positions in a list have no meaning in SCIM
 * and stay as they are, to be refused; `/emails/-`, the end of a list, is the list.
 */
export const pointerPath: Quirk = {
  name: 'pointer-path',
  register: ['X04'],
  source: 'medplum/medplum pull request 5690: operations whose path is a JSON Pointer; RFC 6902',
  deviates: ['P-343'],
  inbound: (message) =>
    message.action === 'patch'
      ? mapNames(message, (name) => (name.startsWith('/') ? fromPointer(name) : name))
      : message,
}

function fromPointer(pointer: string): string {
  const [head = '', ...rest] = pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
  if (rest.at(-1) === '-') rest.pop()
  if (head === '' || rest.length > 2 || rest.some((token) => /^\d+$/.test(token))) return pointer
  if (!head.toLowerCase().startsWith('urn:')) return rest.length > 1 ? pointer : [head, ...rest].join('.')
  const [name, sub] = rest
  return [head, ...(name === undefined ? [] : [sub === undefined ? name : `${name}.${sub}`])].join(':')
}
