// Fills in the placeholders of a recorded conversation.

import type { Json } from '../../src/protocol/json.ts'
import { isObject } from '../../src/protocol/json.ts'

/** Values by name, as placeholders find them. */
export type Variables = { readonly [name: string]: Json }

const INNERMOST = /\{\{([A-Za-z0-9_]+)\}\}/

/** Fills the placeholders of a text, inner braces first. An unknown name is a fault of the flow. */
export function fillText(text: string, variables: Variables): string {
  let filled = text
  for (let match = INNERMOST.exec(filled); match !== null; match = INNERMOST.exec(filled)) {
    const value = lookUp(match[1] ?? '', variables)
    const inserted = typeof value === 'string' ? value : JSON.stringify(value)
    filled = filled.slice(0, match.index) + inserted + filled.slice(match.index + match[0].length)
  }
  return filled
}

/** Fills a JSON value: a lone placeholder keeps the saved value's type, `$repeat` elements are multiplied. */
export function fill(value: Json, variables: Variables): Json {
  if (typeof value === 'string') return fillString(value, variables)
  if (Array.isArray(value)) return value.flatMap((element: Json) => fillElement(element, variables))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, fill(member, variables)]))
}

function fillElement(element: Json, variables: Variables): Json[] {
  if (!isObject(element) || typeof element.$repeat !== 'number') return [fill(element, variables)]
  const { $repeat, item = null } = element
  return Array.from({ length: $repeat }, (_, index) => fill(item, { ...variables, n: index + 1 }))
}

function fillString(text: string, variables: Variables): Json {
  // "{{u{{n}}}}" is one placeholder too, once its inside is filled.
  let filled = text
  for (;;) {
    const match = INNERMOST.exec(filled)
    if (match === null) return filled
    const value = lookUp(match[1] ?? '', variables)
    if (match[0] === filled) return value
    const inserted = typeof value === 'string' ? value : JSON.stringify(value)
    filled = filled.slice(0, match.index) + inserted + filled.slice(match.index + match[0].length)
  }
}

function lookUp(name: string, variables: Variables): Json {
  const value = variables[name]
  if (value === undefined) throw new Error(`the flow uses {{${name}}}, which nothing has set`)
  return value
}
