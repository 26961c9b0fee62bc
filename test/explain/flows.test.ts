// Every refusal in the recorded conversations is explained by its own cause, for the kind that had it.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { explain } from '../../src/explain/index.ts'
import { isObject } from '../../src/protocol/index.ts'
import { KINDS } from '../../src/quirks/index.ts'
import { type Flow, readFlows } from '../wire/flow.ts'
import { type Provider, startProvider } from '../wire/target.ts'

const FLOWS = ['flows', 'quirks'].flatMap((folder) => readFlows(new URL(`../wire/${folder}/`, import.meta.url)))
const REFUSALS = readFlows(new URL('../wire/strict/', import.meta.url))

let provider: Provider

beforeAll(async () => {
  provider = await startProvider()
})
afterAll(() => provider.serving.close())

/** What was refused in a conversation on a connection of this kind. */
async function refusedIn(flow: Flow, kind: string) {
  const refused: {
    readonly flow: string
    readonly kind: string
    readonly code: number
    readonly detail: string
    readonly scimType?: string
  }[] = []
  await provider.run(flow, kind, ({ status, body }) => {
    if (status < 400) return
    const error: unknown = JSON.parse(body)
    if (!isObject(error)) throw new Error(`no error: ${body}`)
    const scimType = typeof error.scimType === 'string' ? { scimType: error.scimType } : {}
    refused.push({ flow: flow.id, kind, code: status, detail: String(error.detail), ...scimType })
  })
  return refused
}

test('none is the fallback', async () => {
  const refused = []
  for (const flow of FLOWS) {
    const kind = KINDS.find((one) => one === flow.idp) ?? 'generic'
    refused.push(...(await refusedIn(flow, kind)))
  }
  for (const flow of REFUSALS) refused.push(...(await refusedIn(flow, 'strict')))
  expect(refused.length).toBeGreaterThan(40)
  expect(refused.filter((facts) => !explain(facts).isCertain)).toEqual([])
  const causes = new Set(refused.map((facts) => explain(facts).cause))
  expect(causes.size).toBeGreaterThan(6)
})
