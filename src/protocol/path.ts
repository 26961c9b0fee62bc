// Parses attribute paths. RFC 7644 §3.5.2.

import { invalidPath, type ScimError } from './errors.ts'
import { type Filter, type FilterAllowances, formatFilter, readValueFilter } from './filter.ts'
import { createReader, isAttributePath, readWord } from './lexer.ts'
import { LIMITS } from './limits.ts'

/** A PATCH path as written, its names not looked up yet. RFC 7644 §3.5.2. */
export interface Path {
  /** `[URN:]name[.sub]`, or an extension's URN alone. */
  readonly attribute: string
  /** Between brackets: which values are meant. */
  readonly filter?: Filter
  /** After brackets. */
  readonly sub?: string
}

/**
 * Reads a path: PATH = attrPath / valuePath [ "." subAttr ]. Malformed: 400 invalidPath; a bad filter between brackets: 400
 * invalidFilter (P-343, P-344). RFC 7644 §3.5.2.
 * @example
 * parsePath('emails[type eq "work"].value')
 */
export function parsePath(text: string, allow?: FilterAllowances): Path {
  if (text.length > LIMITS.PATH_LENGTH) throw pathTooLong()
  const reader = createReader(text)
  const attribute = readWord(reader)
  if (!isAttributePath(attribute)) throw malformed(text)
  if (reader.at === text.length) return { attribute }
  if (text[reader.at] !== '[') throw malformed(text)
  reader.at += 1
  const filter = readValueFilter(reader, allow)
  if (reader.at === text.length) return { attribute, filter }
  if (text[reader.at] !== '.') throw malformed(text)
  reader.at += 1
  const sub = readWord(reader)
  if (reader.at < text.length || !isAttributePath(sub) || sub.includes('.') || sub.includes(':')) throw malformed(text)
  return { attribute, filter, sub }
}

/** Writes a path; what it writes reads as the same path. RFC 7644 §3.5.2. */
export function formatPath(path: Path): string {
  const filter = path.filter === undefined ? '' : `[${formatFilter(path.filter)}]`
  return `${path.attribute}${filter}${path.sub === undefined ? '' : `.${path.sub}`}`
}

/** Refuses what is longer than any path. */
export function pathTooLong(): ScimError {
  return invalidPath(`The path is longer than ${LIMITS.PATH_LENGTH} characters`)
}

/** A path, as written and perhaps malformed, with `instead` in place of its filter. */
export function withoutFilter(path: string, instead = ''): string {
  const open = path.indexOf('[')
  const close = path.lastIndexOf(']')
  return open < 0 || close < open ? path : `${path.slice(0, open)}${instead}${path.slice(close + 1)}`
}

/** A path fit to be logged and shown: a filter may hold personal data, the names around it don't. */
export function namesOnly(path: string): string {
  return withoutFilter(path, '[…]').slice(0, 200)
}

function malformed(text: string) {
  return invalidPath(
    `The path "${namesOnly(text)}" is malformed; a path looks like displayName, name.givenName, emails[type eq "work"].value or urn:…:User:department`,
  )
}
