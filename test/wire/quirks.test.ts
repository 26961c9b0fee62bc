// Replays the recorded message of every quirk on its own kind, on `generic` and on `strict`.

import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { quirkTable } from '../../scripts/quirk-table.ts'
import { ALL_QUIRKS } from '../../src/quirks/all-quirks.ts'
import { KINDS } from '../../src/quirks/index.ts'
import { type Flow, readFlows } from './flow.ts'
import { type Provider, startProvider } from './target.ts'

/** One conversation for each quirk of the register (Q), and for each further one we found (X). */
const QUIRKS = readFlows(new URL('quirks/', import.meta.url))
/** What a strict connection refuses of them. */
const REFUSALS = readFlows(new URL('strict/', import.meta.url))
/** The register ends here. */
const LAST = 67

let provider: Provider

beforeAll(async () => {
  provider = await startProvider()
})
afterAll(() => provider.serving.close())

function cases(flows: readonly Flow[]) {
  return flows.map((flow) => [flow.id, flow.title, flow] as const)
}

describe('on a connection of the kind it comes from', () => {
  const flows = QUIRKS.filter((flow) => flow.idp !== 'other')
  test.each(cases(flows))('%s: %s', async (_id, _title, flow) => {
    expect(await provider.run(flow, flow.idp)).toBeUndefined()
  })
})

describe('on generic', () => {
  test.each(cases(QUIRKS))('%s: %s', async (_id, _title, flow) => {
    expect(await provider.run(flow, 'generic')).toBeUndefined()
  })
})

describe('on strict, what keeps to the RFC', () => {
  test.each(cases(QUIRKS.filter((flow) => flow.level === 'core')))('%s: %s', async (_id, _title, flow) => {
    expect(await provider.run(flow, 'strict')).toBeUndefined()
  })
})

describe('strict refuses', () => {
  test.each(cases(REFUSALS))('%s: %s', async (_id, _title, flow) => {
    expect(await provider.run(flow, 'strict')).toBeUndefined()
  })
})

describe('the register is covered', () => {
  test.each(Array.from({ length: LAST }, (_, index) => `Q${String(index + 1).padStart(2, '0')}`))(
    '%s has a file of its own',
    (number) => {
      const own = QUIRKS.filter((flow) => flow.id.startsWith(`${number.toLowerCase()}-`))
      expect(own.map((flow) => flow.quirks[0])).toContain(number)
    },
  )

  test('each file names its number first, and where it was seen', () => {
    for (const flow of QUIRKS) {
      expect(flow.quirks[0]).toBe(flow.id.slice(0, 3).toUpperCase())
      expect(flow.sources.length, flow.id).toBeGreaterThan(0)
      expect([...KINDS, 'other'], flow.id).toContain(flow.idp)
    }
  })

  test('docs/reference/quirks.md is what `node scripts/quirk-table.ts` writes', () => {
    const page = readFileSync(new URL('../../docs/reference/quirks.md', import.meta.url), 'utf8')
    expect(page).toBe(quirkTable())
  })

  test('each rewrite has a message that proves it', () => {
    const proven = new Set(QUIRKS.flatMap((flow) => flow.quirks))
    for (const { name, register } of ALL_QUIRKS) {
      for (const number of register) expect(proven.has(number), `${name}: ${number}`).toBe(true)
    }
  })
})
