// Declared indexes of booleans, numbers and times change no result.

import { describe, expect, test } from 'vitest'
import { createDirectory } from '../src/directory/index.ts'
import { bindFilter, LENIENT, parseFilter } from '../src/protocol/index.ts'
import { profileOf } from '../src/quirks/index.ts'
import { createTenancy, type Tenancy } from '../src/tenancy/index.ts'
import { emptyPlace } from './database-under-test.ts'

// Booleans, numbers and times are declared indexed as texts are: what a filter finds is the same, and found by the index.

const URN = 'urn:example:scim:schemas:extension:staff:1.0:User'
const ATTRIBUTES = [
  { name: 'level', type: 'integer' },
  { name: 'share', type: 'decimal' },
  { name: 'since', type: 'dateTime' },
  { name: 'external', type: 'boolean' },
  { name: 'codes', type: 'integer', multiValued: true },
]
const DECLARED = ['active', 'emails.primary', ...ATTRIBUTES.map(({ name }) => `${URN}:${name}`)]
const LEVELS = [-3, 0, 1, 2, 10, 1_000_000]
const TIMES = ['2026-01-31T09:00:00Z', '2026-01-31T10:00:00+01:00', '2026-02-01T00:00:00Z', '1969-12-31T23:59:59Z']

const FILTERS = [
  ...['eq', 'ne', 'gt', 'ge', 'lt', 'le'].flatMap((op) => [
    ...LEVELS.map((level) => `${URN}:level ${op} ${level}`),
    ...[-1.5, 0, 0.25, 3].map((share) => `${URN}:share ${op} ${share}`),
    ...TIMES.map((time) => `${URN}:since ${op} "${time}"`),
    ...[1, 10].map((code) => `${URN}:codes ${op} ${code}`),
  ]),
  ...['eq', 'ne'].flatMap((op) =>
    ['active', `${URN}:external`, 'emails.primary'].flatMap((path) => [`${path} ${op} true`, `${path} ${op} false`]),
  ),
  `${URN}:level pr`,
  `not (${URN}:level gt 1)`,
  `active eq false and ${URN}:level ge 2`,
  `emails[primary eq false and value sw "b"]`,
  `${URN}:level gt 1 or active eq false`,
]

const context = { tenant: 'acme', actor: 'test', allow: profileOf('generic').allow }

describe('booleans, numbers and times', { timeout: 120_000 }, () => {
  test('are found by index as without one, also what is written meanwhile and afterwards', async () => {
    const place = await emptyPlace()
    const store = await place.open()
    const tenancy: Tenancy = createTenancy({ store })
    const { catalog, uniquePaths: unique, ready } = tenancy
    const directory = createDirectory({ store, catalog, unique, ready })
    const options = { usage: directory, actor: 'test' }
    await tenancy.tenants.create('acme')
    await tenancy.schemas.put(
      'acme',
      { id: URN, name: 'Staff', attributes: ATTRIBUTES },
      { ...options, extend: ['User'] },
    )
    await tenancy.ready('acme')
    let made = 0
    const people = async (count: number) => {
      for (let n = 0; n < count; n++, made++) {
        await directory.create(context, 'User', {
          schemas: [],
          userName: `user${made}`,
          active: made % 5 !== 0,
          ...(made % 3 === 0
            ? {}
            : { emails: [{ value: `a${made}@x.example`, primary: made % 2 === 0 }, { value: `b${made}@x.example` }] }),
          ...(made % 7 === 0
            ? {}
            : {
                [URN]: {
                  level: LEVELS[made % LEVELS.length] ?? 0,
                  share: (made % 9) / 4 - 1.5,
                  since: TIMES[made % TIMES.length] ?? '',
                  external: made % 4 === 0,
                  codes: [made % 11, 1],
                },
              }),
        })
      }
    }
    const queryFor = (text: string) => {
      const [type] = tenancy.catalog('acme').types
      if (type === undefined) throw new Error('no User')
      return {
        tenant: 'acme',
        types: [{ type: 'User', filter: bindFilter(parseFilter(text, LENIENT), type, LENIENT) }],
        base: '',
        endpoints: {},
        page: { offset: 0, limit: 1_000 },
        total: true,
        groups: false,
      }
    }
    const answers = async () => {
      const found: string[] = []
      for (const text of FILTERS) {
        const { resources, total } = await store.find(queryFor(text))
        found.push(`${text} → ${total}: ${resources.map(({ id }) => id).join(' ')}`)
      }
      return found
    }
    await people(80)
    const without = await answers()
    expect(without.filter((line) => !line.includes('→ 0:')).length).toBeGreaterThan(80)
    const entries = await tenancy.schemas.putIndexes('acme', 'User', DECLARED, options)
    expect(entries.every(({ ready }) => ready)).toBe(true)
    expect(await answers()).toEqual(without)

    // Written with the index, and held against the same tenant without it.
    await people(40)
    const [first] = (await store.find(queryFor(`${URN}:level eq 10`))).resources
    const operations = [
      { op: 'replace', path: `${URN}:level`, value: 11 },
      { op: 'replace', path: 'active', value: false },
    ]
    await directory.patch(context, 'User', first?.id ?? '', { schemas: [], Operations: operations })
    const [changed] = (await store.find(queryFor(`${URN}:level eq 11 and active eq false`))).resources
    expect(changed?.id).toBe(first?.id)
    const withIndex = await answers()
    await tenancy.schemas.deleteIndexes('acme', 'User', DECLARED, options)
    expect(await answers()).toEqual(withIndex)
    await tenancy.close()
    await store.close()
    await place.remove()
  })
})
