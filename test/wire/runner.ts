// Runs a recorded conversation against a service provider.

import { randomBytes, randomUUID } from 'node:crypto'
import type { Json } from '../../src/protocol/json.ts'
import { isObject } from '../../src/protocol/json.ts'
import { exchange, type WireAnswer, type WireRequest } from './exchange.ts'
import type { Expectation, Flow, Step } from './flow.ts'
import { holds } from './holds.ts'
import { select } from './select.ts'
import { fill, fillText, type Variables } from './substitute.ts'

/** The service provider under test. */
export interface Target {
  /** SCIM base URL without a trailing slash. */
  readonly base: string
  readonly token: string
  /** What this target has been set up for; flows that require more are skipped. */
  readonly requires?: readonly string[]
}

/** What came of a flow. A failure is a text that says which step, what was sent and what came back. */
export type Result =
  | { readonly outcome: 'passed' }
  | { readonly outcome: 'skipped'; readonly missing: readonly string[] }
  | { readonly outcome: 'failed'; readonly step: string; readonly failure: string }

/** Runs a flow: its steps in order until one fails, then its cleanup steps, whose failures do not count. */
export async function runFlow(flow: Flow, target: Target): Promise<Result> {
  const missing = (flow.requires ?? []).filter((ability) => !target.requires?.includes(ability))
  if (missing.length > 0) return { outcome: 'skipped', missing }
  const variables: { [name: string]: Json } = { ...flow.vars, ...fresh(), token: target.token, base: target.base }
  let result: Result = { outcome: 'passed' }
  for (const step of flow.steps) {
    if (result.outcome === 'failed' && step.cleanup !== true) continue
    try {
      Object.assign(variables, await runStep(flow, step, target, variables))
    } catch (fault) {
      if (step.cleanup === true) continue
      const told = fault instanceof Error ? fault.message : String(fault)
      result = { outcome: 'failed', step: step.name, failure: `${flow.id}, step "${step.name}": ${told}` }
    }
  }
  return result
}

/** Names and numbers that no other run has. */
function fresh(): { [name: string]: string } {
  const rand = `r${randomBytes(5).toString('hex')}`
  const uuids = Array.from({ length: 9 }, (_, index) => [`uuid${index + 1}`, randomUUID()])
  return { rand, RAND: rand.toUpperCase(), ...Object.fromEntries(uuids) }
}

async function runStep(flow: Flow, step: Step, target: Target, variables: Variables): Promise<Variables> {
  const { repeat } = step
  if (repeat === undefined) return runOnce(flow, step, target, variables)
  const turns = Array.from({ length: repeat.count }, (_, index) => index + 1)
  if (repeat.parallel === true) {
    const saved = await Promise.all(turns.map((n) => runOnce(flow, step, target, { ...variables, n })))
    return Object.assign({}, ...saved)
  }
  const saved: { [name: string]: Json } = {}
  for (const n of turns) Object.assign(saved, await runOnce(flow, step, target, { ...variables, ...saved, n }))
  return saved
}

const RETRIES = 20

async function runOnce(flow: Flow, step: Step, target: Target, variables: Variables): Promise<Variables> {
  const request = toWire(flow, step, target, variables)
  let answer = await exchange(request)
  for (let tries = 0; tries < RETRIES && step.repeat?.retry?.includes(answer.status); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 10 + Math.random() * 20 * (tries + 1)))
    answer = await exchange(request)
  }
  const faults = check(step.expect, answer, variables)
  if (faults.length > 0) throw new Error(describe(step, faults, request, answer))
  return save(step, answer, variables)
}

/** The bytes of a step's request. */
function toWire(flow: Flow, step: Step, target: Target, variables: Variables): WireRequest {
  const url = new URL(target.base)
  const body = bodyOf(step, variables)
  const headers = headersOf(flow, step, variables, body !== undefined)
  if (!headers.has('host')) headers.set('host', ['Host', url.host])
  if (!headers.has('authorization')) headers.set('authorization', ['Authorization', `Bearer ${target.token}`])
  headers.set('connection', ['Connection', 'close'])
  if (body !== undefined && !headers.has('content-length')) {
    headers.set('content-length', ['Content-Length', String(Buffer.byteLength(body))])
  }
  return {
    host: url.hostname,
    port: Number(url.port === '' ? 80 : url.port),
    method: step.request.method,
    // Not through a URL parser: that would tidy away a dangling "?".
    target: url.pathname.replace(/\/$/, '') + fillText(step.request.path, variables),
    headers: [...headers.values()].flatMap(([name, value]) => (value === null ? [] : [[name, value] as const])),
    ...(body === undefined ? {} : { body }),
  }
}

