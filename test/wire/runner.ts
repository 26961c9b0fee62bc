// Runs a recorded conversation against a service provider.

import { randomBytes, randomUUID } from 'node:crypto'
import type { Json } from '../../src/protocol/json.ts'
import { check, pick } from '../../src/simulate/wire/expectation.ts'
import { type WireAnswer, type WireRequest, writeRequest } from '../../src/simulate/wire/message.ts'
import { fillText, type Variables } from '../../src/simulate/wire/substitute.ts'
import { exchange } from './exchange.ts'
import type { Flow, Step } from './flow.ts'

/** The service provider under test. */
export interface Target {
  /** SCIM base URL without a trailing slash. */
  readonly base: string
  readonly token: string
  /** What this target has been set up for; flows that require more are skipped. */
  readonly requires?: readonly string[]
  /** Told of each answer as it came. */
  readonly heard?: (answer: WireAnswer) => void
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
  const request = writeRequest(target.base, target.token, flow, step.request, variables)
  let answer = await exchange(request)
  for (let tries = 0; tries < RETRIES && step.repeat?.retry?.includes(answer.status); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 10 + Math.random() * 20 * (tries + 1)))
    answer = await exchange(request)
  }
  target.heard?.(answer)
  const faults = check(step.expect, answer, variables, patterns)
  if (faults.length > 0) throw new Error(describe(step, faults, request, answer))
  return save(step, answer, variables)
}

/** Patterns in flows are regular expressions. */
export function patterns(text: string, pattern: string): boolean {
  return new RegExp(pattern).test(text)
}

function save(step: Step, answer: WireAnswer, variables: Variables): Variables {
  const saved: { [name: string]: Json } = {}
  for (const [name, from] of Object.entries(step.save ?? {})) {
    const value = pick(answer, from)
    if (value === undefined) throw new Error(`nothing at ${from} to save as ${name}: ${answer.body}`)
    saved[fillText(name, variables)] = value
  }
  return saved
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
