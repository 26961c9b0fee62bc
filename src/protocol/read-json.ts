// Parses the JSON of a body, bounded in depth and size. RFC 8259.

import { invalidSyntax, invalidValue } from './errors.ts'
import { isObject, type Json } from './json.ts'
import { LIMITS } from './limits.ts'
import { scanJson } from './scan-json.ts'
import { noteNumbers } from './written-numbers.ts'

/**
 * The JSON value of a body. Refuses what JSON allows and no resource can hold: lone surrogates, NUL, numbers out of
 * range, too deep nesting, too long strings. A member `__proto__` stays what it is in JSON, a member of that name.
 * RFC 8259; RFC 7643 §2.3.
 * @example
 * const body = readJson(text, { strictNames: false })
 */
export function readJson(text: string, options: { readonly strictNames: boolean }): Json {
  // A byte order mark is not part of JSON, but may precede it. RFC 8259 §8.1.
  const bare = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  const { unusualNumbers: unusual, longestString } = scanJson(bare)
  let value: Json
  try {
    value = JSON.parse(bare) as Json
  } catch (cause) {
    // The parser's own message quotes the body, and with it perhaps a password (P-477).
    const at = cause instanceof SyntaxError ? /position (\d+)/.exec(cause.message)?.[1] : undefined
    throw invalidSyntax(
      `The body is not JSON${at === undefined ? '' : `; it goes wrong at character ${Number(at) + 1}`}`,
    )
  }
  if (unusual) noteNumbers(value, bare)
  // Most bodies need no inspection, and to walk them costs more than to parse them: without an escape and well formed itself, no
  // string has a lone surrogate or NUL.
  const plain = longestString <= LIMITS.STRING_LENGTH && !bare.includes('\\u') && bare.isWellFormed()
  if (unusual || !plain) inspect(value, '')
  if (options.strictNames) refuseDuplicates(bare)
  return value
}

function inspect(value: Json, name: string): void {
  if (typeof value === 'string') {
    if (value.length > LIMITS.STRING_LENGTH) {
      throw invalidValue(`"${name}" is ${value.length} characters long; at most ${LIMITS.STRING_LENGTH} are taken`)
    }
    if (value.includes('\0')) throw invalidValue(`"${name}" holds the character NUL, which no value may have`)
    if (!value.isWellFormed()) throw invalidValue(`"${name}" holds half a character (a lone surrogate)`)
    return
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw invalidSyntax(`"${name}" is a number out of range`)
    return
  }
  if (typeof value !== 'object' || value === null) return
  if (isObject(value)) {
    for (const key in value) {
      const member = value[key]
      if (!key.isWellFormed() || key.includes('\0')) {
        throw invalidSyntax('A member name contains NUL or an unpaired surrogate')
      }
      if (member !== undefined) inspect(member, key)
    }
  } else for (const element of value) inspect(element, name)
}

/** Refuses the same name twice in one object. The text is known to be JSON. RFC 8259 §4. */
function refuseDuplicates(text: string): void {
  const open: (Set<string> | undefined)[] = []
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x7b) open.push(new Set())
    else if (code === 0x5b) open.push(undefined)
    else if (code === 0x7d || code === 0x5d) open.pop()
    else if (code === 0x22) {
      const start = at
      for (at++; text.charCodeAt(at) !== 0x22; at++) if (text.charCodeAt(at) === 0x5c) at++
      const names = open.at(-1)
      if (names === undefined || !isName(text, at + 1)) continue
      const name = JSON.parse(text.slice(start, at + 1)) as string
      if (names.has(name)) throw invalidSyntax(`The member "${name}" occurs twice in one object`)
      names.add(name)
    }
  }
}

/** Whether a colon follows, so that the string before it is a member's name. */
function isName(text: string, from: number): boolean {
  let at = from
  while (
    text.charCodeAt(at) === 0x20 ||
    text.charCodeAt(at) === 0x0a ||
    text.charCodeAt(at) === 0x0d ||
    text.charCodeAt(at) === 0x09
  )
    at++
  return text.charCodeAt(at) === 0x3a
}
