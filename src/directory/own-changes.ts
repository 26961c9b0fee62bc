// What a user may change of its own resource: refuses the rest. RFC 7644 §3.11.

import { type Edit, forbidden } from '../protocol/index.ts'

/** 403 when a change touches an attribute that its caller may not change. RFC 7644 §3.11. */
export function requireChangeable(attributes: readonly string[], mayChange: (attribute: string) => boolean): void {
  const refused = attributes.find((name) => !mayChange(name))
  if (refused === undefined) return
  throw forbidden(
    `${refused} can't be changed with this token; an administrator or the identity provider can change it`,
  )
}

/** The same for the edits of a PATCH, whether or not they would change anything. What only repeats a value is no edit. */
export function requireEditable(edits: readonly Edit[], mayChange: (attribute: string) => boolean): void {
  const named = edits.flatMap(({ op, target, extension = target?.extension }) => {
    if (op === 'expect') return []
    if (target === undefined) return [extension ?? '']
    return [extension === undefined ? target.attribute.name : `${extension}:${target.attribute.name}`]
  })
  requireChangeable(named, mayChange)
}
