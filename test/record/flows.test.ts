// Tests on every recorded conversation that no value of it would be in the record.

import { describe, expect, test } from 'vitest'
import { blankAbout } from '../../src/call.ts'
import { createCatalog, EnterpriseUser, Group, User } from '../../src/protocol/index.ts'
import { vocabularyOf } from '../../src/record/index.ts'
import { makeLine } from '../../src/record/make-line.ts'
import { readFlows } from '../wire/flow.ts'

const types = [{ ...User, extensions: [{ schema: EnterpriseUser, required: false }] }, Group]
const vocabulary = vocabularyOf(createCatalog(types, 0))

/** What belongs to the protocol where it stands: the record may say it. */
const PROTOCOL = new Set([
  'schemas',
  'op',
  'path',
  'type',
  'method',
  'resourceType',
  'filter',
  'attributes',
  'excludedAttributes',
])

/** The values of a body that are somebody's: long enough to be told from words that stand there anyway. */
function valuesOf(body: unknown, name = ''): readonly string[] {
  if (typeof body === 'string') return PROTOCOL.has(name) || body.trim().length < 5 ? [] : [body]
  if (Array.isArray(body)) return body.flatMap((one) => valuesOf(one, name))
  if (typeof body !== 'object' || body === null) return []
  return Object.entries(body).flatMap(([own, value]) => valuesOf(value, own))
}

const flows = readFlows(new URL('../wire/flows/', import.meta.url))
const steps = flows.flatMap(({ id, steps }) => steps.map(({ name, request }) => [`${id}: ${name}`, request] as const))

test('there are conversations to try', () => {
  expect(steps.length).toBeGreaterThan(200)
})

describe.each(steps)('%s', (_name, request) => {
  test('holds no value', () => {
    const { method, path: whole, body } = request as { method: string; path: string; body?: unknown }
    const [path = '', search = ''] = whole.split('?')
    const sent = body
    const values = valuesOf(sent).filter((value) => !/^(?:true|false)$/i.test(value))
    const about = {
      ...blankAbout(),
      caller: { actor: 'c', kind: 'entra' },
      sent,
      code: 'SCIM_INVALID_VALUE',
      detail: `It must not be ${values[0] ?? 'so'}`,
    }
    const call = { method, path, search, header: () => undefined, remote: undefined }
    const asked = { id: 'r_1', call, about, tenant: 't', status: 400, us: 1, bytesOut: 1 }
    const line = JSON.stringify(makeLine(asked, { vocabulary, at: 1, process: 'p' }))
    for (const value of values) expect(line).not.toContain(JSON.stringify(value).slice(1, -1))
  })
})
