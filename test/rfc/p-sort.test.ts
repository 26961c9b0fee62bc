// Sorting. RFC 7644 §3.4.2.3.

import { beforeAll, describe, expect, test } from 'vitest'
import { type Body, ENT, expectError, expectList, USER } from './client.ts'
import { BADGE, serverWithBadge } from './custom.ts'
import { site } from './site.ts'

// RFC 7644 §3.4.2.3: sorting.

const at = site()

describe('sorting', () => {
  const c = serverWithBadge(at)

  beforeAll(async () => {
    const people: readonly (readonly [string, Body])[] = [
      [
        'b',
        {
          title: 'x',
          active: false,
          emails: [{ value: 'z@a.example' }, { value: 'a@a.example', primary: true }],
          [BADGE]: { number: 10, code: 'a' },
        },
      ],
      [
        'A',
        { title: 'X', emails: [{ value: 'm@a.example' }, { value: 'b@a.example' }], [BADGE]: { number: 9, code: 'B' } },
      ],
      [
        'C',
        {
          [ENT]: { department: 'd' },
          emails: [{ type: 'work' }],
          [BADGE]: { number: -1, since: '2026-01-01T00:00:00+02:00' },
        },
      ],
      ['ä', { title: 'w', [BADGE]: { weight: 0.5, since: '2025-12-31T23:00:00Z' } }],
      ['🙂', { title: 'x', [BADGE]: { weight: 0.25 } }],
      ['ｚ', {}],
    ]
    for (const [displayName, members] of people) {
      await c.makeUser({ userName: `user ${displayName}`, displayName, schemas: [USER, BADGE, ENT], ...members })
    }
  })

  const sorted = async (query: string) =>
    expectList(await c.get(`/Users?${query}`)).map(({ displayName }) => displayName)

  test('P-160 sorting is advertised', async () => {
    expect((await c.get('/ServiceProviderConfig')).body.sort).toEqual({ supported: true })
  })

  test('P-161 sortOrder is ascending unless descending is asked for', async () => {
    const up = await sorted('sortBy=userName')
    expect(up.slice(0, 3)).toEqual(['A', 'b', 'C'])
    expect(await sorted('sortBy=userName&sortOrder=ascending')).toEqual(up)
    expect(await sorted('sortBy=userName&sortOrder=Ascending')).toEqual(up)
    expect(await sorted('sortBy=userName&sortOrder=descending')).toEqual([...up].reverse())
    expectError(await c.get('/Users?sortBy=userName&sortOrder=up'), 400, 'invalidValue')
    expectError(await c.search('/Users', { sortBy: 'userName', sortOrder: 'up' }), 400, 'invalidValue')
  })

  test('P-162 a multi-valued attribute sorts by its primary value, else by its first', async () => {
    const order = (await sorted('sortBy=emails.value')).slice(0, 2)
    expect(order).toEqual(['b', 'A'])
    expect((await sorted('sortBy=emails')).slice(0, 2)).toEqual(order)
    for (const sortBy of [
      'name',
      'meta',
      'addresses',
      'foo',
      'name.foo',
      'password',
      'x509Certificates.value',
      `${ENT}:manager`,
      '[',
      'emails[type eq "work"].value',
    ]) {
      expectError(await c.get(`/Users?sortBy=${encodeURIComponent(sortBy)}`), 400, 'invalidValue')
    }
    expect((await sorted(`sortBy=${ENT}:department`))[0]).toBe('C')
  })

  test('P-163 resources without a value come last ascending and first descending', async () => {
    const up = await sorted('sortBy=title')
    expect(up[0]).toBe('ä')
    expect([...up.slice(-2)].sort()).toEqual(['C', 'ｚ'].sort())
    const down = await sorted('sortBy=title&sortOrder=descending')
    expect([...down.slice(0, 2)].sort()).toEqual(['C', 'ｚ'].sort())
    expect(down.at(-1)).toBe('ä')
    // An element without the sub-attribute counts as none.
    expect((await sorted('sortBy=emails.value')).slice(2)).toContain('C')
  })

  test('P-164 order goes by type: without case unless caseExact, numbers by size, times by instant', async () => {
    // Full-width z maps to z (RFC 8265), which comes before ä (U+00E4) and the emoji (beyond the first plane).
    expect(await sorted('sortBy=userName')).toEqual(['A', 'b', 'C', 'ｚ', 'ä', '🙂'])
    expect((await sorted(`sortBy=${BADGE}:number`)).slice(0, 3)).toEqual(['C', 'A', 'b'])
    expect((await sorted(`sortBy=${BADGE}:weight`)).slice(0, 2)).toEqual(['🙂', 'ä'])
    expect((await sorted(`sortBy=${BADGE}:since`)).slice(0, 2)).toEqual(['C', 'ä'])
    expect((await sorted(`sortBy=${BADGE}:code`)).slice(0, 2)).toEqual(['A', 'b'])
    expect((await sorted('sortBy=active'))[0]).toBe('b')
    expect(await sorted('sortBy=meta.created')).toEqual(['b', 'A', 'C', 'ä', '🙂', 'ｚ'])
  })

  test('P-165 ties break by id, so pages hold together', async () => {
    const all = expectList(await c.get('/Users?sortBy=title'))
    const ties = all.filter(({ title }) => title?.toLowerCase() === 'x').map(({ id }) => id)
    expect(ties).toHaveLength(3)
    expect(ties).toEqual([...ties].sort())
    const walked: string[] = []
    for (let start = 1; start <= all.length; start++) {
      walked.push(...expectList(await c.get(`/Users?sortBy=title&count=1&startIndex=${start}`)).map(({ id }) => id))
    }
    expect(walked).toEqual(all.map(({ id }) => id))
  })

  test('P-166 sorting comes before paging, with cursors too', async () => {
    const all = await sorted('sortBy=userName')
    expect([
      ...(await sorted('sortBy=userName&count=4')),
      ...(await sorted('sortBy=userName&count=4&startIndex=5')),
    ]).toEqual(all)
    const first = await c.get('/Users?sortBy=userName&cursor=&count=4')
    const second = await c.get(`/Users?sortBy=userName&count=4&cursor=${first.body.nextCursor}`)
    expect([...expectList(first), ...expectList(second)].map(({ displayName }) => displayName)).toEqual(all)
  })
})
