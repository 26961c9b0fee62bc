// Fills in the placeholders of a conversation.

import { isObject, type Json } from '../../protocol/index.ts'

/** Values by name, as placeholders find them. */
export type Variables = { readonly [name: string]: Json }

const NAME = /^[A-Za-z0-9_]{1,64}$/

/** Fills the placeholders of a text, inner braces first. An unknown name is a fault of the flow. */
export function fillText(text: string, variables: Variables): string {
  return inserted(fillString(text, variables))
}

function inserted(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/**
 * Fills a JSON value. A lone placeholder keeps the type of its value. In a list, `{"$repeat": 3, "item": X}` is X three
 * times with `n` counting up, and `{"$each": "members", "item": X}` is X once for each element of that variable, whose
 * own names go before. `{"$merge": [A, B]}` is A with the members of B over it.
 */
export function fill(value: Json, variables: Variables): Json {
  if (typeof value === 'string') return fillString(value, variables)
  if (Array.isArray(value)) return value.flatMap((element: Json) => fillElement(element, variables))
  if (!isObject(value)) return value
  if (Array.isArray(value.$merge)) {
    const parts: readonly Json[] = value.$merge
    return Object.assign({}, ...parts.map((part) => fill(part, variables)).filter(isObject))
  }
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, fill(member, variables)]))
}

function fillElement(element: Json, variables: Variables): Json[] {
  if (isObject(element) && typeof element.$each === 'string') {
    const { item = null } = element
    const list = lookUp(element.$each, variables)
    return (Array.isArray(list) ? list : []).map((one: Json) =>
      fill(item, isObject(one) ? { ...variables, ...one } : variables),
    )
  }
  if (!isObject(element) || typeof element.$repeat !== 'number') return [fill(element, variables)]
  const { $repeat, item = null } = element
  return Array.from({ length: $repeat }, (_, index) => fill(item, { ...variables, n: index + 1 }))
}

/** A text filled; the value itself when the text is one placeholder and nothing else. */
function fillString(text: string, variables: Variables): Json {
  // One text for each placeholder that is open: "{{u{{n}}}}" is one too, whose name is known once its inside is. What has been
  // inserted is never read again: it may come from a server, and may hold braces of its own.
  const open: string[] = []
  let filled = ''
  const write = (piece: string) => {
    if (open.length === 0) filled += piece
    else open.push(open.pop() + piece)
  }
  for (let at = 0; at < text.length; ) {
    if (text.startsWith('{{', at)) {
      open.push('')
      at += 2
    } else if (open.length > 0 && text.startsWith('}}', at)) {
      const name = open.pop() ?? ''
      at += 2
      if (!NAME.test(name)) {
        write(`{{${name}}}`)
        continue
      }
      const value = lookUp(name, variables)
      if (open.length === 0 && filled === '' && at === text.length) return value
      write(inserted(value))
    } else {
      write(text[at] ?? '')
      at += 1
    }
  }
  return [filled, ...open].join('{{')
}

/** A placeholder names what nothing has set. */
export class UnsetVariable extends Error {
  readonly variable: string
  constructor(variable: string) {
    super(`the flow uses {{${variable}}}, which nothing has set`)
    this.variable = variable
  }
}

function lookUp(name: string, variables: Variables): Json {
  const value = Object.hasOwn(variables, name) ? variables[name] : undefined
  if (value === undefined) throw new UnsetVariable(name)
  return value
}
