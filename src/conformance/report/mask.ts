// Shows an exchange to people without credentials, passwords or the data of others.

import { isObject } from '../../protocol/index.ts'
import type { Exchange } from '../wire/exchange.ts'
import type { Shown } from './report.ts'

/** Headers whose values are not secret; all others are shown as stars. */
const HARMLESS = new Set(['accept', 'content-type', 'if-match', 'if-none-match', 'user-agent', 'prefer'])
/** Answer headers that are shown. */
const TELLING = /^(content-type|location|content-location|etag|allow|www-authenticate|retry-after|server)$/
/** Longest body that is shown. */
const SHOWN_CHARACTERS = 6000

/** Writes an exchange for people: credentials as stars, and of lists only what this check has created. */
export function show(exchange: Exchange, prefix: string): Shown {
  const sent = Object.entries(exchange.sent).map(([name, value]) => `${name}: ${maskHeader(name, value)}`)
  const got = Object.entries(exchange.headers)
    .filter(([name]) => TELLING.test(name))
    .map(([name, value]) => `${name}: ${value}`)
  const url = new URL(exchange.url)
  return {
    request: [
      `${exchange.method} ${url.origin}${url.pathname}${readable(url.search)}`,
      ...sent,
      ...(exchange.payload === undefined ? [] : ['', cut(pretty(exchange.payload, undefined))]),
    ].join('\n'),
    answer: [
      `HTTP ${exchange.status}`,
      ...got,
      ...(exchange.text === '' ? [] : ['', cut(pretty(exchange.text, prefix))]),
    ].join('\n'),
  }
}

function maskHeader(name: string, value: string): string {
  if (HARMLESS.has(name.toLowerCase())) return value
  const scheme = /^(\S+) \S/.exec(value)?.[1]
  return scheme === undefined ? '***' : `${scheme} ***`
}

/** A query string without percent-encoding, where it can be decoded. */
function readable(search: string): string {
  try {
    return decodeURIComponent(search.replaceAll('+', ' '))
  } catch {
    return search
  }
}

/** JSON over several lines, without passwords and without resources that this check has not created. */
function pretty(text: string, prefix: string | undefined): string {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return text
  }
  return JSON.stringify(clean(body, prefix), null, 2)
}

function clean(value: unknown, prefix: string | undefined): unknown {
  if (Array.isArray(value)) return value.map((one) => clean(one, prefix))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      if (/^password$/i.test(name) && typeof inner === 'string') return [name, '***']
      if (prefix !== undefined && /^resources$/i.test(name) && Array.isArray(inner))
        return [name, inner.map((one) => own(one, prefix))]
      return [name, clean(inner, prefix)]
    }),
  )
}

/** A resource of a list: whole when this check has created it or it describes the server, otherwise only that there is one. */
function own(resource: unknown, prefix: string): unknown {
  const text = JSON.stringify(resource)
  const described = /core:2\.0:(Schema|ResourceType|ServiceProviderConfig)"/.test(text)
  return described || text.includes(prefix) ? clean(resource, prefix) : '(not created by this check: not shown)'
}

function cut(text: string): string {
  return text.length <= SHOWN_CHARACTERS
    ? text
    : `${text.slice(0, SHOWN_CHARACTERS)}\n… ${text.length - SHOWN_CHARACTERS} more characters`
}