function bodyOf(step: Step, variables: Variables): string | undefined {
  if (step.request.rawBody !== undefined) return fillText(step.request.rawBody, variables)
  return step.request.body === undefined ? undefined : JSON.stringify(fill(step.request.body, variables))
}

/** The step's headers over the flow's, names without regard to case; `null` keeps a header off the wire. */
function headersOf(flow: Flow, step: Step, variables: Variables, hasBody: boolean) {
  const headers = new Map<string, readonly [string, string | null]>()
  for (const [name, value] of Object.entries(flow.headers ?? {})) {
    const isForBodies = name.toLowerCase() === 'content-type'
    if (isForBodies && !hasBody && flow.contentTypeAlways !== true) continue
    headers.set(name.toLowerCase(), [name, value === null ? null : fillText(value, variables)])
  }
  for (const [name, value] of Object.entries(step.request.headers ?? {})) {
    headers.set(name.toLowerCase(), [name, value === null ? null : fillText(value, variables)])
  }
  return headers
}

/** What an answer has wrong, in words; nothing when all is as expected. */
export function check(expect: Expectation, answer: WireAnswer, variables: Variables): readonly string[] {
  const allowed: readonly number[] = typeof expect.status === 'number' ? [expect.status] : expect.status
  if (!allowed.includes(answer.status)) return [`the status is ${answer.status}, not ${allowed.join(' or ')}`]
  const faults: string[] = []
  for (const [name, wanted] of Object.entries(expect.headers ?? {})) {
    const value = answer.headers.get(name.toLowerCase())
    const filled = typeof wanted === 'string' ? fillText(wanted, variables) : wanted
    if (!headerHolds(value, filled)) faults.push(`${name} is ${value ?? 'absent'}, not ${JSON.stringify(filled)}`)
  }
  if (expect.body === undefined || (expect.bodyOptional === true && answer.body === '')) return faults
  const body = parseJson(answer.body)
  if (body === undefined) return [...faults, 'the body is not JSON']
  for (const assertion of expect.body) {
    const path = fillText(assertion.path, variables)
    const value = fill(assertion.value ?? null, variables)
    const nodes = select(body, path)
    if (holds(assertion.op, nodes, value)) continue
    const wanted = assertion.value === undefined ? assertion.op : `${assertion.op} ${JSON.stringify(value)}`
    faults.push(`${path} ${wanted} does not hold: ${nodes.length === 0 ? 'no node' : JSON.stringify(nodes)}`)
  }
  return faults
}

function headerHolds(value: string | undefined, wanted: string | { exists?: boolean; matches?: string }): boolean {
  if (typeof wanted === 'string') return value === wanted
  if (wanted.exists !== undefined && (value !== undefined) !== wanted.exists) return false
  return wanted.matches === undefined || (value !== undefined && new RegExp(wanted.matches).test(value))
}

function save(step: Step, answer: WireAnswer, variables: Variables): Variables {
  const saved: { [name: string]: Json } = {}
  for (const [name, from] of Object.entries(step.save ?? {})) {
    const value = from.startsWith('header:')
      ? answer.headers.get(from.slice('header:'.length).toLowerCase())
      : pointer(parseJson(answer.body), from)
    if (value === undefined) throw new Error(`nothing at ${from} to save as ${name}: ${answer.body}`)
    saved[fillText(name, variables)] = value
  }
  return saved
}

/** The value at a JSON Pointer. RFC 6901 §4. */
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

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function describe(step: Step, faults: readonly string[], request: WireRequest, answer: WireAnswer): string {
  const lines = [
    faults.join('; '),
    `  sent: ${request.method} ${request.target}`,
    ...(request.body === undefined ? [] : [`        ${clip(request.body)}`]),
    `  got:  ${answer.status} ${clip(answer.body)}`,
    ...(step.why === undefined ? [] : [`  why it matters: ${step.why}`]),
  ]
  return lines.join('\n')
}

function clip(text: string): string {
  return text.length > 1_500 ? `${text.slice(0, 1_500)} … (${text.length} characters)` : text
}
