// A request of the record made whole again: as it was sent, or with made-up values of the same form.

import { isObject, type Json, type JsonObject } from '../protocol/index.ts'
import type { RequestLine } from '../record/index.ts'
import type { TryRequest } from './try.ts'

/** Why a request cannot be sent once more. `door`: no token let it in; `cut`: not all of it was kept. */
export type NotAgain = 'door' | 'alike' | 'bulk' | 'cut' | 'no-body' | 'secret-path'

/** A request that can be sent once more. */
export interface Whole {
  readonly request: TryRequest
  /** Whether values in it are made up. */
  readonly madeUp: boolean
}

/** Longest path that the record keeps. */
const PATH_CHARACTERS = 1_000
const METHODS: readonly TryRequest['method'][] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** The request of a line, or why it cannot be sent again. The same line gives the same values. */
export function wholeOf(line: RequestLine): Whole | NotAgain {
  const method = METHODS.find((one) => one === line.method)
  if (line.unkept !== undefined) return 'alike'
  if (line.asks === 'door' || line.connection === undefined || method === undefined) return 'door'
  if (line.asks === 'bulk') return 'bulk'
  if (line.path.length >= PATH_CHARACTERS) return 'cut'
  const needsBody = method === 'POST' || method === 'PUT' || method === 'PATCH'
  if (needsBody && line.sent === undefined) return 'no-body'
  const maker = createMaker(line.id)
  const sent = line.sent === undefined ? undefined : (JSON.parse(line.sent) as Json)
  if (sent !== undefined && isCut(sent)) return 'cut'
  const path = pathOf(line.path, maker)
  if (path === undefined) return 'secret-path'
  const body = sent === undefined || !needsBody ? undefined : maker.value(sent)
  return { request: { method, path, body }, madeUp: maker.used() }
}

/** Whether a body was cut when it was kept. */
function isCut(value: Json): boolean {
  if (Array.isArray(value)) return value.some((one: Json) => (typeof one === 'string' && MORE.test(one)) || isCut(one))
  return (
    isObject(value) &&
    Object.entries(value).some(([name, one]) => name === '‹more›' || (one !== undefined && isCut(one)))
  )
}

const MORE = /^‹\d+ more›$/
/** What stands in place of a value: `‹text 27›`. */
const FORM = /‹(?:id|number|(address|digits|time|text) (\d{1,6}))›/g
const WHOLE_FORM = /^‹(?:id|number|(?:address|digits|time|text) \d{1,6})›$/

interface Maker {
  readonly text: (text: string) => string
  readonly value: (value: Json) => Json
  readonly used: () => boolean
}

function createMaker(seed: string): Maker {
  let used = false
  const text = (given: string) =>
    given.replaceAll(FORM, (form: string, what: string | undefined, length: string | undefined) => {
      used = true
      return madeUp(form, what, Number(length ?? 0), seed)
    })
  const value = (given: Json): Json => {
    if (typeof given === 'string') return leaf(given)
    if (Array.isArray(given)) return given.map(value)
    if (!isObject(given)) return given
    const made: { [name: string]: Json } = {}
    // A name that was masked has the number of its turn behind it: ‹text 7›2.
    for (const [name, one] of Object.entries(given)) if (one !== undefined) made[text(name)] = value(one)
    return made as JsonObject
  }
  function leaf(given: string): Json {
    if (given === STARS) used = true
    if (given === STARS) return 'Made-up-1234'
    if (given === '‹number›') used = true
    if (given === '‹number›') return 1
    return WHOLE_FORM.test(given) || given.includes('‹') ? text(given) : given
  }
  return { text, value, used: () => used }
}

const STARS = '***'

/** A value of a form: as long, and different from one request to the next, so that it meets nobody's. */
function madeUp(form: string, what: string | undefined, length: number, seed: string): string {
  if (form === '‹id›') return '00000000-0000-4000-8000-000000000000'
  if (what === 'address') return `${'x'.repeat(Math.max(1, length - 2))}@x`
  if (what === 'digits') return '1'.repeat(length)
  if (what === 'time') return madeUpTime(length)
  const word = `m${seed.slice(-12)}`
  return word.repeat(Math.ceil(length / word.length)).slice(0, length)
}

const TIME = '2026-01-31T09:00:00'

function madeUpTime(length: number): string {
  if (length <= TIME.length) return TIME.slice(0, length)
  if (length === TIME.length + 1) return `${TIME}Z`
  return `${TIME}.${'0'.repeat(length - TIME.length - 2)}Z`
}

/** The path with made-up values, percent-encoded; undefined where its endpoint is masked, too. */
function pathOf(masked: string, maker: Maker): string | undefined {
  const at = masked.indexOf('?')
  const path = at === -1 ? masked : masked.slice(0, at)
  if (path.startsWith('/‹')) return undefined
  const segments = path.split('/').map((part) => (part.includes('‹') ? encodeURIComponent(maker.text(part)) : part))
  if (at === -1) return segments.join('/')
  const query = masked
    .slice(at + 1)
    .split('&')
    .map((part) => {
      const equals = part.indexOf('=')
      if (equals === -1) return encodeURIComponent(maker.text(part))
      return `${encodeURIComponent(part.slice(0, equals))}=${encodeURIComponent(maker.text(part.slice(equals + 1)))}`
    })
  return `${segments.join('/')}?${query.join('&')}`
}
