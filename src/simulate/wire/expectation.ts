// Holds an answer against what is expected of it, and takes values out of it.

import { isObject, type Json } from '../../protocol/index.ts'
import { holds, type Patterns } from './holds.ts'
import type { WireAnswer } from './message.ts'
import { select } from './select.ts'
import { fill, fillText, type Variables } from './substitute.ts'

/** One condition on the body of an answer: the nodes at a path, an operator, and the value that it compares with. */
export interface Assertion {
  readonly path: string
  readonly op: string
  readonly value?: Json
}

/** What a header must be: a text, there at all, or matching a pattern. */
export type HeaderExpectation =
  | string
  | { readonly exists?: boolean; readonly begins?: string; readonly matches?: string }

/** What an answer must be. */
export interface Expectation {
  readonly status: number | readonly number[]
  /** Whether an answer without a body will do; then nothing in it is looked at. */
  readonly bodyOptional?: boolean
  readonly headers?: { readonly [name: string]: HeaderExpectation }
  readonly body?: readonly Assertion[]
}

/** What an answer has wrong, in words; nothing when all is as expected. Without `patterns`, patterns are refused. */
export function check(
  expect: Partial<Expectation>,
  answer: WireAnswer,
  variables: Variables,
  patterns?: Patterns,
): readonly string[] {
  if (expect.status !== undefined) {
    const allowed: readonly number[] = typeof expect.status === 'number' ? [expect.status] : expect.status
    if (!allowed.includes(answer.status)) return [`the status is ${answer.status}, not ${allowed.join(' or ')}`]
  }
  const faults: string[] = []
  for (const [name, wanted] of Object.entries(expect.headers ?? {})) {
    const value = answer.headers.get(name.toLowerCase())
    const filled = typeof wanted === 'string' ? fillText(wanted, variables) : wanted
    if (!headerHolds(value, filled, patterns))
      faults.push(`${name} is ${value ?? 'absent'}, not ${JSON.stringify(filled)}`)
  }
  if (expect.body === undefined || (expect.bodyOptional === true && answer.body === '')) return faults
  const body = readJson(answer.body)
  if (body === undefined) return [...faults, 'the body is not JSON']
  for (const assertion of expect.body) {
    const path = fillText(assertion.path, variables)
    const value = fill(assertion.value ?? null, variables)
    const nodes = select(body, path)
    if (holds(assertion.op, nodes, value, patterns)) continue
    const wanted = assertion.value === undefined ? assertion.op : `${assertion.op} ${JSON.stringify(value)}`
    faults.push(`${path} ${wanted} does not hold: ${nodes.length === 0 ? 'no node' : JSON.stringify(nodes)}`)
  }
  return faults
}

function headerHolds(value: string | undefined, wanted: HeaderExpectation, patterns: Patterns | undefined): boolean {
  if (typeof wanted === 'string') return value === wanted
  if (wanted.exists !== undefined && (value !== undefined) !== wanted.exists) return false
  if (wanted.begins !== undefined && value?.startsWith(wanted.begins) !== true) return false
  return wanted.matches === undefined || (value !== undefined && patterns?.(value, wanted.matches) === true)
}

/** A value of an answer: at a JSON Pointer (RFC 6901), or a header as `header:Location`; undefined when there is none. */
export function pick(answer: WireAnswer, from: string): Json | undefined {
  return from.startsWith('header:')
    ? answer.headers.get(from.slice('header:'.length).toLowerCase())
    : pointer(readJson(answer.body), from)
}

function pointer(body: Json | undefined, path: string): Json | undefined {
  return path
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<Json | undefined>((node, token) => {
      if (Array.isArray(node)) return node[Number(token)]
      return isObject(node) ? node[token] : undefined
    }, body)
}

/** A body as JSON; undefined for text that is none. */
export function readJson(text: string): Json | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
