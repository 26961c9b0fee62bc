// Servers that are right in an odd way, and what the checker must not do to them.

// biome-ignore-all lint/suspicious/noAssignInExpressions: a bend is one expression, as in breaks/
// biome-ignore-all lint/suspicious/useIterableCallbackReturn: the same
import { describe, expect, test } from 'vitest'
import { type Break, breakProvider, lists, type Sent } from './broken.ts'
import { checkHere, createHere, faults, HERE } from './here.ts'

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const ENT = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

/** A provider behind something odd, with all requests that it got. */
function server(wrap: Break['wrap']) {
  const here = createHere()
  const sent: Sent[] = []
  const fetch = breakProvider(here, {
    name: 'odd',
    caught: ['nothing'],
    wrap: (real) =>
      wrap((each) => {
        sent.push(each)
        return real(each)
      }),
  })
  const users = async () => {
    const answer = await here(new Request(`${HERE}/Users`, { headers: { authorization: 'Bearer secret' } }))
    const { Resources = [] } = (await answer.json()) as { Resources?: readonly { readonly id: string }[] }
    return Resources.map(({ id }) => id)
  }
  return { fetch, sent, users, here }
}

const SLOW = { timeout: 120_000 }

describe('what a check has created', SLOW, () => {
  test('is found at the location in the answer, even when a POST went to a path below the endpoint', async () => {
    // As in django-scim2: POST /Users/13 creates another user.
    const { fetch, users } = server(
      (real) => (each) =>
        real(each.method === 'POST' && /^\/Users\/[^.]/.test(each.path) ? { ...each, path: '/Users' } : each),
    )
    const report = await checkHere(fetch, { only: ['P-044/post'] })
    expect(faults(report)).toEqual(['P-044/post'])
    expect([report.left, await users()]).toEqual([[], []])
  })

  test.each<[string, (sent: Sent) => string]>([
    ['relative to the base URL', ({ path }) => `${path}/`],
    ['without its slash', ({ path }) => `${path.slice(1)}/`],
    ['from the root', ({ path }) => `/scim/v2${path}/`],
  ])('is found by a Location %s', async (_case, below) => {
    const { fetch, users } = server((real) => async (each) => {
      const got = await real(each)
      if (each.method !== 'POST' || got.status !== 201 || each.path === '/Bulk') return got
      const { id } = got.body
      got.headers.set('location', below(each) + id)
      // The body does not have it.
      return { ...got, body: { schemas: got.body.schemas } }
    })
    const report = await checkHere(fetch, { only: ['P-060'] })
    expect([report.left, await users()]).toEqual([[], []])
  })

  test('is found by its name where no answer has its location', async () => {
    const { fetch, users } = server((real) => async (each) => {
      const got = await real(each)
      if (each.method !== 'POST' || got.status !== 201) return got
      got.headers.delete('location')
      return { ...got, body: undefined }
    })
    const report = await checkHere(fetch, { only: ['P-060'] })
    expect([report.left, await users()]).toEqual([[], []])
  })

  test('is reported where a server only claims to have removed it', async () => {
    const { fetch, users } = server(
      (real) => async (each) =>
        each.method === 'DELETE' ? { status: 204, headers: new Headers(), body: undefined } : real(each),
    )
    const report = await checkHere(fetch, { only: ['P-060'] })
    const left = report.left.filter((url) => url.startsWith(`${HERE}/Users/`))
    expect(left.map((url) => url.slice(`${HERE}/Users/`.length)).toSorted()).toEqual((await users()).toSorted())
    expect(report.left.length).toBeGreaterThan(0)
  })

  test('an incomplete list is reported, since there may be more', async () => {
    const { fetch } = server(lists((body) => void (body.totalResults += 3)))
    expect((await checkHere(fetch, { only: ['P-060'] })).unread).toEqual(['/Users', '/Groups'])
    expect((await checkHere(createHere(), { only: ['P-060'] })).unread).toEqual([])
  })
})

