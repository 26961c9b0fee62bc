// Replays the recorded conversations of identity providers.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { KINDS } from '../../src/quirks/index.ts'
import { type Flow, readFlows } from './flow.ts'
import { type Provider, startProvider } from './target.ts'

/** What identity providers send, replayed byte for byte against a running server. */
const FLOWS = readFlows(new URL('flows/', import.meta.url))

let provider: Provider

beforeAll(async () => {
  provider = await startProvider()
})
afterAll(() => provider.serving.close())

/** The kind a flow is for; what comes from elsewhere is for `generic`. */
function kindOf(flow: Flow): string {
  return KINDS.find((kind) => kind === flow.idp) ?? 'generic'
}

describe('on a connection of its kind', () => {
  test.each(FLOWS.map((flow) => [flow.id, flow.title, flow] as const))('%s: %s', async (_id, _title, flow) => {
    expect(await provider.run(flow, kindOf(flow))).toBeUndefined()
  })
})

describe('on generic', () => {
  // Group names are not unique there: the RFC does not ask for it.
  const flows = FLOWS.filter((flow) => kindOf(flow) !== 'generic' && flow.id !== 'entra-validator-groups')
  test.each(flows.map((flow) => [flow.id, flow.title, flow] as const))('%s: %s', async (_id, _title, flow) => {
    expect(await provider.run(flow, 'generic')).toBeUndefined()
  })
})

describe('on strict, what keeps to the RFC', () => {
  const flows = FLOWS.filter((flow) => flow.level === 'core')
  test.each(flows.map((flow) => [flow.id, flow.title, flow] as const))('%s: %s', async (_id, _title, flow) => {
    expect(await provider.run(flow, 'strict')).toBeUndefined()
  })
})

test('all flows are here', () => {
  expect(FLOWS.length).toBeGreaterThanOrEqual(42)
})
