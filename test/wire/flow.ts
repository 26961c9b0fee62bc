// The format of recorded conversations, and how they are read.

import { readdirSync, readFileSync } from 'node:fs'
import type { Json } from '../../src/protocol/json.ts'
import type { Expectation } from '../../src/simulate/wire/expectation.ts'
import type { Manners, RequestTemplate } from '../../src/simulate/wire/message.ts'

/** One request and what must come back. */
export interface Step {
  readonly name: string
  readonly why?: string
  readonly repeat?: { readonly count: number; readonly parallel?: boolean; readonly retry?: readonly number[] }
  readonly cleanup?: boolean
  readonly request: RequestTemplate
  readonly expect: Expectation
  readonly save?: { readonly [variable: string]: string }
}

/** One conversation that an identity provider has with a service provider. */
export interface Flow extends Manners {
  readonly format: 'lockstep-idp-flow/1'
  readonly id: string
  readonly idp: string
  readonly title: string
  readonly evidence: 'observed' | 'documented' | 'derived'
  readonly level: 'core' | 'tolerance'
  readonly sources: readonly string[]
  readonly quirks: readonly string[]
  readonly requires?: readonly string[]
  readonly notes?: string
  readonly vars?: { readonly [name: string]: Json }
  readonly steps: readonly Step[]
}

/** Reads one flow and refuses what would silently test nothing. */
export function readFlow(text: string, name: string): Flow {
  const flow: Flow = JSON.parse(text)
  if (flow.format !== 'lockstep-idp-flow/1') throw new Error(`${name}: not a lockstep-idp-flow/1`)
  if (flow.id !== name) throw new Error(`${name}: its id is ${flow.id}`)
  for (const step of flow.steps) {
    if (step.expect.status === undefined) throw new Error(`${name}: step "${step.name}" expects no status`)
  }
  return flow
}

/** All flows of a folder, in the order of their names. */
export function readFlows(folder: URL): readonly Flow[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => readFlow(readFileSync(new URL(file, folder), 'utf8'), file.slice(0, -'.json'.length)))
}