describe('DELETE of an endpoint', SLOW, () => {
  const collection = (sent: readonly Sent[]) =>
    sent.filter(({ method, path }) => method === 'DELETE' && !/^\/[^/]+\/[^/]+/.test(path))

  test('is never sent, whatever a server answers', async () => {
    for (const wrap of [
      (real: (each: Sent) => Promise<never>) => real,
      // Empty ids, which turn the path of one resource into that of all.
      lists((body) => body.Resources?.forEach((one: { id: string }) => (one.id = ''))),
    ] as readonly Break['wrap'][]) {
      const { fetch, sent } = server(wrap)
      const report = await checkHere(fetch, { clean: true })
      expect(collection(sent)).toEqual([])
      expect(report.results.find(({ id }) => id === 'P-044/delete')?.verdict).toBe('passed')
    }
  })

  test('is not judged where a server does not list its methods', async () => {
    const { fetch, sent } = server((real) => async (each) => {
      const got = await real(each)
      got.headers.delete('allow')
      return got
    })
    const report = await checkHere(fetch, { only: ['P-044/delete'] })
    expect(report.results[0]).toMatchObject({
      verdict: 'unadvertised',
      reason: expect.stringContaining('--destructive'),
    })
    expect(collection(sent)).toEqual([])
    await checkHere(fetch, { only: ['P-044/delete'], destructive: true })
    expect(collection(sent)).toHaveLength(1)
  })
})

describe('what is right in an odd way', SLOW, () => {
  test('null for Resources in an empty list blocks nothing', async () => {
    const { fetch } = server(lists((body) => void (body.totalResults === 0 && (body.Resources = null))))
    const report = await checkHere(fetch, { only: ['filter'] })
    expect(faults(report)).toEqual(['P-101/resources'])
    expect(report.counts.untested).toBe(0)
  })

  test('null for Resources in a list with results does not pass', async () => {
    const { fetch } = server(lists((body) => void (body.totalResults > 0 && (body.Resources = null))))
    expect((await checkHere(fetch, { only: ['P-121', 'P-100'] })).counts.must).toBe(2)
  })

  test('one odd extension does not prevent all other tests', async () => {
    // A required extension with an attribute that clients cannot fill, as in SCIMple.
    const { fetch } = server((real) => async (each) => {
      if (each.text.includes('"lucky"'))
        return {
          status: 400,
          headers: new Headers(),
          body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '400' },
        }
      const got = await real(each)
      for (const one of got.body?.Resources ?? []) {
        if (each.path === '/Schemas' && one.id === ENT)
          one.attributes.push({ name: 'lucky', type: 'complex', multiValued: false, required: true })
        for (const extension of one.schemaExtensions ?? []) extension.required = true
      }
      return got
    })
    const report = await checkHere(fetch, { only: ['create', 'get'] })
    expect(report.counts.untested).toBe(0)
    expect(report.counts.passed).toBeGreaterThan(25)
  })

  test('a server that accepts only a name is tested with that, and the report says so', async () => {
    const { fetch } = server(
      (real) => async (each) =>
        each.method === 'POST' && each.body?.schemas?.[0] === USER && each.body.lockstepOdd !== undefined
          ? {
              status: 400,
              headers: new Headers(),
              body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '400' },
            }
          : real(each).then((got) => {
              for (const one of got.body?.Resources ?? []) {
                if (each.path === '/Schemas' && one.id === USER)
                  one.attributes.push({ name: 'lockstepOdd', type: 'string', multiValued: false, required: true })
              }
              return got
            }),
    )
    const report = await checkHere(fetch, { only: ['P-060'] })
    expect(faults(report)).toEqual(['P-060/required'])
    const [result] = report.results.filter(({ id }) => id === 'P-060/required')
    expect(result).toMatchObject({
      verdict: 'differs',
      expected: expect.stringContaining('the other cases make one with less'),
    })
    expect(result?.exchanges?.[0]?.request).toContain('lockstepOdd')
  })

  test('/Me may name its resource by a relative URI', async () => {
    const answer = (location: string, inBody: string) =>
      server(
        (real) => async (each) =>
          each.path === '/Me'
            ? {
                status: 200,
                headers: new Headers({ location, 'content-type': 'application/scim+json' }),
                body: { id: '1', schemas: [USER], meta: { location: inBody } },
              }
            : real(each),
      ).fetch
    for (const [header, body, good] of [
      ['/Users/1', `${HERE}/Users/1`, true],
      ['Users/1', `${HERE}/Users/1`, true],
      ['/scim/v2/Users/1', 'Users/1', true],
      [`${HERE}/Users/1`, '/Users/1', true],
      ['/Users/2', `${HERE}/Users/1`, false],
      ['/Me', `${HERE}/Users/1`, false],
    ] as const) {
      const report = await checkHere(answer(header, body), { only: ['P-451'] })
      expect([header, faults(report)]).toEqual([header, good ? [] : ['P-451']])
    }
  })
})
